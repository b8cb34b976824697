"""TLS: certificates are verified, their failures recorded; through a proxy https is a tunnel behind the guard."""

from dataclasses import replace

import pytest

from spiders.commands.crawl import run_crawl
from tests.loopback import Reply
from tests.spiders.conftest import article_page, listing_page
from tests.tls import Authority, TlsServer, TunnelProxy

PAGES = ("https://secure.test/a", "https://secure.test/b")


@pytest.fixture
def authority(tmp_path, monkeypatch):
    made = Authority(tmp_path).write()
    monkeypatch.setenv("SSL_CERT_FILE", str(made.file))
    return made


def cite(site, *references: str) -> None:
    site.world.put("hyper.test", "/ja/news", listing_page("/ja/news/101"))
    site.world.put("hyper.test", "/ja/news/101", article_page("記事", references=references))
    for path in ("/a", "/b"):
        site.world.put("secure.test", path, article_page(f"出典{path}", suffix=""))


def crawl_with(site, server):
    site.config = replace(site.config, resolve=site.config.resolve | {"secure.test": server.address})
    return site.crawl(settings={"retries": 0})


def test_a_page_over_tls_is_captured(site, authority):
    cite(site, *PAGES)
    with TlsServer(site.world, authority.context("secure.test")) as server:
        assert crawl_with(site, server).cited == {"ok": 2}


@pytest.mark.parametrize(
    ("fault", "words"),
    [("expired", "expired"), ("other name", "mismatch"), ("unknown authority", "signature failure")],
)
def test_a_certificate_that_fails_is_recorded_and_never_skipped(site, authority, tmp_path, fault, words):
    (tmp_path / "other").mkdir()
    context = {
        "expired": lambda: authority.context("secure.test", expired=True),
        "other name": lambda: authority.context("another.test"),
        "unknown authority": lambda: authority.context("secure.test", issuer=Authority(tmp_path / "other")),
    }[fault]()
    cite(site, *PAGES)
    with TlsServer(site.world, context) as server:
        assert crawl_with(site, server).cited == {"robots": 2}
    assert "secure.test" not in {asked.host for asked in site.world.asked}
    rows = site.rows("SELECT url, outcome, status, detail FROM captures WHERE url LIKE 'https://secure.test/%'")
    assert len(rows) == 3, "robots.txt and both pages"
    for row in rows:
        assert row["status"] is None
        assert "certificate: " in row["detail"]
        assert words in row["detail"].lower()


def test_a_host_that_speaks_no_tls_is_recorded(site, authority):
    cite(site, *PAGES)
    assert crawl_with(site, site.server).cited == {"robots": 2}


@pytest.fixture
def tunnelled(site, authority):
    """The whole world behind a proxy, over https alone; no name resolves here, and the proxy tunnels to TLS."""
    cite(site, *PAGES)
    with TlsServer(site.world, authority.context("hyper.test", "secure.test")) as server:
        port = server.port
        with TunnelProxy({f"{name}:443": ("127.0.0.1", port) for name in ("hyper.test", "secure.test")}) as proxy:
            site.config = replace(
                site.config, origin="https://hyper.test", resolve={}, allow_addresses=(), proxy=proxy.address, retries=0
            )
            yield site, proxy


def crawl(site):
    return run_crawl(site.config, site.options, is_quiet=True)


def test_https_through_a_proxy_is_a_tunnel_and_its_certificate_is_verified(tunnelled):
    site, proxy = tunnelled
    summary = crawl(site)
    assert (summary.new, summary.cited) == (1, {"ok": 2})
    assert set(proxy.asked) == {"CONNECT hyper.test:443", "CONNECT secure.test:443"}


def test_in_front_of_a_tunnel_private_addresses_and_ports_are_refused_all_the_same(tunnelled):
    site, proxy = tunnelled
    cite(site, "https://10.0.0.7/x", "https://localhost/x", "https://[::1]/x", "https://secure.test:8443/x")
    assert crawl(site).cited == {"blocked-address": 4}
    assert set(proxy.asked) == {"CONNECT hyper.test:443"}


def test_a_redirect_from_a_tunnel_inside_is_refused(tunnelled):
    site, proxy = tunnelled
    site.world.put("secure.test", "/a", Reply(status=302, headers={"Location": "https://169.254.169.254/latest"}))
    assert crawl(site).cited == {"ok": 1, "blocked-address": 1}
    assert not [asked for asked in proxy.asked if "169.254" in asked]


def test_a_tunnel_that_the_proxy_refuses_is_a_failure_that_may_pass(tunnelled):
    site, proxy = tunnelled
    del proxy.tunnels["secure.test:443"]
    assert crawl(site).cited == {"robots": 2}
    assert site.frontier()["https://secure.test/a"] == ("due", "robots")


def test_a_certificate_in_a_tunnel_is_verified_too(tunnelled, authority):
    site, proxy = tunnelled
    with TlsServer(site.world, authority.context("secure.test", expired=True)) as server:
        proxy.tunnels["secure.test:443"] = ("127.0.0.1", server.port)
        assert crawl(site).cited == {"robots": 2}
    details = site.rows("SELECT detail FROM captures WHERE url = 'https://secure.test/robots.txt'")
    assert "certificate: certificate has expired" in details[0]["detail"]
