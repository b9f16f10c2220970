"""`python3 run.py package` and `python3 run.py lock`, in the environments created by run.py.

    python -m bundle package TOOLS [--once] [--table]
    python -m bundle lock TOOLS [--upgrade]

TOOLS is the commands folder of the tools' environment.
"""

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from bundle.parts import PROJECT

WORK = PROJECT / "build/bundle"
DIST = PROJECT / "dist"
TABLE = PROJECT / "docs/bundle-size.md"


def main(argv: Sequence[str]) -> int:
    command, tools, *options = argv
    if command == "lock":
        from bundle.lock import lock

        lock(Path(tools), upgrade="--upgrade" in options)
        return 0
    return package(Path(tools), once="--once" in options, write_table="--table" in options)


def package(tools: Path, *, once: bool, write_table: bool) -> int:
    """Build, measure, pack, test; returns 0 if everything passes.

    Args:
        tools: folder with `cyclonedx-py` and `pip-audit`.
        once: skip the second build, with which the first one is compared.
        write_table: update the table of sizes in docs/.
    """
    from bundle import archive, audit, bom, build, sizes, smoke

    print("Building …", flush=True)
    built = build.build(WORK)
    digest, moment = build.commit()
    print(f"Packing {build.name()} (commit {digest[:12]}{digest[40:]}) …", flush=True)
    packed = archive.pack(built.folder, DIST / build.name(), moment)
    bom.write(built, tools, Path(sys.executable), packed.with_name(f"{build.name()}.cdx.json"))
    table = sizes.table(built, packed.stat().st_size)
    print(table, flush=True)
    if write_table:
        TABLE.write_text(sizes.page(table), encoding="utf-8")
    print("Testing it as shipped:", flush=True)
    problems = sizes.over_bounds(built, packed.stat().st_size)
    if smoke.smoke(packed, Path(sys.executable)):
        problems.append("The smoke test failed.")
    if audit.audit(tools):
        problems.append("A locked package has a known vulnerability.")
    if not once:
        problems += _compare(built.folder)
    for file in sorted(DIST.glob(f"{build.name()}*")):
        print(f"  {file.relative_to(PROJECT)}  {sizes.megabytes(file.stat().st_size):.1f} MB", flush=True)
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def _compare(folder: Path) -> list[str]:
    """Build once more and compare every file with the first build."""
    from bundle import build

    first = build.digests(folder)
    again = build.build(WORK.with_name("bundle-again"))
    second = build.digests(again.folder)
    shutil.rmtree(WORK.with_name("bundle-again"))
    differing = sorted(name for name in first.keys() | second.keys() if first.get(name) != second.get(name))
    if differing:
        return [f"Two builds of one commit differ in {len(differing)} files, such as {', '.join(differing[:5])}."]
    print(f"  ok      built twice: the same {len(first)} files with the same digests", flush=True)
    return []


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(main(sys.argv[1:]))
