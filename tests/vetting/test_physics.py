"""Formulas against published values."""

import numpy as np
import pytest

from exoplanet_desktop.vetting import physics

within = pytest.approx


def test_hd_209458_b_torres_2008() -> None:
    density = physics.density_from_axis(3.52474859, 8.76)
    assert density == within(1.0235, rel=0.005)
    duration = physics.duration_from_axis(3.52474859, 8.76, 0.12086, 0.507)
    assert duration == within(3.0847, rel=0.005)
    assert physics.axis_from_transit(3.52474859, duration, 0.12086, 0.507) == within(8.76, rel=1e-9)


def test_the_earth_and_the_sun() -> None:
    assert physics.density_from_axis(365.256, 215.03) == within(1.4098, rel=0.005)
    assert physics.longest_duration(365.256, 215.03) == within(12.976, rel=0.005)
    assert physics.duration_from_axis(365.256, 215.03, 0.009168, 0) == within(13.09, rel=0.005)
    assert physics.radius_ratio(1, 1) ** 2 * 1e6 == within(84.05, rel=0.005)
    assert physics.insolation(1, 5772, physics.SUN_RADII_IN_AU) == within(1, rel=0.005)
    assert physics.equilibrium_temperature(5772, physics.SUN_RADII_IN_AU) == within(278.33, rel=0.005)
    assert physics.equilibrium_temperature(5772, physics.SUN_RADII_IN_AU, 0.3) == within(254.59, rel=0.005)
    assert physics.density_of_star(1, 4.438) == within(1.4098, rel=0.005)


@pytest.mark.parametrize(("period", "axis"), [(1.510826, 20.843), (2.421937, 28.549), (6.101013, 52.855)])
def test_planets_of_trappist_1_agree_on_its_density(period: float, axis: float) -> None:
    assert physics.density_from_axis(period, axis) == within(75.04, rel=0.005)


@pytest.mark.parametrize(
    ("au", "teff", "radius", "flux", "temperature", "albedo"),
    [(0.1591, 3457, 0.4445, 1.004, 255, 0.3)],
    ids=["K2-18 b, Benneke 2019"],
)
def test_insolation_and_temperature(
    au: float, teff: float, radius: float, flux: float, temperature: float, albedo: float
) -> None:
    axis = au * physics.SUN_RADII_IN_AU / radius
    assert physics.insolation(radius, teff, axis) == within(flux, rel=0.005)
    assert physics.equilibrium_temperature(teff, axis, albedo) == within(temperature, rel=0.005)


@pytest.mark.parametrize(
    ("teff", "expected"),
    [
        (5772, (1.7743, 1.1059, 0.3555, 0.3196)),
        (3788, (1.5075, 0.9396, 0.2563, 0.2304)),
        (3480, (1.4941, 0.9313, 0.2464)),
    ],
)
def test_limits_of_the_habitable_zone(teff: float, expected: tuple[float, ...]) -> None:
    found = [float(limit) for limit in physics.zone_limits(teff).values()]
    assert found[: len(expected)] == within(list(expected), rel=0.005)


@pytest.mark.parametrize(
    ("name", "flux", "teff", "expected"),
    [
        ("Venus", 1.911, 5772, "outside"),
        ("Earth", 1, 5772, "conservative"),
        ("Mars", 0.431, 5772, "conservative"),
        ("Kepler-186 f", 0.32, 3788, "conservative"),
        ("TOI-700 d", 0.87, 3480, "conservative"),
        ("TOI-700 e", 1.27, 3480, "optimistic"),
        ("TOI-700 b", 5.0, 3480, "outside"),
        ("K2-18 b", 1.005, 3457, "optimistic"),
        ("TRAPPIST-1 e, colder than the formula", 0.65, 2566, ""),
        ("no insolation", np.nan, 5772, ""),
    ],
)
def test_who_is_in_the_habitable_zone(name: str, flux: float, teff: float, expected: str) -> None:
    assert physics.zone_of([flux], [teff]) == [expected]


@pytest.mark.parametrize(
    ("period", "radius", "valley"),
    [(0.837, 1.47, 2.382), (45.29, 2.35, 1.663), (3.360, 1.2, 2.102), (5.661, 2.4, 2.006), (11.38, 2.1, 1.883)],
)
def test_the_radius_valley(period: float, radius: float, valley: float) -> None:
    assert physics.radius_valley(period) == within(valley, rel=0.005)


def test_what_cannot_be_computed_is_nan_without_a_warning() -> None:
    for found in (
        physics.axis_from_transit(0, 3, 0.1, 0.2),
        physics.axis_from_transit(3, np.nan, 0.1, 0.2),
        physics.radius_ratio(1, 0),
        physics.density_of_star(0, 4.4, 1),
        physics.longest_duration(3, 0.5),
    ):
        assert np.isnan(found)
