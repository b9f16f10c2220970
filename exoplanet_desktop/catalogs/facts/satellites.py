"""One declarative description for each satellite's catalog.

Column names, labels and units are those of the NASA Exoplanet Archive's tables `cumulative` (KOI), `k2pandc` (K2) and
`toi` (TOI): https://exoplanetarchive.ipac.caltech.edu/docs/API_kepcandidate_columns.html, .../API_k2pandc_columns.html
and .../API_TOI_columns.html.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from exoplanet_desktop.catalogs.facts.foreign_tables import other_kind
from exoplanet_desktop.errors import InputError, MissingColumns
from exoplanet_desktop.wire.vocabulary import Disposition, Features, Satellite


def _with_errors(names: Iterable[str], upper: str, lower: str) -> tuple[str, ...]:
    return tuple(column for name in names for column in (name, name + upper, name + lower))


def _with_errors_and_limit(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(column for name in names for column in (name, f"{name}err1", f"{name}err2", f"{name}lim"))


@dataclass(frozen=True)
class SatelliteInfo:
    """What the program knows about a satellite's catalog.

    Attributes:
        satellite: its name on the wire.
        title: its name in a sentence.
        label: the column with the disposition.
        label_map: the archive's dispositions to the three classes; any other value is not a label.
        host: the column that names the host star; folds are grouped by it.
        name: the column that names the object for a reader.
        identifiers: columns that identify the object of a row, in the order of a merged file.
        required: columns that training and prediction need.
        measured: numeric columns that a classifier may always see. All others are ignored: identifiers, a second
            disposition, references, dates of bookkeeping, and `ra` and `dec` (two columns that alone "reach" 0.857
            accuracy on K2 under a random split, because all rows of a star share its position).
        verdict_numbers, verdict_texts: columns that carry the human verdict; used only with `vetted` features.
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
        """The class for a cell of the label column; None if it stands for none.

        >>> [str(KOI.disposition(text)) for text in ("false_positive", "Confirmed\xa0Planet", "0")]
        ['FALSE POSITIVE', 'CONFIRMED', 'None']
        """
        given = (text or "").strip().upper()  # nearly every cell is spelt the archive's way
        if (known := self.label_map.get(given)) is None and given:
            plain = spelling(given)
            known = self.label_map.get(plain) or _WORDS.get(plain)
        return known


def spelling(text: str) -> str:
    """A disposition in canonical spelling: regardless of case, quotes, `_`, hyphens, and blanks of any kind.

    >>> spelling(" 'False__positive'\xa0"), spelling("Planet\u2010Candidate"), spelling("1.0")
    ('FALSE POSITIVE', 'PLANET CANDIDATE', '1')
    """
    plain = " ".join(_SEPARATORS.sub(" ", text).split()).upper()
    return _WHOLE_NUMBER.sub(r"\1", plain)


_SEPARATORS = re.compile(r"[\s_\"'“”‘’`\-\u00ad\u200b-\u200d\u2010-\u2015\u2212\ufeff]+")
_WHOLE_NUMBER = re.compile(r"^(\d+)\.0*$")  # a column of whole numbers that another program stored as floats
# Words that no archive table has and that can only mean one class.
_WORDS = MappingProxyType(
    {
        "CONFIRMED PLANET": Disposition.CONFIRMED,
        "KNOWN PLANET": Disposition.CONFIRMED,
        "PLANET CANDIDATE": Disposition.CANDIDATE,
        "PLANETARY CANDIDATE": Disposition.CANDIDATE,
        "AMBIGUOUS PLANET CANDIDATE": Disposition.CANDIDATE,
        "FALSEPOSITIVE": Disposition.FALSE_POSITIVE,
        "FALSE ALARM": Disposition.FALSE_POSITIVE,
    }
)
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
    required=("pl_orbper", "pl_rade"),  # the archive's short export has no star column
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


_K2_MARKS = frozenset(("k2_name", "epic_hostname", "k2_campaigns", "k2_campaigns_num", "disp_refname", "disposition"))
_TOI_MARKS = frozenset(("toi", "tfopwg_disp", "tid", "toipfx", "ctoi_alias", "pl_trandurh", "st_tmag", "toi_created"))
_WEIGHT = 3  # a column that only one mission has, against one of the many that begin with `koi_`
_MOST_ALIKE = 6  # columns to name in a sentence
_SIGNS_OF_LABEL = ("disp", "label", "class", "status", "target", "is_planet", "exoplanet")


@dataclass(frozen=True)
class Recognition:
    """The result of recognising a table.

    Attributes:
        satellite: whose catalog it is; None if it is none of them, or in doubt.
        missing: required columns that the table lacks; it can be neither trained nor predicted on.
        kind: another kind of table that it certainly is, one of FOREIGN_TABLES; empty if none.
        sentence: what to tell the user: the kind, the missing columns, or the doubt; empty if all is well.
        marked: satellites of which the table has a distinctive column.
    """

    satellite: Satellite | None
    missing: tuple[str, ...] = ()
    kind: str = ""
    sentence: str = ""
    marked: tuple[Satellite, ...] = ()


def identify(columns: Iterable[str]) -> Recognition:
    """Recognise a table by its column names (the program's).

    >>> identify(["toi", "tid", "tfopwg_disp", "pl_orbper", "pl_trandep", "pl_rade"]).missing
    ('pl_trandurh',)
    >>> identify(["pl_name", "hostname", "discoverymethod", "pl_orbper", "pl_rade", "st_teff", "st_rad"]).kind
    'ps'
    """
    names = tuple(columns)
    there = frozenset(name.lower() for name in names)
    marks = {satellite: count for satellite, find in _MARKS.items() if (count := find(there))}
    marked = tuple(marks)
    # A single TOI column, such as the TIC number, does not turn a table of planets into one of TOIs.
    if (not marks or marks == {Satellite.TOI: _WEIGHT}) and (other := other_kind(there)):
        return Recognition(None, kind=other.kind, sentence=f"This is {other.what}. {other.remedy}")
    if not marks:
        return Recognition(None, sentence=_doubt(there))
    most = max(marks.values())
    leading = [satellite for satellite, count in marks.items() if count == most]
    if len(leading) > 1:
        listed = " and ".join(leading)
        return Recognition(
            None, sentence=f"This table has columns of {listed} alike. Specify which satellite it is.", marked=marked
        )
    info = SATELLITES[leading[0]]
    missing = tuple(name for name in info.required if name not in names)
    return Recognition(info.satellite, missing, sentence=_lacking(info, missing, names), marked=marked)


def recognise(columns: Iterable[str]) -> Satellite | None:
    """The satellite whose catalog has these columns; None if there is none, or in doubt; see `identify`."""
    return identify(columns).satellite


def star_source(columns: Iterable[str], info: SatelliteInfo) -> str | None:
    """The column that identifies a row's star: that of the host, otherwise that of the object, whose name begins
    with its star's (`K00752.01`, `101.01`, `K2-9 b`); None if neither exists.
    """
    there = set(columns)
    return next((name for name in (info.host, info.name) if name in there), None)


def check_for_training(columns: Iterable[str], info: SatelliteInfo) -> None:
    """Raises InputError for a table of another kind, MissingColumns if a file cannot be trained on."""
    names = tuple(columns)
    star = star_source(names, info) or info.host
    _check(names, (info.label, star, *info.required), info, "training")


def check_for_prediction(columns: Iterable[str], info: SatelliteInfo) -> None:
    """Raises InputError for a table of another kind, MissingColumns if a file cannot be predicted on."""
    _check(tuple(columns), info.required, info, "prediction")


def check_kind(columns: Iterable[str], info: SatelliteInfo, task: str) -> None:
    """Raises InputError for a table of another kind, or only of other satellites; `task`: training or prediction."""
    found = identify(columns)
    if found.kind:
        raise InputError(found.sentence)
    if found.marked and info.satellite not in found.marked:
        others = " and ".join(SATELLITES[satellite].title for satellite in found.marked)
        raise InputError(
            f"The columns of this file are those of {others}, so a {info.satellite} {task} would be meaningless. "
            "Choose another file or another satellite."
        )


def check_left_out(columns: Iterable[str], info: SatelliteInfo) -> None:
    """Raises InputError for columns that a training needs."""
    for name in columns:
        if name not in (*info.measured, *info.verdict):
            raise InputError(f"`{name[:60]}` is not a feature column of {info.satellite}, so it cannot be left out.")
        if name in info.required:
            raise InputError(f"A {info.satellite} model cannot do without `{name}`. Do not leave it out.")


def _check(names: tuple[str, ...], needed: Iterable[str], info: SatelliteInfo, task: str) -> None:
    check_kind(names, info, task)
    if missing := [name for name in needed if name not in names]:
        raise MissingColumns(missing, f"a {info.satellite} {task}", _hint(names, missing, info))


def _hint(names: tuple[str, ...], missing: list[str], info: SatelliteInfo) -> str:
    """Columns that may contain the label, or otherwise identify the star."""
    if info.label in missing:
        alike = [name for name in names if any(sign in name.lower() for sign in _SIGNS_OF_LABEL)]
        alike = [name for name in alike if not name.lower().startswith("koi_tce") and name != "disp_refname"]
        if alike:
            listed = ", ".join(f"`{name}`" for name in alike[:3])
            return f"If another column has the dispositions ({listed}?), choose it as label column (--label-column)."
    if info.host in missing:
        return f"`{info.name}` would also work: it names the star, too."
    return ""


def _lacking(info: SatelliteInfo, missing: tuple[str, ...], names: tuple[str, ...]) -> str:
    if not missing:
        return ""
    listed = ", ".join(f"`{name}`" for name in missing)
    noun, these = ("column", "it is") if len(missing) == 1 else ("columns", "these are")
    alike = [name for name in names if name not in info.measured and any(each in name.lower() for each in missing)]
    hint = f" ({', '.join(f'`{name}`' for name in alike[:_MOST_ALIKE])}?)" if alike else ""
    return (
        f"This is a table of {info.title}, but has no {noun} {listed}, without which nothing can be trained or "
        f"predicted. Choose a more complete table, or say which of its columns {these}{hint}."
    )


def _doubt(there: frozenset[str]) -> str:
    alike = [
        info.satellite for info in (SATELLITES[Satellite.K2], SATELLITES[Satellite.TOI]) if there >= {*info.required}
    ]
    if alike:
        return (
            "The columns of this file, such as `pl_orbper`, are in tables of K2, of TOI and of confirmed planets "
            "alike. Specify which satellite it is, or choose a table with its identifiers and dispositions."
        )
    return (
        "The columns of this file match no known catalog. Choose a table of KOI, K2 or TOI, or say which of its "
        "columns are the archive's."
    )


def _koi(there: frozenset[str]) -> int:
    own = sum(name.startswith("koi_") for name in there)
    return own + 2 * len(there & {"kepoi_name", "koi_disposition"}) + (own > 0 and "kepid" in there)


def _k2(there: frozenset[str]) -> int:
    own = there & _K2_MARKS
    if not there & {"pl_name", "hostname", "pl_orbper"}:
        own -= {"disposition"}  # a common word
    return _WEIGHT * len(own)


def _toi(there: frozenset[str]) -> int:
    return _WEIGHT * len(there & _TOI_MARKS)


_MARKS: dict[Satellite, Callable[[frozenset[str]], int]] = {
    Satellite.KOI: _koi,
    Satellite.K2: _k2,
    Satellite.TOI: _toi,
}
