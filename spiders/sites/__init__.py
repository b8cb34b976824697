"""Site files: one a site, found without a list; each has SOURCE, page classes, and SEEDS when crawls start there."""

import inspect
import pkgutil
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib import import_module, resources
from types import ModuleType
from urllib.parse import urlsplit

from archive.model import Policy
from archive.records import Seed, Source
from spiders.pages.base import ArticlePage
from spiders.sites import hyper_ai

__all__ = ["named_sources", "page_classes", "seeds", "sources", "work_id"]

HYPER_AI = "https://hyper.ai"


def sources() -> tuple[Source, ...]:
    """Return every source that a site file or the policy table (policies.toml) describes, sorted by key."""
    found = {module.SOURCE.key: module.SOURCE for module in _modules() if hasattr(module, "SOURCE")}
    for source in _policies():
        known = found.get(source.key)
        found[source.key] = (
            replace(known, policy=source.policy, reason=source.reason, browser=source.browser) if known else source
        )
    return tuple(found[key] for key in sorted(found))


def seeds(
    origin: str = HYPER_AI, *, locales: Sequence[str | None] = (), sections: Sequence[str] = ()
) -> tuple[Seed, ...]:
    """Return where a crawl of HyperAI starts, at *origin* (a mirror or a test asks elsewhere).

    *locales* and *sections* keep only those lists; "" or None names the prefixless ones. robots.txt, sitemap and feeds
    always stay.
    """
    wanted = {locale or None for locale in locales}
    return tuple(
        replace(seed, url=origin.rstrip("/") + seed.url.removeprefix(HYPER_AI))
        for seed in hyper_ai.SEEDS
        if seed.kind != "listing"
        or ((not wanted or seed.locale in wanted) and (not sections or seed.section in sections))
    )


def work_id(url: str, *, site: str | None = None) -> str | None:
    """Return the identity that the language editions of a HyperAI item share; None for any other page.

    *site* is the source key when the address does not tell it (a mirror, a test).
    """
    host = urlsplit(url).hostname or ""
    is_ours = (site or host) == "hyper.ai" or host.endswith(".hyper.ai")
    return hyper_ai.work_id(url) if is_ours else None


@cache
def page_classes(site: str) -> tuple[type[ArticlePage], ...]:
    """Return the page classes of a source in the order of its file; () when no file reads it."""
    module = next(
        (module for module in _modules() if getattr(getattr(module, "SOURCE", None), "key", "") == site), None
    )
    if module is None:
        return ()
    return tuple(
        value
        for value in vars(module).values()
        if inspect.isclass(value) and issubclass(value, ArticlePage) and value.__module__ == module.__name__
    )


@cache
def _modules() -> tuple[ModuleType, ...]:
    return tuple(import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))


def named_sources() -> list[dict[str, str]]:
    """Return the sources that HyperAI's best known article names: name, key, kind, what we read, how it is tested."""
    table = tomllib.loads((resources.files(__name__) / "named.toml").read_text("utf-8"))
    rows: list[dict[str, str]] = table["source"]
    return rows


def _policies() -> list[Source]:
    table = tomllib.loads((resources.files(__name__) / "policies.toml").read_text("utf-8"))
    return [
        Source(
            key=key,
            name=row["name"],
            home=row["home"],
            policy=Policy(row["policy"]),
            reason=row["reason"],
            browser=row.get("browser", False),
        )
        for key, row in table.items()
    ]
