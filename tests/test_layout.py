"""What the layout of the code promises to its readers: a class name means one thing in the whole package."""

import ast
from collections import defaultdict
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent


def repeated_classes(package: Path) -> dict[str, list[str]]:
    """Class names defined more than once below `package`, nested and private ones included, with their places."""
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
