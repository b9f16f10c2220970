"""Dispositions in any spelling; the user's meanings take precedence, and all other values are counted."""

import pytest

from exoplanet_desktop.catalogs.facts.satellites import SATELLITES
from exoplanet_desktop.catalogs.reading.layout import sniff
from exoplanet_desktop.catalogs.tables.labels import (
    LabelReader,
    account_of_labels,
    layout_disposition,
    warnings_before_training,
)
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.wire.reading_options import ReadingOptions
from exoplanet_desktop.wire.vocabulary import Disposition, Satellite

KOI, K2, TOI = (SATELLITES[satellite] for satellite in (Satellite.KOI, Satellite.K2, Satellite.TOI))


@pytest.mark.parametrize(
    "text",
    [
        *(
            "FALSE POSITIVE",
            "false positive",
            "FALSE_POSITIVE",
            "False-Positive",
            "FALSE\xa0POSITIVE",
            "FALSE  POSITIVE",
        ),
        *(" False Positive ", "'FALSE POSITIVE'", "FALSE\u2010POSITIVE", "FalsePositive"),
    ],
)
@pytest.mark.parametrize("info", SATELLITES.values(), ids=SATELLITES.keys())
def test_one_disposition_in_many_spellings(text: str, info) -> None:
    assert info.disposition(text) is Disposition.FALSE_POSITIVE


@pytest.mark.parametrize(
    ("info", "text", "meant"),
    [
        (TOI, "fp", Disposition.FALSE_POSITIVE),
        (TOI, "Known Planet", Disposition.CONFIRMED),
        (TOI, "apc", Disposition.CANDIDATE),
        (K2, "refuted", Disposition.FALSE_POSITIVE),
        (KOI, "Confirmed_planet", Disposition.CONFIRMED),
        *(
            (KOI, text, None)
            for text in ("REFUTED", "FP", "0", "1", "2", "planet", "", None, "nan", "not dispositioned")
        ),
    ],
)
def test_only_what_is_certain_is_read(info, text: str | None, meant: Disposition | None) -> None:
    assert info.disposition(text) is meant


def test_the_users_meanings_come_first(write) -> None:
    choice = ReadingOptions(labels={"0": "false_positive", "1": "CONFIRMED", "candidate": ""})
    layout = sniff(write("kepid,koi_disposition\n1,0\n"), choice)
    read = {text: layout_disposition(layout, KOI, text) for text in ("0", "0.0", "1", "CANDIDATE", "CONFIRMED", "2")}
    assert read == {
        "0": Disposition.FALSE_POSITIVE,
        "0.0": Disposition.FALSE_POSITIVE,
        "1": Disposition.CONFIRMED,
        "CANDIDATE": None,
        "CONFIRMED": Disposition.CONFIRMED,
        "2": None,
    }


def test_unknown_values_are_listed_with_their_counts() -> None:
    counts = {"CONFIRMED": 5, "CANDIDATE": 3, "FALSE+POSITIVE": 4, "maybe": 1, "": 2, "NaN": 1}
    account = account_of_labels(counts, LabelReader(KOI))
    assert account.unknown == {"FALSE+POSITIVE": 4, "maybe": 1}
    assert account.blank == 3
    unknown, gone = account.sentences("koi_disposition")
    assert unknown.startswith(
        "5 rows have an unknown disposition in `koi_disposition`: “FALSE+POSITIVE” (4), “maybe” (1)."
    )
    assert gone == "No row of `koi_disposition` is FALSE POSITIVE, so a model trained on this file never predicts it."
    whole = {"CONFIRMED": 5, "candidate": 3, "FALSE_POSITIVE": 4}
    assert account_of_labels(whole, LabelReader(KOI)).sentences("koi_disposition") == ()


def test_a_file_is_warned_of_before_a_training(write) -> None:
    path = write("kepid,koi_disposition\n1,0\n2,1\n3,1\n4,CANDIDATE\n")
    unknown, gone = warnings_before_training([sniff(path)], KOI)
    assert "“1” (2), “0” (1)" in unknown
    assert "CONFIRMED or FALSE POSITIVE" in gone
    mapped = ReadingOptions(labels={"0": "CONFIRMED", "1": "FALSE POSITIVE"})
    assert warnings_before_training([sniff(path, mapped)], KOI) == ()


def test_what_one_file_lacks_another_may_have(write) -> None:
    planets = sniff(write("kepid,koi_disposition\n1,CONFIRMED\n2,CANDIDATE\n", "planets.csv"))
    others = sniff(write("kepid,koi_disposition\n3,FALSE POSITIVE\n", "others.csv"))
    assert len(warnings_before_training([planets], KOI)) == 1
    assert warnings_before_training([planets, others], KOI) == ()


def test_summaries_count_by_the_users_meanings(write) -> None:
    path = write("kepid,koi_disposition,koi_period\n1,0,1\n2,1,2\n3,1,3\n")
    choice = ReadingOptions(labels={"0": "CONFIRMED", "1": "FALSE POSITIVE"})
    with Table.open(path, layout=sniff(path, choice)) as table:
        histogram = table.summary("koi_period").histogram
        assert histogram is not None
        assert {name: sum(counts) for name, counts in histogram.counts.items()} == {"CONFIRMED": 1, "FALSE POSITIVE": 2}


def test_warnings_name_the_label_column_as_the_file_does(write) -> None:
    rows = "".join(f"{n},K{n:05}.01,1.5,2,300,2,{'yes' if n % 2 else 'what'}\n" for n in range(1, 9))
    path = write(f"kepid,kepoi_name,koi_period,koi_duration,koi_depth,koi_prad,my label\n{rows}", "mine.csv")
    layout = sniff(path, ReadingOptions(label="my label", labels={"yes": "CONFIRMED"}))
    told = warnings_before_training([layout], SATELLITES[Satellite.KOI])
    assert len(told) == 2
    assert all("in `my label`" in text or "of `my label`" in text for text in told)
