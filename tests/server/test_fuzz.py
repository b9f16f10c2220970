"""Whatever it receives, the engine never answers 500 and never drops the connection."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

WORDS = st.one_of(
    st.sampled_from(["KOI", "xgb", "true", "0", "-1", "1e9", "vetted", "../x.csv", "a.csv", "NaN", ""]),
    st.text(max_size=20),
)
FIELDS = st.sampled_from(
    [
        *("satellite", "model", "model_type", "features", "balance", "sentinel", "data_path", "merge_token"),
        *("from_csv_range", "to_csv_range", "from_row", "results_limit", "explain", "async", "model_version"),
        *("file", "file_a", "file_b", "dedupe", "output_name"),
    ]
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=10)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=5,
)
POSTS = st.sampled_from(["/api/train", "/api/predict", "/api/merge", "/api/merge-train"])
CSV = st.one_of(st.binary(max_size=200), st.text(alphabet='a,;"\n1#\x00é', max_size=100).map(str.encode))
SETTINGS = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@SETTINGS
@given(path=POSTS, body=st.dictionaries(FIELDS, st.one_of(WORDS, JSON), max_size=6))
def test_json_bodies(shared_engine: Any, path: str, body: dict[str, Any]) -> None:
    assert shared_engine.post(path, json=_speakable(body)).status_code < 500


def _speakable(value: Any) -> Any:
    """The value without NaN, which `requests` refuses to send."""
    if isinstance(value, dict):
        return {key: _speakable(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_speakable(part) for part in value]
    return None if isinstance(value, float) and (value != value or abs(value) == float("inf")) else value


@SETTINGS
@given(
    path=POSTS,
    fields=st.dictionaries(FIELDS, WORDS, max_size=5),
    content=CSV,
    name=st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12),
)
def test_multipart_bodies(shared_engine: Any, path: str, fields: dict[str, str], content: bytes, name: str) -> None:
    uploads = dict.fromkeys(("file", "file_a", "file_b", "file_a_file", "file_b_file"), (f"{name}.csv", content))
    assert shared_engine.post(path, data=fields, files=uploads).status_code < 500


@SETTINGS
@given(body=st.binary(max_size=300), kind=st.sampled_from(["multipart/form-data; boundary=b", "application/json", "b"]))
def test_raw_bodies(shared_engine: Any, body: bytes, kind: str) -> None:
    headers = {"Content-Type": kind}
    body = body.replace(b"B", b"\r\n--b\r\nContent-Disposition: form-data; name=file; filename=a.csv\r\n\r\n")
    assert shared_engine.post("/api/train", data=body, headers=headers).status_code < 500


@SETTINGS
@given(
    path=st.sampled_from(["/media/", "/api/train/", "/api/merge/", "/"]),
    rest=st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20),
    query=st.dictionaries(st.sampled_from(["tail", "offset", "limit"]), WORDS, max_size=2),
    method=st.sampled_from(["GET", "HEAD", "DELETE", "OPTIONS", "PATCH"]),
)
def test_addresses(shared_engine: Any, path: str, rest: str, query: dict[str, str], method: str) -> None:
    params = {key: value.encode("utf-8", "replace") for key, value in query.items()}
    assert shared_engine.call(method, path + rest, params=params).status_code < 500
