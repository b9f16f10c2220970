import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas
import pytest

from exoplanet_desktop.classify.training import Outputs, TrainOptions, train
from exoplanet_desktop.errors import Cancelled, InputError, MissingColumns, UnavailableError, UnreadableFile
from exoplanet_desktop.wire.vocabulary import Balance, Features, KnownRows, Model, ModelLabels, Satellite

KOI_XGB = TrainOptions(Satellite.KOI, Model.XGB, sentinel=False)
PNG = b"\x89PNG\r\n\x1a\n"

MakeCatalog = Callable[..., pandas.DataFrame]


QUICK = [(satellite, model) for satellite in Satellite for model in (Model.XGB, Model.DT)]
OTHERS = [
    pytest.param(satellite, model, marks=[] if satellite is Satellite.KOI else pytest.mark.slow)
    for satellite in Satellite
    for model in (Model.RF, Model.GB, Model.LR, Model.SVM)
]


@pytest.mark.parametrize(("satellite", "model"), [*QUICK, *OTHERS])
def test_all_models_train_on_all_satellites(
    satellite: Satellite, model: Model, lab: Any, make_catalog: MakeCatalog
) -> None:
    csv = lab.write(make_catalog(satellite, 240))
    result = lab.train(csv, TrainOptions(satellite, model, folds=2, sentinel=False))
    assert result.cv_mean is not None and result.cv_mean > 0.6  # four rows in five can be classified
    assert result.labels == ["CANDIDATE", "CONFIRMED", "FALSE POSITIVE"]
    found = lab.predict(csv, known_rows=KnownRows.MODEL)
    assert found.agreement["matches"] / found.agreement["known"] > 0.7


def test_a_result_is_whole_and_fit_for_json(lab: Any, make_catalog: MakeCatalog) -> None:
    result = lab.train(lab.write(make_catalog(Satellite.KOI)), TrainOptions(Satellite.KOI, Model.XGB))
    assert json.loads(result.model_dump_json())["evaluation"]["folds"] == 5
    evaluation = result.evaluation
    assert evaluation is not None and evaluation.rows_used == 400 and evaluation.groups == "kepid"
    assert len(evaluation.fold_accuracy) == 5
    assert result.cv_mean == pytest.approx(sum(evaluation.fold_accuracy) / 5)
    assert result.accuracy == pytest.approx(
        sum(row[i] for i, row in enumerate(result.confusion_matrix)) / sum(map(sum, result.confusion_matrix))
    )
    for name in ("accuracy", "cv_mean", "auc_score", "balanced_accuracy", "f1_macro", "mcc", "log_loss", "brier"):
        low, high = result.intervals[name]
        assert low <= getattr(result, name) <= high, name
    assert result.all_rows.rows == evaluation.rows_used
    # Each fold counts equally in the mean, and each row over all rows.
    assert result.all_rows.accuracy == pytest.approx(result.cv_mean, abs=0.01)
    assert set(result.curves) == {"reliability", "roc", "pr"}
    assert all(len(curve["fpr"]) <= 100 for curve in result.curves["roc"].values())
    assert result.importance[0].mean >= result.importance[-1].mean
    assert result.blind["sentence"].endswith("without")
    assert len(result.data_digest) == 64


def test_pictures_and_model_are_there(trained: Any) -> None:
    outputs = trained.outputs()
    for path in (outputs.matrix, outputs.matrix_normalised):
        content = path.read_bytes()
        assert content.startswith(PNG)
        assert int.from_bytes(content[16:20], "big") >= 900  # pixels across
    assert outputs.matrix.read_bytes() != outputs.matrix_normalised.read_bytes()
    assert outputs.model.stat().st_size > 1000
    assert not list(trained.folder.glob("*.part"))


def test_progress_only_rises_and_ends(lab: Any, make_catalog: MakeCatalog) -> None:
    lab.train(lab.write(make_catalog(Satellite.KOI, 200)), TrainOptions(Satellite.KOI, Model.DT))
    shares = [share for share, _ in lab.reports]
    assert shares == sorted(shares) and shares[0] == 0.0 and shares[-1] == 1.0
    stages = [stage for _, stage in lab.reports]
    assert "fold 3 of 5" in stages and "blind fold 5 of 5" in stages


def test_the_same_options_give_the_same_numbers(lab: Any, make_catalog: MakeCatalog) -> None:
    csv = lab.write(make_catalog(Satellite.KOI, 300))
    options = TrainOptions(Satellite.KOI, Model.XGB, folds=3, sentinel=False)
    first = lab.train(csv, options)
    with ThreadPoolExecutor(1) as alone:
        lab.executor = alone
        assert lab.train(csv, options) == first
        other = lab.train(csv, replace(options, seed=7))
    assert other.evaluation.fold_accuracy != first.evaluation.fold_accuracy


def test_metrics_do_not_depend_on_the_order_of_rows_within_reason(lab: Any, make_catalog: MakeCatalog) -> None:
    """The folds have the same stars; only sums inside the fits differ."""
    frame = make_catalog(Satellite.KOI, 400)
    options = TrainOptions(Satellite.KOI, Model.DT, sentinel=False)
    first = lab.train(lab.write(frame), options)
    second = lab.train(lab.write(frame.sample(frac=1, random_state=1)), options)
    assert second.accuracy == pytest.approx(first.accuracy, abs=0.02)
    assert sum(map(sum, second.confusion_matrix)) == sum(map(sum, first.confusion_matrix))


def test_blind_training_sees_no_verdict(lab: Any, make_catalog: MakeCatalog) -> None:
    frame = make_catalog(Satellite.KOI)
    frame["koi_score"] = (frame["koi_disposition"] == "CONFIRMED").astype(float) * 0.9
    csv = lab.write(frame)
    vetted = lab.train(csv, TrainOptions(Satellite.KOI, Model.XGB))
    assert vetted.leaks["suspicious"] == ["koi_score"]
    assert "koi_score" in vetted.leaks["verdict_columns"]
    blind = lab.train(csv, TrainOptions(Satellite.KOI, Model.XGB, Features.BLIND))
    assert "koi_score" not in blind.feature_columns and blind.blind is None and not blind.leaks["verdict_columns"]
    # The second pass of the vetted training follows exactly this protocol.
    assert vetted.blind["cv_mean"] == blind.cv_mean


def test_the_sentinel_names_identifiers_and_dates(lab: Any, make_catalog: MakeCatalog) -> None:
    frame = make_catalog(Satellite.TOI)
    frame["st_tmag"] = range(len(frame))
    result = lab.train(lab.write(frame), TrainOptions(Satellite.TOI, Model.DT))
    assert result.leaks["identifier_like"] == ["st_tmag"]
    assert [entry["feature"] for entry in result.leaks["dating"]] == ["pl_tranmid"]
    assert result.blind is None


def test_rows_that_are_not_used_are_counted(lab: Any, make_catalog: MakeCatalog) -> None:
    frame = make_catalog(Satellite.KOI)
    frame.loc[[3, 10], "koi_disposition"] = ["", "MAYBE"]
    frame["Label_Source"] = "archive"  # in the spelling that some program left
    frame.loc[20:29, "Label_Source"] = "model"
    lines = frame.to_csv(index=False).split("\n")
    lines.insert(5, "ragged")
    csv = lab.folder / "catalog.csv"
    csv.write_text("# a block\n" + "\n".join(lines))
    result = lab.train(csv, KOI_XGB)
    unknown, made, ragged = result.evaluation.rows_left_out
    assert (unknown.count, unknown.lines) == (2, [6, 14])
    assert (made.count, made.lines[0]) == (10, 24)
    assert (ragged.count, ragged.lines) == (1, [7])
    assert result.evaluation.rows_used == 388
    assert (result.evaluation.model_labels_left_out, result.evaluation.model_labels_used) == (10, 0)
    asked = lab.train(csv, TrainOptions(Satellite.KOI, Model.XGB, sentinel=False, model_labels=ModelLabels.USE))
    assert asked.evaluation.rows_used == 398
    assert (asked.evaluation.model_labels_left_out, asked.evaluation.model_labels_used) == (0, 10)
    assert "10 rows have labels made by a model" in " ".join(asked.evaluation.notes)


def test_two_classes_are_enough(lab: Any, make_catalog: MakeCatalog) -> None:
    frame = make_catalog(Satellite.KOI)
    csv = lab.write(frame[frame["koi_disposition"] != "FALSE POSITIVE"])
    result = lab.train(csv, TrainOptions(Satellite.KOI, Model.XGB, balance=Balance.BALANCED, sentinel=False))
    assert result.labels == ["CANDIDATE", "CONFIRMED"]
    assert result.evaluation.balance == "balanced"
    assert set(lab.predict(csv).class_counts) == {"CANDIDATE", "CONFIRMED"}


def test_absent_feature_columns_are_told(lab: Any, make_catalog: MakeCatalog) -> None:
    csv = lab.write(make_catalog(Satellite.KOI).drop(columns=["koi_score", "koi_teq"]))
    result = lab.train(csv, KOI_XGB)
    assert "2 of 35 feature columns are not in this file" in result.evaluation.notes[0]


def broken(frame: pandas.DataFrame, how: str) -> pandas.DataFrame:
    if how == "no label column":
        return frame.drop(columns="koi_disposition")
    if how == "one class":
        return frame.assign(koi_disposition="CONFIRMED")
    if how == "no known label":
        return frame.assign(koi_disposition="?")
    if how == "no number":
        return frame.assign(koi_period="x")
    if how == "too few stars":
        frame.loc[frame["koi_disposition"] == "CANDIDATE", "kepid"] = 1
        return frame
    return frame.head(0)


@pytest.mark.parametrize(
    ("how", "kind", "words"),
    [
        ("no label column", MissingColumns, "`koi_disposition`"),
        ("one class", InputError, "All 100 labelled rows are CONFIRMED. Training needs rows of at least two classes."),
        ("no known label", InputError, "No row has a known disposition"),
        ("too few stars", InputError, "CANDIDATE has rows of 1 star only"),
        ("no number", InputError, "No labelled row has a number in `koi_period`"),
        ("no rows", UnreadableFile, "no rows"),
    ],
)
def test_bad_input_is_one_sentence(
    how: str, kind: type[Exception], words: str, lab: Any, make_catalog: MakeCatalog
) -> None:
    csv = lab.write(broken(make_catalog(Satellite.KOI, 100), how))
    with pytest.raises(kind, match=words):
        lab.train(csv, KOI_XGB)
    assert [path.name for path in lab.folder.iterdir()] == ["catalog.csv"]


def test_a_stopped_training_leaves_nothing(lab: Any, make_catalog: MakeCatalog) -> None:
    csv = lab.write(make_catalog(Satellite.KOI))
    asked = iter([False] * 40)
    with pytest.raises(Cancelled):
        lab.train(csv, KOI_XGB, should_stop=lambda: next(asked, True))
    assert [path.name for path in lab.folder.iterdir()] == ["catalog.csv"]


def test_a_folder_that_takes_no_file_is_told(lab: Any, make_catalog: MakeCatalog, tmp_path: Path) -> None:
    csv = lab.write(make_catalog(Satellite.KOI, 100))
    nowhere = tmp_path / "nowhere"
    outputs = Outputs(nowhere / "m.exomodel", nowhere / "m.png", nowhere / "n.png")
    with pytest.raises(UnavailableError, match=r"There is no folder .*nowhere\. Choose another place for m\.png"):
        train(
            csv,
            KOI_XGB,
            outputs,
            executor=lab.executor,
            report=lambda share, stage: None,
            should_stop=lambda: False,
        )


def test_the_objects_names_tell_the_stars_where_no_column_does(lab: Any, make_catalog: MakeCatalog) -> None:
    frame = make_catalog(Satellite.KOI)
    frame["kepoi_name"] = [f"K{star % 100_000:05d}.{row % 50 + 1:02d}" for row, star in enumerate(frame["kepid"])]
    with_stars = lab.train(lab.write(frame), TrainOptions(Satellite.KOI, Model.DT, sentinel=False))
    without = lab.train(
        lab.write(frame.drop(columns="kepid"), "no_kepid.csv"), TrainOptions(Satellite.KOI, Model.DT, sentinel=False)
    )
    assert without.accuracy == with_stars.accuracy
    assert without.cv_mean == with_stars.cv_mean


def test_labels_that_nobody_knows_are_listed_and_never_guessed(lab: Any, make_catalog: MakeCatalog) -> None:
    frame = make_catalog(Satellite.KOI)
    numbers = {"CONFIRMED": "1", "FALSE POSITIVE": "0", "CANDIDATE": "2"}
    csv = lab.write(frame.assign(koi_disposition=frame["koi_disposition"].map(numbers)))
    with pytest.raises(InputError, match=r"The column contains “.”") as refused:
        lab.train(csv, TrainOptions(Satellite.KOI, Model.DT, sentinel=False))
    assert "Specify which class each value means" in str(refused.value)


def test_a_class_that_is_gone_is_told(lab: Any, make_catalog: MakeCatalog) -> None:
    frame = make_catalog(Satellite.KOI)
    broken = frame.assign(koi_disposition=frame["koi_disposition"].replace("FALSE POSITIVE", "FALSE+POSITIVE"))
    result = lab.train(lab.write(broken), TrainOptions(Satellite.KOI, Model.DT, sentinel=False))
    assert any("is FALSE POSITIVE, so a model" in note for note in result.evaluation.notes)
    assert any("unknown are “FALSE+POSITIVE” (" in entry.reason for entry in result.evaluation.rows_left_out)
