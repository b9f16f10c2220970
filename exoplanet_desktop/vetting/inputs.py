"""The inputs of the checks: which column of a catalog has which quantity, and its values."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from exoplanet_desktop.catalogs.facts.satellites import SATELLITES
from exoplanet_desktop.catalogs.tables.labels import label_reader
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.vetting import physics
from exoplanet_desktop.vetting.physics import Floats
from exoplanet_desktop.wire.vocabulary import Disposition, Satellite


class Quantity(StrEnum):
    """A quantity with the words that name it when it is missing. Units as in `physics`; depths in ppm."""

    PERIOD = "period"
    EPOCH = "epoch"
    DURATION = "transit duration"
    DEPTH = "transit depth"
    DEPTH_ERROR = "error of the depth"
    RADIUS = "planet radius"
    IMPACT = "impact parameter"
    SNR = "signal-to-noise ratio"
    STAR_RADIUS = "radius of the star"
    STAR_MASS = "mass of the star"
    LOGG = "log g of the star"
    TEFF = "temperature of the star"
    INSOLATION = "insolation"
    TEMPERATURE = "equilibrium temperature"
    RA = "right ascension"
    DEC = "declination"
    MAGNITUDE = "magnitude"


_Q = Quantity
COLUMNS: Mapping[Satellite, Mapping[Quantity, str]] = {
    Satellite.KOI: {
        _Q.PERIOD: "koi_period",
        _Q.EPOCH: "koi_time0bk",
        _Q.DURATION: "koi_duration",
        _Q.DEPTH: "koi_depth",
        _Q.DEPTH_ERROR: "koi_depth_err1",
        _Q.RADIUS: "koi_prad",
        _Q.IMPACT: "koi_impact",
        _Q.SNR: "koi_model_snr",
        _Q.STAR_RADIUS: "koi_srad",
        _Q.STAR_MASS: "koi_smass",
        _Q.LOGG: "koi_slogg",
        _Q.TEFF: "koi_steff",
        _Q.INSOLATION: "koi_insol",
        _Q.TEMPERATURE: "koi_teq",
        _Q.RA: "ra",
        _Q.DEC: "dec",
        _Q.MAGNITUDE: "koi_kepmag",
    },
    Satellite.TOI: {
        _Q.PERIOD: "pl_orbper",
        _Q.EPOCH: "pl_tranmid",
        _Q.DURATION: "pl_trandurh",
        _Q.DEPTH: "pl_trandep",
        _Q.DEPTH_ERROR: "pl_trandeperr1",
        _Q.RADIUS: "pl_rade",
        _Q.STAR_RADIUS: "st_rad",
        _Q.LOGG: "st_logg",
        _Q.TEFF: "st_teff",
        _Q.INSOLATION: "pl_insol",
        _Q.TEMPERATURE: "pl_eqt",
        _Q.RA: "ra",
        _Q.DEC: "dec",
        _Q.MAGNITUDE: "st_tmag",
    },
    Satellite.K2: {
        _Q.PERIOD: "pl_orbper",
        _Q.RADIUS: "pl_rade",
        _Q.STAR_RADIUS: "st_rad",
        _Q.STAR_MASS: "st_mass",
        _Q.LOGG: "st_logg",
        _Q.TEFF: "st_teff",
        _Q.INSOLATION: "pl_insol",
        _Q.TEMPERATURE: "pl_eqt",
        _Q.RA: "ra",
        _Q.DEC: "dec",
        _Q.MAGNITUDE: "sy_kmag",
    },
}
"""The archive's column for each quantity that the mission's default table has."""


@dataclass(frozen=True)
class ObjectInputs:
    """The rows of a catalog as arrays, in the file's order.

    Attributes:
        names: the objects' names; "" where there is none.
        stars: the host stars as they are written; "" where there is none.
        dispositions: None for undecided rows without a known disposition.
        columns: the file's column for each quantity; quantities that the file lacks are missing.
        values: the values of those quantities; NaN where a cell has none.
    """

    satellite: Satellite
    names: list[str]
    stars: list[str]
    dispositions: list[Disposition | None]
    columns: Mapping[Quantity, str]
    values: Mapping[Quantity, Floats]

    def __len__(self) -> int:
        return len(self.names)

    def of(self, quantity: Quantity) -> Floats:
        """The values of a quantity, all NaN if the file lacks its column."""
        found = self.values.get(quantity)
        return np.full(len(self), np.nan) if found is None else found

    @property
    def ratio(self) -> Floats:
        """Radius ratio of planet and star."""
        return physics.radius_ratio(self.of(Quantity.RADIUS), self.of(Quantity.STAR_RADIUS))

    @property
    def star_density(self) -> Floats:
        """The density of the star as its own parameters have it."""
        return physics.density_of_star(
            self.of(Quantity.STAR_RADIUS), self.of(Quantity.LOGG), self.of(Quantity.STAR_MASS)
        )

    @property
    def axis(self) -> Floats:
        """a/R* from the period and the density of the star."""
        return physics.axis_from_density(self.of(Quantity.PERIOD), self.star_density)


def read_objects(table: Table, satellite: Satellite) -> ObjectInputs:
    """The inputs of a table. Columns that it lacks are simply absent: the checks say what they miss."""
    info = SATELLITES[satellite]
    columns = {what: name for what, name in COLUMNS[satellite].items() if name in table.columns}
    numbers = table.numbers(list(columns.values()))
    values = {what: np.where(np.isfinite(numbers[:, at]), numbers[:, at], np.nan) for at, what in enumerate(columns)}
    disposition = label_reader(table.layout, info)
    has_label = info.label in table.columns
    return ObjectInputs(
        satellite,
        _texts(table, info.name),
        _texts(table, info.host),
        [disposition(text) for text in table.texts(info.label)] if has_label else [None] * table.row_count,
        columns,
        values,
    )


def _texts(table: Table, column: str) -> list[str]:
    if column not in table.columns:
        return [""] * table.row_count
    return [(text or "").strip() for text in table.texts(column)]
