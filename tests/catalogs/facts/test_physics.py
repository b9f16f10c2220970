from collections.abc import Callable
from pathlib import Path

from exoplanet_desktop.catalogs.tables.table import Table


def test_negative_nines_are_sentinels_and_other_nines_are_not(write: Callable[[str], Path]) -> None:
    """As older programs write them: two to seven nines, up to three decimals of them while they are short."""
    whole = ["99", "999", "9999", "99999", "999999", "9999999"]
    nines = [*whole, *(f"{left}.{right}" for left in whole[:2] for right in ("9", "99", "999")), "9999.9", "9999.99"]
    others = ["99.9999", "999.98", "-99.9999", "-999.98", "-9", "-9.9", "-99999.9"]
    rows = [*(f"-{text}" for text in nines), *nines, *others]
    path = write("kepid,koi_depth\n" + "".join(f"{number},{text}\n" for number, text in enumerate(rows)))
    with Table.open(path) as table:
        texts = table.texts("koi_depth")
        numbers = table.numbers(["koi_depth"])[:, 0].tolist()
    missing = [text for text, number in zip(texts, numbers, strict=True) if number != number]
    assert missing == [f"-{text}" for text in nines]
