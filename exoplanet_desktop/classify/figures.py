"""The two pictures of a confusion matrix, drawn with Agg alone: no window, no pyplot, no state between calls."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

WIDTH_IN, HEIGHT_IN = 6.0, 5.0
DPI = 160  # about twice the resolution of a standard screen


def confusion_picture(
    matrix: NDArray[np.int64], labels: tuple[str, ...], title: str, out: Path, *, by_class: bool
) -> None:
    """Writes a confusion matrix as PNG: counts, or shares of each true class.

    Args:
        matrix: (true class, predicted class) counts.
        title: the title; may have several lines.
        by_class: shares of each true class instead of counts (with the counts below).
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    rows = matrix.sum(axis=1, keepdims=True)
    shares = np.divide(matrix, rows, out=np.zeros(matrix.shape), where=rows > 0)
    figure = Figure(figsize=(WIDTH_IN, HEIGHT_IN), dpi=DPI)
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes((0.25, 0.14, 0.72, 0.70))
    # One hue from light to dark: readable without colour vision and in grey print.
    axes.imshow(shares if by_class else matrix / max(int(matrix.max()), 1), cmap="Blues", vmin=0.0, vmax=1.0)
    for true, said in np.ndindex(matrix.shape):
        count, share = int(matrix[true, said]), float(shares[true, said])
        text = f"{share:.1%}\n({count:,})" if by_class else f"{count:,}"
        shade = share if by_class else count / max(int(matrix.max()), 1)
        axes.text(said, true, text, ha="center", va="center", fontsize=13, color="white" if shade > 0.5 else "black")
    names = [label.replace(" ", "\n") for label in labels]
    axes.set_xticks(range(len(labels)), names)
    axes.set_yticks(range(len(labels)), names)
    axes.set_xlabel("Predicted")
    axes.set_ylabel("In the catalog")
    axes.set_title(title, fontsize=10, loc="left")
    axes.set_aspect("auto")
    with out.open("wb") as file:
        canvas.print_png(file)
