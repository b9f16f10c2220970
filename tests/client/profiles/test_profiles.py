"""Backend profiles, and where their tokens are stored."""

import json
import os
import stat
import sys
import types

import pytest

from exoplanet_desktop.client.profiles.profiles import EMBEDDED, Profile, Profiles, backend_of
from exoplanet_desktop.client.profiles.token_store import TokenStore, system_keyring
from exoplanet_desktop.errors import InputError, UnavailableError

LAB = Profile("Lab", "http://lab.example:8001/")
posix = pytest.mark.skipif(os.name != "posix", reason="permissions are of POSIX")


class Keyring:
    """Stands in for a desktop's keyring, which test machines lack."""

    def __init__(self, broken: bool = False) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.broken = broken

    def get_password(self, service: str, key: str) -> str | None:
        self._check()
        return self.kept.get((service, key))

    def set_password(self, service: str, key: str, token: str) -> None:
        self._check()
        self.kept[service, key] = token

    def delete_password(self, service: str, key: str) -> None:
        self._check()
        del self.kept[service, key]

    def _check(self) -> None:
        if self.broken:
            raise RuntimeError("locked")


@pytest.fixture
def profiles(tmp_path) -> Profiles:
    return Profiles(tmp_path, TokenStore(tmp_path, lambda: None))


def again(tmp_path) -> Profiles:
    return Profiles(tmp_path, TokenStore(tmp_path, lambda: None))


def test_the_embedded_engine_is_always_there(profiles):
    assert profiles.all() == (EMBEDDED,)
    profiles.remove(EMBEDDED.name)
    assert profiles.all() == (EMBEDDED,)
    with pytest.raises(InputError, match="is taken"):
        profiles.save(Profile(EMBEDDED.name, "http://x"))
    with pytest.raises(InputError, match="no address of its own"):
        profiles.connect(EMBEDDED)
    assert profiles.token(EMBEDDED) is None


def test_profiles_are_kept_changed_and_removed(profiles, tmp_path):
    kept = profiles.save(LAB)
    assert kept.address == "http://lab.example:8001"
    profiles.save(Profile("Other", "https://other", connect_s=9, silence_s=30))
    assert again(tmp_path).all() == profiles.all()
    assert again(tmp_path).find("Other").silence_s == 30
    profiles.save(Profile("Lab 2", "http://lab2"), replacing="Lab")
    assert [profile.name for profile in again(tmp_path).all()] == [EMBEDDED.name, "Lab 2", "Other"]
    profiles.remove("Lab 2")
    assert [profile.name for profile in again(tmp_path).all()] == [EMBEDDED.name, "Other"]


@pytest.mark.parametrize(
    ("profile", "words"),
    [
        (Profile(" ", "http://x"), "needs a name"),
        (Profile("a" * 81, "http://x"), "needs a name"),
        (Profile("a", "ftp://x"), "not the address"),
        (Profile("a", ""), "not the address"),
        (Profile("a", "http://me:pw@x"), "user name or password"),
        (Profile("a", "http://x", connect_s=0), "Timeouts"),
        (Profile("a", "http://x", silence_s=1e9), "Timeouts"),
        (Profile("a", "http://x", silence_s=float("nan")), "Timeouts"),
        (Profile("a", "https://x", ca_file="/none.pem"), "no CA file"),
        (Profile("a", "https://x", ca_file=__file__), "contains no readable certificate"),
    ],
)
def test_what_cannot_be_used_is_told(profiles, profile, words):
    with pytest.raises(InputError, match=words):
        profiles.save(profile)
    assert profiles.all() == (EMBEDDED,)


def test_the_longest_name_that_is_allowed_is_kept(profiles, tmp_path):
    profiles.save(Profile("a" * 80, "http://x"))
    assert again(tmp_path).find("a" * 80).address == "http://x"


def test_two_backends_cannot_have_one_name(profiles):
    profiles.save(LAB)
    profiles.save(Profile("Other", "http://other"))
    with pytest.raises(InputError, match="already"):
        profiles.save(Profile("Lab", "http://other"), replacing="Other")


def test_timeouts_and_ca_file_reach_the_backend(certificate):
    ca, _ = certificate
    backend = backend_of(Profile("a", "https://x", str(ca), connect_s=3, silence_s=7), "token")
    assert (backend.timeouts.connect_s, backend.timeouts.quick.silence_s) == (3, 7)
    assert backend.http._verify == str(ca)


# A file edited by hand


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"\xff\xfe", b"[]", b"[" * 200_000, b'{"schema_version": 1}',
        b'{"schema_version": 1, "backends": {}}', b'{"schema_version": 99, "backends": []}', b" " * 2_000_000,
    ],
)  # fmt: skip
def test_a_broken_file_is_a_warning_and_no_crash(tmp_path, content):
    (tmp_path / "backends.json").write_bytes(content)
    profiles = again(tmp_path)
    assert profiles.all() == (EMBEDDED,)
    assert "cannot be read" in profiles.warning
    profiles.save(LAB)
    assert (tmp_path / "backends.unreadable.json").read_bytes() == content
    assert again(tmp_path).warning == ""


@pytest.mark.parametrize(
    "bad",
    [
        7, None, {}, {"name": "x"}, {"name": "x", "address": 7}, {"name": "x", "address": "ftp://x"},
        {"name": "x", "address": "http://x", "silence_s": "long"}, {"name": "Lab", "address": "http://x"},
        {"name": EMBEDDED.name, "address": "http://x"},
    ],
)  # fmt: skip
def test_a_bad_entry_is_left_out_and_the_others_stay(tmp_path, bad):
    good = {"name": "Lab", "address": "http://lab", "unknown": 1}
    (tmp_path / "backends.json").write_text(json.dumps({"schema_version": 1, "backends": [good, bad]}))
    profiles = again(tmp_path)
    assert [profile.name for profile in profiles.all()] == [EMBEDDED.name, "Lab"]
    assert "left out" in profiles.warning


def test_a_place_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    profiles = again(tmp_path / "file" / "folder")
    with pytest.raises(UnavailableError, match="cannot be written"):
        profiles.save(LAB)
    assert profiles.all() == (EMBEDDED,)


# Tokens


@posix
def test_without_a_keyring_a_token_lies_in_a_file_of_the_user_alone(profiles, tmp_path):
    profiles.set_token(profiles.save(LAB), " secret-token ")
    assert profiles.token(profiles.find("Lab")) == again(tmp_path).token(profiles.find("Lab")) == "secret-token"
    file = tmp_path / "tokens.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "secret-token" not in (tmp_path / "backends.json").read_text()
    assert "a file that only you can read" in profiles.token_place()
    assert str(file) in profiles.token_place()
    file.chmod(0o644)
    assert "others on this computer can read" in profiles.token_place()
    profiles.set_token(profiles.find("Lab"), "")
    assert profiles.token(profiles.find("Lab")) is None
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backends.json", "tokens.json"]


def test_a_token_stays_with_its_address(profiles):
    profiles.set_token(profiles.save(LAB), "secret")
    renamed = profiles.save(Profile("Renamed", LAB.address), replacing="Lab")
    assert profiles.token(renamed) == "secret"
    moved = profiles.save(Profile("Renamed", "http://elsewhere"), replacing="Renamed")
    assert profiles.token(moved) is None
    profiles.save(Profile("Renamed", LAB.address), replacing="Renamed")
    assert profiles.token(profiles.find("Renamed")) is None


def test_a_keyring_is_used_where_there_is_one(tmp_path):
    keyring = Keyring()
    profiles = Profiles(tmp_path, TokenStore(tmp_path, lambda: keyring))
    profiles.set_token(profiles.save(LAB), "secret")
    assert list(keyring.kept.values()) == ["secret"]
    assert profiles.token(profiles.find("Lab")) == "secret"
    assert "keyring" in profiles.token_place()
    assert not (tmp_path / "tokens.json").exists()
    profiles.remove("Lab")
    assert keyring.kept == {}


def test_a_keyring_that_fails_gives_way_to_the_file(tmp_path):
    tokens = TokenStore(tmp_path, lambda: Keyring(broken=True))
    assert tokens.get("a") is None
    tokens.set("a", "secret")
    assert tokens.get("a") == "secret"
    assert "tokens.json" in tokens.place()
    tokens.remove("a")
    assert tokens.get("a") is None


def test_a_keyring_that_keeps_a_token_is_told(tmp_path):
    keyring = Keyring()
    profiles = Profiles(tmp_path, TokenStore(tmp_path, lambda: keyring))
    profiles.set_token(profiles.save(LAB), "secret")
    keyring.broken = True
    with pytest.raises(UnavailableError, match="may still hold the token"):
        profiles.remove("Lab")
    assert [profile.name for profile in Profiles(tmp_path, TokenStore(tmp_path, lambda: keyring)).all()] == [
        EMBEDDED.name
    ]


@pytest.mark.parametrize("content", ["", "[", "[]", '{"a": 7}'])
def test_a_broken_file_of_tokens_holds_none(tmp_path, content):
    (tmp_path / "tokens.json").write_text(content)
    tokens = TokenStore(tmp_path, lambda: None)
    assert tokens.get("a") is None
    tokens.set("a", "x")
    assert tokens.get("a") == "x"


@pytest.mark.parametrize(("priority", "real"), [(5, True), (1, True), (0.5, False), (0, False), (-1, False)])
def test_only_a_real_keyring_counts(monkeypatch, priority, real):
    module = types.ModuleType("keyring")
    module.get_keyring = lambda: types.SimpleNamespace(priority=priority)
    monkeypatch.setitem(sys.modules, "keyring", module)
    assert (system_keyring() is module) is real


def test_a_keyring_that_is_not_there_or_breaks_is_none(monkeypatch):
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert system_keyring() is None
    broken = types.ModuleType("keyring")

    def fail():
        raise OSError("no bus")

    broken.get_keyring = fail
    monkeypatch.setitem(sys.modules, "keyring", broken)
    assert system_keyring() is None
