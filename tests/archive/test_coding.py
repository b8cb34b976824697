"""Content codings: whole or not at all, and never more than the limit, however it is wrapped."""

import gzip
import zlib

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.coding import MAX_GZIP_MEMBERS, TooLargeError, TruncatedError, decoded, zstd
from archive.errors import CaptureError

LIMIT = 1_000_000
TEXT = "計算資源の使い方を、詳しく説明した。".encode() * 4000


def bare_deflate(data: bytes) -> bytes:
    stream = zlib.compressobj(9, zlib.DEFLATED, -15)
    return stream.compress(data) + stream.flush()


CODERS = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd.compress,
}


@pytest.mark.parametrize("name", CODERS)
def test_a_whole_body_comes_back_and_a_cut_one_never_as_whole(name):
    coded = CODERS[name](TEXT)
    assert decoded(coded, [name], limit=LIMIT) == TEXT
    for length in {1, len(coded) // 3, len(coded) // 2, len(coded) - 9, len(coded) - 1}:
        with pytest.raises((TruncatedError, CaptureError)):
            decoded(coded[:length], [name], limit=LIMIT)


@pytest.mark.parametrize("name", CODERS)
def test_a_body_that_is_cut_in_the_middle_is_called_truncated(name):
    coded = CODERS[name](bytes(range(256)) * 2000)
    with pytest.raises(TruncatedError, match=f"the {name} stream ends after"):
        decoded(coded[: len(coded) * 2 // 3], [name], limit=LIMIT)


@pytest.mark.parametrize("name", CODERS)
def test_a_flipped_byte_never_gives_part_of_a_body(name):
    coded = bytearray(CODERS[name](TEXT))
    for place in range(4, len(coded), max(1, len(coded) // 40)):
        spoilt = bytes(coded[:place]) + bytes([coded[place] ^ 0xFF]) + bytes(coded[place + 1 :])
        try:
            out = decoded(spoilt, [name], limit=LIMIT)
        except CaptureError:
            continue
        assert len(out) >= len(TEXT) or name in ("deflate", "br"), "these two carry no checksum, or a weak one"


@pytest.mark.parametrize("name", CODERS)
def test_a_bomb_stops_at_the_limit(name):
    bomb = CODERS[name](b"\0" * 30_000_000)
    assert len(bomb) < 40_000
    with pytest.raises(TooLargeError, match="more than 1000000 bytes"):
        decoded(bomb, [name], limit=LIMIT)


def test_a_bomb_in_a_bomb_stops_at_the_limit():
    inner = gzip.compress(b"\0" * 30_000_000)
    nested = brotli.compress(zstd.compress(inner))
    with pytest.raises(TooLargeError):
        decoded(nested, ["gzip, zstd", "br"], limit=LIMIT)
    with pytest.raises(TooLargeError, match="4 content codings"):
        decoded(b"x", ["gzip, gzip", "gzip", "br"], limit=LIMIT)


def test_members_without_end_are_a_bomb_too():
    with pytest.raises(TooLargeError, match="members"):
        decoded(gzip.compress(b"") * (MAX_GZIP_MEMBERS + 1), ["gzip"], limit=LIMIT)
    assert decoded(gzip.compress(b"a") + gzip.compress(b"b") + b"\0\0padding", ["gzip"], limit=LIMIT) == b"ab"


def test_a_zstd_window_that_would_fill_the_memory_is_refused():
    options = {zstd.CompressionParameter.window_log: 27, zstd.CompressionParameter.enable_long_distance_matching: 1}
    stream = zstd.ZstdCompressor(options=options)
    coded = stream.compress(b"word " * 100_000) + stream.flush()
    with pytest.raises(CaptureError, match="broken zstd stream"):
        decoded(coded, ["zstd"], limit=LIMIT)


def test_what_servers_really_send_is_read():
    assert decoded(bare_deflate(TEXT), ["deflate"], limit=LIMIT) == TEXT
    assert decoded(b"", ["gzip"], limit=LIMIT) == b""
    assert decoded(b"plain", ["identity", ""], limit=LIMIT) == b"plain"
    with pytest.raises(CaptureError, match="not known"):
        decoded(b"x", ["compress"], limit=LIMIT)


@given(st.binary(max_size=300), st.sampled_from([*CODERS, "x-gzip"]))
def test_no_bytes_raise_anything_else(payload, name):
    try:
        assert len(decoded(payload, [name], limit=1000)) <= 1000
    except CaptureError:
        return
