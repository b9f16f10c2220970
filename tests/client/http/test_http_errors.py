import errno
import json
import socket
import ssl

import pytest
import requests
from urllib3.exceptions import MaxRetryError, NameResolutionError, NewConnectionError, ProtocolError, ReadTimeoutError

from exoplanet_desktop.client.http.http_client import HttpClient
from exoplanet_desktop.client.http.http_errors import error_for, readable, translated
from exoplanet_desktop.errors import (
    InputError,
    NoAnswer,
    NoModel,
    NotAllowed,
    NotFound,
    TooLarge,
    TooMany,
    UnavailableError,
    UnreadableFile,
    WrongType,
)

BASE = "http://lab.example:8001"
TRACEBACK = "Traceback (most recent call last):\n  File \"x.py\", line 1, in f\nKeyError: 'koi_period'\n"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"ok": false, "error": "No such job"}', "No such job"),
        (b'{"detail": "Method \\"GET\\" not allowed."}', 'Method "GET" not allowed.'),
        (b'{"detail": [{"loc": ["body", "file"], "msg": "Field required"}]}', "Field required"),
        (b'"just a text"', "just a text"),
        (b"Job not found", "Job not found"),
        (b"<!DOCTYPE html>\n<html><title>t</title><h1>Page not <i>found</i> (404)</h1></html>", "Page not found (404)"),
        (b"<html><head><title>502 Bad Gateway</title></head></html>", "502 Bad Gateway"),
        (b"<html><script>alert(1)</script><p>Down &amp; out</p></html>", "Down & out"),
        (TRACEBACK.encode(), "KeyError: 'koi_period'"),
        (b"", ""),
        (b"{}", ""),
        (b"null", ""),
        (b"\x00\x01\xff\xfe", ""),
        (b"[" * 100_000, "[" * 299 + "…"),
        (b"x" * 5000, "x" * 299 + "…"),
        ("\u202egnp.exe\nsecond line".encode(), "gnp.exe"),
    ],
)
def test_any_error_body_has_one_readable_reason(body, reason):
    assert readable(body) == reason


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (400, b'{"ok": false, "error": "Invalid model"}', InputError, "could not work: Invalid model."),
        (401, b"", NotAllowed, "does not accept this token"),
        (403, b"<html>Forbidden</html>", NotAllowed, "does not accept this token"),
        (404, b"Job not found", NotFound, "Job not found"),
        (413, b"", TooLarge, "smaller file"),
        (415, b"{}", WrongType, "a .csv file"),
        (429, b"", TooMany, "Wait a minute"),
        (405, b"", InputError, "HTTP 405"),
        (500, b'{"ok": false, "error": "No columns to parse from file"}', UnavailableError, "No columns to parse"),
        (503, b"<html><title>Busy</title></html>", UnavailableError, "Busy"),
        (400, b'{"error": "Missing artifact(s): a.joblib in /srv"}', NoModel, "Train one first"),
        (400, b'{"error": "x", "code": "no_model"}', NoModel, "Train one first"),
        (422, b'{"error": "x", "code": "unreadable_file"}', UnreadableFile, "x"),
        (500, b'{"error": "x", "code": "input"}', UnavailableError, "x"),
        (302, b"", UnavailableError, "redirects to http://evil.example; redirects are not followed"),
    ],
)
def test_each_status_becomes_its_error_in_words(status, body, kind, words):
    error = error_for(status, body, BASE, "work", had_token=True, location="http://evil.example/x")
    assert type(error) is kind
    assert words in str(error)
    assert "\n" not in str(error)


def test_a_sentence_of_our_own_engine_stands_alone():
    sentence = "There is no KOI model of this kind yet. Train one first."
    assert str(error_for(404, f'{{"error": "{sentence}"}}'.encode(), BASE, "work", had_token=False)) == sentence


def test_without_a_token_the_user_is_asked_for_one():
    assert "requires a token" in str(error_for(401, b"", BASE, "work", had_token=False))


def new_connection(cause: OSError) -> requests.ConnectionError:
    low = NewConnectionError(None, "failed")
    low.__cause__ = cause
    return requests.ConnectionError(MaxRetryError(None, "/", low))


@pytest.mark.parametrize(
    ("raised", "kind", "words"),
    [
        (new_connection(ConnectionRefusedError()), NoAnswer, "Nothing listens at http://lab.example:8001"),
        (new_connection(OSError(errno.EHOSTUNREACH, "x")), NoAnswer, "no network route to “lab.example”"),
        (
            requests.ConnectionError(MaxRetryError(None, "/", NameResolutionError("lab", None, socket.gaierror()))),
            NoAnswer,
            "no computer named “lab.example”",
        ),
        (requests.ConnectTimeout(), NoAnswer, "does not answer"),
        (requests.ReadTimeout(), NoAnswer, "sent nothing for 7 s"),
        (ReadTimeoutError(None, "/", "x"), NoAnswer, "sent nothing for 7 s"),
        (requests.exceptions.ProxyError(), NoAnswer, "proxy"),
        (requests.exceptions.SSLError(ssl.SSLError(1, "CERTIFICATE_VERIFY_FAILED")), NoAnswer, "is not trusted"),
        (requests.exceptions.SSLError("certificate has expired CERTIFICATE_VERIFY_FAILED"), NoAnswer, "has expired"),
        (requests.exceptions.SSLError(ssl.SSLError(1, "[SSL] WRONG_VERSION_NUMBER")), NoAnswer, "not speak HTTPS"),
        (requests.ConnectionError(ProtocolError("x", ConnectionResetError())), NoAnswer, "was interrupted"),
        (requests.exceptions.ChunkedEncodingError(), NoAnswer, "was interrupted"),
        (requests.exceptions.ContentDecodingError(), NoAnswer, "cannot be decompressed"),
        (requests.exceptions.InvalidURL(), InputError, "not a valid address"),
    ],
)
def test_each_failure_of_the_network_has_its_own_words(raised, kind, words):
    with pytest.raises(kind, match=r"\.$") as caught, translated(BASE, "work", 7):
        raise raised
    assert words in str(caught.value)


@pytest.mark.parametrize(("size", "told"), [(500_000, True), (600_000, False)])
def test_of_an_error_half_a_mebibyte_is_read(stage, acts, size, told):
    """The reason at the end of a longer one, such as a page of debugging, is not waited for."""
    body = json.dumps({"locals": "x" * size, "error": "The catalog is empty."})
    stage.on("GET", "/api/merge", acts.Reply(body, 400))
    with pytest.raises(InputError) as caught:
        HttpClient(stage.base).exchange("GET", f"{stage.base}/api/merge", "list merged files")
    assert ("The catalog is empty." in str(caught.value)) is told
    assert len(str(caught.value)) < 1000
