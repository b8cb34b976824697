"""WARC records: what goes in comes out, other tools agree, and a torn tail is cut."""

import gzip
import subprocess
import sys
import zlib
from dataclasses import replace

import brotli
import pytest
from warcio.archiveiterator import ArchiveIterator

from archive.coding import TooLargeError, decoded
from archive.errors import CaptureError
from archive.warc import Earlier, Exchange, WarcWriter, iter_records, payload_digest, read_record
from archive.warc_recovery import cut_torn_tail

EXCHANGE = Exchange(
    url="http://cited.test/ja?q=1",
    fetched_at="2025-11-22T12:00:00Z",
    status=200,
    reason="OK",
    headers=(
        (b"x-MixedCase", b"1"),
        (b"Content-Type", b"text/html"),
        (b"x-mixedcase", "２".encode()),
        (b"Set-Cookie", b"a"),
    ),
    payload="資金調達".encode(),
    request_headers=((b"User-Agent", b"hyperai-archive"),),
    ip_address="192.0.2.7",
)


@pytest.fixture
def writer(tmp_path):
    writer = WarcWriter(tmp_path)
    yield writer
    writer.close()


def test_a_record_comes_back_byte_for_byte(tmp_path, writer):
    first = writer.write_response(EXCHANGE)
    second = writer.write_response(replace(EXCHANGE, url="http://cited.test/b", payload=b"\0" * 70000))
    writer.flush()
    found = read_record(tmp_path, first.file, first.offset)
    assert (found.url, found.status, found.fetched_at, found.body) == (
        EXCHANGE.url,
        200,
        EXCHANGE.fetched_at,
        EXCHANGE.payload,
    )
    assert found.exchange.headers == EXCHANGE.headers
    assert read_record(tmp_path, second.file, second.offset).body == b"\0" * 70000


def test_other_tools_find_every_digest_right(tmp_path, writer):
    place = writer.write_response(EXCHANGE)
    earlier = Earlier(EXCHANGE.url, EXCHANGE.fetched_at, payload_digest(EXCHANGE.payload))
    writer.write_revisit(EXCHANGE, earlier=earlier)
    writer.write_revisit(replace(EXCHANGE, status=304, payload=b""), earlier=earlier)
    writer.close()
    checked = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", str(tmp_path / place.file)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stdout
    with (tmp_path / place.file).open("rb") as stream:
        kinds = [record.rec_type for record in ArchiveIterator(stream)]
    assert kinds == ["warcinfo", "response", "request", "revisit", "request", "revisit", "request"]


def test_chunked_answers_are_read_as_they_were_received(tmp_path, writer):
    place = writer.write_response(
        replace(EXCHANGE, headers=((b"Transfer-Encoding", b"chunked"),), payload=b"5\r\nnot chunked")
    )
    writer.flush()
    assert read_record(tmp_path, place.file, place.offset).body == b"5\r\nnot chunked"


def test_a_full_file_is_followed_by_a_new_one(tmp_path):
    writer = WarcWriter(tmp_path, max_bytes=1000)
    files = [writer.write_response(replace(EXCHANGE, url=f"http://cited.test/{number}")).file for number in range(4)]
    writer.close()
    assert files == sorted(files)
    assert len(set(files)) > 1
    assert sum(1 for path in sorted(tmp_path.iterdir()) for _ in iter_records(path)) == 4


def test_a_later_writer_goes_on_in_the_same_file(tmp_path):
    places = []
    for number in range(2):
        writer = WarcWriter(tmp_path)
        places.append(writer.write_response(replace(EXCHANGE, url=f"http://cited.test/{number}")))
        writer.close()
    assert places[0].file == places[1].file
    assert [record.url for record in iter_records(tmp_path / places[0].file)] == [
        "http://cited.test/0",
        "http://cited.test/1",
    ]


@pytest.mark.parametrize("known", [True, False], ids=["rows know the first record", "no rows"])
def test_a_torn_record_is_cut_and_whole_ones_are_kept(tmp_path, known):
    writer = WarcWriter(tmp_path)
    first = writer.write_response(EXCHANGE)
    whole = writer.write_response(replace(EXCHANGE, url="http://cited.test/2", request_headers=()))
    end = whole.offset + whole.length
    writer.write_response(replace(EXCHANGE, url="http://cited.test/3", payload=bytes(range(256)) * 20))
    writer.close()
    path = tmp_path / first.file
    for cut in range(end + 1, end + 200, 37):
        with path.open("r+b") as stream:
            stream.truncate(max(cut, end))
        ends = {first.file: first.offset + first.length} if known else {}
        assert cut_torn_tail(tmp_path, ends=ends) == cut - end
        assert path.stat().st_size == end
        with path.open("ab") as stream:
            stream.write(b"\x1f\x8b\x08\0" + b"\0" * 300)


def test_a_sound_file_is_left_alone(tmp_path, writer):
    writer.write_response(EXCHANGE)
    writer.close()
    before = next(tmp_path.iterdir()).read_bytes()
    assert cut_torn_tail(tmp_path, ends={}) == 0
    assert next(tmp_path.iterdir()).read_bytes() == before
    assert cut_torn_tail(tmp_path / "nothing here", ends={}) == 0


@pytest.mark.parametrize(
    "content", [b"", b"<html>no WARC</html>", gzip.compress(b"no WARC either")], ids=["empty", "html", "gzip"]
)
def test_what_is_no_warc_file_is_said_in_one_line(tmp_path, content):
    path = tmp_path / "x.warc.gz"
    path.write_bytes(content)
    with pytest.raises(CaptureError, match=r"x\.warc\.gz"):
        list(iter_records(path)) or read_record(tmp_path, path.name, 0)


def test_a_missing_record_is_said(tmp_path, writer):
    place = writer.write_response(EXCHANGE)
    writer.close()
    with pytest.raises(CaptureError):
        read_record(tmp_path, place.file, place.offset + 3)
    with pytest.raises(CaptureError):
        read_record(tmp_path, "other.warc.gz", 0)


BODY = "大規模言語モデル".encode() * 500
RAW_DEFLATE = zlib.compressobj(wbits=-15)


@pytest.mark.parametrize(
    ("codings", "payload"),
    [
        (["gzip"], gzip.compress(BODY)),
        (["x-gzip"], gzip.compress(BODY[:100]) + gzip.compress(BODY[100:])),
        (["deflate"], zlib.compress(BODY)),
        (["deflate"], RAW_DEFLATE.compress(BODY) + RAW_DEFLATE.flush()),
        (["br"], brotli.compress(BODY)),
        (["gzip, br"], brotli.compress(gzip.compress(BODY))),
        (["identity"], BODY),
        ([], BODY),
    ],
    ids=["gzip", "two members", "deflate", "bare deflate", "brotli", "two codings", "identity", "none"],
)
def test_content_codings_are_undone(codings, payload):
    assert decoded(payload, codings, limit=100_000) == BODY


@pytest.mark.parametrize("coding", ["gzip", "br"])
def test_a_bomb_is_stopped_at_the_limit(coding):
    bomb = {"gzip": gzip.compress, "br": brotli.compress}[coding](b"\0" * 5_000_000)
    with pytest.raises(TooLargeError):
        decoded(bomb, [coding], limit=1_000_000)


@pytest.mark.parametrize(
    ("codings", "payload"), [(["gzip"], b"plain"), (["pack200"], b"x"), (["br"], b"\xff\xff\xff\xff")]
)
def test_what_cannot_be_decoded_is_an_error(codings, payload):
    with pytest.raises(CaptureError):
        decoded(payload, codings, limit=1000)
