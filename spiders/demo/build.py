"""Writes the demo world as one WARC file, with warcio: a replay has to read what other tools write."""

import io
import uuid
from datetime import datetime
from http import HTTPStatus
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from spiders.demo.world import Answer, read_answers

FILE_NAME = "demo-world.warc.gz"
WARCINFO = {
    "software": "hyperai-archive demo",
    "format": "WARC File Format 1.1",
    "description": "Invented pages for trying the archive without a network",
}


def build_world(folder: Path) -> Path:
    """Write the demo world into *folder* (made when missing) and return the WARC file, replacing an earlier one.

    Record ids are derived from address and time, so that the file is the same in every build.
    """
    answers = read_answers()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE_NAME
    with path.open("wb") as out:
        writer = WARCWriter(out, gzip=True, warc_version="1.1")
        _write_info(writer, at=answers[0].at)
        for answer in answers:
            _write_answer(writer, answer)
    return path


def _write_info(writer: WARCWriter, *, at: datetime) -> None:
    record = writer.create_warcinfo_record(FILE_NAME, WARCINFO)
    record.rec_headers.replace_header("WARC-Date", _stamp(at))
    record.rec_headers.replace_header("WARC-Record-ID", _record_id(FILE_NAME))
    writer.write_record(record)


def _write_answer(writer: WARCWriter, answer: Answer) -> None:
    status = f"{answer.status} {HTTPStatus(answer.status).phrase}"
    headers = [*answer.headers, ("Content-Length", str(len(answer.body)))]
    record = writer.create_warc_record(
        answer.url,
        "response",
        payload=io.BytesIO(answer.body),
        length=len(answer.body),
        http_headers=StatusAndHeaders(status, headers, protocol="HTTP/1.1"),
        warc_headers_dict={
            "WARC-Date": _stamp(answer.at),
            "WARC-Record-ID": _record_id(f"{answer.url} {_stamp(answer.at)}"),
        },
    )
    writer.write_record(record)


def _stamp(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _record_id(name: str) -> str:
    return f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, name)}>"
