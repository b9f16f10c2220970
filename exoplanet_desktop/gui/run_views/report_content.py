"""A run as a self-contained report: HTML with embedded figures, or PDF. Written in a worker."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from exoplanet_desktop.errors import AppError
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.charts.figure import ChartStyle, Figure
from exoplanet_desktop.gui.charts.matrix import Shade
from exoplanet_desktop.gui.run_views.heldout import HeldOutRows
from exoplanet_desktop.gui.run_views.matrix_page import Scope, load
from exoplanet_desktop.gui.run_views.report_blocks import Block, Facts, Heading, Paragraph, Picture, ReportTable
from exoplanet_desktop.gui.run_views.report_html import as_html
from exoplanet_desktop.gui.run_views.report_pdf import as_pdf
from exoplanet_desktop.gui.run_views.slider import cost
from exoplanet_desktop.gui.run_views.training_figures import figures_of, matrix_of
from exoplanet_desktop.gui.runs import result_words as words
from exoplanet_desktop.gui.widgets.files import write
from exoplanet_desktop.wire.payloads import TrainResult

MOST_ERRORS = 20
MOST_IMPORTANT = 30
ARCHIVE = (
    "This research has made use of the NASA Exoplanet Archive, which is operated by the California Institute of "
    "Technology, under contract with the National Aeronautics and Space Administration under the Exoplanet Exploration "
    "Program."
)
# https://exoplanetarchive.ipac.caltech.edu/docs/doi.html
SOURCES = {
    "KOI": "Kepler Objects of Interest: DOI 10.26133/NEA4.",
    "K2": "K2 Planets and Candidates: DOI 10.26133/NEA19.",
    "TOI": "TESS Objects of Interest, from the Exoplanet Follow-up Observation Program (ExoFOP): DOI 10.26134/ExoFOP5.",
}


@dataclass(frozen=True)
class Account:
    """The data for a report.

    Attributes:
        when: when the run started.
        request: the request as recorded.
        pictures: the backend's own, by name; used if it gives no numbers.
        held_out: the file of held-out rows.
        threshold: the last one set for the run.
        versions: of the programs that wrote the report.
    """

    title: str
    when: datetime | None
    backend: str
    request: Mapping[str, object]
    result: "TrainResult"
    warnings: Sequence[str] = ()
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    held_out: Path | None = None
    threshold: float | None = None
    versions: Mapping[str, str] = field(default_factory=dict)


def write_report(account: Account, style: ChartStyle, target: Path) -> None:
    """Write the report completely or not at all: PDF if the file name says so, otherwise HTML. Raises AppError."""

    blocks = told(account)
    make = as_pdf if target.suffix.lower() == ".pdf" else as_html
    write(target, make(account.title, blocks, style))


def told(account: Account) -> list[Block]:
    """The report, block by block."""
    result = account.result
    scope, unread = _held_out(account)
    when = account.when.astimezone().strftime("%Y-%m-%d %H:%M %Z") if account.when else ""
    blocks: list[Block] = [
        Heading(account.title, 1),
        Paragraph(" · ".join(part for part in (tr("Training"), when, account.backend) if part)),
        *(Paragraph(f"⚠ {warning}") for warning in (*account.warnings, *unread)),
        Heading(tr("Result")),
        *_result(result),
        *_figures(account),
        *_threshold(account, scope),
        *_errors(scope),
        Heading(tr("Protocol")),
        *(Paragraph(text) for text in _protocol(result)),
        Heading(tr("Data and options")),
        Facts(_options(account)),
        Heading(tr("Versions")),
        Facts(list({**account.versions, **(result.versions or {})}.items())),
        Heading(tr("Acknowledgement")),
        Paragraph(ARCHIVE),
    ]
    if source := SOURCES.get(str(account.request.get("satellite"))):
        blocks.append(Paragraph(source))
    return blocks


def _held_out(account: Account) -> tuple[Scope | None, list[str]]:
    """The rows of the hold-out, or the reason why the report leaves them out."""
    try:
        return (load(account.held_out).hold_out if account.held_out is not None else None), []
    except AppError as error:
        return None, [str(error)]


def _result(result: "TrainResult") -> list[Block]:
    blocks: list[Block] = [
        Paragraph(words.scores_title(result)),
        ReportTable(words.score_headers(result), words.score_rows(result)),
    ]
    if result.blind and result.blind.get("sentence"):
        blocks.append(Paragraph(tr("Accuracy over the folds: {gap}.", gap=str(result.blind["sentence"]))))
    for title, rows in words.class_rows(result):
        blocks += [Paragraph(title), ReportTable(words.class_headers(), rows)]
    return blocks


def _figures(account: Account) -> list[Block]:
    result = account.result
    figures: list[Figure | None] = [matrix_of(result, shade) for shade in (Shade.COUNTS, Shade.BY_TRUE)]
    figures += [figure for page in figures_of(result).values() for figure in page]
    blocks: list[Block] = [figure for figure in figures if figure is not None]
    if figures[0] is None:
        blocks += [
            Picture(content, tr("Confusion matrix, as drawn by the backend")) for content in account.pictures.values()
        ]
    return [Heading(tr("Figures")), *blocks] if blocks else []


def _threshold(account: Account, scope: Scope | None) -> list[Block]:
    if account.threshold is None or scope is None or scope.thresholds is None:
        return []
    thresholds = scope.thresholds
    ranges = thresholds.intervals(account.threshold)
    sentence = tr(
        "A row is classified as a planet if the probabilities of CONFIRMED and CANDIDATE add up to {threshold} or "
        "more.",
        threshold=f"{account.threshold:.4f}",
    )
    rows = tr("{rows} hold-out rows.", rows=f"{len(scope.rows):,}")
    return [
        Heading(tr("Threshold")),
        Paragraph(sentence),
        Paragraph(f"{cost(thresholds.at(account.threshold), ranges, None)} {rows}"),
    ]


def _errors(scope: Scope | None) -> list[Block]:
    if scope is None:
        return []
    rows = scope.rows
    wrong = [int(place) for place in rows.worst_first if rows.actual[place] != rows.predicted[place]]
    headers = [tr("Object"), tr("In the catalog"), tr("Predicted"), tr("P catalog"), tr("P predicted")]
    title = tr("Worst hold-out errors, {shown} of {all}", shown=min(MOST_ERRORS, len(wrong)), all=len(wrong))
    return (
        [Heading(title), ReportTable(headers, [_error(rows, place) for place in wrong[:MOST_ERRORS]])] if wrong else []
    )


def _error(rows: HeldOutRows, place: int) -> list[str]:
    true, said = int(rows.actual[place]), int(rows.predicted[place])
    chances = [f"{rows.probabilities[place, label]:.2f}" for label in (true, said)]
    return [rows.objects[place], rows.labels[true], rows.labels[said], *chances]


def _protocol(result: "TrainResult") -> list[str]:
    evaluation = result.evaluation
    if evaluation is None:
        return [tr("This backend does not say how it evaluated.")]
    left_out = [f"{one.count:,} rows left out: {one.reason}." for one in evaluation.rows_left_out]
    leaks = [str(note) for note in (result.leaks or {}).get("notes") or []]
    return [f"{evaluation.protocol}.", *left_out, *evaluation.notes, *leaks]


def _options(account: Account) -> list[tuple[str, str]]:
    request, result, evaluation = account.request, account.result, account.result.evaluation
    files = request.get("files")
    found = {
        tr("Catalog"): " + ".join(map(str, files)) if isinstance(files, list | tuple) else "",
        tr("Data SHA-256"): result.data_digest,
        tr("Rows used"): f"{evaluation.rows_used:,}" if evaluation else None,
        tr("Host stars"): f"{evaluation.group_count:,} ({evaluation.groups})" if evaluation else None,
        tr("Satellite"): request.get("satellite"),
        tr("Model"): request.get("model"),
        tr("Features"): result.features or request.get("features"),
        tr("Balance"): request.get("balance"),
        tr("Seed"): evaluation.seed if evaluation else None,
        tr("Columns"): ", ".join(result.feature_columns or []),
        tr("Model version"): (result.model_extra or {}).get("model_version"),
        tr("Took"): None if result.elapsed_sec is None else f"{result.elapsed_sec:.1f} s",
    }
    return [(name, str(value)) for name, value in found.items() if value not in (None, "")]
