"""Objects of different stars with the same ephemeris: usually one eclipsing binary whose light reaches both.

Thompson et al. 2018, ApJS 235, 38, appendix A.6; Coughlin et al. 2014, AJ 147, 119.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exoplanet_desktop.catalogs.base.progress import ShouldStop, check, never
from exoplanet_desktop.catalogs.facts.identity import star_key
from exoplanet_desktop.vetting.inputs import ObjectInputs, Quantity
from exoplanet_desktop.wire.vocabulary import Satellite

NEEDED = (Quantity.PERIOD, Quantity.EPOCH, Quantity.RA, Quantity.DEC, Quantity.MAGNITUDE)
MOST_HARMONIC = 50
TESS_PIXELS_ARCSEC = 210.0  # ten pixels
_PERIOD_SIGMA, _PERIOD_POWER = 1.08228446e-5, 1.37838040
_EPOCH_SIGMA, _EPOCH_POWER = 0.00969916, 0.36253537
_SIGMAS = 5
_PSF_ARCSEC, _ZERO_MAGNITUDE = 55.0, 6.0
_AT_ONCE = 2_000_000  # candidate pairs

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class EphemerisMatch:
    """Two objects of different stars with one ephemeris.

    Attributes:
        parent, child: their rows; the child is the one with the shallower transit.
        harmonic: the whole number between their periods.
        separation: their distance on the sky, in arcseconds.
        depth_ratio: depth of the parent over that of the child; NaN if one is unknown.
    """

    parent: int
    child: int
    harmonic: int
    separation: float
    depth_ratio: float


def missing_for_matches(objects: ObjectInputs) -> tuple[Quantity, ...]:
    """The quantities without which no match can be found."""
    return tuple(what for what in NEEDED if what not in objects.columns)


def ephemeris_matches(objects: ObjectInputs, should_stop: ShouldStop = never) -> list[EphemerisMatch]:
    """All pairs of rows with one ephemeris, by row number. Raises Cancelled."""
    if missing_for_matches(objects):
        return []
    period, epoch = objects.of(Quantity.PERIOD), objects.of(Quantity.EPOCH)
    usable = np.isfinite(period) & (period > 0) & np.isfinite(epoch)
    for what in (Quantity.RA, Quantity.DEC):
        usable &= np.isfinite(objects.of(what))
    rows = np.flatnonzero(usable)
    rows = rows[np.argsort(period[rows], kind="stable")]
    star_of: dict[str, int] = {}
    keys = [star_key(objects.stars[row], objects.satellite) for row in rows]
    stars = np.array([star_of.setdefault(key, len(star_of)) if key else -1 - at for at, key in enumerate(keys)])
    found: dict[tuple[int, int], EphemerisMatch] = {}
    for harmonic in range(1, MOST_HARMONIC + 1):
        check(should_stop)
        for short, long in _near_harmonic(period[rows], harmonic):
            for match in _confirmed(objects, rows, stars, short, long, harmonic):
                found.setdefault((min(match.parent, match.child), max(match.parent, match.child)), match)
    return [found[pair] for pair in sorted(found)]


def _near_harmonic(periods: NDArray[np.float64], harmonic: int) -> Iterator[tuple[Integers, Integers]]:
    """Pairs of places in ascending `periods` whose second period is a multiple of the first, in bounded parts."""
    reach = _SIGMAS * _PERIOD_SIGMA * periods**_PERIOD_POWER
    first = np.searchsorted(periods, harmonic * periods - reach, side="left")
    last = np.searchsorted(periods, harmonic * periods + reach, side="right")
    if harmonic == 1:
        first = np.maximum(first, np.arange(len(periods)) + 1)  # each pair once
    many = np.maximum(last - first, 0)
    ends = np.cumsum(many)
    start = 0
    while start < len(periods):
        before = ends[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, before + _AT_ONCE, side="right")))
        counts = many[start:stop]
        short = np.repeat(np.arange(start, stop), counts)
        offsets = np.arange(len(short)) - np.repeat(np.cumsum(counts) - counts, counts)
        yield short, np.repeat(first[start:stop], counts) + offsets
        start = stop


def _confirmed(
    objects: ObjectInputs, rows: Integers, stars: Integers, short: Integers, long: Integers, harmonic: int
) -> Iterator[EphemerisMatch]:
    """Those of the pairs that also agree in epoch and are close enough on the sky."""
    other = stars[short] != stars[long]
    a, b = rows[short[other]], rows[long[other]]
    period, epoch = objects.of(Quantity.PERIOD), objects.of(Quantity.EPOCH)
    apart = np.abs(np.mod(epoch[b] - epoch[a] + period[a] / 2, period[a]) - period[a] / 2)
    near = apart < _SIGMAS * np.sqrt(2) * _EPOCH_SIGMA * period[a] ** _EPOCH_POWER
    a, b = a[near], b[near]
    separation = _separation(objects, a, b)
    close = separation < _reach(objects, a, b)
    depth = objects.of(Quantity.DEPTH)
    for one, two, distance in zip(a[close], b[close], separation[close], strict=True):
        parent, child = (one, two) if not depth[one] < depth[two] else (two, one)
        with np.errstate(all="ignore"):
            ratio = float(depth[parent] / depth[child])
        yield EphemerisMatch(int(parent), int(child), harmonic, float(distance), ratio)


def _separation(objects: ObjectInputs, a: Integers, b: Integers) -> NDArray[np.float64]:
    """Angular distances in arcseconds, by the haversine formula."""
    ra, dec = np.radians(objects.of(Quantity.RA)), np.radians(objects.of(Quantity.DEC))
    half = np.sin((dec[b] - dec[a]) / 2) ** 2 + np.cos(dec[a]) * np.cos(dec[b]) * np.sin((ra[b] - ra[a]) / 2) ** 2
    return np.asarray(np.degrees(2 * np.arcsin(np.sqrt(np.clip(half, 0, 1)))) * 3600)


def _reach(objects: ObjectInputs, a: Integers, b: Integers) -> NDArray[np.float64]:
    """How far light of the brighter one reaches, in arcseconds."""
    if objects.satellite is Satellite.TOI:
        return np.full(len(a), TESS_PIXELS_ARCSEC)
    magnitude = objects.of(Quantity.MAGNITUDE)
    brighter = np.fmin(magnitude[a], magnitude[b])
    reach = _PSF_ARCSEC * np.sqrt(10 ** (_ZERO_MAGNITUDE - 0.4 * brighter) + 1)
    return np.where(np.isfinite(reach), reach, _PSF_ARCSEC)
