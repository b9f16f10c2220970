import numpy as np
import pytest

from exoplanet_desktop.classify.ubjson import decode


def test_each_kind_of_value_is_read() -> None:
    data = b"{" + b"".join(
        (
            b"i\x01a[i\xffU\xffI\x01\x00l\x00\x01\x00\x00L" + (1).to_bytes(8, "big") + b"]",
            b"i\x01b[#i\x02TF",
            b"i\x01cSi\x02\xc3\xa9",
            b"i\x01d[$d#i\x02\x3f\x80\x00\x00\x40\x00\x00\x00",
            b"i\x01eZ",
            b"i\x01fD\x3f\xf8\x00\x00\x00\x00\x00\x00",
        )
    ) + b"}"  # fmt: skip
    found = decode(data)
    np.testing.assert_array_equal(found.pop("d"), [1.0, 2.0])
    assert found == {"a": [-1, 255, 256, 65536, 1], "b": [True, False], "c": "é", "e": None, "f": 1.5}


def nested(levels: int, begin: bytes, end: bytes) -> bytes:
    return begin * levels + b"T" + end * levels


@pytest.mark.parametrize(("begin", "end"), [(b"[", b"]"), (b"[#i\x01", b""), (b"{i\x01a", b"}")])
def test_twenty_levels_are_read_and_no_more(begin: bytes, end: bytes) -> None:
    decode(nested(20, begin, end))
    with pytest.raises(ValueError, match="nested too deeply"):
        decode(nested(21, begin, end))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "a length reaches behind the end"),
        (b"[", "a length reaches behind the end"),
        (b"TT", "there is something behind the end"),
        (b"Si\x05ab", "a length reaches behind the end"),
        (b"Si\xff", "a length reaches behind the end"),
        (b"Sd\x3f\x80\x00\x00", "a length is no whole number"),
        (b"[$d#i\x02\x3f\x80\x00\x00", "a length reaches behind the end"),
        (b"[$d#i\xff", "a length reaches behind the end"),
        (b"[#l\x7f\xff\xff\xff", "a length reaches behind the end"),
        (b"[$S#i\x01i\x01a", "an array of something other than numbers"),
        (b"[$di\x01", "an array of something other than numbers"),
        (b"x", "unknown kind b'x'"),
    ],
)
def test_what_is_unsound_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        decode(data)
