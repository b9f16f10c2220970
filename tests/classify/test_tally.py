from types import SimpleNamespace
from typing import Any

import pytest

from exoplanet_desktop.catalogs.facts.dictionary import Range
from exoplanet_desktop.classify.tally import ranges_of


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ([0.5, 3, 400.0], Range(0.5, 3.0, 400.0)),
        (None, None),
        ([0.5, 3], None),
        ([0.5, 3, 400, 9], None),
        ([0.5, "3", 400], None),
        ("0.5", None),
        ({"low": 1}, None),
    ],
)
def test_a_models_card_gives_a_range_or_none(written: Any, read: Range | None) -> None:
    """A card is not to be trusted: what is no range is as if it were absent."""
    card = {"ranges": {"koi_period": written}}
    classifier: Any = SimpleNamespace(card=card, features=SimpleNamespace(numbers=("koi_period", "koi_depth")))
    assert ranges_of(classifier) == (read, None)
