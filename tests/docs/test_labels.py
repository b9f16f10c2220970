"""Bold words in the documents are labels of the window, and menu paths exist; renaming one breaks this test."""

import ast
import re
from functools import cache

import pytest

from tests.docs.blocks import CHECKOUT

GUIDE = ["first-steps", "tables", "train", "thresholds", "predict", "merge", "runs", "backends", "settings", "trouble"]

# Bold words that are not labels: terms explained on the page.
TERMS = {
    "conflicts",
    "cannot be judged",
    "uncertain",
    "accuracy, mean of 5 folds",
    "⚠ notes",
    "The outbox",
    "our engine",
    "a backend of the plain contract",
}

_BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
_MENU = re.compile(r"(?<!\*)\*([A-Z][a-z]+ → [^*]+)\*(?!\*)", re.DOTALL)
_CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)


@cache
def labels() -> frozenset[str]:
    """All texts of the window without mnemonics, including those from tables of texts."""
    found = set()
    for file in (CHECKOUT / "exoplanet_desktop" / "gui").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value.replace("&", "").lower())
    return frozenset(found)


def guide(name: str) -> str:
    return _CODE.sub("", (CHECKOUT / "docs" / f"{name}.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", GUIDE)
def test_words_in_bold_are_labels_of_the_window(name: str) -> None:
    bold = {" ".join(words.split()) for words in _BOLD.findall(guide(name))}
    unknown = sorted(words for words in bold - TERMS if words.rstrip(":.").lower() not in labels())
    assert not unknown, f"docs/{name}.md names what the window does not: {unknown}"


@pytest.mark.parametrize("name", GUIDE)
def test_menu_paths_lead_to_commands(name: str) -> None:
    for path in _MENU.findall(guide(name)):
        for part in " ".join(path.split()).split(" → "):
            assert part.lower() in labels(), f"docs/{name}.md: {path}"


def test_no_term_is_kept_that_stands_nowhere() -> None:
    text = "".join((CHECKOUT / "docs" / f"{name}.md").read_text(encoding="utf-8") for name in GUIDE)
    assert {term for term in TERMS if f"**{term}**" not in text} == set()
