"""Which tests reach which block of code: a copy of the package that notes it, also in the processes that tests start.

The number of the test that runs stands in a small file that all its processes map into memory (`plugin.py` writes it).
The first time that a block runs during a test, it adds a line to one file: the test and the block.
"""

import ast
from collections import defaultdict
from pathlib import Path

from tests.mutants.mutations import blocks_of

NOTES = "_reached.py"  # the module that is added to the package
HELPER = """
import mmap
import os

_now = _out = None
_seen = set()
if name := os.environ.get("MUTANTS_NOW"):
    try:
        with open(name, "rb") as file:
            _now = mmap.mmap(file.fileno(), 4, access=mmap.ACCESS_READ)
        _out = os.open(os.environ["MUTANTS_REACHED"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        _worker = os.path.basename(name)
    except OSError:
        _now = None


def reached(block):
    if _now is None:
        return
    key = (_now[:4], block)
    if key not in _seen:
        _seen.add(key)
        os.write(_out, f"{_worker} {int.from_bytes(key[0], 'little')} {block}\\n".encode())
"""


def instrument(package: Path, files: list[Path]) -> None:
    """Let each block of these files of a copied package note that it runs."""
    (package / NOTES).write_text(HELPER, encoding="utf-8")
    for file in files:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        name = file.relative_to(package).as_posix()
        for node in list(ast.walk(tree)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                _note(node.body, name)
        at = 1 if ast.get_docstring(tree) is not None else 0
        tree.body.insert(at, ast.parse(f"from {package.name}.{NOTES[:-3]} import reached as _reached").body[0])
        file.write_text(ast.unparse(ast.fix_missing_locations(tree)), encoding="utf-8")


def _note(body: list[ast.stmt], name: str) -> None:
    line = body[0].lineno
    for statement in body:
        if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for inner in blocks_of(statement):
                _note(inner, name)
    first = body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    body.insert(1 if documented else 0, ast.parse(f"_reached('{name}:{line}')").body[0])


class Reach:
    """What `plugin.py` and the copy have noted: the tests of a block, and how long each takes."""

    def __init__(self, folder: Path) -> None:
        self.seconds: dict[str, float] = {}
        tests: dict[tuple[str, str], str] = {}
        for file in folder.glob("tests-*"):
            for line in file.read_text(encoding="utf-8").splitlines():
                number, seconds, test = line.split(" ", 2)
                tests[file.name.removeprefix("tests-"), number] = test
                self.seconds[test] = float(seconds)
        self._blocks: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
        reached = folder / "reached"
        for line in reached.read_text(encoding="utf-8").splitlines() if reached.exists() else ():
            worker, number, block = line.split(" ", 2)
            name, _, at = block.rpartition(":")
            if test := tests.get((worker.removeprefix("now-"), number)):
                self._blocks[name][int(at)].add(test)

    def tests(self, name: str, block: int) -> set[str]:
        """The tests that reach this block of a file; for what runs at its import, those that reach any of it."""
        blocks = self._blocks.get(name, {})
        return set().union(*blocks.values()) if not block else blocks.get(block, set())
