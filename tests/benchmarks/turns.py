"""Measures the program and a baseline alternately in one run."""

from collections.abc import Sequence
from statistics import median

from tests.benchmarks.figures import Figure

MANY = 100


class Turns:
    """Pairs of times in seconds: the program, and the baseline measured right after it.

    Other work on the machine slows down both of a pair, so it hardly affects the median of their ratios.
    """

    def __init__(self, pairs: Sequence[Sequence[float]]) -> None:
        self.ours, self.bare = (sorted(times) for times in zip(*pairs, strict=True))
        self.ratios = sorted(ours / bare for ours, bare in pairs)

    def figures(
        self, name: str, bare: str, at_most: float, at_most_99: float | None = None, *, milli: bool = False
    ) -> list[Figure]:
        """The median ratio with its bound, and the median time without one.

        With many pairs also the 99th percentile and, with `at_most_99`, its ratio to the baseline's.
        """
        factor, unit = (1000, "ms") if milli else (1, "s")
        spread = f"{len(self.ratios)} pairs: {self.ratios[0]:.3g}…{self.ratios[-1]:.3g}"
        times = f"{self.ours[0] * factor:.3g}…{self.ours[-1] * factor:.3g} {unit}; {bare} "
        figures = [
            Figure(f"{name}, against {bare}", median(self.ratios), at_most=at_most, detail=spread),
            Figure(name, median(self.ours) * factor, unit, detail=f"{times}{median(self.bare) * factor:.3g} {unit}"),
        ]
        ours, least = quantile(self.ours, 0.99), quantile(self.bare, 0.99)
        if at_most_99 is not None:
            figures.append(Figure(f"{name}, 99 %, against {bare}", ours / least, at_most=at_most_99))
        if len(self.ratios) >= MANY:
            figures.append(Figure(f"{name}, 99 %", ours * factor, unit, detail=f"{bare} {least * factor:.3g} {unit}"))
        return figures


def quantile(values: Sequence[float], share: float) -> float:
    """The value that a share of all values does not reach; the largest for a share of 1."""
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]
