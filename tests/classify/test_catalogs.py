"""The real catalogs, as the archive exports them."""

from pathlib import Path
from typing import Any

import pytest

from exoplanet_desktop.classify.training import TrainOptions
from exoplanet_desktop.wire.vocabulary import Model, Satellite


@pytest.mark.parametrize(
    ("satellite", "name", "rows", "stars", "vetted", "blind"),
    [
        (Satellite.KOI, "koi_train.csv", 9464, 8114, 0.93, 0.81),
        (Satellite.K2, "k2pandc.csv", 4004, 1560, 0.955, 0.77),
        (Satellite.TOI, "toi.csv", 7703, 7408, 0.765, None),
    ],
)
def test_accuracy_under_the_grouped_protocol(
    satellite: Satellite,
    name: str,
    rows: int,
    stars: int,
    vetted: float,
    blind: float | None,
    lab: Any,
    shared_data: Path,
) -> None:
    result = lab.train(shared_data / name, TrainOptions(satellite, Model.XGB))
    assert (result.evaluation.rows_used, result.evaluation.group_count) == (rows, stars)
    assert result.cv_mean >= vetted
    assert (result.blind["cv_mean"] >= blind) if blind else (result.blind is None)
    found = lab.predict(shared_data / name)
    assert found.total == rows
    assert found.agreement["matches"] / found.agreement["known"] == pytest.approx(result.cv_mean, abs=1e-3)


def test_the_k2_table_loses_no_row_to_a_hash_in_a_cell(lab: Any, shared_data: Path) -> None:
    result = lab.train(shared_data / "k2pandc.csv", TrainOptions(Satellite.K2, Model.DT, sentinel=False))
    assert result.evaluation.rows_used == 4004
    assert not result.evaluation.rows_left_out
