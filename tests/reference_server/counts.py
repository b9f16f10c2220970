"""Counts how cases of misbehaviour ended, for the report at the end of a run."""

from collections import Counter

_counts: dict[str, Counter[str]] = {}


def count(where: str, end: str, many: int = 1) -> None:
    """Counts a case: `where` it was played (client or window), and how it ended."""
    _counts.setdefault(where, Counter())[end] += many


def taken() -> dict[str, dict[str, int]]:
    """The counts of this process as plain numbers, for the process that reports them all."""
    return {where: dict(counter) for where, counter in _counts.items()}


def add(counts: dict[str, dict[str, int]]) -> None:
    """Adds another process's counts."""
    for where, ends in counts.items():
        for end, many in ends.items():
            count(where, end, many)


def lines() -> list[str]:
    """One sentence per outcome, and one for the total."""
    found = [
        f"misbehaviour × call, {where}: {counter.total()} cases ended: "
        + ", ".join(f"{many} {end}" for end, many in sorted(counter.items()))
        for where, counter in sorted(_counts.items())
    ]
    if len(found) > 1:
        found.append(f"misbehaviour × call: {sum(counter.total() for counter in _counts.values())} cases in all")
    return found
