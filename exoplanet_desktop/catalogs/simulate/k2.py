"""A simulated table of K2 planets and candidates: several rows per planet, one for each publication."""

import numpy as np

from exoplanet_desktop.catalogs.simulate import physics
from exoplanet_desktop.catalogs.simulate.cells import (
    Cells,
    Texts,
    Values,
    blanked,
    chosen,
    host_names,
    limit_flag,
    measured,
    rounded,
    same,
    sexagesimal,
    text_where,
    texts,
    with_errors,
)
from exoplanet_desktop.catalogs.simulate.systems import Signals, Survey

# Noise: about twice Kepler's, after correction (Vanderburg & Johnson 2014, PASP 126, 948).
SURVEY = Survey(
    baseline_days=(70, 82),
    periods_days=(0.5, 35),
    noise_floor_ppm=20,
    noise_ppm=50,
    magnitude=12,
    magnitudes=(12.4, 1.4),
    planet_share=0.93,
)
_ENDS = ("err1", "err2")
_JUPITER_PER_EARTH = physics.EARTH_RADIUS_M / physics.JUPITER_RADIUS_M
_EARTHS_PER_JUPITER_MASS = 317.83  # IAU 2015 Resolution B3, GMJ / GME
_SOLUTIONS = ("Published Confirmed", "Published Candidate", "TESS Project Candidate")
# Kinds of solution by disposition, in the order of _SOLUTIONS.
_SOLUTION_SHARES = {
    "CONFIRMED": (0.62, 0.33, 0.05),
    "CANDIDATE": (0.01, 0.96, 0.03),
    "FALSE POSITIVE": (0.03, 0.96, 0.01),
    "REFUTED": (0.1, 0.8, 0.1),
}


def k2_cells(rng: np.random.Generator, signals: Signals) -> Cells:
    """All columns of the table, in no particular order; one to four rows for each signal, the first the default one."""
    label = _dispositions(rng, signals)
    copies = np.where(rng.random(len(signals)) < 0.3, 1, rng.integers(2, 4, len(signals)))
    back = np.repeat(np.arange(len(signals)), copies)
    first = np.r_[True, back[1:] != back[:-1]]
    confirmed = np.bincount(signals.host, weights=label == "CONFIRMED").astype(np.int64)[signals.host]
    rows = signals.take(back)
    cells = _bookkeeping(rng, rows, label[back], first, confirmed[back])
    cells |= _system_cells(rng, signals, back) | _star_cells(rng, rows)
    cells |= _planet_cells(rng, rows)
    for name in [name for name in cells if name + "err1" in cells and not name.startswith("sy_")]:
        cells[name + "lim"] = limit_flag(cells[name].astype(np.float64))
    return cells


def _dispositions(rng: np.random.Generator, signals: Signals) -> Texts:
    size = len(signals)
    odds = 1.2 * (np.log(signals.snr) - np.log(14)) + 1.0 * (signals.siblings > 1)
    planets = np.where(rng.random(size) < 1 / (1 + np.exp(-odds)), "CONFIRMED", "CANDIDATE")
    draw = rng.random(size)
    others = np.select([draw < 0.8, draw < 0.86], ["FALSE POSITIVE", "REFUTED"], "CANDIDATE")
    return np.where(signals.is_planet, planets, others).astype(object)


def _bookkeeping(
    rng: np.random.Generator, rows: Signals, label: Texts, first: np.ndarray, confirmed: np.ndarray
) -> Cells:
    size = len(rows)
    names = host_names(rows.host)
    letters = ["bcdefg"[min(number, 6) - 1] for number in rows.number.tolist()]
    solution = np.full(size, None, dtype=object)
    for disposition, shares in _SOLUTION_SHARES.items():
        these = label == disposition
        solution[these] = chosen(rng, int(these.sum()), _SOLUTIONS, shares)
    reference = chosen(rng, size, [f"Simulated set {number}" for number in range(1, 7)], (1,) * 6)
    date = same("2026-01-01", size)
    return {
        "pl_name": texts([f"{name} {letter}" for name, letter in zip(names, letters, strict=True)]),
        "hostname": texts(names),
        "default_flag": first.astype(np.int64),
        "disposition": label,
        "disp_refname": reference,
        "sy_snum": np.where(rng.random(size) < 0.04, 2, 1),
        "sy_pnum": confirmed,
        "discoverymethod": chosen(rng, size, ("Transit", "Radial Velocity"), (0.994, 0.006)),
        "disc_year": 2015 + np.minimum(rng.poisson(np.where(label == "CANDIDATE", 3.5, 1.8), size), 8),
        "disc_facility": chosen(rng, size, ("K2", "SuperWASP", "La Silla Observatory"), (0.96, 0.03, 0.01)),
        "soltype": solution,
        "pl_controv_flag": (rng.random(size) < 0.005).astype(np.int64),
        "ttv_flag": (rng.random(size) < np.where(rows.siblings > 1, 0.03, 0.002)).astype(np.int64),
        "pl_refname": reference,
        "st_refname": reference,
        "sy_refname": same("Simulated input catalog", size),
        "rowupdate": date,
        "pl_pubdate": same("2026-01", size),
        "releasedate": date,
    }


def _system_cells(rng: np.random.Generator, signals: Signals, back: np.ndarray) -> Cells:
    """The values that all rows of a star share."""
    _, first, inverse = np.unique(signals.host, return_index=True, return_inverse=True)
    size = len(first)
    rows = inverse[back]
    magnitude = signals.magnitude[first]
    color = 0.8 + 1.2 * (5800 - signals.temperature[first]) / 1000  # V - Ks, increasing as a star gets cooler
    ra, dec = signals.ra[first], signals.dec[first]
    rastr, decstr = sexagesimal(ra, dec)
    cells: Cells = {"rastr": rastr[rows], "decstr": decstr[rows], "ra": np.round(ra, 7)[rows]}
    cells["dec"] = np.round(dec, 7)[rows]
    cells |= with_errors(
        "sy_dist", _ENDS, _rows(rows, blanked(rng, 0.03, *measured(rng, signals.distance_pc[first], 0.02))), 3
    )
    flat = np.full(size, 1.0)
    for name, value, error in (
        ("sy_vmag", magnitude + 0.2, 0.08),
        ("sy_kmag", magnitude + 0.2 - np.clip(color, 0.3, 6), 0.02),
        ("sy_gaiamag", magnitude, 0.0005),
    ):
        scatter = rng.normal(0, error, size)
        triple = blanked(rng, 0.02, value + scatter, flat * error, -flat * error)
        cells |= with_errors(name, _ENDS, _rows(rows, triple), 3)
    return cells


def _star_cells(rng: np.random.Generator, rows: Signals) -> Cells:
    size = len(rows)
    metallicity_error = rng.uniform(0.04, 0.12, size)
    metallicity = rows.metallicity + rng.normal(0, 1, size) * metallicity_error
    triples = {
        "st_teff": (measured(rng, rows.temperature, 0.015), 0, 0.28),
        "st_rad": (measured(rng, rows.radius, 0.06), 3, 0.12),
        "st_mass": (measured(rng, rows.mass, 0.06), 3, 0.48),
        "st_met": ((metallicity, metallicity_error, -metallicity_error), 3, 0.58),
        "st_logg": (measured(rng, physics.surface_gravity(rows.mass, rows.radius), 0.01), 3, 0.41),
    }
    cells: Cells = {}
    for name, (triple, decimals, share) in triples.items():
        value, upper, lower = blanked(rng, share, *triple)
        cells |= with_errors(name, _ENDS, (value, *blanked(rng, 0.08, upper, lower)), decimals)
    cells["st_metratio"] = text_where(~np.isnan(cells["st_met"].astype(np.float64)), "[Fe/H]")
    types = np.array(["M0 V", "K2 V", "G2 V", "F5 V", "A5 V"], dtype=object)[
        np.digitize(rows.temperature, (3900, 5300, 6000, 7300))
    ]
    cells["st_spectype"] = text_where(rng.random(size) > 0.89, types)
    return cells


def _planet_cells(rng: np.random.Generator, rows: Signals) -> Cells:
    size = len(rows)
    axis = rows.axis_au
    earth_radii = rows.ratio * rows.radius * physics.EARTH_RADII_PER_SUN
    period_error = rows.duration_hours / 24 / rows.snr * np.sqrt(12) / np.maximum(rows.transits, 2) ** 1.5
    radius = blanked(rng, 0.21, *measured(rng, earth_radii, 0.08))
    radius[1:] = blanked(rng, 0.09, *radius[1:])
    mass = blanked(rng, 0.89, *measured(rng, _mass_earth(earth_radii), 0.25))
    eccentricity = rng.beta(0.87, 3.03, size)  # Kipping 2013 (MNRAS 434, L51)
    others = {
        "pl_orbper": ((rows.period, period_error, -period_error), 7, 0.0, 0.23),
        "pl_orbsmax": (measured(rng, axis, 0.02), 5, 0.8, 0.0),
        "pl_orbeccen": ((eccentricity, eccentricity * 0.4, -eccentricity * 0.4), 3, 0.89, 0.4),
        "pl_insol": (measured(rng, physics.insolation_earth(rows.radius, rows.temperature, axis), 0.1), 2, 0.84, 0.3),
        "pl_eqt": (
            measured(rng, physics.equilibrium_temperature_k(rows.radius, rows.temperature, axis), 0.03),
            0,
            0.79,
            0.2,
        ),
    }
    cells: Cells = {}
    for name, (triple, decimals, share, error_share) in others.items():
        value, upper, lower = blanked(rng, share, *triple)
        cells |= with_errors(name, _ENDS, (value, *blanked(rng, error_share, upper, lower)), decimals)
    for name, (value, upper, lower), factor in (
        ("pl_rade", radius, 1.0),
        ("pl_radj", radius, _JUPITER_PER_EARTH),
        ("pl_bmasse", mass, 1.0),
        ("pl_bmassj", mass, 1 / _EARTHS_PER_JUPITER_MASS),
    ):
        decimals = 3 if factor == 1.0 else 5
        cells |= with_errors(name, _ENDS, (value * factor, upper * factor, lower * factor), decimals)
    cells["pl_bmassprov"] = text_where(~np.isnan(mass[0]), "Mass")
    cells["pl_orbpererr1"] = rounded(cells["pl_orbpererr1"].astype(np.float64), 2)
    return cells


def _mass_earth(radius_earth: Values) -> Values:
    """Mass of a planet from its radius: Chen & Kipping 2017 (ApJ 834, 17), below a Jupiter's mass."""
    small = radius_earth ** (1 / 0.279)
    large = 2.04 * (radius_earth / 1.23) ** (1 / 0.589)
    return np.minimum(np.where(radius_earth < 1.23, small, large), 4 * _EARTHS_PER_JUPITER_MASS)


def _rows(places: np.ndarray, columns: list[Values]) -> tuple[Values, Values, Values]:
    value, upper, lower = (column[places] for column in columns)
    return value, upper, lower
