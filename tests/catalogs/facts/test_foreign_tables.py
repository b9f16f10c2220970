import pytest

from exoplanet_desktop.catalogs.facts.foreign_tables import other_kind


@pytest.mark.parametrize(
    ("columns", "kind"),
    [
        ("pl_name hostname disc_year", "ps"),
        ("pl_name hostname default_flag pl_rade", "ps"),
        ("pl_hostname pl_letter", "planets"),
        ("epic_name k2c_disp", "k2candidates"),
        ("kepid tce_plnt_num", "tce"),
        ("id tce_period tce_depth tce_duration tce_impact tce_prad", "tce"),
        ("kepid teff logg radius", "keplerstellar"),
        ("epic_number kepmag", "k2targets"),
        ("planet_status star_name", "exoplanet.eu"),
        (" ".join(f"flux_{number}" for number in range(20)), "lightcurves"),
        # What could be one of them, but need not be.
        ("pl_name hostname disposition pl_rade", None),
        ("pl_hostname disposition", None),
        ("kepid koi_disposition teff", None),
        ("tce_period tce_depth tce_duration tce_impact", None),
        (" ".join(f"flux_{number}" for number in range(19)), None),
    ],
)
def test_other_tables_are_told_by_columns_that_only_they_have(columns: str, kind: str | None) -> None:
    found = other_kind(frozenset(columns.split()))
    assert (found and found.kind) == kind
