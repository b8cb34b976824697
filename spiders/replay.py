"""Recorded answers by address: the index behind `--replay`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from archive.errors import AddressError, CaptureError
from archive.urls import canonical_url
from archive.warc import Exchange, WarcPlace, iter_records, read_record


@dataclass(slots=True)
class Replay:
    """Where the newest recorded answer for each address stands; bodies stay in their files."""

    places: Annotated[dict[str, tuple[Path, WarcPlace, str]], "Canonical URL -> file, place, date."]
    newest_at: Annotated[str, "Date of the newest record, UTC."] = "1970-01-01T00:00:00Z"
    limit: int = field(default=10 * 1024 * 1024)

    @classmethod
    def of(cls, files: Sequence[Path], *, limit: int) -> "Replay":
        """Return the index of *files*; raises CaptureError when one of them is no readable WARC file."""
        replay = cls(places={}, limit=limit)
        for path in files:
            is_empty = True
            for record in iter_records(path, limit=limit):
                replay._note(path, record.place, record.exchange)
                is_empty = False
            if is_empty:
                raise CaptureError(f"{path}: holds no HTTP answer")
        return replay

    def answer(self, url: str) -> Exchange | None:
        """Return the newest recorded answer for *url*; None when the files hold none."""
        key = _key(url)
        if key not in self.places:
            return None
        path, place, _ = self.places[key]
        return read_record(path.parent, path.name, place.offset, limit=self.limit).exchange

    def _note(self, path: Path, place: WarcPlace, exchange: Exchange) -> None:
        self.newest_at = max(self.newest_at, exchange.fetched_at)
        key = _key(exchange.url)
        held = self.places.get(key)
        if held is None or held[2] <= exchange.fetched_at:
            self.places[key] = (path, place, exchange.fetched_at)


def _key(url: str) -> str:
    try:
        return canonical_url(url)
    except AddressError:
        return url
