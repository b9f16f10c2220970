"""A simulated table of Kepler Objects of Interest."""

import numpy as np

from exoplanet_desktop.catalogs.simulate import physics
from exoplanet_desktop.catalogs.simulate.cells import Cells, blanked, host_names, measured, rounded, texts, with_errors
from exoplanet_desktop.catalogs.simulate.systems import Signals, Survey

# Noise: about 30 ppm in 6 h at Kp = 12 (Gilliland et al. 2011, ApJS 197, 6).
SURVEY = Survey(
    baseline_days=(700, 1460),
    periods_days=(0.5, 300),
    noise_floor_ppm=14,
    noise_ppm=26,
    magnitude=12,
    magnitudes=(14.3, 1.3),
    planet_share=0.38,
)
FIRST_KEPID = 900_000_000  # above every number of the Kepler Input Catalog
_START_BKJD = 131.5  # first day of science observations
_ENDS = ("_err1", "_err2")
# Fraction of rows with each flag, by kind of signal: planet, not transit-like, eclipse, offset, contamination.
_FLAGS = {
    "koi_fpflag_nt": (0.04, 0.97, 0.05, 0.05, 0.10),
    "koi_fpflag_ss": (0.004, 0.02, 0.95, 0.45, 0.30),
    "koi_fpflag_co": (0.002, 0.05, 0.20, 0.95, 0.60),
    "koi_fpflag_ec": (0.001, 0.01, 0.03, 0.10, 0.97),
}


def koi_cells(rng: np.random.Generator, signals: Signals) -> Cells:
    """All columns of the table, in no particular order; one row for each signal."""
    size = len(signals)
    label = _dispositions(rng, signals)
    names = host_names(signals.host)
    letters = ["bcdefg"[min(number, 6) - 1] for number in signals.number.tolist()]
    cells: Cells = {
        "kepid": FIRST_KEPID + signals.host,
        "kepoi_name": texts(
            [f"{name}.{number:02d}" for name, number in zip(names, signals.number.tolist(), strict=True)]
        ),
        "kepler_name": texts(
            [
                f"{name} {letter}" if is_confirmed else None
                for name, letter, is_confirmed in zip(names, letters, label == "CONFIRMED", strict=True)
            ]
        ),
        "koi_disposition": label,
        "koi_pdisposition": np.where(
            (label == "FALSE POSITIVE") ^ (rng.random(size) < 0.02), "FALSE POSITIVE", "CANDIDATE"
        ).astype(object),
        "koi_score": _scores(rng, label),
        "koi_tce_plnt_num": signals.number,
        "koi_tce_delivname": np.full(size, "simulated", dtype=object),
        "ra": np.round(279.7 + signals.ra * 22 / 360, 6),
        "dec": np.round(36.6 + (signals.dec + 90) * 15.7 / 180, 6),
        "koi_kepmag": np.round(signals.magnitude, 3),
    }
    for column, shares in _FLAGS.items():
        cells[column] = (rng.random(size) < np.array(shares)[signals.kind]).astype(np.int64)
    star = _star_cells(rng, signals)
    return cells | star | _transit_cells(rng, signals, star)


def _dispositions(rng: np.random.Generator, signals: Signals) -> np.ndarray:
    """Strong signals and those with siblings are confirmed; some false positives are labelled candidates."""
    odds = 1.3 * (np.log(signals.snr) - np.log(25)) + 1.2 * (signals.siblings > 1) - 0.4 * (signals.period > 50)
    confirmed = rng.random(len(signals)) < 1 / (1 + np.exp(-odds))
    planets = np.where(confirmed, "CONFIRMED", "CANDIDATE")
    return np.where(
        signals.is_planet, planets, np.where(rng.random(len(signals)) < 0.06, "CANDIDATE", "FALSE POSITIVE")
    ).astype(object)


def _scores(rng: np.random.Generator, label: np.ndarray) -> np.ndarray:
    """Score of the robotic vetter: near 1 for planets, near 0 for the rest, missing for one in six."""
    size = len(label)
    low = np.where(rng.random(size) < 0.85, 0.0, rng.beta(0.6, 3, size))
    high = np.where(label == "CONFIRMED", 1 - rng.beta(0.5, 12, size), 1 - rng.beta(0.8, 3, size))
    score = np.where(label == "FALSE POSITIVE", low, high).astype(np.float64)
    return blanked(rng, 0.16, np.round(score, 3))[0]


def _star_cells(rng: np.random.Generator, signals: Signals) -> Cells:
    """Stellar parameters; rows of one star agree, as they do in the catalog."""
    _, first, back = np.unique(signals.host, return_index=True, return_inverse=True)
    gravity = physics.surface_gravity(signals.mass, signals.radius)[first]
    drawn = {
        "koi_steff": (measured(rng, signals.temperature[first], 0.025), 0),
        "koi_slogg": (measured(rng, gravity, 0.015), 3),
        "koi_srad": (measured(rng, signals.radius[first], 0.12), 3),
    }
    gone = rng.random(len(first)) < 0.04
    cells: Cells = {}
    for name, (triple, decimals) in drawn.items():
        value, upper, lower = (np.where(gone, np.nan, part) for part in triple)
        value = np.maximum(value, 0.05) if name == "koi_srad" else value
        cells |= with_errors(name, _ENDS, (value[back], upper[back], lower[back]), decimals)
    return cells


def _transit_cells(rng: np.random.Generator, signals: Signals, star: Cells) -> Cells:
    """The results of a transit fit; planet radius, flux and temperature follow from it and from the star's cells."""
    radius = star["koi_srad"].astype(np.float64)
    temperature = star["koi_steff"].astype(np.float64)
    ratio = signals.ratio * (1 + rng.normal(0, 1, len(signals)) * 0.5 / signals.snr)
    axis = signals.axis_au
    earth_radii = np.abs(ratio) * radius * physics.EARTH_RADII_PER_SUN
    # Epoch error: duration over signal-to-noise; the period's error shrinks further with the number of transits.
    timing = signals.duration_hours / 24 / signals.snr
    period_error = timing * np.sqrt(12) / np.maximum(signals.transits, 2) ** 1.5
    plain = {
        "koi_period": (signals.period, period_error, 9),
        "koi_time0bk": (_START_BKJD + signals.epoch_days, timing, 6),
        "koi_impact": (signals.impact, 0.1 + 2 / signals.snr, 3),
        "koi_duration": (signals.duration_hours, signals.duration_hours / signals.snr, 5),
        "koi_depth": (signals.depth_ppm, signals.depth_ppm / signals.snr, 1),
    }
    gone = rng.random(len(signals)) < 0.04
    cells: Cells = {}
    for name, (value, error, decimals) in plain.items():
        upper = np.where(gone, np.nan, error * rng.lognormal(0, 0.1, len(signals)))
        keep = name in ("koi_period", "koi_time0bk", "koi_duration")
        cells |= with_errors(name, _ENDS, (value if keep else np.where(gone, np.nan, value), upper, -upper), decimals)
    spread = 0.12 * rng.lognormal(0, 0.2, len(signals))
    earth_radii = np.where(gone, np.nan, earth_radii)
    insolation = np.where(gone, np.nan, physics.insolation_earth(radius, temperature, axis))
    cells |= with_errors("koi_prad", _ENDS, (earth_radii, earth_radii * spread, -earth_radii * spread), 2)
    cells |= with_errors("koi_insol", _ENDS, (insolation, insolation * 2.5 * spread, -insolation * 2 * spread), 2)
    cells["koi_teq"] = np.round(np.where(gone, np.nan, physics.equilibrium_temperature_k(radius, temperature, axis)), 0)
    cells["koi_teq_err1"] = cells["koi_teq_err2"] = np.full(len(signals), np.nan)
    cells["koi_model_snr"] = rounded(np.where(gone, np.nan, signals.snr), 4)
    return cells
