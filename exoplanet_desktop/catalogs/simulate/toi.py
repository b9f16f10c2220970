"""A simulated table of TESS Objects of Interest."""

import numpy as np

from exoplanet_desktop.catalogs.simulate import physics
from exoplanet_desktop.catalogs.simulate.cells import (
    Cells,
    blanked,
    host_names,
    limit_flag,
    measured,
    same,
    sexagesimal,
    texts,
    with_errors,
)
from exoplanet_desktop.catalogs.simulate.systems import NOT_TRANSIT_LIKE, Signals, Survey

# Noise: about 200 ppm in 1 h at Tmag = 10 (Ricker et al. 2015, JATIS 1, 014003), so 80 ppm in 6 h.
SURVEY = Survey(
    baseline_days=(25, 350),
    periods_days=(0.4, 60),
    noise_floor_ppm=30,
    noise_ppm=80,
    magnitude=10,
    magnitudes=(11.2, 1.6),
    planet_share=0.66,
    sizes=(0.15, 0.35, 0.5),  # short and shallow: TESS finds giants first
)
FIRST_TID = 900_000_000_000  # above every number of the TESS Input Catalog
_START_BJD = 2_458_325.3  # first day of sector 1
_ENDS = ("err1", "err2")


def toi_cells(rng: np.random.Generator, signals: Signals) -> Cells:
    """All columns of the table, in no particular order; one row for each signal."""
    size = len(signals)
    names = host_names(signals.host)
    rastr, decstr = sexagesimal(signals.ra, signals.dec)
    cells: Cells = {
        "toi": texts([f"{name}.{number:02d}" for name, number in zip(names, signals.number.tolist(), strict=True)]),
        "tid": FIRST_TID + signals.host,
        "tfopwg_disp": _dispositions(rng, signals),
        "rastr": rastr,
        "ra": np.round(signals.ra, 6),
        "decstr": decstr,
        "dec": np.round(signals.dec, 6),
        "toi_created": same("2026-01-01 00:00:00", size),
        "rowupdate": same("2026-01-01 00:00:00", size),
    }
    star = _star_cells(rng, signals)
    cells |= star | _planet_cells(rng, signals, star)
    for name in [name for name in cells if name + "err1" in cells]:
        cells[name + "lim"] = limit_flag(cells[name].astype(np.float64))
    for name in ("pl_insolerr1", "pl_insolerr2", "pl_insollim", "pl_eqterr1", "pl_eqterr2", "pl_eqtlim"):
        cells[name] = np.full(size, np.nan)  # empty in the archive's table, too
    return cells


def _dispositions(rng: np.random.Generator, signals: Signals) -> np.ndarray:
    """Most signals are still open (PC); many giants were known before (KP)."""
    size = len(signals)
    odds = 0.9 * (np.log(signals.snr) - np.log(900)) + 1.0 * (signals.siblings > 1)
    confirmed = rng.random(size) < 1 / (1 + np.exp(-odds))
    known = np.where(rng.random(size) < np.where(signals.depth_ppm > 5000, 0.75, 0.25), "KP", "CP")
    draw = rng.random(size)
    refused = np.where((signals.kind == NOT_TRANSIT_LIKE) & (rng.random(size) < 0.3), "FA", "FP")
    others = np.select([draw < 0.55, draw < 0.72], [refused, "APC"], "PC")
    open_ = np.where(rng.random(size) < 0.03, "APC", "PC")
    return np.where(signals.is_planet, np.where(confirmed, known, open_), others).astype(object)


def _star_cells(rng: np.random.Generator, signals: Signals) -> Cells:
    """Stellar parameters; rows of one star agree."""
    _, first, back = np.unique(signals.host, return_index=True, return_inverse=True)
    size = len(first)
    distance = signals.distance_pc[first]
    # Proper motion: 30 km/s across the line of sight; 4.74 km/s is one au a year.
    motion = rng.normal(0, 30, (2, size)) / 4.74 / distance * 1000
    gravity = physics.surface_gravity(signals.mass, signals.radius)[first]
    flat = np.full(size, 0.05)
    triples = {
        "st_pmra": ((motion[0], flat, -flat), 3, 0.01),
        "st_pmdec": ((motion[1], flat, -flat), 3, 0.01),
        "st_tmag": ((signals.magnitude[first], flat / 6, -flat / 6), 4, 0.0),
        "st_dist": (measured(rng, distance, 0.02), 3, 0.03),
        "st_teff": (measured(rng, signals.temperature[first], 0.025), 1, 0.02),
        "st_logg": (measured(rng, gravity, 0.02), 2, 0.11),
        "st_rad": (measured(rng, signals.radius[first], 0.06), 3, 0.07),
    }
    cells: Cells = {}
    for name, (triple, decimals, share) in triples.items():
        value, upper, lower = blanked(rng, share, *triple)
        upper, lower = blanked(rng, 0.05 + share, upper, lower)
        cells |= with_errors(name, _ENDS, (value[back], upper[back], lower[back]), decimals)
    return cells


def _planet_cells(rng: np.random.Generator, signals: Signals, star: Cells) -> Cells:
    size = len(signals)
    radius = np.where(np.isnan(values := star["st_rad"].astype(np.float64)), signals.radius, values)
    temperature = np.where(np.isnan(values := star["st_teff"].astype(np.float64)), signals.temperature, values)
    axis = signals.axis_au
    timing = signals.duration_hours / 24 / signals.snr
    period_error = timing * np.sqrt(12) / np.maximum(signals.transits, 2) ** 1.5
    ratio_error = 0.5 / signals.snr + 0.06
    earth_radii = signals.ratio * (1 + rng.normal(0, 1, size) * 0.5 / signals.snr) * radius
    earth_radii = np.abs(earth_radii) * physics.EARTH_RADII_PER_SUN
    drawn = {
        "pl_tranmid": (_START_BJD + signals.epoch_days, timing, 6, 0.0, 0.02),
        "pl_orbper": (signals.period, period_error, 7, 0.01, 0.03),
        "pl_trandurh": (signals.duration_hours, signals.duration_hours / signals.snr, 3, 0.0, 0.02),
        "pl_trandep": (signals.depth_ppm, signals.depth_ppm / signals.snr, 2, 0.0, 0.02),
        "pl_rade": (earth_radii, earth_radii * ratio_error, 4, 0.07, 0.15),
    }
    cells: Cells = {}
    for name, (value, error, decimals, share, error_share) in drawn.items():
        shown, upper = blanked(rng, share, value, error * rng.lognormal(0, 0.1, size))
        (upper,) = blanked(rng, error_share, upper)
        cells |= with_errors(name, _ENDS, (shown, upper, -upper), decimals)
    insolation, heat = blanked(
        rng,
        0.04,
        physics.insolation_earth(radius, temperature, axis),
        physics.equilibrium_temperature_k(radius, temperature, axis),
    )
    return cells | {"pl_insol": np.round(insolation, 3), "pl_eqt": np.round(heat, 1)}
