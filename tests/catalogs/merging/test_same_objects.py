from pathlib import Path

import pytest

from exoplanet_desktop.catalogs.merging.same_objects import same_objects

KOI = "kepid,kepoi_name,koi_disposition,koi_period,koi_duration,koi_depth,koi_prad\n"


def test_objects_in_several_files_are_counted_whatever_their_spelling(write) -> None:
    a = write(KOI + "1,K00001.01,CONFIRMED,1,1,1,1\n2,K00002.01,CANDIDATE,1,1,1,1\n3,K00003.01,,1,1,1,1\n", "a.csv")
    b = write(KOI + "1,KOI-1.01,candidate,1,1,1,1\n2,2.01,Candidate,1,1,1,1\n3,K3.01,CONFIRMED,1,1,1,1\n", "b.csv")
    c = write(KOI + "4,K00004.01,CONFIRMED,1,1,1,1\n4,K00004.01,CANDIDATE,1,1,1,1\n", "c.csv")
    found = same_objects([a, b, c])
    assert (found.column, found.objects, found.different) == ("kepoi_name", 3, 1)
    assert found.sentence == "3 objects are in several of the files, 1 with different dispositions."
    assert same_objects([a, c]).sentence == ""
    nameless = write(KOI + "1,,CONFIRMED,1,1,1,1\n", "d.csv"), write(KOI + "2,NA,CANDIDATE,1,1,1,1\n", "e.csv")
    assert same_objects(nameless).objects == 0


def test_dispositions_of_one_class_are_no_difference(write) -> None:
    toi = "toi,tid,tfopwg_disp,pl_orbper,pl_trandurh,pl_trandep,pl_rade\n"
    a = write(toi + "101.01,1,CP,1,1,1,1\n102.01,2,PC,1,1,1,1\n", "a.csv")
    b = write(toi + "101.010,1,KP,1,1,1,1\n102.01,2,FP,1,1,1,1\n", "b.csv")
    assert (same_objects([a, b]).objects, same_objects([a, b]).different) == (2, 1)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("koi_cumulative_2019-01.csv.gz", "koi_cumulative.csv", (9564, 447)),
        ("koi_train.csv", "koi_test_raw.csv", (0, 0)),
    ],
)
def test_real_catalogs(shared_data: Path, first: str, second: str, expected: tuple[int, int]) -> None:
    found = same_objects([shared_data / first, shared_data / second])
    assert (found.objects, found.different) == expected
