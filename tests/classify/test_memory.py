"""What a model remembers of its training: known rows, and the cost of absent columns."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest

from exoplanet_desktop.classify.features import feature_set
from exoplanet_desktop.classify.memory import MOST_FOLD_BYTES, TrainingRows, fitting, signatures
from exoplanet_desktop.classify.modelfile import load, save
from exoplanet_desktop.classify.packing import Packed
from exoplanet_desktop.classify.training import TrainOptions
from exoplanet_desktop.errors import InputError
from exoplanet_desktop.wire.vocabulary import Features, KnownRows, Model, Satellite

PROBABILITIES = ["Prob_CANDIDATE", "Prob_CONFIRMED", "Prob_FALSE POSITIVE"]
MakeCatalog = Callable[..., pandas.DataFrame]


@pytest.fixture
def catalog(trained: Any) -> pandas.DataFrame:
    """The exact file that the model was trained on."""
    return pandas.read_csv(trained.folder / "catalog.csv", dtype=str, keep_default_na=False)


def held_out(lab: Any) -> pandas.DataFrame:
    frame = pandas.read_csv(lab.outputs().held_out)
    return frame[frame["fold"].notna()].sort_values("row")


def predicted(lab: Any, frame: pandas.DataFrame, name: str, **options: object) -> tuple[Any, pandas.DataFrame]:
    found = lab.predict(lab.write(frame, f"{name}.csv"), f"{name}_out.csv", **options)
    return found, lab.frame(f"{name}_out.csv")


def test_known_rows_are_answered_as_the_fold_that_had_not_seen_them(trained: Any, catalog: pandas.DataFrame) -> None:
    found, out = predicted(trained, catalog, "known")
    np.testing.assert_allclose(out[PROBABILITIES], held_out(trained)[PROBABILITIES], atol=1e-9)
    assert set(out["seen_in_training"]) == {"yes"} and found.seen == 400
    assert {row["seen_in_training"] for row in found.results} == {"yes"}
    assert found.agreement["matches"] == (held_out(trained)["predicted"] == held_out(trained)["actual"]).sum()


def test_the_model_itself_answers_known_rows_where_it_is_asked_to(trained: Any, catalog: pandas.DataFrame) -> None:
    found, out = predicted(trained, catalog, "memory", known_rows=KnownRows.MODEL)
    assert "as requested, by the model that was trained on them" in found.notes[0] and found.seen == 400
    assert found.agreement["matches"] > (held_out(trained)["predicted"] == held_out(trained)["actual"]).sum()
    assert np.abs(out[PROBABILITIES].to_numpy() - held_out(trained)[PROBABILITIES].to_numpy()).max() > 0.01


@pytest.mark.parametrize(
    "spelt",
    [
        lambda frame: frame.sample(frac=1, random_state=3),
        lambda frame: frame.assign(kepid="0" + frame["kepid"]),
        lambda frame: frame.assign(kepid=frame["kepid"] + ".0"),
        lambda frame: frame.assign(kepid=frame["kepid"] + " "),
        lambda frame: frame.assign(kepid=""),
        lambda frame: frame.assign(kepid=[f"{float(star):.2E}" for star in frame["kepid"]]),
        lambda frame: frame.drop(columns="kepid"),
        lambda frame: frame.drop(columns="kepoi_name"),
        lambda frame: frame.assign(kepler_name='a "quoted", name'),
    ],
    ids=["shuffled", "zeros", "points", "blanks", "no star", "rounded", "no column", "no objects", "quoted"],
)
def test_known_rows_are_known_in_other_spellings(
    spelt: Callable[[pandas.DataFrame], pandas.DataFrame], trained: Any, catalog: pandas.DataFrame
) -> None:
    changed = spelt(catalog)
    found, out = predicted(trained, changed, "spelt")
    assert found.seen == 400
    expected = held_out(trained)[PROBABILITIES].to_numpy()[changed.index]
    np.testing.assert_allclose(out[PROBABILITIES], expected, atol=1e-9)


def test_known_rows_with_other_values_are_answered_by_their_fold(trained: Any, catalog: pandas.DataFrame) -> None:
    _, out = predicted(trained, catalog.assign(koi_depth_err1=""), "other_values")
    classifier = load(trained.outputs().model)
    known = classifier.memory.known
    assert known is not None
    numbers = catalog[list(classifier.features.numbers)].replace("", "nan").astype(float)
    numbers["koi_depth_err1"] = np.nan
    matrix = classifier.matrix(numbers.to_numpy(), {})
    for row in range(0, 400, 17):
        fold = classifier.memory.folds.get(int(known.folds[row]))
        assert fold is not None
        np.testing.assert_allclose(
            out[PROBABILITIES].to_numpy()[row], fold.probabilities(matrix[row : row + 1])[0], atol=1e-8
        )


def test_new_rows_of_known_stars_are_told(trained: Any, catalog: pandas.DataFrame) -> None:
    found, out = predicted(trained, catalog.assign(kepoi_name="a new one").head(30).drop(columns="koi_score"), "new")
    assert found.seen == 0 and set(out["seen_in_training"]) == {"no"}
    assert any(
        note.startswith("30 rows are new, but of a star whose other objects were in training") for note in found.notes
    )


def test_several_rows_of_one_object_are_told_apart(lab: Any, make_catalog: MakeCatalog) -> None:
    frame = make_catalog(Satellite.K2, 240)
    frame["pl_name"] = frame["hostname"] + " b"
    lab.train(lab.write(frame), TrainOptions(Satellite.K2, Model.DT, folds=2, sentinel=False))
    found, out = predicted(lab, frame, "again")
    assert found.seen == 240
    np.testing.assert_allclose(out[PROBABILITIES], held_out(lab)[PROBABILITIES], atol=1e-9)


def test_the_cost_of_absent_columns_is_measured(lab: Any, make_catalog: MakeCatalog) -> None:
    frame = make_catalog(Satellite.KOI, 600)
    numbers = feature_set(Satellite.KOI, Features.VETTED).numbers
    for name in numbers:  # all but one are uninformative
        if name != "koi_score":
            frame[name] = np.random.default_rng(len(name)).uniform(1, 2, len(frame)).round(3)
    csv = lab.write(frame)
    lab.train(csv, TrainOptions(Satellite.KOI, Model.XGB, folds=3, sentinel=False))
    whole = lab.predict(csv)
    assert whole.worth is None
    for name, gone in (("dropped", frame.drop(columns="koi_score")), ("empty", frame.assign(koi_score=np.nan))):
        found, _ = predicted(lab, gone, name)
        assert found.worth is not None and found.worth.absent == ["koi_score"]
        share = found.agreement["matches"] / found.agreement["known"]
        assert found.worth.accuracy == pytest.approx(share, abs=0.03)
        assert found.worth.with_all == pytest.approx(whole.agreement["matches"] / 600, abs=0.01)
        assert found.notes[0].startswith(f"Accuracy about {found.worth.accuracy:.2f} without `koi_score`")
        assert ("leaves empty" if name == "empty" else "lacks") in found.notes[0]


def test_a_column_that_was_absent_in_training_costs_nothing(lab: Any, make_catalog: MakeCatalog) -> None:
    csv = lab.write(make_catalog(Satellite.KOI, 200).assign(koi_score="").drop(columns="koi_teq"))
    result = lab.train(csv, TrainOptions(Satellite.KOI, Model.DT, folds=2, sentinel=False))
    assert set(result.absent) == {"koi_score", "koi_teq"}
    assert lab.predict(csv).worth is None


def test_a_reduced_model_lacks_the_columns_and_what_is_worked_out_from_them(
    lab: Any, make_catalog: MakeCatalog
) -> None:
    csv = lab.write(make_catalog(Satellite.KOI, 240))
    without = ("koi_depth_err1", "koi_srad")
    result = lab.train(csv, TrainOptions(Satellite.KOI, Model.DT, folds=2, without=without))
    assert not {*without, "x_signal_share", "x_duration_ratio"} & set(result.feature_columns)
    assert "x_duty_cycle" in result.feature_columns
    classifier = load(lab.outputs().model)
    assert classifier.card["without"] == ["koi_depth_err1", "koi_srad"] == list(classifier.features.left_out)
    found, _ = predicted(lab, pandas.read_csv(csv).drop(columns=list(without)), "less")
    assert found.worth is None and found.seen == 240
    assert any("leaves out 2 columns" in note for note in found.notes)


@pytest.mark.parametrize("name", ["ra", "koi_period", "nonsense"])
def test_only_feature_columns_can_be_left_out(name: str) -> None:
    with pytest.raises(InputError, match=name):
        feature_set(Satellite.KOI, Features.BLIND, (name,))


def test_models_of_older_versions_still_predict(trained: Any, catalog: pandas.DataFrame, tmp_path: Path) -> None:
    import zipfile

    old = trained.folder / "old.exomodel"
    with zipfile.ZipFile(trained.outputs().model) as source, zipfile.ZipFile(old, "w") as target:
        for name in ("card.json", "parity.json", "model.ubj"):
            target.writestr(name, source.read(name))
    classifier = load(old)
    assert classifier.memory.known is None
    save(classifier, tmp_path / "again.exomodel")
    csv = trained.write(catalog.drop(columns="koi_score"), "old.csv")
    found = trained.predict(csv, "old_out.csv", model=old)
    assert (found.worth, found.seen) == (None, None)
    assert "seen_in_training" not in trained.frame("old_out.csv")
    assert sum("Train again" in note for note in found.notes) == 1


def test_a_column_that_is_needed_and_holds_no_number_is_refused(trained: Any, catalog: pandas.DataFrame) -> None:
    csv = trained.write(catalog.assign(koi_period="unknown to us"), "unread.csv")
    with pytest.raises(InputError, match=r"No row has a number in `koi_period`"):
        trained.predict(csv, "unread_out.csv")
    assert not (trained.folder / "unread_out.csv").exists()


def test_undecided_rows_neither_agree_nor_differ(trained: Any, catalog: pandas.DataFrame) -> None:
    half = catalog.copy()
    half.loc[::2, "koi_disposition"] = ""
    half.loc[::4, "koi_disposition"] = "NOT DISPOSITIONED"
    found, _ = predicted(trained, half, "half")
    cells = pandas.read_csv(trained.folder / "half_out.csv", dtype=str, keep_default_na=False)["Match"]
    assert set(cells[::2]) == {""} and set(cells[1::2]) == {"Yes", "No"}
    assert found.agreement == {"known": 200, "matches": (cells == "Yes").sum()}
    assert {row["Match"] for row in found.results[::2]} == {"N/A"}


def test_a_column_in_another_unit_is_told_with_the_factor(trained: Any, catalog: pandas.DataFrame) -> None:
    hours = catalog["koi_duration"].replace("", "nan").astype(float) / 240
    found, _ = predicted(trained, catalog.assign(koi_duration=hours.round(6)), "unit")
    values = int(hours.notna().sum())
    told = [note for note in found.notes if "another unit" in note]
    assert len(told) == 1 and told[0].startswith(
        f"All {values} values of `koi_duration` are below what the model has mostly seen"
    )


def test_columns_that_were_scaled_for_another_model_are_told(trained: Any, catalog: pandas.DataFrame) -> None:
    frame = catalog.copy()
    for name in ("koi_period", "koi_duration", "koi_depth"):
        numbers = frame[name].replace("", "nan").astype(float)
        frame[name] = ((numbers - numbers.mean()) / numbers.std()).round(6)
    found, _ = predicted(trained, frame, "scaled")
    assert "3 columns look standardised (to a mean of 0) (`koi_period`, `koi_duration`, `koi_depth`)" in " ".join(
        found.notes
    )


def test_folds_are_kept_as_far_as_there_is_room() -> None:
    packed = {place: Packed("ubj", bytes(MOST_FOLD_BYTES // 3)) for place in range(5)}
    assert list(fitting(packed)) == [0, 1, 2]
    assert fitting({0: Packed("ubj", bytes(MOST_FOLD_BYTES + 1))}) == {}


@pytest.mark.parametrize(
    "member", ["known_probabilities.npy", "known_folds.npy", "held_matrix.npy", "held_y.npy", "known.json"]
)
@pytest.mark.parametrize("how", ["cut", "other type", "longer", "text"])
def test_damaged_memory_is_refused(member: str, how: str, trained: Any, tmp_path: Path) -> None:
    import io
    import zipfile

    with zipfile.ZipFile(trained.outputs().model) as source:
        content = {name: source.read(name) for name in source.namelist()}
    if how == "cut":
        content[member] = content[member][:-40]
    elif how == "text":
        content[member] = b"no array"
    elif member.endswith("json"):
        content[member] = content[member].replace(b'"objects": ["', b'"objects": ["x", "')
    else:
        array = np.load(io.BytesIO(content[member]))
        changed = array.astype(np.float16) if how == "other type" else np.concatenate([array, array])
        buffer = io.BytesIO()
        np.save(buffer, changed)
        content[member] = buffer.getvalue()
    path = tmp_path / "damaged.exomodel"
    with zipfile.ZipFile(path, "w") as target:
        for name, data in content.items():
            target.writestr(name, data)
    with pytest.raises(InputError):
        load(path)


def test_rows_with_the_same_numbers_have_the_same_signature() -> None:
    one = np.array([[0.0, np.nan, 1.5], [0.0, np.nan, 1.6]], dtype=np.float32)
    other = one.copy()
    other[:, 0] = -0.0
    other[:, 1] = np.frombuffer(b"\x01\x00\xc0\x7f" * 2, dtype="<f4")  # another of the many bit patterns of NaN
    assert signatures(one).tolist() == signatures(other).tolist()
    assert len(set(signatures(one).tolist())) == 2


def test_rows_need_a_closer_look_if_their_star_is_known_or_missing() -> None:
    probabilities, none = np.full((2, 3), 1 / 3), np.zeros(2, dtype=np.uint64)
    folds = np.zeros(2, dtype=np.int8)
    rows = TrainingRows(Satellite.KOI, ("K1", "K2"), ("11", "12"), False, probabilities, none, folds)
    assert rows.may_know_names(["12", None, "13", "11"]).tolist() == [0, 1, 3]
    assert rows.may_know(np.array([12.0, np.nan, 13.0, 11.0])).tolist() == [0, 1, 3]
