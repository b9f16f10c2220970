"""Named checks of each object: pass, fail, shown, or not testable for want of an input."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from exoplanet_desktop.catalogs.base.progress import ShouldStop, never
from exoplanet_desktop.errors import InputError
from exoplanet_desktop.vetting import physics
from exoplanet_desktop.vetting.ephemeris import NEEDED, EphemerisMatch, ephemeris_matches
from exoplanet_desktop.vetting.inputs import ObjectInputs, Quantity
from exoplanet_desktop.vetting.physics import Floats
from exoplanet_desktop.wire.vocabulary import Disposition

_Q = Quantity
_STAR = (_Q.STAR_RADIUS, _Q.LOGG)


class CheckOutcome(StrEnum):
    """In the order in which a reader wants them."""

    FAIL = "fail"
    PASS = "pass"  # noqa: S105 - an outcome
    SHOWN = "shown"
    NOT_TESTABLE = "not testable"


@dataclass(frozen=True)
class PhysicalCheck:
    """A check of one quantity against a bound.

    Attributes:
        key: its name on the command line and in files.
        title: what it says, for a reader; a check that fails is named by it.
        quantity: what its value is, with unit.
        source: where test and bound come from.
        needs: its inputs.
        value: calculates it.
        above: fails above this value; None if it does not.
        below: fails below this value; None if it does not.
    """

    key: str
    title: str
    quantity: str
    source: str
    needs: tuple[Quantity, ...]
    value: Callable[[ObjectInputs], Floats]
    above: float | None = None
    below: float | None = None

    @property
    def bound(self) -> float | None:
        """The default bound; None for a check that only shows its value."""
        return self.above if self.above is not None else self.below


def _duration(objects: ObjectInputs) -> Floats:
    longest = physics.longest_duration(objects.of(_Q.PERIOD), objects.axis)
    with np.errstate(all="ignore"):
        return objects.of(_Q.DURATION) / longest / (1 + objects.ratio)


def _depth(objects: ObjectInputs) -> Floats:
    with np.errstate(all="ignore"):
        return objects.of(_Q.DEPTH) * 1e-6 / objects.ratio**2


def _signal(objects: ObjectInputs) -> Floats:
    if _Q.SNR in objects.columns:
        return objects.of(_Q.SNR)
    with np.errstate(all="ignore"):
        return np.where(objects.of(_Q.DEPTH_ERROR) > 0, objects.of(_Q.DEPTH) / objects.of(_Q.DEPTH_ERROR), np.nan)


def _density(objects: ObjectInputs) -> Floats:
    axis = physics.axis_from_transit(
        objects.of(_Q.PERIOD), objects.of(_Q.DURATION), objects.ratio, objects.of(_Q.IMPACT)
    )
    with np.errstate(all="ignore"):
        return np.log10(physics.density_from_axis(objects.of(_Q.PERIOD), axis) / objects.star_density)


def _insolation(objects: ObjectInputs) -> Floats:
    with np.errstate(all="ignore"):
        expected = physics.insolation(objects.of(_Q.STAR_RADIUS), objects.of(_Q.TEFF), objects.axis)
        return objects.of(_Q.INSOLATION) / expected


CHECKS: tuple[PhysicalCheck, ...] = (
    PhysicalCheck(
        "ephemeris",
        "Another star has the same ephemeris and a deeper transit",
        "number of such objects in this file",
        "Thompson et al. 2018, ApJS 235, 38, A.6",
        NEEDED,
        lambda objects: np.full(len(objects), np.nan),  # set from the matches of the whole catalog
        above=0,
    ),
    PhysicalCheck(
        "duration",
        "The transit lasts too long for this star",
        "duration / longest possible one on a circular orbit",
        "Seager & Mallén-Ornelas 2003, ApJ 585, 1038",
        (_Q.PERIOD, _Q.DURATION, _Q.RADIUS, *_STAR),
        _duration,
        above=2,
    ),
    PhysicalCheck(
        "v-shape",
        "The transit is grazing",
        "impact parameter + radius ratio",
        "Thompson et al. 2018, ApJS 235, 38",
        (_Q.IMPACT, _Q.RADIUS, _Q.STAR_RADIUS),
        lambda objects: objects.of(_Q.IMPACT) + objects.ratio,
        above=1.04,
    ),
    PhysicalCheck(
        "radius",
        "The object is too large for a planet",
        "radius in Earth radii",
        "about two Jupiter radii; Thompson et al. 2018 use 30",
        (_Q.RADIUS,),
        lambda objects: objects.of(_Q.RADIUS),
        above=22,
    ),
    PhysicalCheck(
        "orbit",
        "The orbit would be inside or almost inside the star",
        "semi-major axis in stellar radii",
        "LEO-Vetter, arXiv:2509.10619",
        (_Q.PERIOD, *_STAR),
        lambda objects: objects.axis,
        below=1.5,
    ),
    PhysicalCheck(
        "depth",
        "The transit is too shallow for this radius",
        "depth / squared radius ratio",
        "1 without limb darkening; the bound is measured on the KOI table",
        (_Q.DEPTH, _Q.RADIUS, _Q.STAR_RADIUS),
        _depth,
        below=0.5,
    ),
    PhysicalCheck(
        "signal",
        "The signal is weak",
        "signal-to-noise ratio",
        "7.1 is the detection threshold of Kepler: Jenkins et al. 2010, ApJ 713, L87",
        (_Q.SNR,),
        _signal,
        below=7.1,
    ),
    PhysicalCheck(
        "density",
        "Density of the star from the transit, against that from its parameters",
        "decadic logarithm of their ratio",
        "Seager & Mallén-Ornelas 2003; shown only, because catalogs fix impact parameters poorly",
        (_Q.PERIOD, _Q.DURATION, _Q.IMPACT, _Q.RADIUS, *_STAR),
        _density,
    ),
    PhysicalCheck(
        "insolation",
        "Insolation of the catalog, against that from orbit and star",
        "ratio",
        "shown only",
        (_Q.INSOLATION, _Q.PERIOD, _Q.TEFF, *_STAR),
        _insolation,
    ),
)
KEYS = tuple(check.key for check in CHECKS)


@dataclass(frozen=True)
class CheckedObjects:
    """One check of all objects.

    Attributes:
        quantity: what `value` is; not that of the check where the file has only a substitute for it.
        bound: the bound that was used; None if it only shows.
        value: NaN where it could not be calculated.
        outcomes: of each object.
        lacking: the inputs that no object has, because the file lacks the column.
    """

    check: PhysicalCheck
    quantity: str
    bound: float | None
    value: Floats
    outcomes: NDArray[np.object_]
    lacking: tuple[Quantity, ...]

    @property
    def failed(self) -> NDArray[np.bool_]:
        return np.asarray(self.outcomes == CheckOutcome.FAIL)


@dataclass(frozen=True)
class CheckReport:
    """All checks of a catalog.

    Attributes:
        matches: pairs of objects with one ephemeris.
    """

    objects: ObjectInputs
    checked: tuple[CheckedObjects, ...]
    matches: tuple[EphemerisMatch, ...]

    @property
    def flagged(self) -> NDArray[np.bool_]:
        """Whether an object fails any check."""
        return np.asarray(np.any([one.failed for one in self.checked], axis=0))

    def shares(self, flags: NDArray[np.bool_]) -> dict[Disposition, tuple[int, int]]:
        """For each disposition in the catalog, how many of its objects are flagged, and how many there are."""
        every = Counter(self.objects.dispositions)
        hit = Counter(one for one, flag in zip(self.objects.dispositions, flags, strict=True) if flag)
        return {label: (hit[label], every[label]) for label in Disposition if every[label]}


def run_checks(
    objects: ObjectInputs,
    bounds: Mapping[str, float] | None = None,
    only: Sequence[str] = KEYS,
    should_stop: ShouldStop = never,
) -> CheckReport:
    """Check all objects of a catalog.

    Args:
        bounds: by key, instead of the default ones.
        only: the keys of the checks to make.

    Raises InputError for a key that is not known or has no bound, and Cancelled.
    """
    bounds = bounds or {}
    for key in (*bounds, *only):
        if key not in KEYS:
            raise InputError(f"There is no check “{key}”. Choose from {', '.join(KEYS)}.")
    for check in CHECKS:
        if check.key in bounds and check.bound is None:
            raise InputError(f"The check “{check.key}” only shows its value. Leave out its bound.")
    matches = tuple(ephemeris_matches(objects, should_stop)) if "ephemeris" in only else ()
    made = [
        _checked(check, objects, bounds.get(check.key, check.bound), matches) for check in CHECKS if check.key in only
    ]
    return CheckReport(objects, tuple(made), matches)


def _checked(
    check: PhysicalCheck, objects: ObjectInputs, bound: float | None, matches: Sequence[EphemerisMatch]
) -> CheckedObjects:
    needs, quantity = check.needs, check.quantity
    if check.key == "signal" and _Q.SNR not in objects.columns:
        needs, quantity = (_Q.DEPTH, _Q.DEPTH_ERROR), "transit depth / its error, for want of a signal-to-noise ratio"
    lacking = tuple(what for what in needs if what not in objects.columns)
    if lacking:
        value = np.full(len(objects), np.nan)
    elif check.key == "ephemeris":
        value = _partners(objects, matches)
    else:
        value = check.value(objects)
    outcomes = np.full(len(objects), CheckOutcome.NOT_TESTABLE, dtype=object)
    known = ~np.isnan(value)
    if bound is None:
        outcomes[known] = CheckOutcome.SHOWN
    else:
        with np.errstate(invalid="ignore"):
            beyond = value > bound if check.above is not None else value < bound
        outcomes[known] = CheckOutcome.PASS
        outcomes[known & beyond] = CheckOutcome.FAIL
    return CheckedObjects(check, quantity, bound, value, outcomes, lacking)


def _partners(objects: ObjectInputs, matches: Sequence[EphemerisMatch]) -> Floats:
    """How many deeper objects of other stars share each object's ephemeris; NaN for one without an ephemeris."""
    found = np.zeros(len(objects))
    for what in (_Q.PERIOD, _Q.EPOCH, _Q.RA, _Q.DEC):
        found[np.isnan(objects.of(what))] = np.nan
    for match in matches:
        found[match.child] += 1
    return found
