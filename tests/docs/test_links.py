"""Links and pictures in the documents lead to existing files, and links to headings to existing headings."""

import re
from pathlib import Path

import pytest

from exoplanet_desktop.gui.shell.help.pages import slug
from tests.docs.blocks import CHECKOUT, DOCUMENTS

DOCS = CHECKOUT / "docs"
# Written by `run.py package --table`.
MEASURED = {"bundle-size.md"}

_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+\s+(.+)$", re.MULTILINE)
_CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)


def prose(document: Path) -> str:
    return _CODE.sub("", document.read_text(encoding="utf-8"))


def headings(document: Path) -> set[str]:
    return {slug(found.replace("`", "")) for found in _HEADING.findall(document.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_link_leads_somewhere(document: Path) -> None:
    for target in _LINK.findall(prose(document)):
        if target.startswith(("https://", "http://")):
            continue
        name, _, heading = target.partition("#")
        file = (document.parent / name).resolve() if name else document
        made = file.parent == DOCS and file.name in {f"columns-{name}.md" for name in ("koi", "k2", "toi")}
        made = made or (file.parent == DOCS and file.name in MEASURED)
        assert made or file.exists(), f"{document.name} links to {target}"
        if heading and not made:
            assert heading in headings(file), f"{document.name} links to a heading that is not there: {target}"


def test_every_page_is_listed_in_the_index_and_every_picture_is_shown() -> None:
    listed = set(_LINK.findall(prose(DOCS / "index.md")))
    assert {file.name for file in DOCS.glob("*.md")} - {"index.md", *MEASURED} <= listed
    shown = {Path(target).name for document in DOCUMENTS for target in _LINK.findall(prose(document))}
    assert {file.name for file in (DOCS / "images").glob("*.png")} <= shown
