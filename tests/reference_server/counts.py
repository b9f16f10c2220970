"""How many cases of misbehaviour ended how, told at the end of a run."""

from collections import Counter

_counts: dict[str, Counter[str]] = {}


def count(where: str, end: str, many: int = 1) -> None:
    """One more case of a kind: `where` it was played (client or window), and how it ended."""
    _counts.setdefault(where, Counter())[end] += many


def taken() -> dict[str, dict[str, int]]:
    """What was counted here, as plain numbers, for the process that tells it all."""
    return {where: dict(counter) for where, counter in _counts.items()}


def add(counts: dict[str, dict[str, int]]) -> None:
    """Take in what another process counted."""
    for where, ends in counts.items():
        for end, many in ends.items():
            count(where, end, many)


def lines() -> list[str]:
    """A sentence for each kind, and one for all."""
    found = [
        f"misbehaviour × call, {where}: {counter.total()} cases ended: "
        + ", ".join(f"{many} {end}" for end, many in sorted(counter.items()))
        for where, counter in sorted(_counts.items())
    ]
    if len(found) > 1:
        found.append(f"misbehaviour × call: {sum(counter.total() for counter in _counts.values())} cases in all")
    return found
