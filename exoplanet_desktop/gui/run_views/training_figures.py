"""Builds the figures for the numbers in a training's result."""

from exoplanet_desktop.gui.charts.bars import ImportanceFigure
from exoplanet_desktop.gui.charts.curves import precision_recall_of, reliability_of, roc_of
from exoplanet_desktop.gui.charts.figure import Figure
from exoplanet_desktop.gui.charts.matrix import MatrixFigure, Shade
from exoplanet_desktop.wire.bounds import LONGEST_NAME, MOST_CLASSES, shortened
from exoplanet_desktop.wire.payloads import TrainResult


def matrix_of(result: "TrainResult", shade: Shade = Shade.COUNTS) -> MatrixFigure | None:
    """The confusion matrix, if the backend gives a complete square one."""
    labels, counts = result.labels or [], result.confusion_matrix or []
    fits = 1 < len(set(labels)) == len(labels) <= MOST_CLASSES and len(counts) == len(labels)
    if not fits or any(len(row) != len(labels) or min(row) < 0 for row in counts) or not any(map(any, counts)):
        return None
    return MatrixFigure([shortened(label, LONGEST_NAME) for label in labels], counts, shade)


def figures_of(result: "TrainResult") -> dict[str, list[Figure]]:
    """The other figures, by page; pages without figures are left out. For a worker: curves may have many points."""
    curves = result.curves or {}
    support = {label: score.support for label, score in (result.per_class or {}).items()}
    named = [
        entry.model_copy(update={"feature": shortened(entry.feature, LONGEST_NAME)})
        for entry in result.importance or ()
    ]
    found: dict[str, list[Figure | None]] = {
        "curves": [roc_of(curves, support), precision_recall_of(curves, support)],
        "reliability": [reliability_of(curves, result.ece)],
        "importance": [ImportanceFigure(named) if named else None],
    }
    there = {name: [figure for figure in figures if figure is not None] for name, figures in found.items()}
    return {name: figures for name, figures in there.items() if figures}
