"""Formulas of transits, stars and orbits. All take and return arrays; what cannot be computed is NaN.

Periods are in days, durations in hours, k is the radius ratio planet/star, a/R* the scaled semi-major axis, b the
impact parameter. Densities are in g/cm³, radii of stars in solar radii, insolation in units of the Earth's.
"""

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float64]

GRAVITY = 6.6743e-11  # m³ kg⁻¹ s⁻²
SUN_RADIUS_M = 6.957e8
EARTH_RADIUS_M = 6.3781e6
AU_M = 1.495978707e11
SUN_TEFF_K = 5772.0
SUN_DENSITY = 1.4098  # g/cm³, from GM☉ and R☉
DAY_S = 86_400.0
EARTH_IN_SUN_RADII = EARTH_RADIUS_M / SUN_RADIUS_M
SUN_RADII_IN_AU = AU_M / SUN_RADIUS_M
GRAMS_PER_CM3 = 1e-3  # of one kg/m³


def radius_ratio(planet_radius: ArrayLike, star_radius: ArrayLike) -> Floats:
    """k of a planet in Earth radii and a star in solar radii."""
    planet, star = _floats(planet_radius), _floats(star_radius)
    with np.errstate(all="ignore"):
        return np.asarray(np.where(star > 0, planet * EARTH_IN_SUN_RADII / star, np.nan))


def axis_from_transit(period: ArrayLike, duration: ArrayLike, ratio: ArrayLike, impact: ArrayLike) -> Floats:
    """a/R* of a circular orbit from the shape of its transit.

    Seager & Mallén-Ornelas 2003, ApJ 585, 1038, eq. 8.
    """
    days, k, b = _floats(period), _floats(ratio), _floats(impact)
    with np.errstate(all="ignore"):
        sine = np.sin(np.pi * _floats(duration) / 24 / days) ** 2
        return np.asarray(np.sqrt(((1 + k) ** 2 - b**2 * (1 - sine)) / sine))


def duration_from_axis(period: ArrayLike, axis: ArrayLike, ratio: ArrayLike, impact: ArrayLike) -> Floats:
    """The duration of a transit from first to last contact on a circular orbit: the inverse of `axis_from_transit`."""
    days, k, b, scaled = (_floats(one) for one in (period, ratio, impact, axis))
    with np.errstate(all="ignore"):
        sine = np.sqrt(((1 + k) ** 2 - b**2) / (scaled**2 - b**2))
        return days / np.pi * np.arcsin(sine) * 24


def density_from_axis(period: ArrayLike, axis: ArrayLike) -> Floats:
    """The mean density of the star from a/R*, by Kepler's third law.

    Seager & Mallén-Ornelas 2003, eq. 9. An eccentric orbit shifts it (Kipping 2014, MNRAS 440, 2164).
    """
    with np.errstate(all="ignore"):
        return 3 * np.pi * _floats(axis) ** 3 / (GRAVITY * (_floats(period) * DAY_S) ** 2) * GRAMS_PER_CM3


def axis_from_density(period: ArrayLike, density: ArrayLike) -> Floats:
    """a/R* of an orbit around a star of known density."""
    with np.errstate(all="ignore"):
        cube = _floats(density) / GRAMS_PER_CM3 * GRAVITY * (_floats(period) * DAY_S) ** 2 / (3 * np.pi)
        return np.cbrt(cube)


def density_of_star(radius: ArrayLike, logg: ArrayLike, mass: ArrayLike | None = None) -> Floats:
    """The mean density of a star, from mass and radius where the mass is known, else from log g (cgs) and radius."""
    r, g = _floats(radius), _floats(logg)
    with np.errstate(all="ignore"):
        from_gravity = 3 * 10**g * 1e-2 / (4 * np.pi * GRAVITY * r * SUN_RADIUS_M) * GRAMS_PER_CM3
        found = np.where(r > 0, from_gravity, np.nan)
        if mass is None:
            return np.asarray(found)
        from_mass = np.where(r > 0, SUN_DENSITY * _floats(mass) / r**3, np.nan)
    return np.asarray(np.where(np.isfinite(from_mass), from_mass, found))


def longest_duration(period: ArrayLike, axis: ArrayLike) -> Floats:
    """Duration of a central transit of a point on a circular orbit."""
    with np.errstate(all="ignore"):
        return _floats(period) / np.pi * np.arcsin(1 / _floats(axis)) * 24


def insolation(star_radius: ArrayLike, teff: ArrayLike, axis: ArrayLike) -> Floats:
    """The flux that reaches the planet, in units of the Earth's; `axis` is a/R*."""
    with np.errstate(all="ignore"):
        distance_au = _floats(axis) * _floats(star_radius) / SUN_RADII_IN_AU
        return np.asarray(_floats(star_radius) ** 2 * (_floats(teff) / SUN_TEFF_K) ** 4 / distance_au**2)


def equilibrium_temperature(teff: ArrayLike, axis: ArrayLike, albedo: float = 0.0) -> Floats:
    """In kelvin, with the heat spread over the whole planet; `axis` is a/R*."""
    with np.errstate(all="ignore"):
        return np.asarray(_floats(teff) * np.sqrt(1 / (2 * _floats(axis))) * (1 - albedo) ** 0.25)


# Kopparapu et al. 2014, ApJ 787, L29: S_sun, a, b, c, d of each limit, for 2600 to 7200 K.
_ZONE: Mapping[str, tuple[float, ...]] = {
    "recent Venus": (1.776, 2.136e-4, 2.533e-8, -1.332e-11, -3.097e-15),
    "runaway greenhouse": (1.107, 1.332e-4, 1.580e-8, -8.308e-12, -1.931e-15),
    "maximum greenhouse": (0.356, 6.171e-5, 1.698e-9, -3.198e-12, -5.575e-16),
    "early Mars": (0.320, 5.547e-5, 1.526e-9, -2.874e-12, -5.011e-16),
}
ZONE_TEFF_K = (2600.0, 7200.0)


def zone_limits(teff: ArrayLike) -> dict[str, Floats]:
    """The insolation at each limit of the habitable zone, for a planet of one Earth mass."""
    kelvin = _floats(teff)
    low, high = ZONE_TEFF_K
    t = np.where((kelvin >= low) & (kelvin <= high), kelvin - 5780, np.nan)
    return {name: s + a * t + b * t**2 + c * t**3 + d * t**4 for name, (s, a, b, c, d) in _ZONE.items()}


def zone_of(flux: ArrayLike, teff: ArrayLike) -> list[str]:
    """Where a planet is: `conservative`, `optimistic` or `outside` the habitable zone; "" if that cannot be told."""
    received, limits = _floats(flux), zone_limits(teff)
    with np.errstate(invalid="ignore"):
        inner = (received <= limits["runaway greenhouse"]) & (received >= limits["maximum greenhouse"])
        outer = (received <= limits["recent Venus"]) & (received >= limits["early Mars"])
    known = np.isfinite(received) & np.isfinite(limits["early Mars"])
    words = np.where(inner, "conservative", np.where(outer, "optimistic", "outside"))
    return list(map(str, np.where(known, words, "")))


def radius_valley(period: ArrayLike) -> Floats:
    """The radius of the valley at a period, in Earth radii (Van Eylen et al. 2018, MNRAS 479, 4786)."""
    with np.errstate(all="ignore"):
        return 10 ** (-0.09 * np.log10(_floats(period)) + 0.37)


def _floats(values: ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)
