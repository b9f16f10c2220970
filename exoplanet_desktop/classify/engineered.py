"""Engineered features: what a vetter would work out from a catalog's columns by hand.

Each is a function of one row alone, so a prediction never depends on which other rows are in a file. The gain of each
is measured and listed in docs/science.md. What cannot be worked out (a missing input, a division by zero) is NaN.

Constants: solar and terrestrial radii are the nominal values of IAU 2015 Resolution B3; log g of the Sun is 4.438 (cgs)
from the nominal GM and radius of the same resolution.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from exoplanet_desktop.wire.vocabulary import Satellite

Numbers: TypeAlias = NDArray[np.float64]
Column: TypeAlias = Callable[[str], Numbers]

SUN_RADIUS_M = 6.957e8
EARTH_RADIUS_M = 6.3781e6
SUN_LOGG = 4.438
SUN_DENSITY_KG_M3 = 1408.0
GRAVITATION = 6.6743e-11
SUN_TEMPERATURE_K = 5772.0
DAY_S = 86400.0
KEPLER_BASELINE_DAYS = 1400.0
SECTOR_DAYS = 27.0


def stellar_density(logg: Numbers, radius_sun: Numbers) -> Numbers:
    """Mean density of a star (solar units) from log g (cgs) and radius (solar radii): g / R, for g = GM / R**2.

    >>> float(stellar_density(np.array([4.438]), np.array([1.0]))[0])
    1.0
    """
    return np.asarray(10.0 ** (logg - SUN_LOGG) / radius_sun)


def scaled_axis(period_days: Numbers, density_sun: Numbers) -> Numbers:
    """Orbit's semi-major axis in stellar radii, a / R = (G rho P**2 / 3 pi)**(1/3).

    Kepler's third law for a planet of negligible mass; Seager & Mallen-Ornelas 2003, ApJ 585, 1038.

    >>> round(float(scaled_axis(np.array([365.25]), np.array([1.0]))[0]))
    215
    """
    density = density_sun * SUN_DENSITY_KG_M3
    return np.asarray(np.cbrt(GRAVITATION * density * (period_days * DAY_S) ** 2 / (3 * np.pi)))


def expected_duration(period_days: Numbers, density_sun: Numbers) -> Numbers:
    """Duration (hours) of a central transit on a circular orbit, (P / pi) / (a / R).

    Seager & Mallen-Ornelas 2003, ApJ 585, 1038, for a small planet: 13 h for the Earth across the Sun.

    >>> round(float(expected_duration(np.array([365.25]), np.array([1.0]))[0]), 1)
    13.0
    """
    return np.asarray(period_days * 24.0 / np.pi / scaled_axis(period_days, density_sun))


def radius_ratio(planet_earth: Numbers, star_sun: Numbers) -> Numbers:
    """Planet's radius (Earth radii) over its star's (solar radii), in the same unit: k = Rp / Rs.

    >>> round(float(radius_ratio(np.array([1.0]), np.array([1.0]))[0]), 5)
    0.00917
    """
    return np.asarray(planet_earth * EARTH_RADIUS_M / (star_sun * SUN_RADIUS_M))


@dataclass(frozen=True)
class Engineered:
    """A feature worked out from others.

    Attributes:
        name: its name in a model; it starts with `x_`, which no column of the archive does.
        unit: its unit; empty where it has none.
        meaning: what it says, in one line.
        formula: from a function that gives a column by name to the values.
    """

    name: str
    unit: str
    meaning: str
    formula: Callable[[Column], Numbers]


@dataclass(frozen=True)
class _Names:
    """What a satellite's catalog calls the quantities that the formulas need."""

    period: str
    duration: str
    depth: str
    planet_radius: str
    star_radius: str
    logg: str
    error: str  # suffix of an upper error column


_KOI = _Names("koi_period", "koi_duration", "koi_depth", "koi_prad", "koi_srad", "koi_slogg", error="_err1")
_TOI = _Names("pl_orbper", "pl_trandurh", "pl_trandep", "pl_rade", "st_rad", "st_logg", error="err1")


def _transit(names: _Names) -> tuple[Engineered, ...]:
    """Features of the catalogs that have transits, KOI and TOI: both give depths in ppm and durations in hours."""

    def density(column: Column) -> Numbers:
        return stellar_density(column(names.logg), column(names.star_radius))

    def duration_ratio(column: Column) -> Numbers:
        return np.asarray(column(names.duration) / expected_duration(column(names.period), density(column)))

    def depth_ratio(column: Column) -> Numbers:
        ratio = radius_ratio(column(names.planet_radius), column(names.star_radius))
        return np.asarray(column(names.depth) * 1e-6 / ratio**2)

    def duty_cycle(column: Column) -> Numbers:
        return np.asarray(column(names.duration) / 24.0 / column(names.period))

    def relative(quantity: str) -> Callable[[Column], Numbers]:
        return lambda column: np.asarray(column(quantity + names.error) / column(quantity))

    return (
        Engineered("x_duration_ratio", "", "Transit duration over that of a central transit", duration_ratio),
        Engineered("x_depth_ratio", "", "Transit depth over the radius ratio squared", depth_ratio),
        Engineered("x_duty_cycle", "", "Share of the orbit in transit", duty_cycle),
        Engineered("x_duration_error", "", "Relative error of the duration", relative(names.duration)),
        Engineered("x_period_error", "", "Relative error of the period", relative(names.period)),
    )


ENGINEERED: Mapping[Satellite, tuple[Engineered, ...]] = MappingProxyType(
    {Satellite.KOI: _transit(_KOI), Satellite.TOI: _transit(_TOI), Satellite.K2: ()}
)
