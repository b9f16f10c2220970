"""Engineered features: quantities that a vetter would calculate by hand from a catalog's columns.

Each is a function of a single row, so a prediction never depends on which other rows are in a file. The gain of each
is measured and listed in docs/science.md. A value that cannot be calculated (a missing input, a division by zero) is
NaN.

Constants: solar and terrestrial radii are the nominal values of IAU 2015 Resolution B3; log g of the Sun is 4.438 (cgs)
from the nominal GM and radius of the same resolution.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
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
YEAR_DAYS = 365.25


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
    """A feature calculated from others.

    Attributes:
        name: its name in a model; it starts with `x_`, like no column of the archive.
        unit: its unit; empty if it has none.
        meaning: its meaning, in one line.
        formula: from a function that returns a column by name to the values.
    """

    name: str
    unit: str
    meaning: str
    formula: Callable[[Column], Numbers]


@cache
def inputs_of(feature: Engineered) -> tuple[str, ...]:
    """The columns from which a feature is calculated.

    >>> inputs_of(ENGINEERED[Satellite.KOI][2])
    ('koi_duration', 'koi_period')
    """
    asked: dict[str, None] = {}

    def column(name: str) -> Numbers:
        asked[name] = None
        return np.ones(1)

    feature.formula(column)
    return tuple(asked)


def _density(logg: str, radius: str) -> Callable[[Column], Numbers]:
    return lambda column: stellar_density(column(logg), column(radius))


def _duration_ratio(period: str, duration: str, density: Callable[[Column], Numbers]) -> Engineered:
    """Far from 1: a grazing transit, an eccentric orbit, or a different star than the catalog assumes."""

    def formula(column: Column) -> Numbers:
        return np.asarray(column(duration) / expected_duration(column(period), density(column)))

    return Engineered("x_duration_ratio", "", "Transit duration over that of a central transit", formula)


def _koi_duty_cycle(column: Column) -> Numbers:
    """Duration (hours) over period (days): the fraction of the orbit in transit, large for contact binaries."""
    return np.asarray(column("koi_duration") / 24.0 / column("koi_period"))


def _koi_signal_share(column: Column) -> Numbers:
    """Signal-to-noise of the transit model over depth / its error: 1 if all noise of the depth is white."""
    return np.asarray(column("koi_model_snr") * column("koi_depth_err1") / column("koi_depth"))


def _toi_depth_ratio(column: Column) -> Numbers:
    """Depth (ppm) over the radius ratio squared: 1 for a dark disc within the star's, more if light is diluted."""
    ratio = radius_ratio(column("pl_rade"), column("st_rad"))
    return np.asarray(column("pl_trandep") * 1e-6 / ratio**2)


def _toi_insolation_ratio(column: Column) -> Numbers:
    """Catalog's insolation over L / a**2 (Earth units), with L = R**2 (T / 5772 K)**4 and a from Kepler's third law.

    Far from 1 if the catalog's parameters come from different stars or solutions.
    """
    radius = column("st_rad")
    mass = _density("st_logg", "st_rad")(column) * radius**3
    axis_au = np.cbrt(mass * (column("pl_orbper") / YEAR_DAYS) ** 2)
    luminosity = radius**2 * (column("st_teff") / SUN_TEMPERATURE_K) ** 4
    return np.asarray(column("pl_insol") * axis_au**2 / luminosity)


def _toi_period_error(column: Column) -> Numbers:
    """Relative error of the period."""
    return np.asarray(column("pl_orbpererr1") / column("pl_orbper"))


def _toi_error_ratio(column: Column) -> Numbers:
    """Error of the period over that of the epoch: about one over the number of observed orbits."""
    return np.asarray(column("pl_orbpererr1") / column("pl_tranmiderr1"))


# K2 has none: none of 17 candidates gained anything (docs/science.md). Its table has no depths or durations.
ENGINEERED: Mapping[Satellite, tuple[Engineered, ...]] = MappingProxyType(
    {
        Satellite.KOI: (
            _duration_ratio("koi_period", "koi_duration", _density("koi_slogg", "koi_srad")),
            Engineered("x_signal_share", "", "Signal-to-noise over depth / its error", _koi_signal_share),
            Engineered("x_duty_cycle", "", "Share of the orbit in transit", _koi_duty_cycle),
        ),
        Satellite.TOI: (
            _duration_ratio("pl_orbper", "pl_trandurh", _density("st_logg", "st_rad")),
            Engineered("x_insolation_ratio", "", "Insolation over that of star and orbit", _toi_insolation_ratio),
            Engineered("x_depth_ratio", "", "Transit depth over the radius ratio squared", _toi_depth_ratio),
            Engineered("x_period_error", "", "Relative error of the period", _toi_period_error),
            Engineered("x_error_ratio", "", "Error of the period over that of the epoch", _toi_error_ratio),
        ),
        Satellite.K2: (),
    }
)
