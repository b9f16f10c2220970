"""Random damage to real catalogs: each gives the truth or a reported count, never a silent error."""

import random
from collections import Counter
from pathlib import Path

import pytest

from tests.cases.damages import CELLS, HEADERS, LINES, Sheet, damage_cells, encode, sheet_of
from tests.cases.judging import SILENT, Verdict, judge

CATALOGS = {
    "koi_cumulative.csv": ("koi_disposition", "kepoi_name"),
    "toi.csv": ("tfopwg_disp", "toi"),
    "koi_full_2022.csv.gz": ("koi_disposition", "kepoi_name"),
    "toi_2022-11.csv.gz": ("tfopwg_disp", "toi"),
}
ROWS = 120
SHORT, LONG, PARTS = 40, 2_000, 8


@pytest.fixture(scope="module")
def sheets(shared_data: Path) -> dict[str, tuple[Sheet, str]]:
    found = {}
    for name, (label, key) in CATALOGS.items():
        sheet = sheet_of(shared_data / name, ROWS, 7, label)
        place = sheet.header.index(key)
        sheet.numbers = [at for at in sheet.numbers if at != place]  # leave the column that identifies rows intact
        found[name] = (sheet, key)
    return found


def one(seed: int, sheets: dict[str, tuple[Sheet, str]], folder: Path) -> tuple[str, Verdict]:
    """Damage drawn from a seed, and its verdict."""
    dice = random.Random(seed)
    name = dice.choice(sorted(sheets))
    truth, key = sheets[name]
    sheet = truth.copy()
    kinds = dice.choice(
        [["cells"], ["cells"], ["lines"], ["headers"], ["headers", "cells"], ["encoding"], ["headers", "encoding"]]
    )
    said = []
    if "cells" in kinds:
        said.append(damage_cells(sheet, dice)[0])
    if "lines" in kinds:
        said.append(dice.choice(LINES)(sheet, dice)[0])
    if "headers" in kinds:
        said.append(dice.choice(HEADERS)(sheet, dice)[0])
    path = folder / f"{seed}.csv"
    if "encoding" in kinds:
        path, how = encode(sheet.text(), dice, path)
        said.append(how)
    else:
        path.write_text(sheet.text(), encoding="utf-8", newline="")
    try:
        verdict = judge(path, truth, key, sheet.truth)
    finally:
        path.unlink()
    return f"{seed}: {name}: {'; '.join(said)}", verdict


def run(seeds: range, sheets: dict[str, tuple[Sheet, str]], folder: Path) -> tuple[Counter[str], list[str]]:
    counts: Counter[str] = Counter()
    silent = []
    for seed in seeds:
        what, verdict = one(seed, sheets, folder)
        counts[verdict.kind] += 1
        if verdict.kind == SILENT:
            silent.append(f"{what} -> {verdict.why}")
    return counts, silent


def test_no_damage_is_silent(sheets, tmp_path):
    counts, silent = run(range(SHORT), sheets, tmp_path)
    assert not silent, "\n".join(silent[:20])
    assert counts["truth"] > SHORT / 4
    assert counts["told"] > SHORT / 20


@pytest.mark.slow
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("part", range(PARTS))
def test_none_of_two_thousand_damages_is_silent(sheets, tmp_path, capsys, part):
    size = LONG // PARTS
    counts, silent = run(range(10_000 + part * size, 10_000 + (part + 1) * size), sheets, tmp_path)
    with capsys.disabled():
        print(f"\ndamages of real files, part {part + 1} of {PARTS}: {dict(counts)}")
    assert not silent, "\n".join(silent[:20])


def test_each_kind_of_damage_is_drawn():
    assert len(CELLS) >= 25
    assert len(LINES) >= 10
    assert len(HEADERS) >= 14
