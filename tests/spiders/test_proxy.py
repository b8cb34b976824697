"""Through a proxy, and only through the one that was given: names go to it unresolved, private literals nowhere."""

from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import pytest

from archive.cli import run
from spiders.commands.crawl import run_crawl
from tests.loopback import Asked, LoopbackServer, Reply, World
from tests.spiders.conftest import article_page, listing_page


@dataclass
class ProxyWorld(World):
    """Knows the web by (host, path), and is asked for absolute addresses as a proxy is (RFC 9112 3.2.2)."""

    def answer(self, asked: Asked) -> Reply:
        parts = urlsplit(asked.path)
        assert parts.scheme == "http", "only a proxy's request names scheme and host"
        return super().answer(Asked(parts.hostname or "", parts.path, asked.headers))


@pytest.fixture
def proxied(world, site):
    """The world behind a proxy; none of its names resolves here."""
    behind = ProxyWorld(answers=world.answers)
    site.config = replace(site.config, resolve={}, allow_addresses=())
    with LoopbackServer(behind) as server:
        site.proxy, site.behind = f"http://{server.address}", behind
        yield site


def crawl(site, **settings):
    return run_crawl(replace(site.config, **settings), site.options, is_quiet=True)


def test_pages_come_through_the_proxy_and_names_are_not_resolved_here(proxied):
    summary = crawl(proxied, proxy=proxied.proxy)
    assert (summary.new, summary.cited) == (3, {"ok": 3, "blocked-address": 1})
    assert {host for host, _ in proxied.behind.count()} == {"hyper.test", "cited.test", "other.test", "third.test"}
    assert not proxied.world.asked, "nothing went past the proxy"


def test_private_addresses_are_refused_in_front_of_a_proxy_too(proxied):
    proxied.world.put("hyper.test", "/ja/news", listing_page("/ja/news/101"))
    references = ("http://169.254.169.254/latest", "http://localhost/x", "http://[::1]/x")
    proxied.world.put("hyper.test", "/ja/news/101", article_page("記事", references=references))
    assert crawl(proxied, proxy=proxied.proxy).cited == {"blocked-address": 3}
    assert {host for host, _ in proxied.behind.count()} == {"hyper.test"}


def test_the_proxy_itself_is_never_asked_for_as_a_page(proxied):
    """Its address is connected to, which must not open that address to what pages link to."""
    proxied.world.put("hyper.test", "/ja/news", listing_page("/ja/news/101"))
    proxied.world.put("hyper.test", "/ja/news/101", article_page("記事", references=(f"{proxied.proxy}/status",)))
    ports = (80, urlsplit(proxied.proxy).port)
    assert crawl(proxied, proxy=proxied.proxy, allow_ports=ports).cited == {"blocked-address": 1}
    assert {host for host, _ in proxied.behind.count()} == {"hyper.test"}


def test_the_environments_proxy_is_used_only_when_it_is_trusted(proxied, monkeypatch):
    monkeypatch.setenv("http_proxy", proxied.proxy)
    monkeypatch.delenv("no_proxy", raising=False)
    assert crawl(proxied).is_origin_broken
    assert not proxied.behind.asked
    assert crawl(proxied, trust_env=True).new == 3


def test_hosts_that_the_environment_excepts_are_asked_directly(proxied, monkeypatch):
    monkeypatch.setenv("http_proxy", proxied.proxy)
    monkeypatch.setenv("no_proxy", "cited.test")
    crawl(proxied, trust_env=True)
    assert "cited.test" not in {host for host, _ in proxied.behind.count()}


def test_a_dead_proxy_is_said_and_nothing_is_lost(proxied, capfd):
    argv = ["crawl", "--db", proxied.config.db, "--origin", "http://hyper.test", "--locale", "ja", "--section", "news"]
    assert run([*argv, "--proxy", "http://127.0.0.1:9"]) == 1
    assert "http://hyper.test gave no answer" in capfd.readouterr().out
    assert run([*argv, "--proxy", proxied.proxy, "--json"]) == 0


def test_a_proxy_that_is_no_address_is_wrong_usage(proxied, capfd):
    assert run(["crawl", "--db", proxied.config.db, "--proxy", "somewhere"]) == 2
    assert capfd.readouterr().err == "archive: proxy must be http://host:port, not 'somewhere'\n"
