from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exoplanet_desktop.catalogs.facts.satellites import SATELLITES
from exoplanet_desktop.classify.training import TrainOptions
from exoplanet_desktop.errors import Cancelled, InputError, MissingColumns, UnreadableFile
from exoplanet_desktop.wire.requests import PredictRequest
from exoplanet_desktop.wire.vocabulary import Features, Model, Satellite

PROBABILITIES = ["Prob_CANDIDATE", "Prob_CONFIRMED", "Prob_FALSE POSITIVE"]
ADDED = ["Predicted_Class", "Confidence", "Match", *PROBABILITIES, "seen_in_training"]


@pytest.fixture
def table(make_catalog: Callable[..., pandas.DataFrame]) -> pandas.DataFrame:
    """A catalog of stars that the model has not seen."""
    frame = make_catalog(Satellite.KOI, 120, seed=9)
    return frame.assign(kepid=frame["kepid"] + 3_000_001)


def predicted(lab: Any, text: str | bytes, name: str, **options: int | None) -> Any:
    path = lab.folder / f"{name}.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return lab.predict(path, f"{name}_out.csv", **options)


def probabilities(lab: Any, frame: pandas.DataFrame, name: str) -> np.ndarray:
    predicted(lab, frame.to_csv(index=False), name)
    return lab.frame(f"{name}_out.csv")[PROBABILITIES].to_numpy()


def test_rows_go_out_as_they_came_in(trained: Any, table: pandas.DataFrame, tmp_path: Path) -> None:
    text = table.to_csv(index=False, lineterminator="\r\n").replace("0.5", ".50")
    found = predicted(trained, text, "kept")
    lines = (trained.folder / "kept_out.csv").read_bytes().decode().split("\r\n")
    for line, original in zip(lines[1:-1], text.split("\r\n")[1:-1], strict=True):
        assert line.startswith(original + ",")
    assert lines[0].startswith(text.split("\r\n")[0] + ",Predicted_Class,Confidence,Match,Prob_CANDIDATE")
    assert (found.from_row, found.to_row, found.total) == (0, 119, 120)
    assert sum(found.class_counts.values()) == found.agreement["known"] == 120
    assert not found.notes


def test_csv_and_results_say_the_same(trained: Any, table: pandas.DataFrame) -> None:
    found = predicted(trained, table.to_csv(index=False), "same")
    out = trained.frame("same_out.csv")
    assert list(out.columns) == [*table.columns, *ADDED]
    np.testing.assert_allclose(out[PROBABILITIES].sum(axis=1), 1.0, atol=1e-8)
    np.testing.assert_allclose(out["Confidence"], out[PROBABILITIES].max(axis=1))
    for row, said in zip(out.to_dict("records"), found.results, strict=True):
        assert {name: said[name] for name in ("Predicted_Class", "Match")} == {
            name: row[name] for name in ("Predicted_Class", "Match")
        }
        assert said["Confidence"] == pytest.approx(row["Confidence"], abs=1e-9)
        assert said["Match"] == ("Yes" if row["koi_disposition"] == row["Predicted_Class"] else "No")
    assert found.agreement["matches"] == (out["Match"] == "Yes").sum()


KEYS = {
    Satellite.KOI: ["Row_Number", "KEP_ID", "KOI_Name", "Kepler_Name", "Actual_Class", *ADDED],
    Satellite.TOI: ["Row_Number", "TOI", "TIC_ID", "Actual_Class", *ADDED],
    Satellite.K2: [
        *("pl_name", "hostname", "row_number_1based", "actual_class", "pred_label", "pred_index", "Confidence"),
        *("match", *PROBABILITIES, "seen_in_training"),
    ],
}


@pytest.mark.parametrize("satellite", Satellite)
@pytest.mark.parametrize("features", Features)
def test_each_satellite_has_its_row_keys(
    satellite: Satellite, features: Features, lab: Any, make_catalog: Callable[..., pandas.DataFrame]
) -> None:
    csv = lab.write(make_catalog(satellite, 200))
    lab.train(csv, TrainOptions(satellite, Model.DT, features, folds=2, sentinel=False))
    found = lab.predict(csv, from_row=5, to_row=9)
    assert all(list(row) == KEYS[satellite] for row in found.results)
    assert list(lab.frame().columns[-7:]) == ADDED
    first = found.results[0]
    assert first.get("Row_Number", 5) == 5 and first.get("row_number_1based", 6) == 6
    assert first.get("Actual_Class", first.get("actual_class")) in {"CANDIDATE", "CONFIRMED", "FALSE POSITIVE"}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_predictions_depend_on_the_row_alone(data: st.DataObject, trained: Any, table: pandas.DataFrame) -> None:
    """Not on the order of rows or columns, extra columns, or the other rows in the file."""
    plain = probabilities(trained, table, "plain")
    rows = data.draw(st.permutations(range(len(table))).map(lambda order: order[: data.draw(st.integers(1, 120))]))
    columns = data.draw(st.permutations(list(table.columns)))
    changed = table.iloc[rows][columns]
    changed.insert(data.draw(st.integers(0, len(columns))), "x_extra, of ours", 'a "quoted", cell')
    np.testing.assert_allclose(probabilities(trained, changed, "changed"), plain[rows], atol=1e-9)


FORMATS: dict[str, Callable[[float], str]] = {
    "exponents": lambda value: f"{value:.10e}",
    "zeros": lambda value: f"{value:.12f}",
    "signs": lambda value: f"+{value}" if value >= 0 else str(value),
    "blanks": lambda value: f" {value} ",
    "texts": lambda value: f'"{value}"',
}


@pytest.mark.parametrize("how", FORMATS)
def test_predictions_do_not_depend_on_the_format_of_numbers(how: str, trained: Any, table: pandas.DataFrame) -> None:
    plain = probabilities(trained, table, "plain")
    columns = SATELLITES[Satellite.KOI].numbers(Features.VETTED)
    lines = [",".join(table.columns)]
    for row in table.to_dict("records"):
        cells = (
            FORMATS[how](value) if name in columns and value == value else "" if value != value else str(value)
            for name, value in row.items()
        )
        lines.append(",".join(cells))
    predicted(trained, "\n".join(lines), "formats")
    np.testing.assert_allclose(trained.frame("formats_out.csv")[PROBABILITIES].to_numpy(), plain, atol=1e-9)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("utf-8-sig"),
        lambda text: ("# a header block\n# of two lines\n" + text).encode(),
        lambda text: text.replace(",", ";").replace(".", ",").encode(),
        lambda text: text.replace(",", "\t").encode(),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.rstrip("\n").encode(),
        lambda text: text.replace("\n", "\n\n").encode(),
    ],
    ids=["utf-16", "bom", "header", "decimal-comma", "tabs", "crlf", "no-last-end", "blank-lines"],
)
def test_predictions_do_not_depend_on_the_kind_of_csv(
    change: Callable[[str], bytes], trained: Any, table: pandas.DataFrame
) -> None:
    plain = probabilities(trained, table, "plain")
    found = predicted(trained, change(table.to_csv(index=False)), "kind")
    said = np.array([[row[name] for name in PROBABILITIES] for row in found.results])
    np.testing.assert_allclose(said, plain, atol=1e-6)


def test_predictions_do_not_depend_on_chunks(
    trained: Any, table: pandas.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = probabilities(trained, table, "plain")
    monkeypatch.setattr("exoplanet_desktop.classify.blocks.BLOCK_BYTES", 1500)
    np.testing.assert_allclose(probabilities(trained, table, "chunks"), plain, atol=1e-9)
    monkeypatch.setattr("exoplanet_desktop.classify.blocks.CELLS_A_BLOCK", 700)
    quoted = table.assign(note='a "quote"')
    np.testing.assert_allclose(probabilities(trained, quoted, "cells"), plain, atol=1e-9)
    found = predicted(trained, table.to_csv(index=False), "part", from_row=37, to_row=81)
    said = np.array([[row[name] for name in PROBABILITIES] for row in found.results])
    np.testing.assert_allclose(said, plain[37:82], atol=1e-9)


@pytest.mark.parametrize("quote", [False, True])
def test_a_range_counts_from_0_and_includes_both_ends(quote: bool, trained: Any, table: pandas.DataFrame) -> None:
    text = (table.assign(note='"') if quote else table).to_csv(index=False)
    found = predicted(trained, text, "range", from_row=3, to_row=5, results_limit=2)
    assert (found.from_row, found.to_row, found.total) == (3, 5, 3)
    assert [row["Row_Number"] for row in found.results] == [3, 4]
    assert trained.frame("range_out.csv")["kepoi_name"].tolist() == table["kepoi_name"].tolist()[3:6]
    assert predicted(trained, text, "range", from_row=118).total == 2
    assert predicted(trained, text, "range", to_row=119).total == 120


@pytest.mark.parametrize("quote", [False, True])
@pytest.mark.parametrize(("first", "last"), [(120, None), (None, 120), (5, 4), (-1, 3), (0, -1), (10**12, 10**13)])
def test_a_range_outside_the_file_is_one_sentence(
    first: int | None, last: int | None, quote: bool, trained: Any, table: pandas.DataFrame
) -> None:
    text = (table.assign(note='"') if quote else table).to_csv(index=False)
    with pytest.raises(InputError, match="Invalid row range"):
        predicted(trained, text, "outside", from_row=first, to_row=last)
    assert not (trained.folder / "outside_out.csv").exists()
    assert not list(trained.folder.glob("*.part"))


def test_rows_without_a_label_are_no_match(trained: Any, table: pandas.DataFrame) -> None:
    table.loc[:49, "koi_disposition"] = None
    table.loc[50:59, "koi_disposition"] = "NOT DISPOSITIONED"
    found = predicted(trained, table.to_csv(index=False), "unlabelled")
    assert found.agreement["known"] == 60
    assert [row["Match"] for row in found.results[:60]] == ["N/A"] * 60
    assert found.results[0]["Actual_Class"] is None
    nameless = predicted(trained, table.drop(columns=["koi_disposition", "kepid"]).to_csv(index=False), "nameless")
    assert nameless.agreement == {"known": 0, "matches": 0}
    assert nameless.results[0]["KEP_ID"] is None


def test_missing_columns_are_told(trained: Any, table: pandas.DataFrame) -> None:
    with pytest.raises(MissingColumns, match="`koi_depth`"):
        predicted(trained, table.drop(columns="koi_depth").to_csv(index=False), "required")
    found = predicted(trained, table.drop(columns=["koi_score", "koi_teq"]).to_csv(index=False), "absent")
    assert any(note.startswith("2 of 35 feature columns are not in this file") for note in found.notes)


def test_an_earlier_prediction_is_replaced(trained: Any, table: pandas.DataFrame) -> None:
    first = predicted(trained, table.to_csv(index=False), "first")
    again = trained.predict(trained.folder / "first_out.csv", "again_out.csv")
    pandas.testing.assert_frame_equal(trained.frame("again_out.csv"), trained.frame("first_out.csv"))
    assert again.class_counts == first.class_counts
    assert "Columns of an earlier prediction are replaced" in again.notes[0]


def test_unreadable_lines_are_told(trained: Any, table: pandas.DataFrame) -> None:
    lines = table.to_csv(index=False).split("\n")
    lines.insert(10, "1,2,3")
    found = predicted(trained, "\n".join(lines), "ragged")
    assert found.total == 120
    assert any("1 line is left out: line 11 has" in note for note in found.notes)


@pytest.mark.parametrize("quote", [0, 1])
def test_lines_without_an_object_are_no_rows(quote: int, trained: Any, table: pandas.DataFrame) -> None:
    lines = table.to_csv(index=False, quoting=quote).splitlines()
    sign = "," * (len(table.columns) - 1)
    found = predicted(trained, "\n".join([*lines[:50], lines[0], *lines[50:], sign, sign]), f"twice_{quote}")
    assert found.total == 120
    said = "line 51 has the column names again; line 123 and others have no cell with anything in it."
    assert f"3 lines are left out: {said}" in found.notes
    clean = predicted(trained, table.to_csv(index=False), f"once_{quote}")
    assert found.class_counts == clean.class_counts


def test_rows_without_any_number_are_told_before_their_class(trained: Any, table: pandas.DataFrame) -> None:
    other = pandas.DataFrame({"toi": ["101.01", "102.01"], "tfopwg_disp": ["PC", "FP"]})
    found = predicted(trained, pandas.concat([table, other]).to_csv(index=False), "concatenated")
    assert found.total == 122
    assert found.notes[0].startswith("2 rows have no number in any column that the model uses, so their classes say")


def test_a_file_without_rows_is_refused(trained: Any, table: pandas.DataFrame) -> None:
    with pytest.raises(UnreadableFile, match="no rows"):
        predicted(trained, table.head(0).to_csv(index=False), "empty")


@pytest.mark.parametrize("model", [Model.XGB, Model.LR])
def test_explanations_name_feature_value_and_unit(
    model: Model, lab: Any, make_catalog: Callable[..., pandas.DataFrame]
) -> None:
    csv = lab.write(make_catalog(Satellite.KOI, 200))
    lab.train(csv, TrainOptions(Satellite.KOI, model, folds=2, sentinel=False))
    found = lab.predict(csv, explain=4, results_limit=3)
    assert len(found.results) == 3
    cells = pandas.read_csv(csv)
    for number, row in enumerate(found.results):
        reasons = row["explanation"]
        assert len(reasons) == 4
        sizes = [abs(reason["contribution"]) for reason in reasons]
        assert sizes == sorted(sizes, reverse=True) and sizes[0] > 0
        for reason in reasons:
            if reason["feature"] in cells and reason["value"] is not None:
                assert reason["value"] == pytest.approx(cells[reason["feature"]][number])
        units = {reason["feature"]: reason["unit"] for reason in reasons}
        assert units.get("koi_period", "days") == "days"


def test_a_stopped_prediction_leaves_nothing(trained: Any, table: pandas.DataFrame) -> None:
    from exoplanet_desktop.classify.modelfile import load
    from exoplanet_desktop.classify.prediction import predict

    csv = trained.folder / "stopped.csv"
    csv.write_text(table.to_csv(index=False))
    out = trained.folder / "stopped_out.csv"
    with pytest.raises(Cancelled):
        predict(
            csv,
            load(trained.outputs().model),
            PredictRequest(Satellite.KOI),
            out,
            executor=trained.executor,
            report=lambda share, stage: None,
            should_stop=lambda: True,
        )
    assert not out.exists() and not list(trained.folder.glob("*.part"))


def test_rows_of_the_training_are_counted(trained: Any, table: pandas.DataFrame) -> None:
    again = trained.predict(trained.folder / "catalog.csv", "familiar_out.csv")
    assert again.notes[0] == (
        "400 of 400 rows were in training; they are predicted by fold models that had not seen them."
    )
    other = predicted(trained, table.to_csv(index=False), "other")
    assert (again.seen, other.seen) == (400, 0) and not other.notes


def test_a_list_in_other_words_and_units_is_predicted_as_the_archives(lab: Any, make_catalog: Any) -> None:
    frame = make_catalog(Satellite.TOI, 200, seed=4)
    lab.train(lab.write(frame), TrainOptions(Satellite.TOI, Model.DT, sentinel=False))
    own = {"tid": "TIC", "toi": "Full TOI ID", "tfopwg_disp": "TOI Disposition", "pl_tranmid": "Epoch Value"}
    own |= {"pl_orbper": "Orbital Period Value", "pl_rade": "Planet Radius Value", "st_tmag": "TMag Value"}
    frame["pl_tranmid"] = (2_457_000 + frame["pl_tranmid"]).round(4)
    theirs = frame.assign(pl_tranmid=(frame["pl_tranmid"] - 2_457_000).round(4)).rename(columns=own)
    plain, found = (probabilities(lab, each, name) for each, name in ((frame, "plain"), (theirs, "theirs")))
    np.testing.assert_array_equal(found, plain)
    header = list(lab.frame("theirs_out.csv").columns)
    assert header == [*("pl_tranmid" if name == "Epoch Value" else name for name in theirs.columns), *ADDED]
    np.testing.assert_array_equal(lab.frame("theirs_out.csv")["pl_tranmid"], frame["pl_tranmid"])


def test_other_names_alone_leave_the_rows_as_they_are(lab: Any, make_catalog: Any) -> None:
    frame = make_catalog(Satellite.TOI, 200, seed=4)
    lab.train(lab.write(frame), TrainOptions(Satellite.TOI, Model.DT, sentinel=False))
    loud = frame.rename(columns=str.upper)
    text = loud.to_csv(index=False).replace("0.5", ".50")
    predicted(lab, text, "loud")
    lines = (lab.folder / "loud_out.csv").read_text().splitlines()
    for line, original in zip(lines, text.splitlines(), strict=True):
        assert line.startswith(original + ",")


def test_dispositions_in_other_spellings_are_known(trained: Any, table: pandas.DataFrame) -> None:
    spelt = table.assign(koi_disposition=table["koi_disposition"].str.lower().str.replace(" ", "_"))
    assert predicted(trained, spelt.to_csv(index=False), "spelt").agreement["known"] == 120
