"""The address guard: no form of a private address is ever connected to, and look-alikes are."""

import socket
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import pytest

from archive.errors import AddressError
from archive.settings import Config
from spiders.guard import BlockedAddressError, guard_for
from tests.loopback import LoopbackServer, Reply, World
from tests.spiders.conftest import article_page

PRIVATE = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://0/",
    "http://0.0.0.0/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.1/",
    "http://017700000001/",
    "http://0177.0.0.1/",
    "http://192.0x00a80001/",
    "http://127.0.0.1./",
    "http://１２７.0.0.1/",
    "http://①②⑦.0.0.1/",
    "http://127.0.0.①/",
    "http://10.0.0.１/",
    "http://ｌｏｃａｌｈｏｓｔ/",
    "http://127。0。0。1/",
    "http://127．0｡0.1/",
    "http://127%2e0%2e0%2e1/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://172.31.255.255/",
    "http://192.168.1.1/",
    "http://169.254.169.254/latest/",
    "http://100.64.0.1/",
    "http://192.0.2.1/",
    "http://198.18.0.1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://240.0.0.1/",
    "http://[::1]/",
    "http://[::]/",
    "http://[fe80::1]/",
    "http://[fc00::1]/",
    "http://[ff02::1]/",
    "http://[2001:db8::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:a00:1]/",
    "http://[64:ff9b::a00:1]/",
    "http://[64:ff9b:1::1]/",
    "http://[64:ff9b:1:a00:0:100:808:808]/",
    "http://[2002:a00:1::]/",
    "http://[2001:0:53aa:64c:0:fbfe:f5ff:fffe]/",
    "http://[::7f00:1]/",
    "http://localhost/",
    "http://LOCALHOST./",
    "http://a.localhost/",
    "http://printer.local/",
    "http://metadata.google.internal/",
    "http://router/",
    "http://localhost.localdomain/",
]
REFUSED = [
    "ftp://example.com/",
    "file:///etc/passwd",
    "data:text/html,x",
    "gopher://example.com/",
    "http://user:pw@example.com/",
    "http://user@example.com/",
    "http://example.com:22/",
    "http://example.com:8080/",
    "http://example.com:99999/",
    "http://example.com:0/",
    "http://localhost../",
    "http://127.0.0.1.../",
    "http://127%252e0%252e0%252e1/",
    "http://-a-.test/",
    "http://a|b.test/",
    f"http://{'a' * 64}.test/",
    "http:///path",
    "http://exa\tmple.com/",
    "http://example.com\\@10.0.0.1/",
    "http://1.2.3.4.5/",
    "http://256.1.1.1/",
    "http://1.2.3.08/",
]
PUBLIC = [
    "http://example.com/",
    "https://example.com:443/",
    "http://8.8.8.8/",
    "http://172.32.0.1/",
    "http://100.128.0.1/",
    "http://192.169.0.1/",
    "http://127.0.0.1.example.com/",
    "http://10.example.com/",
    "http://localhost.example.com/",
    "http://[2606:4700:4700::1111]/",
    "http://[::ffff:8.8.8.8]/",
    "http://[64:ff9b::808:808]/",
    "http://[2002:808:808::]/",
    "http://xn--r8jz45g.jp/",
    "http://0x7f.example.com/",
]


@pytest.mark.parametrize("url", PRIVATE)
def test_private_addresses_are_refused_in_every_spelling(url):
    with pytest.raises(AddressError):
        guard_for(Config()).check_url(url)


@pytest.mark.parametrize("url", REFUSED)
def test_other_schemes_ports_credentials_and_broken_hosts_are_refused(url):
    with pytest.raises(AddressError):
        guard_for(Config()).check_url(url)


@pytest.mark.parametrize("url", PUBLIC)
def test_public_addresses_and_look_alikes_pass(url):
    guard_for(Config()).check_url(url)


def test_the_socket_sees_the_very_address_connected_to():
    with pytest.raises(BlockedAddressError):
        guard_for(Config()).open_socket((2, 1, 6, "", ("10.0.0.1", 80)))


def test_a_loopback_origin_opens_its_own_port_and_no_other():
    guard = guard_for(Config(origin="http://127.0.0.1:8123"))
    guard.check_url("http://127.0.0.1:8123/ja/news")
    guard.check_address("127.0.0.1", 8123)
    for address, port in (("127.0.0.1", 80), ("127.0.0.2", 8123), ("10.0.0.1", 8123)):
        with pytest.raises(AddressError):
            guard.check_address(address, port)
    with pytest.raises(AddressError):
        guard.check_url("http://127.0.0.1:8124/")


def captured(site, path: str) -> list[tuple[object, ...]]:
    rows = site.rows("SELECT hop, status, outcome, record_type FROM captures WHERE url LIKE :url ORDER BY id", url=path)
    return [tuple(row.values()) for row in rows]


def test_a_name_that_resolves_to_a_private_address_is_never_connected_to(site):
    asked = dict.fromkeys(("hyper.test",), site.server.address)
    site.config = replace(site.config, origin=f"http://127.0.0.1:{site.server.port}", allow_addresses=(), resolve=asked)
    site.world.answers = {("127.0.0.1", path): answer for (_, path), answer in site.world.answers.items()}
    reference = f"http://hyper.test:{site.server.port}/ja/news/101"
    site.world.put("127.0.0.1", "/ja/news/101", article_page("記事", references=("http://hyper.test/secret",)))
    summary = site.crawl()
    assert summary.cited["blocked-address"] >= 1
    assert "hyper.test" not in {host for host, _ in site.world.count()}
    assert captured(site, "http://hyper.test/secret") == [(0, None, "blocked-address", None)]
    assert reference not in site.frontier()


@pytest.mark.parametrize(
    "target", ["http://169.254.169.254/", "http://[::1]/", "file:///etc/passwd", "http://cited.test:6379/"]
)
def test_a_redirect_to_a_refused_address_is_recorded_and_not_followed(site, target):
    site.world.put("cited.test", "/a", Reply(status=302, headers={"Location": target}))
    site.crawl()
    assert site.frontier()["http://cited.test/a"] == ("done", "blocked-address")
    rows = site.rows("SELECT hop, status, outcome FROM captures WHERE surt LIKE '%cited)/a' ORDER BY id")
    assert [tuple(row.values()) for row in rows] == [(0, 302, "ok"), (1, None, "blocked-address")]


@pytest.mark.parametrize("host", ["-a-.test", "a|b.test", "a" * 64 + ".test", "a%7f.test", "例え.jp%00a"])
def test_a_redirect_to_a_host_that_cannot_be_is_recorded_and_the_crawl_goes_on(site, host):
    site.world.put("cited.test", "/a", Reply(status=302, headers={"Location": f"http://{quote(host, safe='%|')}/"}))
    summary = site.crawl()
    assert (summary.end_reason, summary.cited["ok"]) == ("finished", 2)
    assert site.frontier()["http://cited.test/a"] == ("done", "blocked-address")


def test_robots_txt_that_redirects_inside_is_not_followed(site):
    site.world.put("cited.test", "/robots.txt", Reply(status=302, headers={"Location": "http://10.0.0.1/robots.txt"}))
    site.crawl()
    assert site.world.paths("cited.test") == ["/robots.txt"]


def test_robots_txt_that_redirects_to_another_port_is_not_followed(site, listened):
    target = f"http://127.0.0.1:{listened.port}/robots.txt"
    site.world.put("cited.test", "/robots.txt", Reply(status=302, headers={"Location": target}))
    site.crawl()
    assert site.world.paths("cited.test") == ["/robots.txt"]
    assert not listened.world.asked


def test_the_settings_keep_what_scrapy_leaves_open_shut():
    from spiders.settings import crawler_settings

    settings = crawler_settings(Config())
    assert settings["DOWNLOAD_VERIFY_CERTIFICATES"] is True
    for name in (
        "REMOTE_CONTROL_ENABLED",
        "TELNETCONSOLE_ENABLED",
        "COOKIES_ENABLED",
        "REFERER_ENABLED",
        "HTTPPROXY_ENABLED",
    ):
        assert settings[name] is False
    assert [scheme for scheme, handler in settings["DOWNLOAD_HANDLERS"].items() if handler] == ["http", "https"]


class Names:
    """A resolver for tests: name -> what the system answers, one list of addresses a question, the last for good."""

    def __init__(self, monkeypatch, **answers: list[list[tuple[str, int]]]) -> None:
        self.answers = {name.replace("_", "."): list(lists) for name, lists in answers.items()}
        self.asked: list[str] = []
        monkeypatch.setattr(socket, "getaddrinfo", self.getaddrinfo)

    def getaddrinfo(self, host, *_, **__):
        name = host.decode() if isinstance(host, bytes) else host
        self.asked.append(name)
        if name not in self.answers:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        lists = self.answers[name]
        addresses = lists.pop(0) if len(lists) > 1 else lists[0]
        return [
            (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, number, 0, 0))
            if ":" in address
            else (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, number))
            for address, number in addresses
        ]


@pytest.fixture
def listened():
    """A server that only notes whether anybody connected; it stands for the inside of a network."""
    with LoopbackServer(World()) as server:
        yield server


@pytest.mark.parametrize(
    "inside",
    ["127.0.0.2", "169.254.169.254", "fd00::1", "::ffff:10.0.0.1"],
)
def test_a_name_that_resolves_to_a_mix_is_refused_whole(site, monkeypatch, inside):
    """One public address among the answers does not help: a client would try the next."""
    outside = ("127.0.0.1", site.server.port)  # let through by the setting, as a public address is
    names = Names(
        monkeypatch, hyper_test=[[outside]], cited_test=[[outside, (inside, 80)]], other_test=[[(inside, 80), outside]]
    )
    site.config = replace(site.config, resolve={})
    site.crawl()
    assert site.frontier()["http://cited.test/a"] == ("done", "blocked-address")
    assert site.frontier()["http://other.test/moved"] == ("done", "blocked-address")
    assert {asked.host for asked in site.world.asked} == {"hyper.test"}
    assert "cited.test" in names.asked


def test_a_name_that_rebinds_is_checked_at_every_connection(site, monkeypatch, listened):
    """The first answer is public, every later one inside; connections are closed so that each asks anew."""
    outside, inside = ("127.0.0.1", site.server.port), ("127.0.0.9", listened.port)
    Names(monkeypatch, hyper_test=[[outside]], other_test=[[outside]], cited_test=[[outside], [inside]])
    monkeypatch.setattr("aiohttp.TCPConnector.cached_hosts", property(lambda _: {}), raising=False)
    close = {"Connection": "close"}
    site.world.put("cited.test", "/robots.txt", "", headers=close, content_type="text/plain")
    site.world.put("cited.test", "/a", article_page("出典", suffix=""), headers=close)
    site.config = replace(site.config, resolve={})
    site.crawl(settings={"per_host": 1})
    assert not listened.world.asked
    later = site.crawl(later=timedelta(days=30), settings={"per_host": 1})
    assert later.cited.get("blocked-address", 0) + later.cited.get("robots", 0) >= 1
    assert not listened.world.asked


def test_a_form_that_decides_by_itself_asks_no_resolver(site, monkeypatch):
    names = Names(monkeypatch, hyper_test=[[("127.0.0.1", site.server.port)]])
    references = (
        "http://0x0a000001/",
        "http://10.1/",
        "http://printer.local/",
        "http://①⓪.0.0.1/",
        "http://a.test:25/",
    )
    site.world.put("hyper.test", "/ja/news/103", article_page("三番目の記事", references=references))
    site.config = replace(site.config, resolve={})
    site.crawl()
    assert set(names.asked) <= {"hyper.test", "cited.test", "other.test"}
