import io
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skops.io
from sklearn.cluster import KMeans
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import Pipeline
from sklearn.tree import DecisionTreeClassifier

from exoplanet_desktop.classify import modelfile
from exoplanet_desktop.classify.modelfile import load, save
from exoplanet_desktop.classify.training import TrainOptions
from exoplanet_desktop.errors import InputError, NotFound
from exoplanet_desktop.wire.vocabulary import Model, Satellite


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(content: Mapping[str, bytes], path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return path


@pytest.fixture
def made(trained: Any) -> dict[str, bytes]:
    return members(trained.outputs().model)


@pytest.mark.parametrize("model", Model)
def test_saving_and_loading_changes_no_probability(model: Model, lab: Any, make_catalog: Callable[..., Any]) -> None:
    lab.train(lab.write(make_catalog(Satellite.KOI, 250)), TrainOptions(Satellite.KOI, model, folds=2, sentinel=False))
    first = load(lab.outputs().model)
    save(first, lab.folder / "again.exomodel")
    again = load(lab.folder / "again.exomodel")
    rows = np.random.default_rng(0).lognormal(size=(200, len(first.features.names))).astype(np.float32)
    rows[rows > 3] = np.nan
    np.testing.assert_allclose(again.probabilities(rows), first.probabilities(rows), atol=1e-6)
    np.testing.assert_allclose(first.probabilities(rows).sum(axis=1), 1.0, atol=1e-9)
    assert (again.features, again.labels, again.card["version"]) == (
        first.features,
        first.labels,
        first.card["version"],
    )


def test_a_card_says_what_the_model_is(trained: Any) -> None:
    card = load(trained.outputs().model).card
    assert (card["satellite"], card["model"], card["features"]) == ("KOI", "xgb", "vetted")
    assert card["columns"][0] == "koi_period"
    assert len(card["data_digest"]) == 64
    assert card["metrics"]["cv_mean"] > 0.5
    assert "folds" in card["protocol"]["protocol"]
    assert {"version", "created_at", "versions", "labels"} <= card.keys()


def test_no_pickle_lies_in_a_model_file(made: dict[str, bytes]) -> None:
    arrays = {f"known_{name}.npy" for name in ("probabilities", "signatures", "folds")}
    arrays |= {f"held_{name}.npy" for name in ("matrix", "y", "folds", "right")}
    folds = {f"fold_{place}.ubj" for place in range(5)}
    assert made.keys() == {"card.json", "parity.json", "model.ubj", "known.json"} | arrays | folds
    for name in arrays:
        np.load(io.BytesIO(made[name]), allow_pickle=False)
    assert len(json.loads(made["parity.json"])["rows"]) == 50


def test_a_model_that_no_longer_says_what_it_said_is_refused(made: dict[str, bytes], tmp_path: Path) -> None:
    parity = json.loads(made["parity.json"])
    parity["probabilities"][7][0] += 2e-6
    path = packed(made | {"parity.json": json.dumps(parity).encode()}, tmp_path / "drifted.exomodel")
    with pytest.raises(InputError, match=r"drifted.exomodel was refused: on 50 of its own training rows"):
        load(path)


def test_a_parity_sample_that_does_not_fit_its_rows_is_refused(made: dict[str, bytes], tmp_path: Path) -> None:
    parity = json.loads(made["parity.json"])
    del parity["probabilities"][0]
    path = packed(made | {"parity.json": json.dumps(parity).encode()}, tmp_path / "short.exomodel")
    with pytest.raises(InputError, match=r"short.exomodel was refused: on 50 of its own training rows"):
        load(path)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_truncated_file_is_refused(share: float, trained: Any, tmp_path: Path) -> None:
    whole = trained.outputs().model.read_bytes()
    path = tmp_path / "cut.exomodel"
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(InputError, match=r"cut\.exomodel"):
        load(path)


@pytest.mark.parametrize(
    "change",
    [
        {"card.json": b"{}"},
        {"card.json": b"[1, 2"},
        {"card.json": b"\xff\xfe"},
        {"parity.json": b'{"rows": [], "probabilities": []}'},
        {"parity.json": b'{"rows": [[1, 2]], "probabilities": [[0.5, 0.5]]}'},
        {"model.ubj": b""},
        {"model.ubj": b"{L" + b"\xff" * 100},
        {"model.ubj": b'{"learner": 1}'},
    ],
)
def test_damaged_members_are_refused(change: dict[str, bytes], made: dict[str, bytes], tmp_path: Path) -> None:
    with pytest.raises(InputError):
        load(packed(made | change, tmp_path / "damaged.exomodel"))


@pytest.mark.parametrize("missing", ["card.json", "parity.json", "model.ubj"])
def test_missing_members_are_refused(missing: str, made: dict[str, bytes], tmp_path: Path) -> None:
    del made[missing]
    with pytest.raises(InputError):
        load(packed(made, tmp_path / "part.exomodel"))


def test_a_member_that_unpacks_to_too_much_is_refused(made: dict[str, bytes], tmp_path: Path) -> None:
    bomb = packed(made | {"card.json": b" " * 50_000_000}, tmp_path / "bomb.exomodel")
    assert bomb.stat().st_size < 1_000_000
    with pytest.raises(InputError, match="larger than 2,000,000 bytes"):
        load(bomb)


def test_members_that_unpack_to_too_much_together_are_refused(
    made: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(modelfile, "MOST_BYTES", 5_000_000)
    bomb = packed(made | {f"fold_{place}.ubj": b" " * 3_000_000 for place in range(20)}, tmp_path / "bomb.exomodel")
    with pytest.raises(InputError, match="is larger than"):
        load(bomb)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"nowhere\.exomodel"):
        load(tmp_path / "nowhere.exomodel")


def with_pipeline(made: dict[str, bytes], pipeline: Any, path: Path) -> Path:
    """The model file with a scikit-learn object in place of its model."""
    buffer = io.BytesIO()
    skops.io.dump(pipeline, buffer)
    card = json.loads(made["card.json"]) | {"empty_columns": [], "model": "dt"}
    del made["model.ubj"]
    return packed(made | {"card.json": json.dumps(card).encode(), "model.skops": buffer.getvalue()}, path)


class Stranger:
    """A type that occurs in no model of this program."""


def test_other_types_are_not_built(made: dict[str, bytes], tmp_path: Path) -> None:
    path = with_pipeline(made, Stranger(), tmp_path / "strange.exomodel")
    with pytest.raises(InputError, match="Stranger, which no model of this program"):
        load(path)


def test_other_pipelines_are_not_used(made: dict[str, bytes], tmp_path: Path) -> None:
    path = with_pipeline(made, Pipeline([("model", KMeans())]), tmp_path / "other.exomodel")
    with pytest.raises(InputError, match="no model of this program has"):
        load(path)


def fitted(model: Any, columns: int) -> Pipeline:
    random = np.random.default_rng(0)
    rows = random.normal(size=(300, columns)).astype(np.float32)
    return Pipeline([("model", model)]).fit(rows, (rows[:, 0] > 0).astype(int) + (rows[:, 1] > 0))


def test_a_tree_that_points_outside_itself_is_refused(made: dict[str, bytes], tmp_path: Path) -> None:
    columns = len(json.loads(made["card.json"])["columns"])
    # Trained on more columns than the card names: it would read beyond the end of each row.
    pipeline = fitted(DecisionTreeClassifier(), columns + 500)
    feature = pipeline.steps[0][1].tree_.feature
    feature[0] = columns + 400
    with pytest.raises(InputError, match="points outside itself"):
        load(with_pipeline(made, pipeline, tmp_path / "tree.exomodel"))


def test_boosted_nodes_that_point_outside_are_refused(made: dict[str, bytes], tmp_path: Path) -> None:
    columns = len(json.loads(made["card.json"])["columns"])
    pipeline = fitted(HistGradientBoostingClassifier(max_iter=2), columns)
    pipeline.steps[0][1]._predictors[0][0].nodes["left"][0] = 4_000_000
    with pytest.raises(InputError, match="points outside itself"):
        load(with_pipeline(made, pipeline, tmp_path / "nodes.exomodel"))
