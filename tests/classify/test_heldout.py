"""Predictions for held-out rows, compared with the scores of the same training."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas
import pytest

from exoplanet_desktop.classify.training import TrainOptions
from exoplanet_desktop.wire.vocabulary import Model, Satellite

Make = Callable[..., pandas.DataFrame]
OPTIONS = TrainOptions(Satellite.KOI, Model.DT, sentinel=False)


def read(lab: Any) -> pandas.DataFrame:
    return pandas.read_csv(lab.outputs().held_out, keep_default_na=False)


def test_each_row_stands_there_once_as_its_fold_saw_it(lab: Any, make_catalog: Make) -> None:
    catalog = make_catalog(Satellite.KOI)
    catalog.loc[3, "koi_disposition"] = "NOT DISPOSITIONED"
    result = lab.train(lab.write(catalog), OPTIONS)
    found = read(lab)
    assert list(found["row"]) == [row for row in range(400) if row != 3]
    assert list(found["object"]) == list(catalog["kepoi_name"].drop(3))
    assert list(found["star"].astype(int)) == list(catalog["kepid"].drop(3))
    assert list(found["actual"]) == list(catalog["koi_disposition"].drop(3))
    assert set(found["fold"].astype(int)) == {1, 2, 3, 4, 5}
    assert found.groupby("star")["fold"].nunique().max() == 1
    right = found["actual"] == found["predicted"]
    assert list(right.groupby(found["fold"]).mean()) == pytest.approx(result.evaluation.fold_accuracy)
    probabilities = found[[f"Prob_{label}" for label in result.labels]]
    assert probabilities.sum(axis=1).tolist() == pytest.approx([1.0] * 399, abs=1e-7)
    held = found[found["hold_out"] == "yes"]
    counts = pandas.crosstab(held["actual"], held["predicted"]).reindex(result.labels, columns=result.labels)
    assert counts.fillna(0).to_numpy().tolist() == result.confusion_matrix


def test_a_hold_out_that_is_no_fold_has_rows_of_its_own(lab: Any, make_catalog: Make) -> None:
    result = lab.train(lab.write(make_catalog(Satellite.KOI)), replace(OPTIONS, folds=3))
    found = read(lab)
    held = found[found["hold_out"] == "yes"]
    assert set(held["fold"]) == {""}
    assert len(held) == sum(map(sum, result.confusion_matrix))
    assert len(found) == 400 + len(held)
