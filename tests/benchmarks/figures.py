"""Figures: measured values and their bounds."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


class Skipped(Exception):
    """A bench cannot measure on this machine; the text says why."""


@dataclass(frozen=True)
class Figure:
    """One number.

    Attributes:
        name: a description.
        measured: the value, in `unit` ("" for ratios).
        at_most, at_least: its bound; neither for a value that only explains another one.
        detail: its components, with units.
    """

    name: str
    measured: float
    unit: str = ""
    at_most: float | None = None
    at_least: float | None = None
    detail: str = ""

    @property
    def holds(self) -> bool | None:
        """None if there is no bound. NaN fails every bound."""
        if self.at_most is None and self.at_least is None:
            return None
        low = self.at_least is None or self.measured >= self.at_least
        return low and (self.at_most is None or self.measured <= self.at_most)

    @property
    def bound(self) -> str:
        parts = [f"≤ {_number(self.at_most, self.unit)}"] if self.at_most is not None else []
        return " and ".join(
            [*parts, *([f"≥ {_number(self.at_least, self.unit)}"] if self.at_least is not None else [])]
        )


@dataclass(frozen=True)
class Outcome:
    """The outcome of one bench: its figures, or why there are none."""

    bench: str
    figures: Sequence[Figure] = ()
    skipped: str = ""
    failed: str = ""
    seconds: float = 0.0
    load: tuple[float, ...] = field(default=())  # load average over one minute, before and after

    @property
    def holds(self) -> bool:
        return bool(self.figures) and all(figure.holds is not False for figure in self.figures)


def table(outcomes: Sequence[Outcome]) -> str:
    """All figures as a Markdown table, aligned to be readable as plain text."""
    rows = [("bench", "figure", "measured", "bound", "holds", "from")]
    for outcome in outcomes:
        for figure in outcome.figures:
            verdict = {True: "yes", False: "NO", None: ""}[figure.holds]
            measured = _number(figure.measured, figure.unit)
            rows.append((outcome.bench, figure.name, measured, figure.bound, verdict, figure.detail))
        if outcome.skipped:
            rows.append((outcome.bench, "skipped", "", "", "NO", outcome.skipped))
        if outcome.failed:
            rows.append((outcome.bench, "failed", "", "", "NO", outcome.failed))
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    lines.insert(1, "| " + " | ".join("-" * width for width in widths) + " |")
    return "\n".join(lines)


def as_json(outcomes: Sequence[Outcome], machine: dict[str, Any]) -> dict[str, Any]:
    """The same as JSON data, for programs."""
    benches = []
    for outcome in outcomes:
        figures = [{**asdict(figure), "holds": figure.holds} for figure in outcome.figures]
        benches.append({**asdict(outcome), "figures": figures, "holds": outcome.holds})
    return {"holds": all(outcome.holds for outcome in outcomes), "machine": machine, "benches": benches}


def _number(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    digits = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return f"{digits} {unit}".rstrip()
