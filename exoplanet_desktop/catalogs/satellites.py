"""One declarative description for each satellite's catalog.

Column names, labels and units are those of the NASA Exoplanet Archive's tables `cumulative` (KOI), `k2pandc` (K2) and
`toi` (TOI): https://exoplanetarchive.ipac.caltech.edu/docs/API_kepcandidate_columns.html, .../API_k2pandc_columns.html
and .../API_TOI_columns.html.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from exoplanet_desktop.errors import InputError, MissingColumns
from exoplanet_desktop.wire.vocabulary import Disposition, Features, Satellite


def _with_errors(names: Iterable[str], upper: str, lower: str) -> tuple[str, ...]:
    return tuple(column for name in names for column in (name, name + upper, name + lower))


def _with_errors_and_limit(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(column for name in names for column in (name, f"{name}err1", f"{name}err2", f"{name}lim"))


@dataclass(frozen=True)
class SatelliteInfo:
    """What the program knows of one satellite's catalog.

    Attributes:
        satellite: its name on the wire.
        title: its name in a sentence.
        label: the column with the disposition.
        label_map: the archive's dispositions to the three classes; a value outside it is no label.
        host: the column that names the host star; folds are grouped by it.
        name: the column that names the object for a reader.
        identifiers: columns that say which object a row is, in the order that a merged file has them.
        required: columns without which neither training nor prediction makes sense.
        measured: numeric columns that a classifier may always see. All others are ignored: identifiers, a second
            disposition, references, dates of bookkeeping, and `ra` and `dec` (two columns that alone "reach" 0.857
            accuracy on K2 under a random split, because rows of one star lie at one place).
        verdict_numbers, verdict_texts: columns that carry the human verdict; seen with `vetted` features only.
    """

    satellite: Satellite
    title: str
    label: str
    label_map: Mapping[str, Disposition]
    host: str
    name: str
    identifiers: tuple[str, ...]
    required: tuple[str, ...]
    measured: tuple[str, ...]
    verdict_numbers: tuple[str, ...] = ()
    verdict_texts: tuple[str, ...] = ()

    @property
    def verdict(self) -> tuple[str, ...]:
        return self.verdict_numbers + self.verdict_texts

    def numbers(self, features: Features) -> tuple[str, ...]:
        """Numeric feature columns of a feature set."""
        return self.measured + (self.verdict_numbers if features is Features.VETTED else ())

    def texts(self, features: Features) -> tuple[str, ...]:
        """Categorical feature columns of a feature set."""
        return self.verdict_texts if features is Features.VETTED else ()

    def disposition(self, text: str | None) -> Disposition | None:
        """The class that a cell of the label column stands for; None where it stands for none."""
        return self.label_map.get((text or "").strip().upper())


_SAME = {str(disposition): disposition for disposition in Disposition}

KOI = SatelliteInfo(
    satellite=Satellite.KOI,
    title="Kepler Objects of Interest",
    label="koi_disposition",
    label_map=MappingProxyType(_SAME),
    host="kepid",
    name="kepoi_name",
    identifiers=("kepid", "kepoi_name", "kepler_name"),
    required=("koi_period", "koi_duration", "koi_depth", "koi_prad"),
    measured=(
        *_with_errors(
            (
                "koi_period",
                "koi_time0bk",
                "koi_impact",
                "koi_duration",
                "koi_depth",
                "koi_prad",
                "koi_teq",
                "koi_insol",
            ),
            "_err1",
            "_err2",
        ),
        "koi_model_snr",
        "koi_tce_plnt_num",
        *_with_errors(("koi_steff", "koi_slogg", "koi_srad"), "_err1", "_err2"),
        "koi_kepmag",
    ),
    verdict_numbers=("koi_score", "koi_fpflag_nt", "koi_fpflag_ss", "koi_fpflag_co", "koi_fpflag_ec"),
)

K2 = SatelliteInfo(
    satellite=Satellite.K2,
    title="K2 planets and candidates",
    label="disposition",
    label_map=MappingProxyType({**_SAME, "REFUTED": Disposition.FALSE_POSITIVE}),
    host="hostname",
    name="pl_name",
    identifiers=("pl_name", "hostname"),
    required=("pl_orbper", "pl_rade", "st_teff", "st_rad"),
    measured=(
        "sy_snum",
        *_with_errors_and_limit(
            (
                *("pl_orbper", "pl_orbsmax", "pl_rade", "pl_radj", "pl_bmasse", "pl_bmassj"),
                *("pl_orbeccen", "pl_insol", "pl_eqt", "st_teff", "st_rad", "st_mass", "st_met", "st_logg"),
            )
        ),
        *_with_errors(("sy_dist", "sy_vmag", "sy_kmag", "sy_gaiamag"), "err1", "err2"),
    ),
    verdict_numbers=("default_flag", "disc_year", "pl_controv_flag", "ttv_flag", "sy_pnum"),
    verdict_texts=("discoverymethod", "disc_facility", "soltype"),
)

TOI = SatelliteInfo(
    satellite=Satellite.TOI,
    title="TESS Objects of Interest",
    label="tfopwg_disp",
    label_map=MappingProxyType(
        {
            **_SAME,
            "CP": Disposition.CONFIRMED,
            "KP": Disposition.CONFIRMED,
            "PC": Disposition.CANDIDATE,
            "APC": Disposition.CANDIDATE,
            "FP": Disposition.FALSE_POSITIVE,
            "FA": Disposition.FALSE_POSITIVE,
        }
    ),
    host="tid",
    name="toi",
    identifiers=("toi", "tid"),
    required=("pl_orbper", "pl_trandurh", "pl_trandep", "pl_rade"),
    measured=_with_errors_and_limit(
        (
            *("st_pmra", "st_pmdec", "pl_tranmid", "pl_orbper", "pl_trandurh", "pl_trandep", "pl_rade", "pl_insol"),
            *("pl_eqt", "st_tmag", "st_dist", "st_teff", "st_logg", "st_rad"),
        )
    ),
)

SATELLITES: Mapping[Satellite, SatelliteInfo] = MappingProxyType({info.satellite: info for info in (KOI, K2, TOI)})


def satellite_info(name: str) -> SatelliteInfo:
    """The description of a satellite. Raises InputError for an unknown name."""
    try:
        return SATELLITES[Satellite(name.strip().upper())]
    except ValueError:
        allowed = ", ".join(SATELLITES)
        raise InputError(f"There is no satellite “{name}”. Choose one of {allowed}.") from None


def recognise(columns: Iterable[str]) -> Satellite | None:
    """The satellite whose catalog has these columns, or None where none fits.

    A catalog fits where all required columns are there; of several (K2 and TOI share names), the one with most of its
    identifiers, label and measured columns.
    """
    there = set(columns)

    def share(info: SatelliteInfo) -> float:
        known = (*info.identifiers, info.label, *info.measured)
        return len(there.intersection(known)) / len(known)

    fitting = [info for info in SATELLITES.values() if there.issuperset(info.required)]
    return max(fitting, key=share).satellite if fitting else None


def check_for_training(columns: Iterable[str], info: SatelliteInfo) -> None:
    """Raises MissingColumns where a file cannot be trained on."""
    _check(columns, (info.label, info.host, *info.required), f"a {info.satellite} training")


def check_for_prediction(columns: Iterable[str], info: SatelliteInfo) -> None:
    """Raises MissingColumns where a file cannot be predicted on."""
    _check(columns, info.required, f"a {info.satellite} prediction")


def check_left_out(columns: Iterable[str], info: SatelliteInfo) -> None:
    """Raises InputError for columns that a training cannot leave out."""
    for name in columns:
        if name not in (*info.measured, *info.verdict):
            raise InputError(f"`{name[:60]}` is no feature column of {info.satellite}, so it cannot be left out.")
        if name in info.required:
            raise InputError(f"A {info.satellite} model cannot do without `{name}`. Do not leave it out.")


def _check(columns: Iterable[str], needed: Iterable[str], task: str) -> None:
    there = set(columns)
    if missing := [name for name in needed if name not in there]:
        raise MissingColumns(missing, task)
