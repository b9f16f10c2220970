"""Incoming names, and what becomes of them."""

import pytest

from exoplanet_desktop.errors import InputError, NotFound, shown
from exoplanet_desktop.server import names

ATTACKS = [
    "",
    ".",
    "..",
    "../secret.csv",
    "..\\secret.csv",
    "/etc/passwd",
    "C:\\secret.csv",
    "C:secret.csv",
    "uploads/../../secret.csv",
    "a/b.csv",
    "a\x00.csv",
    "a\n.csv",
    ".hidden.csv",
    "-rf.csv",
    "con.csv",
    "COM1.csv",
    "aux",
    "nul .csv",
    "a.csv.",
    "a.csv ",
    "a:stream.csv",
    "a*.csv",
    "e\u0301.csv",  # decomposed: a different name on another system
    "x" * 250 + ".csv",
]


@pytest.mark.parametrize("name", ATTACKS)
def test_what_is_no_plain_name_is_refused(name: str) -> None:
    assert not names.is_good(name)
    with pytest.raises(InputError, match="cannot be a file name"):
        names.check_name(name)
    with pytest.raises(NotFound):
        names.split_media(f"uploads/{name}")


@pytest.mark.parametrize("name", ["a.csv", "KOI (1) + 2.csv", "merged__a__b__20261123-143543.csv", "Exoplanètes.csv"])
def test_plain_names_are_taken(name: str) -> None:
    assert names.check_name(name) == name
    assert names.split_media(f"uploads/{name}") == ("uploads", name)
    assert names.split_reference(name) == (("uploads", "mergefiles"), name)
    assert names.split_reference(f"mergefiles/{name}") == (("mergefiles",), name)


@pytest.mark.parametrize("name", [*ATTACKS, "koi_train.csv", "data\\koi.CSV", "C:\\x\\y.csv", "..csv", "(", "   .csv"])
def test_every_upload_gets_a_good_name(name: str) -> None:
    assert names.is_good(f"{names.clean_stem(name)}__0123456789ab.csv")


@pytest.mark.parametrize(
    ("name", "stem"), [("koi_train.csv", "koi_train"), ("a/b/koi.CSV", "koi"), ("..\\k2 (1).csv", "k2 (1)")]
)
def test_a_stem_is_what_the_user_knows(name: str, stem: str) -> None:
    assert names.clean_stem(name) == stem


def test_a_digest_is_no_part_of_the_users_name() -> None:
    assert names.plain_stem("koi__0123456789ab") == "koi"
    assert names.plain_stem("koi__2026") == "koi__2026"


@pytest.mark.parametrize("reference", ["models/a.csv", "logs/a.csv", "a.txt", "uploads/a/b.csv", "engine.sqlite3"])
def test_only_csv_files_of_two_folders_can_be_named(reference: str) -> None:
    with pytest.raises(InputError):
        names.split_reference(reference)


def test_shown_text_is_short_and_clean() -> None:
    assert shown("a\nb\x00") == "a?b?"
    assert shown("x" * 100) == "x" * 60 + "…"
