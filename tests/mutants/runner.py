"""Draws a sample of mutations, runs tests against each in a copy of the tree, and tells which nothing notices."""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from tests.mutants.mutations import Mutation, sample
from tests.mutants.reach import Reach, instrument

CHECKOUT = Path(__file__).resolve().parents[2]
PACKAGE = "exoplanet_desktop"
# The rooms that can be sampled, and the tests of those that use them.
USED_BY = {
    "catalogs": ("classify", "server", "client", "cases", "cli", "gui"),
    "classify": ("server", "client", "cli", "gui"),
    "client": ("server", "cli", "gui"),
    "server": ("client", "cli", "gui"),
}
NOT_COPIED = shutil.ignore_patterns(".git", ".venv*", ".*_cache", "__pycache__", "build", "dist", "node_modules")
NEAR_S, WIDE_S = 240.0, 240.0  # the tests of a mutant take no longer than this in all, where nothing is changed
DIED, WIDELY, TIMED_OUT, SURVIVED = "died", "died in another room", "timed out", "survived"


@dataclass
class Mutant:
    room: str
    name: str  # of the file, below the package
    mutation: Mutation
    lines: tuple[str, str]
    fate: str = SURVIVED
    by: str = ""  # the test that noticed
    tests: int = 0

    @property
    def place(self) -> str:
        return f"{PACKAGE}/{self.name}:{self.mutation.line}"


class Tree:
    """A copy of the checkout in a temporary folder, with processes of its own that end with each run."""

    def __init__(self, folder: Path, project: Path = CHECKOUT) -> None:
        self.root = folder / project.name
        self.package = self.root / PACKAGE
        self._mark = f"MUTANTS_TREE={folder}"
        self._writes = 0
        self._child: subprocess.Popen[bytes] | None = None
        shutil.copytree(project, self.root, ignore=NOT_COPIED, symlinks=True)
        if (shared := project.parent / "shared").exists():  # the real catalogs, which lie beside the project
            (folder / "shared").symlink_to(shared.resolve(), target_is_directory=True)

    def write(self, name: str, source: bytes) -> None:
        file = self.package / name
        file.write_bytes(source)
        # Python knows a stale .pyc by size and second of its source, and several mutants are written in a second.
        self._writes += 1
        os.utime(file, (self._writes, self._writes))

    def pytest(self, arguments: Sequence[str], timeout_s: float, **variables: str) -> tuple[int | None, str]:
        """Exit code and output of pytest; no code if it took too long. No process of it is left."""
        plugins = ("-p", "tests.mutants.plugin", "-p", "no:cacheprovider")
        command = [sys.executable, "-m", "pytest", "-q", *plugins, *arguments]
        name, _, value = self._mark.partition("=")
        environment = {**os.environ, "PYTHONPATH": str(self.root), "QT_QPA_PLATFORM": "offscreen", name: value}
        with tempfile.TemporaryFile() as output:
            child = self._child = subprocess.Popen(
                command,
                cwd=self.root,
                env={**environment, **variables},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            code: int | None = None
            try:
                with suppress(subprocess.TimeoutExpired):
                    code = child.wait(timeout_s)
            finally:
                self.end()
            output.seek(0)
            return code, output.read().decode(errors="replace")

    def end(self) -> None:
        """End the tests that run here, if any do."""
        if (child := self._child) is None:
            return
        with suppress(ProcessLookupError, PermissionError):
            if sys.platform == "win32":
                child.kill()
            else:
                os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        # Those that left its group still carry its mark.
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if self._mark.encode() in (folder / "environ").read_bytes().split(b"\0"):
                    os.kill(int(folder.name), signal.SIGKILL)


def main(argv: Sequence[str], doc: str) -> int:
    parser = argparse.ArgumentParser("run.py mutants", description=doc, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("rooms", nargs="*", metavar="ROOM")
    parser.add_argument("--sample", type=int, default=40, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args(argv)
    if unknown := [room for room in options.rooms if room not in USED_BY]:
        parser.error(f"There is no room “{unknown[0]}” here. Choose among {', '.join(USED_BY)}.")
    rooms = options.rooms or list(USED_BY)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends in order, as after Ctrl+C
    began = time.monotonic()
    drawn = [mutant for room in rooms for mutant in draw(room, options.sample, options.seed)]
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        hunt(drawn, Path(folder))
    seconds = time.monotonic() - began
    print(report(drawn), f"{len(drawn)} mutants with seed {options.seed} in {seconds / 60:.0f} min.", sep="\n\n")
    if options.json:
        listed = [{"room": one.room, "place": one.place, "kind": one.mutation.kind, "lines": one.lines}
                  | {"fate": one.fate, "by": one.by, "tests": one.tests} for one in drawn]  # fmt: skip
        content = {"seed": options.seed, "seconds": round(seconds), "mutants": listed}
        options.json.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


def draw(room: str, count: int, seed: int, project: Path = CHECKOUT) -> Iterator[Mutant]:
    package = project / PACKAGE
    for file, mutation in sample((package / room).rglob("*.py"), count, seed):
        yield Mutant(room, file.relative_to(package).as_posix(), mutation, mutation.lines(file.read_bytes()))


def hunt(mutants: list[Mutant], folder: Path, project: Path = CHECKOUT) -> None:
    """Find the fate of each: first with the tests of its own room, then, if it survives, with those of the others."""
    rooms = {mutant.room for mutant in mutants}
    near = [*(f"tests/{room}" for room in sorted(rooms)), *(f"{PACKAGE}/{room}" for room in sorted(rooms))]
    _stage(mutants, near, NEAR_S, DIED, folder / "near", project)
    left = [mutant for mutant in mutants if mutant.fate == SURVIVED]
    wide = sorted({f"tests/{other}" for mutant in left for other in USED_BY[mutant.room]})
    if left:
        _stage(left, wide, WIDE_S, WIDELY, folder / "wide", project)


def _stage(mutants: list[Mutant], places: list[str], budget_s: float, died: str, folder: Path, project: Path) -> None:
    folder.mkdir()
    trees = [Tree(folder / str(number), project) for number in range(_processes())]
    places = [place for place in places if (project / place).exists()]
    reach = _noted(trees[0], folder / "noted", mutants, places, project)
    free: SimpleQueue[Tree] = SimpleQueue()
    for tree in trees:
        free.put(tree)
    told = threading.Lock()
    left = len(mutants)

    def one(mutant: Mutant) -> None:
        nonlocal left
        tree = free.get()
        try:
            tests = nearest(reach, mutant, budget_s)
            mutant.tests += len(tests)
            if tests:
                _try(mutant, tests, reach, tree, died, project)
        finally:
            free.put(tree)
        with told:
            left -= 1
            print(f"{left:4} left: {mutant.fate}, {mutant.place} ({len(tests)} tests) {mutant.by}", flush=True)

    with ThreadPoolExecutor(len(trees)) as pool:
        try:
            list(pool.map(one, mutants))
        except BaseException:  # Ctrl+C: the tests have groups of their own, which the console does not reach
            pool.shutdown(wait=False, cancel_futures=True)
            for tree in trees:
                tree.end()
            raise
    shutil.rmtree(folder, ignore_errors=True)


def _noted(tree: Tree, notes: Path, mutants: list[Mutant], places: list[str], project: Path) -> Reach:
    """Run these tests once, where the files of the mutants note which of their blocks run."""
    notes.mkdir()
    names = sorted({mutant.name for mutant in mutants})
    instrument(tree.package, [tree.package / name for name in names])
    print(f"Noting what the tests of {', '.join(places)} reach …", flush=True)
    began = time.monotonic()
    shared = ["-n", str(_processes())] if _processes() > 1 else []
    arguments = ["-m", "not slow", "--timeout", "300", *shared, *places]
    code, output = tree.pytest(arguments, 3600, MUTANTS_NOTES=str(notes))
    if code not in (0, 1):
        sys.exit(f"The tests cannot be run:\n{output[-4000:]}")
    for name in names:
        tree.write(name, (project / PACKAGE / name).read_bytes())
    last = output.strip().splitlines()[-1]
    print(f"… {last} ({time.monotonic() - began:.0f} s)", flush=True)
    for line in output.splitlines():
        if line.startswith(("FAILED", "ERROR")):
            print(f"Left out, because it fails without a mutation: {line}", flush=True)
    return Reach(notes)


def nearest(reach: Reach, mutant: Mutant, budget_s: float) -> list[str]:
    """The tests that reach a mutant, file by file: the file named after its module first, then the quickest."""
    files: dict[str, list[str]] = {}
    for test in sorted(reach.tests(mutant.name, mutant.mutation.block), key=lambda test: reach.seconds[test]):
        files.setdefault(test.partition("::")[0], []).append(test)
    stem = Path(mutant.name).stem

    def distance(file: str) -> tuple[bool, float]:
        return Path(file).stem not in (f"test_{stem}", stem), sum(reach.seconds[test] for test in files[file])

    chosen, spent = [], 0.0
    for file in sorted(files, key=distance):
        for test in files[file]:
            if spent + reach.seconds[test] <= budget_s or not chosen:
                spent += reach.seconds[test]
                chosen.append(test)
    return chosen


def _try(mutant: Mutant, tests: list[str], reach: Reach, tree: Tree, died: str, project: Path) -> None:
    source = (project / PACKAGE / mutant.name).read_bytes()
    tree.write(mutant.name, mutant.mutation.applied(source))
    try:
        while tests:
            code, failed = _run(tests, reach, tree)
            if code is None:
                mutant.fate = TIMED_OUT
            elif code not in (0, 5):  # 5: none of them is there any more
                again = [failed] if failed in tests else tests
                if _run(again, reach, tree)[0] == 0:  # the machine was busy, or somebody ended it: it says nothing
                    tests = [test for test in tests if test not in again]
                    continue
                mutant.fate, mutant.by = died, failed
            break
    finally:
        tree.write(mutant.name, source)


def _run(tests: list[str], reach: Reach, tree: Tree) -> tuple[int | None, str]:
    """Run these tests up to the first that fails; pytest's code and that test."""
    choice = tree.root.parent / "choice.json"
    choice.write_text(json.dumps(tests), encoding="utf-8")
    files = list(dict.fromkeys(test.partition("::")[0] for test in tests))
    usual_s = sum(reach.seconds[test] for test in tests)
    slowest_s = max(reach.seconds[test] for test in tests)
    arguments = ["-x", "--tb", "no", "--timeout", f"{30 + 4 * slowest_s:.0f}", *files]
    code, output = tree.pytest(arguments, 90 + 3 * usual_s, MUTANTS_CHOICE=str(choice))
    told = [line.split(" ", 1)[1] for line in output.splitlines() if line.startswith(("FAILED ", "ERROR "))]
    failed = max((test for test in tests if told and told[0].startswith(test)), key=len, default="")
    return code, failed or (told[0] if told else f"pytest ended with {code}")


def report(mutants: list[Mutant]) -> str:
    """A table of the rooms, and what survived, line by line."""
    lines = ["| room | sampled | died | of them in another room | timed out | survived |", "| --- |" + " ---: |" * 5]
    for room in dict.fromkeys(mutant.room for mutant in mutants):
        count = Counter(mutant.fate for mutant in mutants if mutant.room == room)
        cells = (count.total(), count[DIED] + count[WIDELY], count[WIDELY], count[TIMED_OUT], count[SURVIVED])
        lines.append(f"| {room} | {' | '.join(map(str, cells))} |")
    for mutant in mutants:
        if mutant.fate == SURVIVED:
            before, after = mutant.lines
            lines += ["", f"{mutant.place} ({mutant.mutation.kind}, {mutant.tests} tests)", f"- {before}", f"+ {after}"]
    return "\n".join(lines)


def _processes() -> int:
    return min(2, os.cpu_count() or 1)
