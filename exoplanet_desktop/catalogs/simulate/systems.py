"""Stars with their planets and with false positives, as a survey would find them.

The mixture of false positives follows the Kepler pipeline's four flags (Thompson et al. 2018, ApJS 235, 38): signals
that are not transit-like, stellar eclipses, eclipses of a star next to the target, and contamination.
"""

from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from exoplanet_desktop.catalogs.simulate import physics

Values = NDArray[np.float64]
Flags = NDArray[np.bool_]
Counts = NDArray[np.int64]

PLANET, NOT_TRANSIT_LIKE, ECLIPSE, OFFSET, CONTAMINATION = range(5)
_DETECTED_SNR = 7.1  # detection threshold of the Kepler pipeline, Jenkins et al. 2010 (ApJ 713, L87)
_LARGEST_SNR = 6_000  # what systematic errors leave of the strongest eclipses
_MULTIPLICITY = (0.62, 0.2, 0.1, 0.05, 0.02, 0.01)  # share of systems with 1 to 6 transiting planets


@dataclass(frozen=True)
class Survey:
    """The properties of a survey.

    Attributes:
        baseline_days: time for which a star is observed, shortest and longest.
        periods_days: orbital periods of the innermost planet, shortest and longest.
        noise_floor_ppm, noise_ppm: six-hour noise of a bright star, and what a star of `magnitude` adds to it.
        magnitude: the magnitude for `noise_ppm`; the noise scales with the inverse square root of the flux.
        magnitudes: mean and standard deviation of the targets' magnitudes.
        planet_share: share of systems with planets before any is found.
        sizes: shares of super-Earths, sub-Neptunes and giants among the planets.
    """

    baseline_days: tuple[float, float]
    periods_days: tuple[float, float]
    noise_floor_ppm: float
    noise_ppm: float
    magnitude: float
    magnitudes: tuple[float, float]
    planet_share: float
    sizes: tuple[float, float, float] = (0.46, 0.44, 0.10)


@dataclass(frozen=True)
class Signals:
    """Signals as arrays of one element each; those of a star follow each other, by period.

    Attributes:
        host: number of the star, from 0.
        number: number of the signal around its star, from 1.
        siblings: signals around the star.
        kind: its true kind, PLANET to CONTAMINATION.
        mass, radius, temperature, metallicity: of the star (Sun, Sun, K, dex).
        magnitude, distance_pc, ra, dec: of the star.
        period, epoch_days, impact: of the orbit; days from the survey's start.
        duration_hours, depth_ppm, ratio: of the observed transit; ratio is the inferred radius ratio.
        transits, snr: observed transits, and signal-to-noise ratio.
    """

    host: Counts
    number: Counts
    siblings: Counts
    kind: Counts
    mass: Values
    radius: Values
    temperature: Values
    metallicity: Values
    magnitude: Values
    distance_pc: Values
    ra: Values
    dec: Values
    period: Values
    epoch_days: Values
    impact: Values
    duration_hours: Values
    depth_ppm: Values
    ratio: Values
    transits: Values
    snr: Values

    def __len__(self) -> int:
        return len(self.host)

    def take(self, places: Counts | Flags | slice) -> Self:
        """The signals at some places."""
        return type(self)(**{field.name: getattr(self, field.name)[places] for field in fields(self)})

    def moved(self, start: int) -> Self:
        """The same with hosts numbered from `start`."""
        return replace(self, host=self.host + start)

    @property
    def is_planet(self) -> Flags:
        return np.asarray(self.kind == PLANET)

    @property
    def axis_au(self) -> Values:
        return physics.semi_major_axis_au(self.period, self.mass)


def draw_signals(rng: np.random.Generator, survey: Survey, systems: int) -> Signals:
    """The signals that a survey finds around some stars; stars without a signal are left out."""
    stars = _draw_stars(rng, survey, systems)
    has_planets = rng.random(systems) < survey.planet_share
    several = rng.choice(np.arange(1, 7), systems, p=_MULTIPLICITY)
    siblings = np.where(has_planets, several, 1)
    host = np.repeat(np.arange(systems), siblings)
    kind = np.where(has_planets, PLANET, rng.choice(np.arange(1, 5), systems, p=(0.28, 0.32, 0.28, 0.12)))[host]
    number = np.arange(len(host)) - np.repeat(np.cumsum(siblings) - siblings, siblings) + 1
    star = {name: values[host] for name, values in stars.items()}
    found = _observe(rng, survey, kind, _draw_periods(rng, survey, kind, number), star)
    signals = Signals(host=host, number=number, siblings=siblings[host], kind=kind, **star, **found)
    return _renumbered(signals.take((signals.snr > _DETECTED_SNR) & (signals.transits >= 2)))


def _draw_stars(rng: np.random.Generator, survey: Survey, systems: int) -> dict[str, Values]:
    mass = np.clip(rng.normal(0.95, 0.22, systems), 0.12, 2.5)
    # A star expands by up to half while it burns its hydrogen; one in twelve has left the main sequence.
    age = rng.random(systems)
    giant = np.where((rng.random(systems) < 1 / 12) & (mass > 0.8), rng.uniform(1.5, 4.0, systems), 1.0)
    radius = physics.main_sequence_radius_sun(mass) * (0.85 + 0.4 * age) * giant
    temperature = physics.main_sequence_temperature_k(mass) * giant**-0.12 * rng.lognormal(0, 0.015, systems)
    magnitude = np.clip(rng.normal(*survey.magnitudes, systems), 5, 18)
    luminosity = radius**2 * (temperature / physics.SUN_TEMPERATURE_K) ** 4
    absolute = 4.74 - 2.5 * np.log10(luminosity)  # bolometric, IAU 2015 Resolution B2
    return {
        "mass": mass,
        "radius": radius,
        "temperature": temperature,
        "metallicity": rng.normal(-0.02, 0.2, systems),
        "magnitude": magnitude,
        "distance_pc": 10 ** ((magnitude - absolute + 5) / 5),
        "ra": rng.uniform(0, 360, systems),
        "dec": np.degrees(np.arcsin(rng.uniform(-1, 1, systems))),
    }


def _draw_periods(rng: np.random.Generator, survey: Survey, kind: Counts, number: Counts) -> Values:
    """Log-uniform for the innermost; each further one is 1.3 to 3.5 times the one before, which keeps orbits apart."""
    low, high = np.log(survey.periods_days)
    apart = rng.uniform(np.log(1.3), np.log(3.5), len(number))
    steps = np.where(number == 1, rng.uniform(low, high, len(number)), apart)
    total = np.cumsum(steps)
    before = np.maximum.accumulate(np.where(number == 1, np.arange(len(number)), 0))
    logs = total - (total - steps)[before]
    # Instrumental signals pile up near the orbit of the spacecraft (Thompson et al. 2018, figure 3).
    slow = (kind == NOT_TRANSIT_LIKE) & (rng.random(len(number)) < 0.6)
    return np.exp(np.where(slow, rng.uniform(high - 1.0, high, len(number)), logs))


def _observe(
    rng: np.random.Generator, survey: Survey, kind: Counts, period: Values, star: dict[str, Values]
) -> dict[str, Values]:
    """The appearance of each signal, by its kind."""
    size = len(kind)
    ratio, seen = _draw_ratios(rng, survey, kind, star["radius"])
    impact = rng.random(size) * np.where(kind == ECLIPSE, 1 + ratio, 1.0)
    axis = physics.semi_major_axis_au(period, star["mass"]) * physics.SUN_RADII_PER_AU / star["radius"]
    duration = physics.transit_duration_hours(period, np.maximum(axis, 1.2), ratio, impact)
    # An eclipse next to the target is of another star, with another density; noise can have any duration.
    duration *= rng.lognormal(0, np.choose(kind, (0.05, 0.6, 0.08, 0.35, 0.35)))
    depth = physics.transit_depth_ppm(ratio, impact) * seen
    noise = np.hypot(
        survey.noise_floor_ppm, survey.noise_ppm * 10 ** (0.2 * (star["magnitude"] - survey.magnitude))
    ) * rng.lognormal(0, 0.2, size)
    baseline = rng.uniform(*survey.baseline_days, size)
    transits = np.floor(baseline / period * 0.9) + 1
    marginal = rng.uniform(7.2, 15, size) * noise / np.sqrt(transits * np.maximum(duration, 0.3) / 6)
    depth = np.where(kind == NOT_TRANSIT_LIKE, marginal, depth)
    snr = physics.signal_to_noise(depth, duration, transits, noise)
    snr = 1 / np.hypot(1 / np.maximum(snr, 1e-3), 1 / _LARGEST_SNR)
    depth *= 1 + rng.normal(0, 1, size) / np.maximum(snr, 5)
    return {
        "period": period,
        "epoch_days": rng.random(size) * period,
        "impact": np.clip(impact + rng.normal(0, 0.1, size), 0, None),
        "duration_hours": duration,
        "depth_ppm": np.maximum(depth, 1.0),
        "ratio": np.sqrt(np.maximum(depth, 1.0) * 1e-6) * np.where(kind == ECLIPSE, 1 + impact**4, 1.0),
        "transits": transits,
        "snr": snr,
    }


def _draw_ratios(rng: np.random.Generator, survey: Survey, kind: Counts, star_radius: Values) -> tuple[Values, Values]:
    """Radius ratios, and the observed fraction of the depth after dilution by the target's light."""
    size = len(kind)
    # Super-Earths, sub-Neptunes with the gap between them (Fulton et al. 2017, AJ 154, 109), and giants.
    which = rng.choice(3, size, p=survey.sizes)
    planet_earth = rng.lognormal(np.log(np.array((1.3, 2.4, 10.5)))[which], np.array((0.2, 0.2, 0.25))[which])
    planet = planet_earth / physics.EARTH_RADII_PER_SUN / star_radius
    companion = rng.uniform(0.1, 0.9, size)
    ratio = np.where(kind == PLANET, planet, companion)
    beside = (kind == OFFSET) | (kind == CONTAMINATION)
    seen = np.where(beside, np.exp(rng.uniform(np.log(2e-4), np.log(5e-2), size)), 1.0)
    return ratio, seen


def _renumbered(signals: Signals) -> Signals:
    """Hosts and signals renumbered without those that were not found."""
    _, first, host, siblings = np.unique(signals.host, return_index=True, return_inverse=True, return_counts=True)
    return replace(signals, host=host, number=np.arange(len(host)) - first[host] + 1, siblings=siblings[host])


def joined(parts: list[Signals]) -> Signals:
    """Signals of several draws, with consecutively numbered hosts."""
    starts = np.cumsum([0] + [int(part.host.max(initial=-1)) + 1 for part in parts[:-1]]).tolist()
    moved = [part.moved(start) for part, start in zip(parts, starts, strict=True)]
    return Signals(
        **{field.name: np.concatenate([getattr(part, field.name) for part in moved]) for field in fields(Signals)}
    )
