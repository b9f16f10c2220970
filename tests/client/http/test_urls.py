from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exoplanet_desktop.client.http.urls import is_loopback, normalise_base, rebase
from exoplanet_desktop.errors import InputError, UnavailableError

BASE = "http://lab.example:8001"


@pytest.mark.parametrize(
    ("typed", "base"),
    [
        ("http://203.0.113.7:8001", "http://203.0.113.7:8001"),
        ("  lab.example:8001/ ", "http://lab.example:8001"),
        ("https://lab.example/exo/", "https://lab.example/exo"),
        ("http://[::1]:8001", "http://[::1]:8001"),
        ("http://lab.example/?a=1#b", "http://lab.example"),
    ],
)
def test_an_address_is_taken_as_people_type_it(typed, base):
    assert normalise_base(typed) == base


@pytest.mark.parametrize(
    "typed",
    ["", "http://", "ftp://lab", "http://lab:99999", "http://lab:x", "lab example", "http://a\\b", "http://[::"],
)
def test_what_is_no_address_is_refused_with_an_example(typed):
    with pytest.raises(InputError, match=r"not the address of a backend.*192.0.2.7"):
        normalise_base(typed)


def test_a_password_in_the_address_is_refused():
    with pytest.raises(InputError, match="token"):
        normalise_base("http://me:secret@lab.example")


@pytest.mark.parametrize(
    ("base", "url", "wanted"),
    [
        (BASE, "http://127.0.0.1:8000/media/a.csv", f"{BASE}/media/a.csv"),
        (BASE, "https://evil.example/media/a.csv?x=1&y=2", f"{BASE}/media/a.csv?x=1&y=2"),
        (BASE, "/media/plots/cm.png", f"{BASE}/media/plots/cm.png"),
        (BASE, "media/plots/cm.png", f"{BASE}/media/plots/cm.png"),
        (BASE, "//evil.example/media/a.csv", f"{BASE}/media/a.csv"),
        (BASE, "http://lab.example:8001@evil.example/a", f"{BASE}/a"),
        (BASE, "http://127.0.0.1:8000/media/a b%20c.csv", f"{BASE}/media/a%20b%20c.csv"),
        ("http://lab/exo", "http://127.0.0.1:8000/media/a.csv", "http://lab/exo/media/a.csv"),
        ("http://lab/exo", "http://lab/exo/media/a.csv", "http://lab/exo/media/a.csv"),
        ("http://lab/exo", "http://lab/exoplanets/a.csv", "http://lab/exo/exoplanets/a.csv"),
    ],
)
def test_addresses_of_replies_come_back_onto_the_base(base, url, wanted):
    assert rebase(base, url) == wanted


@pytest.mark.parametrize(
    "url", ["", "http://evil.example", "/", "/media/../admin", "/media/%2e%2e/admin", "http://[x/a"]
)
def test_an_address_without_a_usable_path_is_refused(url):
    with pytest.raises(UnavailableError, match="invalid address"):
        rebase(BASE, url)


@given(st.text(max_size=60) | st.from_regex(r"(https?:)?[/\\]{0,3}[a-z@:.\\/?#%]{0,30}", fullmatch=True))
def test_no_address_leads_to_another_host(url):
    try:
        result = rebase(BASE, url)
    except UnavailableError:
        return
    assert urlsplit(result)[:2] == urlsplit(BASE)[:2]
    assert result.startswith(f"{BASE}/")
    assert not any(c.isspace() for c in result.partition("?")[0])


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ("http://127.0.0.1:8001", True),
        ("http://localhost", True),
        ("http://[::1]:80", True),
        ("http://127.example.com", False),
        ("http://203.0.113.7", False),
    ],
)
def test_loopback(base, expected):
    assert is_loopback(base) is expected
