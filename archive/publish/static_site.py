"""The whole reading site as files for any static host, or to be opened from disk: written anew only where it changed.

Every file is replaced whole, pages before the lists that lead to them; what has left the archive is removed last.
A run that is stopped leaves a site of whole files, and the next one finishes it.
"""

import asyncio
import hashlib
import json
import re
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
from datasette import Request

from archive import __version__
from archive.errors import ExportError
from archive.export import whole_file
from archive.progress import counted
from archive.publish import static_pages
from archive.publish.freshness import own_files
from archive.publish.listing import read_month, read_months
from archive.publish.site import make_datasette
from archive.publish.static_pages import LIST_OF_ALL, as_file, file_of, is_exported, own_links
from archive.publish.words import Words
from archive.settings import Config
from archive.store import open_store

MANIFEST = ".archive-site.json"
OWN = "http://archive.example"  # what the site is called while it is read
_PART_OF_ARTICLE = re.compile(r"(/article/\d+)/(?:state|changes)/[\d/]+")
_ARTICLE = re.compile(r"/article/\d+")
_LIST = re.compile(rf"{LIST_OF_ALL}(/[\w-]+)?")
_OWN = re.compile(rf"{OWN}[^\s\"'<>]*")
HERE = Path(__file__).parent


@dataclass(slots=True)
class Report:
    """What an export came to."""

    n_pages: int = 0
    n_written: int = 0
    n_removed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """How a site is exported: the interface's language, where it will stand ("" for anywhere), with data or not."""

    ui: str = "en"
    public_url: str = ""
    with_data: bool = False


@dataclass(slots=True)
class _Page:
    """A page as the last export left it: its file, what it said, and which pages it alone led to."""

    file: str
    key: str
    links: list[str] = field(default_factory=list)


def publish_site(config: Config, folder: Path, choices: Choices) -> Report:
    """Write the reading site of the archive config.db to *folder* and return what that came to.

    Raises ExportError when *folder* holds something else, or cannot be written; what make_datasette() raises.
    """
    held = _read_manifest(folder)
    export = _Export(replace(config, public_url="", allow_sql=False), folder, choices, held)
    try:
        asyncio.run(export.run())
    except OSError as error:
        raise ExportError(f"{error.filename or folder} cannot be written: {error.strerror or error}") from error
    return export.report


class _Export:
    """One run."""

    def __init__(self, config: Config, folder: Path, choices: Choices, held: dict[str, Any]) -> None:
        self._datasette = make_datasette(config, is_static=True)
        self._config = config
        self._folder = folder
        self._choices = choices
        self._release = hashlib.sha256(
            repr((__version__, config.title, choices, sorted(own_files()))).encode()
        ).hexdigest()
        known = held.get("pages", {}) if held.get("release") == self._release else {}
        self._known = {address: _Page(*page) for address, page in known.items()}
        self._files = {page[0] for page in held.get("pages", {}).values()}
        self._pages: dict[str, _Page] = {}
        self._unchanged: set[str] = set()  # articles, and with them their states and what changed between these
        self._words = Words(choices.ui)
        self.report = Report()

    async def run(self) -> None:
        """Write what changed: the many first, what lists them last."""
        seeds = list(self._seeds())
        transport = httpx.ASGITransport(app=self._datasette.app())
        headers = {"accept-language": self._choices.ui, "host": "archive.example"}
        async with httpx.AsyncClient(transport=transport, base_url=OWN, headers=headers) as client:
            waiting = deque(counted(seeds, "pages", total=len(seeds)))
            seen = set(seeds)
            while waiting:
                page = await self._export(client, waiting.popleft())
                fresh = [link for link in page.links if link not in seen] if page else []
                seen.update(fresh)
                waiting.extend(fresh)
        await self._write_lists()
        self._copy_static()
        self._write_manifest()
        self._remove_others()

    def _seeds(self) -> Iterable[str]:
        with open_store(self._config.db, read_only=True) as store:
            yield from (f"/article/{row[0]}" for row in store.connection.execute("SELECT id FROM articles ORDER BY id"))
        if self._choices.public_url:
            yield from ("/latest.atom", "/latest.feed.json")
        yield "/"

    async def _export(self, client: httpx.AsyncClient, address: str) -> _Page | None:
        """Bring the file of one page up to date; None when there is no such page."""
        key, known = "", self._known.get(address)
        part = _PART_OF_ARTICLE.fullmatch(address)
        if part and known and part[1] in self._unchanged and (self._folder / known.file).exists():
            return self._note(address, known)
        if _ARTICLE.fullmatch(address):
            key = hashlib.sha256((await client.get(f"{address}.json")).content).hexdigest()
            if known and known.key == key and (self._folder / known.file).exists():
                self._unchanged.add(address)
                return self._note(address, known)
        answer = await client.get(address)
        if answer.status_code != 200:
            return None
        page = _Page(file_of(address), key)
        if "html" in answer.headers["content-type"]:
            links = dict.fromkeys(link for link in own_links(answer.text) if self._is_held(link))
            page.links = [link for link in links if not static_pages.comes_by_itself(link)]
            text = as_file(
                answer.text,
                address,
                held=self._is_held,
                all_articles=self._words("All articles"),
                wishes=_wishes(answer),
            )
        else:
            text = self._with_public_addresses(answer.text)
        self._write(page.file, text)
        return self._note(address, page)

    def _note(self, address: str, page: _Page) -> _Page:
        self._pages[address] = page
        self.report.n_pages += 1
        return page

    def _is_held(self, address: str) -> bool:
        by_itself = _LIST.fullmatch(address) is not None or address.startswith("/static/")
        return by_itself or is_exported(address, with_data=self._choices.with_data)

    async def _write_lists(self) -> None:
        """Write what stands for the search: every article by month."""
        with open_store(self._config.db, read_only=True) as store:
            months = read_months(store.connection)
            await self._write_list(LIST_OF_ALL, {"months": months})
            for month, _ in months:
                entries = read_month(store.connection, month)
                await self._write_list(f"{LIST_OF_ALL}/{month or 'undated'}", {"month": month, "entries": entries})

    async def _write_list(self, address: str, context: dict[str, Any]) -> None:
        request = Request.fake(address)  # Datasette's own templates ask for one
        request.scope["headers"] = [(b"accept-language", self._choices.ui.encode()), (b"host", b"archive.example")]
        request.scope["csrftoken"] = str
        text = await self._datasette.render_template("site/all_articles.html", {"page": context}, request=request)
        file = file_of(address)
        self._write(file, as_file(text, address, held=self._is_held, all_articles=self._words("All articles")))
        self._note(address, _Page(file, ""))

    def _copy_static(self) -> None:
        for path in (HERE / "static").iterdir():
            address = f"/static/{path.name}"
            self._write(file_of(address), path.read_text(encoding="utf-8"))
            self._note(address, _Page(file_of(address), ""))

    def _with_public_addresses(self, text: str) -> str:
        site = self._choices.public_url.rstrip("/")
        for link in sorted(set(_OWN.findall(text)), key=len, reverse=True):
            address = link.removeprefix(OWN) or "/"
            text = text.replace(link, f"{site}/{file_of(address)}" if self._is_held(address) else f"{site}/")
        return text

    def _write(self, file: str, text: str) -> None:
        path = self._folder / file
        with suppress(OSError):
            if path.read_bytes() == text.encode():
                return
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.part")
        part.write_bytes(text.encode())
        part.replace(path)  # not synced one by one: the next run writes what a power cut lost
        self.report.n_written += 1

    def _write_manifest(self) -> None:
        pages = {address: [page.file, page.key, page.links] for address, page in self._pages.items()}
        held = {"release": self._release, "pages": pages}
        with whole_file(self._folder / MANIFEST) as out:
            json.dump(held, out, ensure_ascii=False)

    def _remove_others(self) -> None:
        for file in self._files - {page.file for page in self._pages.values()}:
            with suppress(FileNotFoundError):
                (self._folder / file).unlink()
                self.report.n_removed += 1


def _read_manifest(folder: Path) -> dict[str, Any]:
    """Return what the last export left in *folder*; empty when it is new."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        found: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        if any(folder.iterdir()):
            raise ExportError(
                f"{folder} holds something else; name a new folder, or one of an earlier export"
            ) from None
        with whole_file(folder / MANIFEST) as out:  # from here on it is ours, also when we are stopped
            out.write("{}")
        return {}
    except OSError as error:
        raise ExportError(f"{folder} cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise ExportError(f"{folder / MANIFEST} is damaged; remove the folder and export again") from error
    return found


def _wishes(answer: httpx.Response) -> list[tuple[str, str]]:
    named = {"x-robots-tag": "robots", "tdm-reservation": "tdm-reservation"}
    return [(named[name], answer.headers[name]) for name in named if name in answer.headers]
