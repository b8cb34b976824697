"""The site under a prefix behind a real nginx: links, feeds and redirects stay under it, and SQL stays closed."""

import html
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import feedparser
import httpx
import pytest

NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}{os.pathsep}/usr/sbin")
pytestmark = pytest.mark.skipif(not NGINX, reason="no nginx: apt-get update && apt-get install -y nginx-light")
DOCS = Path(__file__).parents[3] / "docs" / "publishing.md"
PUBLIC = "https://archive.example/news/"
TEMPORARY = ("proxy", "client_body", "fastcgi", "uwsgi", "scgi")
PAGES = (
    "",
    "article/1",
    "-/search?q=xAI",
    "source/hyper.ai",
    "archive",
    "archive/articles",
    "archive/articles/1",
    "cited",
)


def block(kind):
    """Return the nginx or caddy block of docs/publishing.md."""
    return re.search(rf"^```{kind}\n(.*?)^```", DOCS.read_text(encoding="utf-8"), re.M | re.S)[1]


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.fixture(scope="module", params=["prefix kept", "prefix taken off"])
def ask(request, archive_file, tmp_path_factory):
    """Return a function that asks the site for an address as readers know it, through nginx."""
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    command = [
        sys.executable,
        "-m",
        "archive",
        "serve",
        "--db",
        str(archive_file),
        "--port",
        "0",
        "--public-url",
        PUBLIC,
    ]
    site = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    inside = re.search(r"http://127.0.0.1:(\d+)", site.stdout.readline())[1]
    location = block("nginx").replace("8001", inside)
    if request.param == "prefix taken off":
        location = location.replace(f":{inside};", f":{inside}/;")
    (folder / "nginx.conf").write_text(
        f"daemon off; worker_processes 1; error_log stderr; pid {folder}/pid;\nevents {{}}\nhttp {{ access_log off;\n"
        f"{''.join(f'{kind}_temp_path {folder}/{kind};' for kind in TEMPORARY)}"
        f"server {{ listen 127.0.0.1:{port};\n{location} }} }}\n"
    )
    nginx = subprocess.Popen([NGINX, "-c", str(folder / "nginx.conf"), "-p", str(folder), "-e", "stderr"])
    transport = httpx.HTTPTransport(retries=30)  # nginx opens its port in its own time
    with httpx.Client(
        transport=transport, base_url=f"http://127.0.0.1:{port}", headers={"host": "archive.example"}
    ) as client:
        yield client.get
    nginx.terminate()
    nginx.wait(20)
    site.send_signal(signal.SIGINT)
    site.communicate(timeout=20)


def links(text):
    found = re.findall(r'(?:href|src|action)="([^"#]+)', text)
    return {html.unescape(link) for link in found if not link.startswith("https://")}


def test_every_link_stays_under_the_prefix_and_is_answered(ask):
    leading = set()
    for page in PAGES:
        answer = ask(f"/news/{page}")
        assert answer.status_code == 200
        leading |= links(answer.text)
    own = {link for link in leading if not link.startswith("http")}
    assert {link for link in own if not link.startswith(("/news/", "?"))} == set()
    chosen = {re.sub(r"\d+", "1", link.partition("?")[0]): link for link in own if link.startswith("/")}
    assert len(chosen) > 20
    assert {link for link in chosen.values() if ask(link).status_code not in (200, 302)} == set()


def test_feeds_and_machines_are_given_the_public_address(ask):
    feed = feedparser.parse(ask("/news/latest.atom").content)
    assert feed.feed.links[0].href == f"{PUBLIC}latest.atom"
    assert feed.entries[0].id == f"{PUBLIC}article/2"
    assert f"<loc>{PUBLIC}sitemap-1.xml</loc>" in ask("/news/sitemap.xml").text
    assert f'"og:url" content="{PUBLIC}article/1"' in ask("/news/article/1").text
    assert ask("/news/archive/articles.json?_size=1").json()["next_url"].startswith(f"{PUBLIC}archive/articles.json?")


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [("cited?url=stats.example", "source/stats.example"), ("archive/", "archive"), ("article/1/", "article/1")],
)
def test_redirects_stay_under_the_prefix(ask, path, leads_to):
    answer = ask(f"/news/{path}")
    assert answer.status_code in (301, 302)
    assert answer.headers["location"].removeprefix("https://archive.example") == f"/news/{leads_to}"


@pytest.mark.parametrize("path", ["//evil.example/", "/\\evil.example/", "%2F%2Fevil.example/", "/%5Cevil.example/"])
def test_no_redirect_leaves_the_site(ask, path):
    answer = ask(f"/news/{path}")
    assert answer.status_code in (302, 400, 404)
    assert answer.headers.get("location", "/news/").startswith("/news/")
    assert answer.headers.get("location", "/news/x")[6:7] not in "/\\"


def test_nobody_behind_the_proxy_is_taken_for_a_reader_on_this_machine(ask):
    for host in ("archive.example", "127.0.0.1", "localhost"):
        assert ask("/news/archive.json?sql=select+1", headers={"host": host}).status_code == 403
    assert ask("/news/-/databases.json").status_code == 404
    assert ask("/news/-/plugins.json").status_code == 404


def test_the_readers_copy_is_asked_for_once(ask):
    first = ask("/news/article/1")
    assert ask("/news/article/1", headers={"if-none-match": first.headers["etag"]}).status_code == 304
    assert first.headers["content-encoding"] == "gzip"
