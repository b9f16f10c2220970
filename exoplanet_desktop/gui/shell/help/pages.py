"""The pages of `docs/`, and a glossary of each satellite's columns made from the column dictionaries."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtGui import QImage

from exoplanet_desktop.catalogs.facts.dictionary import dictionary
from exoplanet_desktop.errors import UnavailableError
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.resources import docs
from exoplanet_desktop.wire.vocabulary import Satellite

INDEX = "index.md"
_HEADING = re.compile(r"^#\s+(.+)$", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)#\s]+\.md)")


@dataclass(frozen=True)
class Page:
    """A page: its name in links, its title, its text in Markdown; whether it comes from a column dictionary."""

    name: str
    title: str
    text: str
    is_glossary: bool = False


@dataclass(frozen=True)
class HelpPages:
    """All pages in list order, and their pictures, by name."""

    pages: dict[str, Page]
    pictures: dict[str, QImage] = field(default_factory=dict)

    def holding(self, words: str) -> list[Page]:
        """The pages that contain all of these words."""
        wanted = words.lower().split()
        return [page for page in self.pages.values() if all(word in page.text.lower() for word in wanted)]


def read_pages(folder: Path | None = None) -> HelpPages:
    """Read everything; for a worker. Raises UnavailableError if the pages are missing."""
    folder = folder or docs()
    try:
        texts = {file.name: file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.md"))}
        pictures = {f"images/{file.name}": QImage(str(file)) for file in (folder / "images").glob("*.png")}
    except OSError as error:
        raise UnavailableError(tr("The help pages cannot be read ({error}).", error=error)) from error
    if not texts:
        raise UnavailableError(tr("The help pages are missing. Reinstall the program."))
    first = [INDEX] if INDEX in texts else []
    listed = [name for name in _LINK.findall(texts.get(INDEX, "")) if name in texts]
    names = dict.fromkeys([*first, *listed, *texts])
    pages = {name: Page(name, _title(name, texts[name]), texts[name]) for name in names}
    return HelpPages({**pages, **{page.name: page for page in _glossary()}}, pictures)


def _title(name: str, text: str) -> str:
    found = _HEADING.search(text)
    return found.group(1).strip() if found else name.removesuffix(".md").replace("-", " ").capitalize()


def _glossary() -> Iterator[Page]:
    """A page for each satellite: the meaning of its columns."""
    for satellite in Satellite:
        title = tr("Columns of {satellite}", satellite=satellite)
        rows = [
            f"| `{name}` | {_cell(info.label)} | {_cell(info.unit)} | {_cell(info.meaning)} |"
            for name, info in dictionary(satellite).items()
        ]
        head = f"| {tr('Column')} | {tr('Title')} | {tr('Unit')} | {tr('Meaning')} |"
        text = "\n".join([f"# {title}", "", head, "| --- | --- | --- | --- |", *rows])
        yield Page(f"columns-{satellite.lower()}.md", title, text, is_glossary=True)


def _cell(text: str) -> str:
    """A text escaped for a table cell."""
    return text.replace("|", "∣").replace("\n", " ").replace("<", "&lt;") or " "


def slug(heading: str) -> str:
    """The anchor of a heading.

    >>> slug("Vetted and blind")
    'vetted-and-blind'
    """
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
