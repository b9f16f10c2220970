"""The route to a backend and its responses, measured on regular exchanges."""

import math
import time

import pytest

from exoplanet_desktop.client.calls.backend import Backend
from exoplanet_desktop.client.http.heartbeat import Heartbeat
from exoplanet_desktop.client.profiles import route
from exoplanet_desktop.client.profiles.route import route_to
from exoplanet_desktop.errors import AppError, NoAnswer
from exoplanet_desktop.wire.requests import TrainRequest
from tests.reference_server import lab


def test_the_pulse_is_that_of_the_last_exchange(stage, acts):
    lab.mount(stage)
    backend = Backend(stage.base)
    assert backend.http.heartbeat == Heartbeat()
    assert backend.http.heartbeat.age_s == math.inf
    before = time.time()
    backend.uploads()
    heartbeat = backend.http.heartbeat
    assert before <= heartbeat.answered_at <= time.time()
    assert 0 < heartbeat.took_s < 5
    assert not heartbeat.missed
    stage.on("GET", lab.UPLOADS, acts.reset)
    with pytest.raises(NoAnswer):
        backend.uploads()
    assert backend.http.heartbeat == Heartbeat(heartbeat.answered_at, heartbeat.took_s, missed=True)
    stage.on("GET", lab.UPLOADS, acts.Reply("", 404))
    with pytest.raises(AppError):
        backend.uploads()  # a refusal is an answer
    assert not backend.http.heartbeat.missed


def test_an_upload_says_nothing_of_the_line(stage, csv):
    from exoplanet_desktop.wire.vocabulary import Model, Satellite

    lab.mount(stage)
    backend = Backend(stage.base)
    backend.uploads()
    took = backend.http.heartbeat.took_s
    backend.health()
    quick = backend.http.heartbeat.took_s
    backend.train(csv, TrainRequest(Satellite.KOI, Model.XGB))
    assert backend.http.heartbeat.took_s == quick
    assert took is not None


def test_loopback_takes_no_proxy_and_others_do(monkeypatch):
    monkeypatch.setattr(route, "is_public_plain_http", lambda base: False)
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://user:secret@proxy.lab:3128")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    here, there = route_to("http://127.0.0.1:8001"), route_to("https://exo.example.org", "/etc/lab.pem")
    assert (here.is_loopback, here.proxy, here.tls) == (True, "", False)
    assert (there.is_loopback, there.proxy, there.tls, there.ca_file) == (False, "proxy.lab:3128", True, "lab.pem")
    assert "secret" not in repr(there)
    monkeypatch.setenv("no_proxy", "exo.example.org")
    assert route_to("https://exo.example.org").proxy == ""
