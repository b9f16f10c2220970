import numpy as np
import pytest

from exoplanet_desktop.catalogs.facts.satellites import SATELLITES
from exoplanet_desktop.classify.engineered import ENGINEERED
from exoplanet_desktop.classify.features import feature_set, known_text, with_categories
from exoplanet_desktop.wire.vocabulary import Features, Satellite


def test_blind_features_hold_nothing_of_the_verdict() -> None:
    for satellite, info in SATELLITES.items():
        blind, vetted = feature_set(satellite, Features.BLIND), feature_set(satellite, Features.VETTED)
        assert not set(blind.inputs) & set(info.verdict)
        assert set(vetted.inputs) == set(blind.inputs) | set(info.verdict)
        assert set(vetted.numbers) <= set(info.numbers(Features.VETTED))


def test_identifiers_labels_and_sky_positions_are_never_features() -> None:
    for satellite, info in SATELLITES.items():
        forbidden = {*info.identifiers, info.label, info.host, "ra", "dec", "koi_pdisposition"}
        assert not forbidden & set(feature_set(satellite, Features.VETTED).inputs)


def test_engineered_features_use_columns_of_the_set_alone() -> None:
    for satellite in SATELLITES:
        features = feature_set(satellite, Features.BLIND)
        matrix = features.matrix(np.ones((2, len(features.numbers))), {})
        assert matrix.shape == (2, len(features.names))
        assert len(set(features.names)) == len(features.names)


EARTH = {
    Satellite.KOI: {
        "koi_period": 365.25,
        "koi_duration": 12.98,
        "koi_depth": 84.1,
        "koi_depth_err1": 8.41,
        "koi_model_snr": 10.0,
        "koi_srad": 1.0,
        "koi_slogg": 4.438,
    },
    Satellite.TOI: {
        "pl_orbper": 365.25,
        "pl_orbpererr1": 365.25,
        "pl_tranmiderr1": 365.25,
        "pl_trandurh": 12.98,
        "pl_trandep": 84.1,
        "pl_rade": 1.0,
        "pl_insol": 1.0,
        "st_rad": 1.0,
        "st_logg": 4.438,
        "st_teff": 5772.0,
    },
}


@pytest.mark.parametrize("satellite", EARTH)
def test_the_earth_is_as_the_formulas_expect(satellite: Satellite) -> None:
    """The Earth transiting the Sun: 13 h, 84 ppm, one Earth flux. All ratios except the duty cycle are 1."""
    features = feature_set(satellite, Features.BLIND)
    row = np.array([[EARTH[satellite].get(name, np.nan) for name in features.numbers]])
    values = dict(zip(features.names, features.matrix(row, {})[0].tolist(), strict=True))
    for feature in features.engineered:
        expected = 13 / 24 / 365.25 if feature.name == "x_duty_cycle" else 1.0
        assert values[feature.name] == pytest.approx(expected, rel=0.01), feature.name


def test_a_hot_star_shines_on_its_planet_as_expected() -> None:
    """Twice the Sun's temperature is 16 times its light."""
    features = feature_set(Satellite.TOI, Features.BLIND)
    hot = EARTH[Satellite.TOI] | {"st_teff": 2 * 5772.0, "pl_insol": 16.0}
    row = np.array([[hot.get(name, np.nan) for name in features.numbers]])
    values = dict(zip(features.names, features.matrix(row, {})[0].tolist(), strict=True))
    assert values["x_insolation_ratio"] == pytest.approx(1.0, rel=0.01)


def test_what_cannot_be_worked_out_is_missing() -> None:
    for satellite, engineered in ENGINEERED.items():
        features = feature_set(satellite, Features.BLIND)
        zeros = np.zeros((1, len(features.numbers)))
        matrix = features.matrix(zeros, {})
        assert not np.isinf(matrix).any()
        assert len(engineered) == len(features.engineered)


def test_categories_are_learnt_and_new_ones_are_none_of_them() -> None:
    blank = feature_set(Satellite.K2, Features.VETTED)
    seen = {name: ["b", "a", "b", None] for name in blank.texts}
    features = with_categories(blank, seen)
    assert features.texts["soltype"] == ("a", "b")
    cells = {name: ["a", "new", None] for name in blank.texts}
    matrix = features.matrix(np.zeros((3, len(features.numbers))), cells)
    place = features.names.index("soltype = a")
    np.testing.assert_array_equal(matrix[:, place], [1.0, 0.0, np.nan])


def test_missing_texts_are_missing() -> None:
    assert [known_text(cell) for cell in (None, "", " NA ", "null", " Transit ")] == [None, None, None, None, "Transit"]
