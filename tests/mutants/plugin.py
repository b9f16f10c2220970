"""Pytest's side: says which test runs while reach is noted, and runs the chosen tests alone, the nearest first."""

import json
import mmap
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

NOTES = os.environ.get("MUTANTS_NOTES", "")  # the folder where reach is noted
CHOICE = os.environ.get("MUTANTS_CHOICE", "")  # the file with the chosen tests, in order


class Noting:
    """Made before anything imports the package, so that it and all processes that tests start know the files."""

    def __init__(self) -> None:
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        self._table = Path(NOTES, f"tests-{worker}")
        self._count, self._seconds, self._passed = 0, 0.0, True
        now = Path(NOTES, f"now-{worker}")
        now.write_bytes(bytes(4))
        with now.open("r+b") as file:
            self._now = mmap.mmap(file.fileno(), 4)
        os.environ["MUTANTS_NOW"] = str(now)
        os.environ["MUTANTS_REACHED"] = str(Path(NOTES, "reached"))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._count += 1
        self._now[:4] = self._count.to_bytes(4, "little")
        self._seconds, self._passed = 0.0, True
        try:
            return (yield)
        finally:
            # A test that fails already says nothing of a mutant.
            if self._passed:
                with self._table.open("a", encoding="utf-8") as table:
                    table.write(f"{self._count} {self._seconds:.3f} {item.nodeid}\n")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._seconds += report.duration
        self._passed &= not report.failed


noting = Noting() if NOTES else None


def pytest_configure(config: pytest.Config) -> None:
    if noting:
        config.pluginmanager.register(noting, "mutants-noting")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if CHOICE:
        order = {test: number for number, test in enumerate(json.loads(Path(CHOICE).read_text(encoding="utf-8")))}
        left_out = [item for item in items if item.nodeid not in order]
        items[:] = sorted((item for item in items if item.nodeid in order), key=lambda item: order[item.nodeid])
        config.hook.pytest_deselected(items=left_out)
