"""The parts of a report, and their texts as HTML: every text comes from outside and is escaped."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from exoplanet_desktop.gui.charts.figure import Figure


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is the title."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Paragraph:
    text: str


@dataclass(frozen=True)
class Facts:
    """(name, value) pairs, one per line."""

    pairs: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class ReportTable:
    """Cells as text; apart from the first column, columns in which every cell looks like a number are numeric."""

    headers: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Picture:
    """An encoded picture from the backend, and its title."""

    content: bytes
    title: str


TextBlock: TypeAlias = Heading | Paragraph | Facts | ReportTable
Block: TypeAlias = TextBlock | Picture | Figure


def as_markup(block: TextBlock) -> str:
    """A block as HTML, limited to tags that Qt's documents also support."""
    if isinstance(block, Heading):
        return f"<h{block.level}>{escaped(block.text)}</h{block.level}>"
    if isinstance(block, Paragraph):
        return f"<p>{escaped(block.text)}</p>"
    if isinstance(block, Facts):
        rows = (f"<tr><th>{escaped(name)}</th><td>{escaped(value)}</td></tr>" for name, value in block.pairs)
        return f'<table class="facts" cellspacing="0" cellpadding="3">{"".join(rows)}</table>'
    numeric = [all(_is_number(row[at]) for row in block.rows) for at in range(len(block.headers))]
    sides = ["right" if each else "left" for each in numeric]
    head = "".join(f'<th align="{side}">{escaped(text)}</th>' for text, side in zip(block.headers, sides, strict=True))
    lines = (
        "".join(f'<td align="{side}">{escaped(cell)}</td>' for cell, side in zip(row, sides, strict=True))
        for row in block.rows
    )
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f'<table cellspacing="0" cellpadding="3"><tr>{head}</tr>{body}</table>'


def escaped(text: str) -> str:
    return html.escape(str(text)).replace("\n", "<br>")


def _is_number(text: str) -> bool:
    return not text or text[0].isdigit() or text[0] in "–-"
