"""Breaks a bundle's size down by part, and checks its bounds."""

import platform
from pathlib import Path

from bundle.build import Built
from bundle.parts import by_size

MOST_UNPACKED_MB = 450
MOST_PACKED_MB = 170
_SHOWN = 16
WHAT = {
    "pyside6-essentials": "Qt: the window",
    "duckdb": "tables of any size",
    "scipy": "required by scikit-learn",
    "numpy": "required by all calculations",
    "pandas": "columns in the engine",
    "python": "the interpreter",
    "xgboost-cpu": "the default model",
    "scikit-learn": "five models, all scores",
    "matplotlib": "pictures of the matrices",
    "pillow": "writes those pictures",
    "cryptography": "stores tokens in the system's keyring",
    "executable: all modules, compiled": "ours and the packages'",
    "libssl3": "TLS to a backend in the lab",
    "pydantic-core": "validates data received over the wire",
}


def megabytes(size: float) -> float:
    return size / 1e6


def on_disk(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file() and not file.is_symlink())


def table(built: Built, packed: int) -> str:
    """A Markdown table of the parts by size, with the bounds."""
    whole = on_disk(built.folder)
    rows = [(name, size) for name, size in by_size(built.parts) if size]
    rows.append(("executable: all modules, compiled", built.program.stat().st_size))
    rows.sort(key=lambda row: -row[1])
    named = rows[:_SHOWN]
    named.append((f"{len(rows) - _SHOWN} smaller parts, licences, icons", whole - sum(size for _, size in named)))
    lines = ["| part | MB | what for |", "| --- | ---: | --- |"]
    lines += [
        f"| {name} | {megabytes(size):.1f} | {WHAT.get(name.lower().replace('_', '-'), '')} |" for name, size in named
    ]
    lines.append(f"| **unpacked** (bound {MOST_UNPACKED_MB}) | **{megabytes(whole):.1f}** | |")
    lines.append(f"| **packed with xz** (bound {MOST_PACKED_MB}) | **{megabytes(packed):.1f}** | |")
    return "\n".join(lines)


def over_bounds(built: Built, packed: int) -> list[str]:
    """One sentence for each bound exceeded."""
    sizes = ((on_disk(built.folder), MOST_UNPACKED_MB, "unpacked"), (packed, MOST_PACKED_MB, "packed"))
    return [
        f"The bundle has {megabytes(size):.0f} MB {how}; the bound is {most} MB."
        for size, most, how in sizes
        if megabytes(size) > most
    ]


def page(table: str) -> str:
    """The page docs/bundle-size.md."""
    return (
        "# What makes up the bundle\n\n"
        f"Measured by `python3 run.py package --table` on {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}. `build_spec.spec` lists what is left out, and why.\n\n{table}\n"
    )
