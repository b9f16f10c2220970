"""The table includes every byte of a bundle, and an exceeded bound is reported."""

import re
from pathlib import Path

import pytest

from bundle import sizes
from bundle.build import Built
from bundle.parts import OWN, Part, program_in


@pytest.fixture
def built(tmp_path: Path) -> Built:
    program = program_in(tmp_path)
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_bytes(b"x" * 200_000)
    (tmp_path / "_internal").mkdir()
    for number in range(20):
        (tmp_path / f"_internal/{number}.so").write_bytes(b"x" * 100_000 * (number + 1))
    (tmp_path / "_internal/link.so").symlink_to("0.so")
    parts = [Part(f"part{number}", "package", files={f"{number}.so": 100_000 * (number + 1)}) for number in range(20)]
    return Built(tmp_path, [*parts, Part(OWN, "own")])


def test_the_rows_add_up_to_the_whole(built: Built) -> None:
    table = sizes.table(built, 5_000_000)
    numbers = [float(found) for found in re.findall(r"^\| [^*].*? \| ([\d.]+) \|", table, re.MULTILINE)]
    assert sum(numbers) == pytest.approx(21.2, abs=0.5)
    assert "| **unpacked** (bound 450) | **21.2** | |" in table
    assert "| **packed with xz** (bound 170) | **5.0** | |" in table


def test_a_bound_that_does_not_hold_is_told(built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sizes.over_bounds(built, 5_000_000) == []
    monkeypatch.setattr(sizes, "MOST_UNPACKED_MB", 20)
    assert sizes.over_bounds(built, 171_000_000) == [
        "The bundle has 21 MB unpacked; the bound is 20 MB.",
        "The bundle has 171 MB packed; the bound is 170 MB.",
    ]
