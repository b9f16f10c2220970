"""Tokens, hosts and origins."""

from typing import Any

import pytest

TOKEN = "a-token-of-enough-length"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory, live_engine: Any) -> Any:
    engine = live_engine(tmp_path_factory.mktemp("guarded"), token=TOKEN)
    yield engine
    engine.stop()


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Basic abc", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", "Bearer é"]
)
@pytest.mark.parametrize("path", ["/api/health", "/api/train", "/media/uploads/a.csv", "/openapi.json", "/nothing"])
def test_without_the_token_there_is_nothing(guarded: Any, path: str, header: str | None) -> None:
    headers = {"Authorization": header.encode() if header is not None else None}
    reply = guarded.get(path, headers=headers)
    assert reply.status_code == 401 and reply.json()["ok"] is False
    assert reply.headers["WWW-Authenticate"] == "Bearer"


def test_with_the_token_all_is_there(guarded: Any) -> None:
    assert guarded.get("/api/health").status_code == 200
    assert guarded.get("/api/health", headers={"Authorization": f"bearer  {TOKEN} "}).status_code == 200


def test_a_large_upload_with_a_wrong_token_gets_its_answer(guarded: Any) -> None:
    reply = guarded.train(csv="1,2,3\n" * 3_000_000, name="big.csv")
    assert reply.status_code == 400
    guarded_reply = guarded.post(
        "/api/train", files={"file": ("big.csv", b"1" * 20_000_000)}, headers={"Authorization": "Bearer wrong"}
    )
    assert guarded_reply.status_code == 401


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "10.0.0.1", "[::2]"])
def test_a_foreign_host_name_is_a_trick(shared_engine: Any, host: str) -> None:
    assert shared_engine.get("/api/health", headers={"Host": host}).status_code == 404


@pytest.mark.parametrize("host", ["a b", "a/b", "a@b", "[", "x" * 5 + "\\"])
def test_a_broken_host_is_wrong_input(shared_engine: Any, host: str) -> None:
    assert shared_engine.get("/api/health", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8001", "127.0.0.1:9", "[::1]:80", "127.1.2.3"])
def test_names_of_this_machine_are_good(shared_engine: Any, host: str) -> None:
    assert shared_engine.get("/api/health", headers={"Host": host}).status_code == 200


def test_behind_a_proxy_the_token_is_what_counts(start_engine: Any) -> None:
    engine = start_engine(token=TOKEN, loopback=False)
    reply = engine.train(csv=engine.csv)
    assert reply.status_code == 202
    assert engine.get("/api/merge", headers={"Host": "lab.example"}).status_code == 200
    merged = engine.post(
        "/api/merge",
        files={"file_a": ("a.csv", engine.csv), "file_b": ("b.csv", engine.csv)},
        headers={"Host": "lab.example"},
    )
    assert merged.json()["merged_url"].startswith("http://lab.example/media/mergefiles/")


def test_a_page_of_another_server_may_not_post_blindly(shared_engine: Any) -> None:
    for origin in ("http://evil.example", "null", "http://127.0.0.1:1"):
        assert shared_engine.post("/api/train", headers={"Origin": origin}).status_code == 401
    assert shared_engine.get("/api/health", headers={"Origin": shared_engine.base}).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 401),
        ({"Sec-Fetch-Site": "same-site"}, 401),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Origin": "http://["}, 401),
    ],
)
def test_what_a_browser_says_of_a_page_is_heeded(shared_engine: Any, headers: dict[str, str], status: int) -> None:
    assert shared_engine.get("/api/health", headers=headers).status_code == status
