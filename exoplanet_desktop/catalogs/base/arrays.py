"""What DuckDB hands over as arrays, made regular."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


def matrix(rows: int, columns: "list[np.ndarray | None]") -> "np.ndarray":
    """float64, (rows, columns): what is NULL or infinite, and a column that is None, is NaN."""
    import numpy as np

    numbers = np.full((rows, len(columns)), np.nan)
    for place, values in enumerate(columns):
        if values is not None:
            numbers[:, place] = np.ma.filled(values, np.nan)
    numbers[np.isinf(numbers)] = np.nan
    return numbers


def objects(rows: int, values: "np.ndarray | None") -> "np.ndarray":
    """str or None; None throughout where there are no values."""
    import numpy as np

    if values is None:
        return np.full(rows, None, dtype=object)
    cells = np.asarray(values.data if isinstance(values, np.ma.MaskedArray) else values, dtype=object)
    if isinstance(values, np.ma.MaskedArray):
        cells[np.ma.getmaskarray(values)] = None
    return cells
