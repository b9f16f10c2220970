"""Transits and their stars, as far as a simulated catalog needs them.

All functions take and return numbers or numpy arrays. The names include the units.
"""

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

SUN_RADIUS_M = 6.957e8  # IAU 2015 Resolution B3, nominal
EARTH_RADIUS_M = 6.3781e6  # same, equatorial
JUPITER_RADIUS_M = 7.1492e7  # same, equatorial
SUN_TEMPERATURE_K = 5772.0  # same
SUN_LOGG = 4.438  # log10(cm/s**2), from the same constants
AU_M = 1.495978707e11  # IAU 2012 Resolution B2
SUN_RADII_PER_AU = AU_M / SUN_RADIUS_M
EARTH_RADII_PER_SUN = SUN_RADIUS_M / EARTH_RADIUS_M
YEAR_DAYS = 365.25
BOND_ALBEDO = 0.3  # as the archive assumes for koi_teq


def semi_major_axis_au(period_days: Values, star_mass_sun: Values) -> Values:
    """Semi-major axis of an orbit, neglecting the planet's mass: Kepler's third law.

    >>> semi_major_axis_au(365.25, 1.0)
    1.0
    """
    return ((period_days / YEAR_DAYS) ** 2 * star_mass_sun) ** (1 / 3)


def transit_duration_hours(
    period_days: Values, axis_in_star_radii: Values, radius_ratio: Values, impact: Values
) -> Values:
    """Duration of a transit from first to last contact, on a circular orbit.

    Winn 2010 (arXiv:1001.2010), equations 7 and 14. Zero if nothing is covered (impact > 1 + radius ratio).

    >>> float(np.round(transit_duration_hours(365.25, 215.03, 0.00917, 0.0), 1))
    13.1
    """
    inclination = np.arccos(np.clip(impact / axis_in_star_radii, 0, 1))
    chord = np.sqrt(np.clip((1 + radius_ratio) ** 2 - impact**2, 0, None))
    sine = np.clip(chord / (axis_in_star_radii * np.maximum(np.sin(inclination), 1e-3)), 0, 1)
    return np.asarray(period_days * 24 / np.pi * np.arcsin(sine))


def transit_depth_ppm(radius_ratio: Values, impact: Values) -> Values:
    """Depth of a transit over a star without limb darkening, in parts per million of its flux.

    Depth is the radius ratio squared (Seager & Mallen-Ornelas 2003, ApJ 585, 1038), and falls linearly to zero
    while the companion grazes the limb, 1 - ratio < impact < 1 + ratio. At most the whole star is covered.

    >>> float(np.round(transit_depth_ppm(np.float64(0.1), 0.2)))
    10000.0
    """
    covered = np.clip((1 + radius_ratio - impact) / (2 * np.clip(radius_ratio, 1e-9, None)), 0, 1)
    return np.asarray(np.minimum(radius_ratio, 1.0) ** 2 * covered * 1e6)


def insolation_earth(star_radius_sun: Values, star_temperature_k: Values, axis_au: Values) -> Values:
    """Flux that a planet receives, in units of Earth's: Stefan-Boltzmann law and inverse square of the distance.

    >>> insolation_earth(1.0, 5772.0, 1.0)
    1.0
    """
    return star_radius_sun**2 * (star_temperature_k / SUN_TEMPERATURE_K) ** 4 / axis_au**2


def equilibrium_temperature_k(star_radius_sun: Values, star_temperature_k: Values, axis_au: Values) -> Values:
    """Equilibrium temperature of a planet that re-radiates from its entire surface, with a Bond albedo of 0.3.

    Seager 2010, Exoplanet Atmospheres, section 3.3: T = Teff sqrt(R / 2a) (1 - A)^(1/4).

    >>> round(float(equilibrium_temperature_k(1.0, 5772.0, 1.0)))
    255
    """
    ratio = star_radius_sun / (2 * axis_au * SUN_RADII_PER_AU)
    return np.asarray(star_temperature_k * ratio**0.5 * (1 - BOND_ALBEDO) ** 0.25)


def surface_gravity(star_mass_sun: Values, star_radius_sun: Values) -> Values:
    """log10 of a star's surface gravity in cm/s**2: Newton's law, relative to the Sun's.

    >>> float(surface_gravity(1.0, 1.0))
    4.438
    """
    return np.asarray(SUN_LOGG + np.log10(star_mass_sun) - 2 * np.log10(star_radius_sun))


def main_sequence_radius_sun(mass_sun: Values) -> Values:
    """Radius of a main-sequence star: Demircan & Kahraman 1991 (Ap&SS 181, 313), broken at 1.66 solar masses."""
    return np.where(mass_sun < 1.66, 1.06 * mass_sun**0.945, 1.33 * mass_sun**0.555)


def main_sequence_temperature_k(mass_sun: Values) -> Values:
    """Temperature from the mass-luminosity relation of the same paper and the Stefan-Boltzmann law."""
    luminosity = np.where(mass_sun < 0.7, 0.35 * mass_sun**2.62, 1.02 * mass_sun**3.92)
    return np.asarray(SUN_TEMPERATURE_K * (luminosity / main_sequence_radius_sun(mass_sun) ** 2) ** 0.25)


def signal_to_noise(depth_ppm: Values, duration_hours: Values, transits: Values, noise_6h_ppm: Values) -> Values:
    """Signal-to-noise ratio of a folded transit, for white noise specified for six hours.

    Christiansen et al. 2012 (PASP 124, 1279): depth over noise, times the root of the time in transit.
    """
    return np.asarray(depth_ppm / noise_6h_ppm * np.sqrt(transits * duration_hours / 6))
