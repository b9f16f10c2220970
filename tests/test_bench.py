"""The framework of the benches, with tiny ones in place of real ones."""

import json
import os
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent

BENCHES = """
from tests.benchmarks.figures import Figure, Skipped

def holds(say):
    say("measuring")
    return [Figure("a ratio", 0.05, at_most=0.1), Figure("a speed", 70_000.0, "rows/s", at_least=60_000.0)]

def misses(say):
    return [Figure("a ratio", 0.2, at_most=0.1)]

def is_no_number(say):
    return [Figure("a ratio", float("nan"), at_most=0.1)]

def cannot(say):
    raise Skipped("the catalog is not here")

def breaks(say):
    return 1 / 0
"""


def bench(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "tiny.py").write_text(BENCHES)
    names = ("holds", "misses", "is_no_number", "cannot", "breaks")
    table = {name: f"tiny:{name}" for name in names}
    program = f"import sys; from tests.benchmarks.runner import main; sys.exit(main(sys.argv[1:], {table}))"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(CHECKOUT), str(folder)])}
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, timeout=60)


def test_all_bounds_that_hold_end_with_0_and_the_same_is_written_as_json(tmp_path: Path) -> None:
    ended = bench(tmp_path, "holds", "--json", "figures.json")
    assert ended.returncode == 0, ended.stderr
    rows = [line for line in ended.stdout.splitlines() if line.startswith("| holds")]
    assert [[cell.strip() for cell in row.split("|")][2:6] for row in rows] == [
        ["a ratio", "0.05", "≤ 0.1", "yes"],
        ["a speed", "70,000 rows/s", "≥ 60,000 rows/s", "yes"],
    ]
    written = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    assert written["holds"] is True
    assert [figure["measured"] for figure in written["benches"][0]["figures"]] == [0.05, 70_000.0]
    assert written["machine"]["cores"] >= 1
    assert written["machine"]["libraries"]["numpy"]


def test_a_bound_that_does_not_hold_ends_with_1(tmp_path: Path) -> None:
    for name in ("misses", "is_no_number"):
        ended = bench(tmp_path, "holds", name)
        assert ended.returncode == 1
        assert f"Not every bound holds: {name}." in ended.stdout


def test_a_bench_that_does_not_measure_is_told_and_never_passes(tmp_path: Path) -> None:
    ended = bench(tmp_path, "cannot", "breaks", "holds", "--json=figures.json")
    assert ended.returncode == 1
    cannot, breaks, holds = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))["benches"]
    assert (cannot["skipped"], cannot["holds"]) == ("the catalog is not here", False)
    assert breaks["failed"] == "ZeroDivisionError: division by zero"
    assert holds["holds"] is True


def test_an_unknown_name_ends_with_2_and_the_names(tmp_path: Path) -> None:
    ended = bench(tmp_path, "holds", "unheard-of", "--json", "figures.json")
    assert ended.returncode == 2
    assert "“unheard-of”" in ended.stderr and "holds, misses" in ended.stderr
    assert not (tmp_path / "figures.json").exists()


def test_the_real_benches_can_be_found() -> None:
    program = (
        "import importlib, sys; from tests.benchmarks.__main__ import BENCHES; "
        "heavy = {'pandas', 'xgboost', 'sklearn', 'duckdb', 'fastapi', 'PySide6'}; "
        "found = [getattr(importlib.import_module(m), f) for m, f in (p.split(':') for p in BENCHES.values())]; "
        "print(all(map(callable, found)), *(heavy & set(sys.modules)))"
    )
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    ended = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=60)
    assert (ended.stdout.split(), ended.stderr) == (["True"], "")
