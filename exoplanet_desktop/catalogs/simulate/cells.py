"""Numbers as a catalog gives them: measured, with errors, rounded, and sometimes missing."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Texts = NDArray[np.object_]
Cells = dict[str, NDArray[np.generic]]


def measured(rng: np.random.Generator, truth: Values, relative: float) -> tuple[Values, Values, Values]:
    """Positive values scattered about the truth by a relative error, with their upper and lower uncertainties."""
    size = len(truth)
    error = relative * rng.lognormal(0, 0.3, size)
    sigma = truth * error
    return truth * np.exp(rng.normal(0, 1, size) * error), sigma * rng.lognormal(0, 0.15, size), -sigma


def rounded(values: Values, digits: int) -> Values:
    """Rounded to significant digits.

    >>> rounded(np.array([123.456, -0.0123456]), 3).tolist()
    [123.0, -0.0123]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        places = digits - 1 - np.floor(np.log10(np.abs(values)))
        # A negative power of ten is not exact as a double; dividing by a power of ten is exact where multiplying is
        # not.
        up, down = 10.0 ** np.maximum(places, 0), 10.0 ** np.maximum(-places, 0)
        return np.where(values == 0, 0.0, np.round(values * up / down) / up * down)


def blanked(rng: np.random.Generator, share: float, *columns: Values) -> list[Values]:
    """Columns with the same fraction of their rows missing."""
    gone = rng.random(len(columns[0])) < share
    return [np.where(gone, np.nan, column) for column in columns]


def with_errors(name: str, ends: tuple[str, str], triple: Sequence[Values], decimals: int, digits: int = 3) -> Cells:
    """Three columns: the value to some decimals, its errors to some significant digits."""
    value, upper, lower = triple
    return {
        name: np.round(value, decimals),
        name + ends[0]: rounded(upper, digits),
        name + ends[1]: rounded(lower, digits),
    }


def limit_flag(values: Values) -> Values:
    """The archive's limit flag: 0 (a measurement) if there is a value."""
    return np.where(np.isnan(values), np.nan, 0.0)


def chosen(rng: np.random.Generator, size: int, names: Sequence[str], shares: Sequence[float]) -> Texts:
    """Texts drawn with the given probabilities."""
    return np.array(names, dtype=object)[rng.choice(len(names), size, p=np.array(shares) / sum(shares))]


def texts(values: Sequence[str | None]) -> Texts:
    return np.array(values, dtype=object)


def text_where(condition: NDArray[np.bool_], values: "Texts | str") -> Texts:
    """The texts where a condition is true, and missing cells elsewhere."""
    cells = np.full(len(condition), None, dtype=object)
    cells[condition] = values if isinstance(values, str) else values[condition]
    return cells


def same(text: str, size: int) -> Texts:
    return np.full(size, text, dtype=object)


def host_names(host: NDArray[np.int64]) -> list[str]:
    """`SIM-00001` and so on: names that no real star has."""
    return [f"SIM-{number + 1:05d}" for number in host.tolist()]


def sexagesimal(ra: Values, dec: Values) -> tuple[Texts, Texts]:
    """Positions in degrees as the archive's texts, such as `07h22m14.39s` and `-25d12m25.26s`."""
    return _parts(ra / 15, "{:02d}h{:02d}m{:05.2f}s", ""), _parts(dec, "{:02d}d{:02d}m{:05.2f}s", "+-")


def _parts(values: Values, form: str, signs: str) -> Texts:
    hundredths = np.round(np.abs(values) * 360_000).astype(np.int64)
    whole, rest = np.divmod(hundredths, 360_000)
    minutes, seconds = np.divmod(rest, 6_000)
    marks = [signs[value < 0] if signs else "" for value in values.tolist()]
    rows = zip(marks, whole.tolist(), minutes.tolist(), (seconds / 100).tolist(), strict=True)
    return texts([mark + form.format(degree, minute, second) for mark, degree, minute, second in rows])
