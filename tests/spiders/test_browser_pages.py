"""Pages that only scripts make, in a real Chromium: read as shown, captured twice; no byte leaves past the guard."""

import os
import shutil
import socket
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from archive.records import Source
from archive.store import open_store
from archive.store.sources import put_sources
from archive.verify import verify
from spiders.commands.reparse import run_reparse
from tests.spiders.conftest import article_page

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
pytest.importorskip("playwright.async_api", reason="pip install playwright (no browser download needed)")
needs_chromium = pytest.mark.skipif(
    not shutil.which(CHROMIUM),
    reason=f"no Chromium at {CHROMIUM}: apt-get update && apt-get install -y chromium (or set CHROMIUM)",
)
HEAD = '<head><title>…</title><script src="/app.js"></script></head>'
SHELL = f'<html lang="ja">{HEAD}<body><div id="root"></div></body></html>'
APP = """
addEventListener("DOMContentLoaded", async () => {
  const answer = await fetch("/api/page.json");
  document.documentElement.innerHTML = (await answer.json()).html;
});
"""


@pytest.fixture
def shell(site):
    """cited.test/a is a shell whose script brings its text; its source is marked."""
    put_json(site, article_page("台本で書かれた出典", suffix=""))
    site.world.put("cited.test", "/a", SHELL)
    site.world.put("cited.test", "/app.js", APP, content_type="text/javascript")
    with open_store(site.config.db) as store:
        put_sources(store, [Source(key="cited.test", browser=True)])
    site.config = replace(site.config, browser=CHROMIUM, timeout_s=20.0)
    return site


def put_json(site, html: str) -> None:
    import json

    site.world.put("cited.test", "/api/page.json", json.dumps({"html": html}), content_type="application/json")


def captures(site):
    rows = site.rows("SELECT record_type, outcome, detail FROM captures WHERE url = 'http://cited.test/a' ORDER BY id")
    return [tuple(row.values()) for row in rows]


@needs_chromium
def test_a_page_is_read_as_shown_and_both_are_captured(shell):
    assert shell.crawl().cited["ok"] == 3
    rows = shell.rows("SELECT title, text FROM articles WHERE url = 'http://cited.test/a'")
    assert rows[0]["title"] == "台本で書かれた出典"
    assert "研究者たち" in rows[0]["text"]
    assert captures(shell) == [("response", "shell", "read as a browser shows it"), ("conversion", "ok", None)]
    folder = Path(f"{shell.config.db}.captures")
    with next(folder.glob("*.warc.gz")).open("rb") as stream:
        headers = [record.rec_headers for record in ArchiveIterator(stream)]
    wanted = [each for each in headers if each.get_header("WARC-Target-URI") == "http://cited.test/a"]
    found = {each.get_header("WARC-Type"): each for each in wanted}
    assert found["conversion"].get_header("WARC-Refers-To") == found["response"].get_header("WARC-Record-ID")
    with open_store(shell.config.db, read_only=True) as store:
        assert not verify(store, folder).faults
    before = shell.rows("SELECT title, text, n_revisions FROM articles ORDER BY id")
    assert not run_reparse(shell.config).fields
    assert shell.rows("SELECT title, text, n_revisions FROM articles ORDER BY id") == before
    agents = {asked.headers["User-Agent"] for asked in shell.world.asked if asked.path in ("/app.js", "/api/page.json")}
    assert len(agents) == 1
    assert agents.pop().startswith("hyperai-archive/")


@needs_chromium
def test_only_sources_that_are_marked_meet_the_browser(shell):
    shell.world.put("third.test", "/here", SHELL)
    shell.world.put("third.test", "/app.js", APP, content_type="text/javascript")
    shell.crawl()
    assert "/app.js" not in shell.world.paths("third.test")


class Ear:
    """A port on loopback that notes every connection: the inside of a network."""

    def __init__(self) -> None:
        self.heard = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> "Ear":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _listen(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.heard += 1
            client.close()


ATTACK = """
const inside = "127.0.0.1:PORT", named = "localhost:PORT";
for (const host of [inside, named, "[::1]:PORT", "10.0.0.7", "unknown.test"]) {
  fetch(`http://${host}/fetch`, {mode: "no-cors"}).catch(() => {});
  fetch(`http://${host}/post`, {method: "POST", body: "x", mode: "no-cors"}).catch(() => {});
  navigator.sendBeacon(`http://${host}/beacon`, "x");
  try { new WebSocket(`ws://${host}/socket`); } catch (error) {}
  try { new EventSource(`http://${host}/events`); } catch (error) {}
  const add = (tag, values) => document.head.append(Object.assign(document.createElement(tag), values));
  add("script", {src: `http://${host}/script.js`});
  add("img", {src: `http://${host}/image.png`});
  add("iframe", {src: `http://${host}/frame`});
  for (const rel of ["prefetch", "preload", "preconnect", "dns-prefetch", "stylesheet", "prerender"])
    add("link", {rel, href: `http://${host}/${rel}`, as: "script"});
  try { open(`http://${host}/window`); } catch (error) {}
}
try {
  const turn = {urls: "turn:127.0.0.1:PORT?transport=tcp", username: "u", credential: "p"};
  const peer = new RTCPeerConnection({iceServers: [{urls: "stun:127.0.0.1:PORT"}, turn]});
  peer.createDataChannel("x");
  peer.createOffer().then((offer) => peer.setLocalDescription(offer));
} catch (error) {}
if (navigator.serviceWorker) navigator.serviceWorker.register("/worker.js").catch(() => {});
fetch("/redirect").catch(() => {});
location.href = "http://127.0.0.1:PORT/navigate";
"""


@needs_chromium
def test_nothing_that_a_page_does_reaches_the_inside(shell):
    with Ear() as ear:
        attack = ATTACK.replace("PORT", str(ear.port))
        html = article_page("攻撃する出典", suffix="").replace("<head>", f"<head><script>{attack}</script>")
        shell.world.put("cited.test", "/a", html)
        for path, target in (("/redirect", f"http://127.0.0.1:{ear.port}/redirected"),):
            shell.world.put("cited.test", path, "", status=302, headers={"Location": target})
        shell.crawl()
        assert ear.heard == 0
    assert "/redirect" in shell.world.paths("cited.test"), "the page's own part was asked, its redirect refused"
    assert not shell.rows("SELECT message FROM problems WHERE url = 'http://cited.test/a' AND field = 'page'")
    assert captures(shell)[-1][0] == "conversion"
    assert {asked.host for asked in shell.world.asked} <= {"hyper.test", "cited.test", "other.test", "third.test"}


@needs_chromium
def test_parts_obey_robots_txt_too(shell):
    rules = "User-agent: *\nDisallow: /api/\n"
    shell.world.put("cited.test", "/robots.txt", rules, content_type="text/plain")
    shell.crawl()
    assert "/app.js" in shell.world.paths("cited.test")
    assert "/api/page.json" not in shell.world.paths("cited.test")


@needs_chromium
@pytest.mark.parametrize(
    ("script", "limit_s", "words"),
    [
        ("for (;;) {}", 3.0, "took longer than 3 seconds"),
        ("document.documentElement.append('x'.repeat(3e6))", 60.0, "more than 2000000 bytes as shown"),
    ],
    ids=["endless loop", "endless text"],
)
def test_a_hostile_page_costs_its_limits_and_the_crawl_goes_on(shell, script, limit_s, words):
    html = article_page("重い出典", suffix="").replace("</body>", f"<script>{script}</script></body>")
    shell.world.put("cited.test", "/a", html)
    summary = shell.crawl(settings={"render_timeout_s": limit_s, "max_body_bytes": 2_000_000})
    assert summary.cited["ok"] == 3
    (problem,) = shell.rows("SELECT message FROM problems WHERE url = 'http://cited.test/a' AND field = 'page'")
    assert problem["message"] == f"needs a browser: {words}"
    assert captures(shell) == [("response", "ok", None)]


def test_without_a_browser_the_page_is_read_as_sent_and_the_problem_is_said(shell):
    shell.config = replace(shell.config, browser="")
    shell.crawl()
    (problem,) = shell.rows("SELECT message FROM problems WHERE url = 'http://cited.test/a' AND field = 'page'")
    assert problem["message"] == "needs a browser: the setting browser names no Chromium"
    assert captures(shell)[0][0] == "response"
