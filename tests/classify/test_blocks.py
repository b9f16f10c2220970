"""The fast path reads each cell of a file like the table does, or leaves the file to the table."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exoplanet_desktop.catalogs.facts.numbers import MISSING_WORDS
from exoplanet_desktop.catalogs.reading.layout import sniff
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.classify.blocks import NotPlain, Wanted, cell_blocks, plain_blocks

WANTED = Wanted(("koi_period", "koi_depth", "own"), ("koi_disposition",))
HEADER = "kepid,koi_disposition,koi_period,koi_depth,own\n"

plain = st.floats(0.001, 1e30).map(repr)
cells = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.integers(-2000, 10**20).map(str),
    st.sampled_from([*MISSING_WORDS, *(word.upper() for word in MISSING_WORDS), "Nan", " NA ", "\u00a0"]),
    st.sampled_from(["-999", "-99.9", "0", "1e39", "inf", "-Infinity", "True", "FALSE", "1_000", "0x10", "1.5D+02"]),
    st.sampled_from(["<3", "12 d", " 5 ", "+5", "1.", ".5", "5\u00a0", "\u22125", "n.d.", "1 234", "1e5", "00012"]),
)


def numbers_of(path: Path, plain: bool) -> tuple[np.ndarray, list[str | None]]:
    if plain:
        parsed = [block.parse(WANTED) for block in plain_blocks(sniff(path), 0, None)]
    else:
        with Table.open(path) as table:
            parsed = [block.parse(WANTED) for block in cell_blocks(table, WANTED.numbers, 0, None)]
    texts = [text for part in parsed for text in part.texts["koi_disposition"]]
    return np.vstack([part.numbers for part in parsed]), texts


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(plain, min_size=4, max_size=4), min_size=1, max_size=4), st.lists(cells, max_size=3))
def test_the_quick_way_agrees_with_the_table_or_gives_way(
    tmp_path: Path, rows: list[list[str]], odd: list[str]
) -> None:
    for place, cell in enumerate(odd):
        rows[place % len(rows)][place] = cell
    path = tmp_path / "a.csv"
    path.write_text(HEADER + "".join(f"1,{','.join(row)}\n" for row in rows), encoding="utf-8", newline="")
    try:
        quick, quick_texts = numbers_of(path, plain=True)
    except NotPlain:
        return
    slow, slow_texts = numbers_of(path, plain=False)
    assert np.array_equal(quick.astype(np.float32), slow.astype(np.float32), equal_nan=True)
    assert quick_texts == slow_texts


@pytest.mark.parametrize("cell", ["-999", "0", "inf", "1e39", "True", "12 d", "<3", "None "])
def test_what_the_table_has_to_tell_of_is_left_to_it(tmp_path: Path, cell: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{HEADER}1,CONFIRMED,{cell},2,3\n")
    with pytest.raises(NotPlain):
        numbers_of(path, plain=True)


@pytest.mark.parametrize("cell", ["-999", "-99.9", "1e20"])
def test_a_number_that_may_mean_missing_is_left_to_the_table_in_any_column(tmp_path: Path, cell: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{HEADER}1,CONFIRMED,1.5,2,{cell}\n2,CONFIRMED,1.5,2,3\n")
    with pytest.raises(NotPlain):
        numbers_of(path, plain=True)


def test_plain_numbers_and_words_for_missing_need_no_table(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{HEADER}1,CONFIRMED,1.5,NA,\n2,n/a,2,--,N/A\n")
    numbers, texts = numbers_of(path, plain=True)
    assert numbers[:, 0].tolist() == [1.5, 2.0]
    assert np.isnan(numbers[:, 1:]).all()
    assert texts == ["CONFIRMED", None]


def test_a_zero_that_may_be_one_needs_no_table(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{HEADER}1,CONFIRMED,1.5,0,3\n2,CONFIRMED,2.5,7,3\n")
    numbers, _ = numbers_of(path, plain=True)
    assert numbers[:, 1].tolist() == [0.0, 7.0]
