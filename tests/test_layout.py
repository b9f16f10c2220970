"""A promise of the code's layout to its readers: a class name means one thing in the whole package, and files
need each other in one direction, but for a few that say why.
"""

import ast
from collections import defaultdict
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent


def repeated_classes(package: Path) -> dict[str, list[str]]:
    """Class names defined more than once below `package`, including nested and private ones, with their locations."""
    places: dict[str, list[str]] = defaultdict(list)
    for file in sorted(package.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"), filename=str(file))):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(f"{file.relative_to(package.parent).as_posix()}:{node.lineno}")
    return {name: found for name, found in sorted(places.items()) if len(found) > 1}


def test_no_class_name_occurs_twice() -> None:
    repeated = repeated_classes(CHECKOUT / "exoplanet_desktop")
    listed = "\n".join(f"{name}: {', '.join(places)}" for name, places in repeated.items())
    assert not repeated, f"These names stand for several classes. Rename all but one of each:\n{listed}"


@pytest.mark.parametrize(
    ("first", "second", "repeated"),
    [
        ("class Look: ...", "class Look: ...", {"Look": ["package/first.py:1", "package/room/second.py:1"]}),
        (
            "class Outer:\n    class Inner: ...",
            "def make():\n    class Inner: ...",
            {"Inner": ["package/first.py:2", "package/room/second.py:2"]},
        ),
        ("class _Entry: ...", "class _Entry: ...", {"_Entry": ["package/first.py:1", "package/room/second.py:1"]}),
        ("class _Entry: ...", "class Entry: ...", {}),
        ("from package.room.second import Look\nLook()", "class Look: ...", {}),
    ],
)
def test_a_repeated_name_is_found_with_its_places(
    tmp_path: Path, first: str, second: str, repeated: dict[str, list[str]]
) -> None:
    (tmp_path / "package" / "room").mkdir(parents=True)
    (tmp_path / "package" / "first.py").write_text(first)
    (tmp_path / "package" / "room" / "second.py").write_text(second)
    assert repeated_classes(tmp_path / "package") == repeated


# In each of these files, the import that closes the circle says why.
CIRCLES = [
    {"catalogs.tables.labels", "catalogs.tables.summary", "catalogs.tables.table", "catalogs.tables.view"},
    {"gui.shell.assistance", "gui.shell.main_window", "gui.shell.menus"},
    {"gui.tables.far", "gui.tables.frozen", "gui.tables.grid"},
]


def imports(package: Path) -> dict[str, set[str]]:
    """Each module below `package` with those of its modules that it imports, wherever it does, for types too."""
    files = {".".join(file.relative_to(package).with_suffix("").parts): file for file in package.rglob("*.py")}
    files = {name.removesuffix(".__init__"): file for name, file in files.items()}
    found: dict[str, set[str]] = {}
    for module, file in files.items():
        named: list[str] = []
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"), filename=str(file))):
            if isinstance(node, ast.Import):
                named += [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                named += [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
        inside = {name.removeprefix(f"{package.name}.") for name in named}
        found[module] = {name for name in inside if name in files and name != module}
    return found


def circles(graph: dict[str, set[str]]) -> list[set[str]]:
    """Modules that reach each other, the groups in the order of their first names."""
    reached: dict[str, set[str]] = {}
    for module in graph:
        seen, ahead = set[str](), list(graph[module])
        while ahead:
            if (name := ahead.pop()) not in seen:
                seen.add(name)
                ahead += graph[name]
        reached[module] = seen
    groups = [{other for other in reached[module] if module in reached[other]} for module in sorted(graph)]
    return [group for at, group in enumerate(groups) if group and group not in groups[:at]]


def test_files_need_each_other_in_one_direction() -> None:
    assert circles(imports(CHECKOUT / "exoplanet_desktop")) == CIRCLES


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        ("from package.room.second import b", "import package.first", [{"first", "room.second"}]),
        ("from package.room import second", "def f():\n    from package import first", [{"first", "room.second"}]),
        ("from package.room import second", "import json", []),
    ],
)
def test_a_circle_is_found_wherever_the_imports_stand(
    tmp_path: Path, first: str, second: str, found: list[set[str]]
) -> None:
    (tmp_path / "package" / "room").mkdir(parents=True)
    (tmp_path / "package" / "first.py").write_text(first)
    (tmp_path / "package" / "room" / "second.py").write_text(second)
    assert circles(imports(tmp_path / "package")) == found
