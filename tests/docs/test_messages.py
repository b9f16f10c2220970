"""Messages listed in the documents are the program's own; descriptions of a state are in italics there."""

import ast
import re
from functools import cache

import pytest

from tests.docs.blocks import CHECKOUT

_ROW = re.compile(r"^\| (.+?) \|", re.MULTILINE)
_VALUES = re.compile(r"`[^`]*`|…|\*\*[^*]*\*\*|\d+")  # parts that vary from case to case


@cache
def texts() -> str:
    """All texts of the program, including the parts of those with values."""
    found = []
    for file in (CHECKOUT / "exoplanet_desktop").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(node.value)
    return "\n".join(found).lower()


def messages(page: str, title: str) -> list[str]:
    """The first cells of the tables whose first column has this title."""
    found, wanted = [], False
    for line in (CHECKOUT / "docs" / page).read_text(encoding="utf-8").splitlines():
        cell = match[1] if (match := _ROW.match(line)) else ""
        if not cell:
            wanted = False
        elif cell == title:
            wanted = True
        elif wanted and not cell.startswith(("---", "*")):
            found.append(cell)
    return found


@pytest.mark.parametrize(
    "message", [*messages("trouble.md", "message"), *messages("backends.md", "it says")], ids=lambda text: text[:40]
)
def test_a_message_is_one_of_the_program(message: str) -> None:
    for part in _VALUES.split(message):
        words = part.strip(" .,:").lower()
        assert words in texts(), f"nothing in the program says “{words}”"


def test_there_are_messages() -> None:
    assert len(messages("trouble.md", "message")) > 10
    assert len(messages("backends.md", "it says")) > 8
