"""How long-running work reports progress and is cancelled.

Every long function takes `report` (called with the share done, 0 to 1, and the stage in words) and `should_stop`
(called often, from the thread that called the function).
"""

from collections.abc import Callable

from exoplanet_desktop.errors import Cancelled

Report = Callable[[float, str], None]
ShouldStop = Callable[[], bool]


def silent(share: float, stage: str) -> None:
    """A Report that ignores its calls."""


def never() -> bool:
    """A ShouldStop for callers that never cancel."""
    return False


def check(should_stop: ShouldStop) -> None:
    """Raises Cancelled if the user asked to stop."""
    if should_stop():
        raise Cancelled("Stopped, as asked.")


def within(report: Report, start: float, end: float) -> Report:
    """A Report that maps 0 to 1 to `start` to `end` of the whole.

    >>> within(lambda share, stage: print(share, stage), 0.5, 1.0)(0.5, "reading")
    0.75 reading
    """

    def part(share: float, stage: str) -> None:
        report(start + (end - start) * min(max(share, 0.0), 1.0), stage)

    return part
