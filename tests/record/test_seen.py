"""Counts the rows that a plain backend's model was trained on, by object or by star, in any spelling."""

from pathlib import Path

import pytest

from exoplanet_desktop.errors import Cancelled
from exoplanet_desktop.record import seen
from exoplanet_desktop.record.seen import SeenRows, TrainingFile, seen_rows, taught_by_record
from exoplanet_desktop.wire.reading_options import ReadingOptions
from exoplanet_desktop.wire.vocabulary import Features, Model, Satellite

KOI = Satellite.KOI
HEADER = "kepid,kepoi_name,koi_disposition,koi_period,koi_duration,koi_depth,koi_prad"


def catalog(path: Path, *rows: str, header: str = HEADER) -> Path:
    path.write_text("\n".join([header, *(f"{row},1,2,3,4" for row in rows)]) + "\n")
    return path


@pytest.fixture
def trained(tmp_path: Path) -> Path:
    return catalog(
        tmp_path / "trained.csv", "10,K00001.01,CONFIRMED", "20,K00002.01,CANDIDATE", "30,K00003.01,", "40,,CONFIRMED"
    )


def test_rows_of_the_same_objects_are_counted(trained, tmp_path):
    asked = catalog(tmp_path / "asked.csv", "10,K00001.01,", "10,K00001.02,", "20,k2.01 ,", "30,K00003.01,", "50,,")
    found = seen_rows(asked, None, [TrainingFile(trained)], KOI)
    assert found == SeenRows(2, 5, by_star=False)
    assert found.sentence == ("2 of 5 rows are of objects the model was trained on; their agreement says little.")
    assert seen_rows(asked, None, [TrainingFile(trained)], KOI, rows=(1, 2)) == SeenRows(1, 2, by_star=False)


def test_without_names_of_objects_stars_are_compared(trained, tmp_path):
    header = HEADER.replace("kepoi_name,", "")
    asked = catalog(tmp_path / "asked.csv", "010,", "30,", "40.0,", "60,", header=header)
    found = seen_rows(asked, None, [TrainingFile(trained)], KOI)
    assert found == SeenRows(2, 4, by_star=True)
    assert "rows are of stars the model was trained on" in found.sentence


def test_files_are_read_as_the_user_said(trained, tmp_path):
    odd = tmp_path / "odd.csv"
    odd.write_text("notes\n" + trained.read_text().replace(",", ";").replace("kepoi_name", "Name"))
    choice = ReadingOptions(delimiter=";", skip=1, rename={"Name": "kepoi_name"})
    assert seen_rows(trained, None, [TrainingFile(odd, choice)], KOI) == SeenRows(2, 4, by_star=False)
    assert seen_rows(odd, choice, [TrainingFile(trained)], KOI) == SeenRows(2, 4, by_star=False)


def test_nothing_is_said_where_nothing_is_known(trained, tmp_path):
    bare = catalog(tmp_path / "bare.csv", "", header="koi_disposition,koi_period,koi_duration,koi_depth,koi_prad")
    assert seen_rows(bare, None, [TrainingFile(trained)], KOI) is None
    assert seen_rows(trained, None, [], KOI) is None
    assert seen_rows(trained, None, [TrainingFile(tmp_path / "gone.csv")], KOI) is None
    assert SeenRows(0, 7, by_star=False).sentence == ""
    with pytest.raises(Cancelled):
        seen_rows(trained, None, [TrainingFile(trained)], KOI, should_stop=lambda: True)


def test_the_record_tells_the_newest_training_of_the_model(record, trained, tmp_path):
    other = catalog(tmp_path / "other.csv", "1,K1,CONFIRMED")
    reading = ReadingOptions(decimal=",")

    def run(path, address="http://lab:1", status="SUCCEEDED", kind="train", **more):
        asked = {"satellite": "KOI", "model": "xgb", "paths": [str(path)], "files": [path.name], **more}
        run_id = record.new(kind, "a run", asked, "Lab", address)
        record.update(run_id, status=status)

    run(other)
    run(trained, readings=[reading.to_json()])
    run(other, features="blind")
    run(other, model="dt")
    run(other, address="http://elsewhere:1")
    run(other, status="FAILED")
    run(other, kind="predict")
    assert taught_by_record(record, "http://lab:1", KOI, Model.XGB) == [TrainingFile(trained, reading)]
    assert taught_by_record(record, "http://lab:1", KOI, Model.XGB, Features.BLIND) == [TrainingFile(other)]
    assert taught_by_record(record, "http://lab:2", KOI, Model.XGB) == []
    trained.unlink()
    assert taught_by_record(record, "http://lab:1", KOI, Model.XGB) == []


def test_nothing_is_said_of_a_file_that_is_too_long_to_look_at(trained, tmp_path, monkeypatch):
    asked = catalog(tmp_path / "asked.csv", "10,K00001.01,")
    longest = max(trained.stat().st_size, asked.stat().st_size)
    monkeypatch.setattr(seen, "MOST_BYTES", longest)
    assert seen_rows(asked, None, [TrainingFile(trained)], KOI) == SeenRows(1, 1, by_star=False)
    monkeypatch.setattr(seen, "MOST_BYTES", longest - 1)
    assert seen_rows(asked, None, [TrainingFile(trained)], KOI) is None
