"""Scrapy settings that we change, each with its reason; as a module, what scrapy.cfg points at."""

from typing import Any

from archive import __version__
from archive.coding import ACCEPTED
from archive.settings import Config


def crawler_settings(config: Config, *, is_replay: bool = False) -> dict[str, Any]:
    """Return the Scrapy settings of a crawl; *is_replay* answers from WARC files instead of the network."""
    handler = "spiders.handlers.ReplayHandler" if is_replay else "spiders.handlers.GuardedHandler"
    return {
        **_shut(),
        **_ours(),
        "BOT_NAME": "hyperai-archive",
        "COMMANDS_MODULE": "spiders.under_scrapy",
        "SPIDER_MODULES": ["spiders.hyperai", "spiders.cited", "spiders.rechecks"],
        # No Twisted reactor: the process can crawl again (archive schedule run), and tests run many crawls.
        "TWISTED_REACTOR_ENABLED": False,
        "DOWNLOAD_HANDLERS": {"http": handler, "https": handler, "file": None, "data": None, "ftp": None, "s3": None},
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "USER_AGENT": user_agent(config),
        "DEFAULT_REQUEST_HEADERS": {
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Language": "ja,en;q=0.8,zh;q=0.7,ko;q=0.6,*;q=0.5",
            "Accept-Encoding": ACCEPTED,
        },
        "CONCURRENT_REQUESTS": config.concurrency,
        "CONCURRENT_REQUESTS_PER_DOMAIN": config.per_host,
        "CONCURRENT_ITEMS": 1,  # a callback yields one visit; Scrapy starts this many tasks for every answer
        "DOWNLOAD_DELAY": 0.0 if is_replay else config.delay_s,
        "DOWNLOAD_DELAY_JITTER": 0.0,  # our pause is a least pause; Scrapy's varies around it
        "DOWNLOAD_TIMEOUT": config.timeout_s,
        "DOWNLOAD_MAXSIZE": config.max_body_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "HTTPERROR_ALLOW_ALL": True,  # a 404 is an outcome too
        "LOG_LEVEL": "WARNING",
    }


def user_agent(config: Config) -> str:
    """Return who we say we are."""
    contact = f" (+{config.contact})" if config.contact else ""
    return f"hyperai-archive/{__version__}{contact}"


def _shut() -> dict[str, Any]:
    """Return what Scrapy leaves open, shut; and its parts whose work is done here, and why."""
    return {
        # An HTTP endpoint that runs Python, and a telnet console, are on by default.
        "REMOTE_CONTROL_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        # Nothing crosses hosts, and nothing follows a link behind the guard's back.
        "COOKIES_ENABLED": False,
        "REFERER_ENABLED": False,
        "REDIRECT_ENABLED": False,  # spiders/redirects.py: every hop is captured and judged
        "METAREFRESH_ENABLED": False,
        "HTTPPROXY_ENABLED": False,  # spiders/handlers.py: only the configured proxy
        "ROBOTSTXT_OBEY": False,  # spiders/robots.py: Scrapy's lets waiting requests through
        "RETRY_ENABLED": False,  # the frontier retries, with pauses, and remembers
        "COMPRESSION_ENABLED": False,  # the WARC record keeps the body as sent; archive.coding decodes
        "DOWNLOADER_STATS": False,
        "STATS_DUMP": False,
        # The frontier knows what was asked; a request that Scrapy drops as seen would be lost.
        "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",
    }


def _ours() -> dict[str, Any]:
    """Return our parts in Scrapy's chains, and None for those of Scrapy that would only cost time."""
    unused = ("logstats.LogStats", "memusage.MemoryUsage", "feedexport.FeedExporter", "closespider.CloseSpider")
    return {
        "DOWNLOADER_MIDDLEWARES": {
            "spiders.guard.GuardMiddleware": 10,
            "spiders.robots.RobotsMiddleware": 20,
            "spiders.hosts.HostsMiddleware": 30,
            "spiders.capture.CaptureMiddleware": 950,
            "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
            "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
        },
        "SPIDER_MIDDLEWARES": {
            "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
            "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
        },
        "ITEM_PIPELINES": {"spiders.pipelines.ArchivePipeline": 300},
        "EXTENSIONS": {f"scrapy.extensions.{name}": None for name in unused},
    }


# Scrapy reads a settings module by its upper-case names, and looks for them when it imports it.
globals().update(crawler_settings(Config()))
