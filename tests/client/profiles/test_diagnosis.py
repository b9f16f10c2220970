"""The results of "test connection" with real servers on loopback."""

import socket

import pytest

from exoplanet_desktop.client.calls.backend import Backend
from exoplanet_desktop.client.profiles import diagnosis
from exoplanet_desktop.client.profiles.diagnosis import Finding, diagnose, is_public_plain_http
from exoplanet_desktop.client.profiles.profiles import EMBEDDED, Profile
from exoplanet_desktop.errors import Cancelled

HEALTH = {"ok": True, "name": "exoplanet-desktop", "version": "1.2", "extensions": ["cancel", "async"]}


def at(address: str, **more) -> Profile:
    return Profile("Lab", address, **more)


def test_our_engine_is_known_with_its_extensions(stage, acts):
    stage.on("GET", "/api/health", acts.Reply(HEALTH))
    found = diagnose(at(stage.base), "token")
    assert (found.ok, found.finding) == (True, Finding.ENGINE)
    assert found.sentence == f"exoplanet-desktop 1.2 answers at {stage.base}."
    assert "Extensions: async, cancel." in found.details
    assert found.health.version == "1.2"
    assert 0 < found.answer_s < 10
    assert any("older version, without progress, logs-offset" in detail for detail in found.details)


def test_a_test_ends_at_once_when_it_is_stopped(stage, acts):
    stage.on("GET", "/api/health", acts.silent)
    with pytest.raises(Cancelled):
        diagnose(at(stage.base), should_stop=lambda: bool(stage.requests))


def test_the_embedded_engine_is_asked_where_it_runs(stage, acts):
    stage.on("GET", "/api/health", acts.Reply(HEALTH))
    assert diagnose(EMBEDDED, backend=Backend(stage.base)).finding is Finding.ENGINE
    assert diagnose(EMBEDDED).finding is Finding.BAD_ADDRESS


def test_a_reference_backend_is_known(replay, stage):
    replay("uploads_list")
    found = diagnose(at(stage.base))
    assert (found.ok, found.finding) == (True, Finding.REFERENCE)
    assert "has no extensions" in found.sentence


def test_any_other_server_is_none(stage, acts):
    page = acts.Reply("<html><h1>It works!</h1></html>", content_type="text/html")
    for path in ("/api/health", "/api/get-uploads-file", "/api/merge"):
        stage.on("GET", path, page)
    found = diagnose(at(stage.base))
    assert (found.ok, found.finding) == (False, Finding.OTHER_SERVER)
    assert "not an exoplanet backend" in found.sentence


def test_an_empty_server_is_none(stage):
    found = diagnose(at(stage.base))
    assert (found.ok, found.finding) == (False, Finding.OTHER_SERVER)


def test_a_redirect_is_told_and_not_followed(stage, stages, acts):
    other = stages()
    for path in ("/api/health", "/api/get-uploads-file", "/api/merge"):
        stage.on("GET", path, acts.Reply("", 302, headers={"Location": f"{other.base}{path}"}))
    found = diagnose(at(stage.base), "secret")
    assert (found.ok, found.finding) == (False, Finding.OTHER_SERVER)
    assert other.base in found.sentence
    assert other.requests == []


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_backend_in_trouble_is_told(stage, acts, status):
    stage.on("GET", "/api/health", acts.Reply("", status))
    found = diagnose(at(stage.base))
    assert (found.ok, found.finding) == (False, Finding.TROUBLE)


@pytest.mark.parametrize(("token", "words"), [(None, "requires a token"), ("wrong", "does not accept this token")])
def test_a_token_that_is_wanted_or_wrong_is_told(stage, acts, token, words):
    stage.on("GET", "/api/health", acts.Reply({"ok": False, "error": "no"}, 401))
    found = diagnose(at(stage.base), token)
    assert (found.ok, found.finding) == (False, Finding.WANTS_TOKEN)
    assert words in found.sentence


def test_nobody_there_and_no_http_there_are_told(stage, acts):
    found = diagnose(at("http://127.0.0.1:1"))
    assert (found.ok, found.finding) == (False, Finding.NO_ANSWER)
    assert "Nothing listens" in found.sentence
    stage.on("GET", "/api/health", acts.no_http)
    assert diagnose(at(stage.base)).finding is Finding.NO_ANSWER


def test_a_server_that_says_nothing_is_told_within_its_time(stage, acts):
    stage.on("GET", "/api/health", acts.silent)
    found = diagnose(at(stage.base, silence_s=1))
    assert (found.ok, found.finding) == (False, Finding.NO_ANSWER)
    assert "sent nothing for 1 s" in found.sentence


@pytest.mark.parametrize(
    "profile", [at("nonsense://x"), at(""), at("https://x", ca_file="/none.pem"), at("http://a b")]
)
def test_a_profile_that_cannot_be_used_is_told(profile):
    found = diagnose(profile)
    assert (found.ok, found.finding) == (False, Finding.BAD_ADDRESS)


def test_a_certificate_that_is_not_trusted_is_told_and_https_is_proposed(tls_stage):
    found = diagnose(at(tls_stage.base))
    assert (found.ok, found.finding) == (False, Finding.NO_ANSWER)
    assert "is not trusted" in found.sentence
    found = diagnose(at(tls_stage.base.replace("https", "http")))
    assert (found.ok, found.finding) == (False, Finding.SPEAKS_TLS)
    assert tls_stage.base in found.sentence
    assert tls_stage.requests == []


def test_a_ca_file_of_the_lab_makes_it_trusted(tls_stage, acts):
    tls_stage.on("GET", "/api/health", acts.Reply(HEALTH))
    assert diagnose(at(tls_stage.base, ca_file=str(tls_stage.certificate))).finding is Finding.ENGINE


def test_https_to_a_server_without_it_is_told(stage):
    found = diagnose(at(stage.base.replace("http", "https")))
    assert (found.ok, found.finding) == (False, Finding.NO_ANSWER)
    assert "http" in found.sentence


@pytest.mark.parametrize(
    ("base", "public"),
    [
        ("http://203.190.12.138:8001", True),
        ("https://203.190.12.138:8001", False),
        ("http://192.168.1.7:8001", False),
        ("http://10.0.0.1", False),
        ("http://127.0.0.1:8001", False),
        ("http://[::1]:8001", False),
        ("http://[fd00::1]", False),
        ("http://[2600::1]", True),
        ("http://localhost", False),
        ("http://labserver:8001", False),
        ("http://lab.local", False),
    ],
)
def test_what_is_public_and_plain(base, public):
    assert is_public_plain_http(base) is public


def test_a_name_is_looked_up(monkeypatch):
    def answer(address):
        return lambda *args, **kwargs: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0))]

    monkeypatch.setattr(socket, "getaddrinfo", answer("10.1.1.1"))
    assert not is_public_plain_http("http://exo.example.org")
    monkeypatch.setattr(socket, "getaddrinfo", answer("93.184.216.34"))
    assert is_public_plain_http("http://exo.example.org")


def test_plain_http_to_a_public_address_is_pointed_out(stage, acts, monkeypatch):
    stage.on("GET", "/api/health", acts.Reply(HEALTH))
    monkeypatch.setattr(diagnosis, "is_public_plain_http", lambda base: True)
    assert any("the token can be read" in detail for detail in diagnose(at(stage.base), "t").details)
