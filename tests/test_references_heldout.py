"""Reference lists on whole pages, read against a truth that was written before: precision and recall.

Four sets by four hands (tests/fixtures/references: heldout-*, second-*, third-*, fourth-*, with the rules by which
their truth was decided). At first contact F1 was 0.901 on the first, which led to the reader being rewritten; 0.969 on
the rewritten reader's first run over the second, whose misses were then worked on; 0.8626 (precision 0.9865, recall
0.7664) on the third, which led to labels being read word by word and to lists being known by what their entries show;
1.0000 on the fourth (216 references on 100 pages, two thirds of them in the common forms), which changed nothing.
What is asserted here is that nothing is lost again; only those first figures tell how unseen pages fare.
"""

import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

import pytest

from archive.urls import surt
from spiders.pages import read_page

FOLDER = Path(__file__).parent / "fixtures" / "references"
SEEN_AT = datetime(2025, 12, 5, 9, 30, tzinfo=UTC)
FLOOR = 0.99
LANGUAGES = ("ja", "zh", "en", "ko", "fr", "de", "none")

SEMANTIC = """<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}{suffix}</title></head><body>
<header><a href="/{prefix}"><span>HyperAI</span><span>HyperAI</span></a>
<div role="dialog" hidden><h2>Command Palette</h2><p>Search for a command to run...</p></div>
<a href="https://app.hyper.ai/console">Console</a></header>
<main><article><h1>{title}</h1><p><span>{date}</span> <span>{category}</span> <span>h.li</span></p>
<figure><img src="/img/hero.webp" alt="Featured Image"></figure>
{body}
</article></main>
<aside><h2>{related}</h2>{cards}</aside><footer>{footer} <a href="https://github.com/hyperai">GitHub</a></footer>
</body></html>"""

SOUP = """<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}{suffix}</title></head><body>
<div class="_3fk2"><div class="_1a"><div>HyperAI</div><div>HyperAI</div></div><div class="_1b">
<div>Command Palette</div><div>Search for a command to run...</div></div><div class="_1c">
<a href="https://app.hyper.ai/console">Console</a></div></div><div class="_9xz"><div class="_7q">
<h1 class="_7r">{title}</h1><div class="_7s">{date}</div><div class="_7t">{category}</div>
<div class="_7u">h.li</div><div class="_7v">Featured Image</div></div><div class="_8b">
{body}
</div><div class="_8c"><div class="_8d">{related}</div>{cards}</div></div><div class="_f0">{footer}
<a href="https://x.com/hyperai_news">X</a></div></body></html>"""

UTILITY = """<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}{suffix}</title></head>
<body class="min-h-screen bg-white antialiased"><div class="sticky top-0 flex h-14 items-center"><a href="/{prefix}"
 class="flex gap-2"><b class="dark:hidden">HyperAI</b><b class="hidden dark:block">HyperAI</b></a><div class="sr-only">
<h2>Command Palette</h2><p>Search for a command to run...</p></div><a class="btn" href="/console">Console</a></div>
<div class="mx-auto max-w-3xl px-4"><h1 class="text-3xl font-bold">{title}</h1><div class="flex gap-3 text-xs">
<div>{date}</div><div>{category}</div><div>h.li</div></div><img class="rounded-xl" src="/hero.png" alt="Featured Image">
<div class="prose prose-neutral">
{body}
</div></div><section class="mx-auto grid grid-cols-2"><h3 class="col-span-2">{related}</h3>{cards}</section>
<footer class="border-t py-8 text-xs">{footer}</footer></body></html>"""

SHELLS = (SEMANTIC, SOUP, UTILITY)


@dataclass(frozen=True, slots=True)
class Entry:
    """One reference as the truth or the reader gives it; in the truth each part may allow more than one reading."""

    number: int
    addresses: frozenset[str | None]
    dois: frozenset[str | None]
    arxiv_id: str | None

    def allows(self, got: "Entry") -> bool:
        same = (self.number, self.arxiv_id) == (got.number, got.arxiv_id)
        return same and got.addresses <= self.addresses and got.dois <= self.dois


def expected_entry(line: str) -> Entry:
    number, address, *identifiers = line.split(" ")
    named = dict(part.split("=", 1) for part in identifiers)
    addresses = frozenset({None} if address == "-" else {surt(one) for one in address.split("|")})
    dois = {None, named["doi?"]} if "doi?" in named else {named.get("doi")}
    return Entry(int(number), addresses, frozenset(dois), named.get("arxiv"))


def page_html(page: dict[str, Any], stories: dict[str, Any], shell: str) -> bytes:
    lang = page["story"][:2]
    chrome = stories["chrome"][lang]
    lines = [*stories["stories"][page["story"]], *page["body"].strip("\n").split("\n")]
    body = "\n".join(line if line.startswith(("<", " ")) else f"<p>{line}</p>" for line in lines)
    cards = "".join(
        f'<div><a href="/{chrome["prefix"]}/news/{50655 + place}">{card}</a> <span>{chrome["date"]}</span></div>'
        for place, card in enumerate(chrome["cards"])
    )
    texts = {key: value for key, value in chrome.items() if isinstance(value, str)}
    html = shell.format(**texts | {"lang": lang, "title": escape(page["title"]), "body": body, "cards": cards})
    return html.encode()


def got_entries(body: bytes, url: str) -> list[Entry]:
    article = read_page(body, url=url, seen_at=SEEN_AT, content_type="text/html; charset=utf-8", site="hyper.ai")
    return [
        Entry(one.number, frozenset({one.url and surt(one.url)}), frozenset({one.doi}), one.arxiv_id)
        for one in article.references
    ]


def matched(expected: list[Entry], got: list[Entry]) -> int:
    """Return how many entries agree when both lists are read in order (longest common subsequence)."""
    best = [0] * (len(got) + 1)
    for wanted in expected:
        row = [0]
        for place, found in enumerate(got):
            row.append(best[place] + 1 if wanted.allows(found) else max(row[place], best[place + 1]))
        best = row
    return best[-1]


def shown(entry: Entry) -> str:
    def either(readings: frozenset[str | None]) -> str:
        return "|".join(sorted(one or "-" for one in readings))

    return f"{entry.number} {either(entry.addresses)} doi={either(entry.dois)} arxiv={entry.arxiv_id or '-'}"


@pytest.mark.parametrize("name", ["heldout", "second", "third", "fourth"])
def test_reference_lists_of_known_pages_are_still_read_with_f1_of_99_percent(name: str) -> None:
    stories = tomllib.loads((FOLDER / f"{name}-stories.toml").read_text(encoding="utf-8"))
    true_count = wanted_count = got_count = 0
    misses = []
    for language in LANGUAGES:
        pages = tomllib.loads((FOLDER / f"{name}-{language}.toml").read_text(encoding="utf-8"))["page"]
        for place, page in enumerate(pages):
            prefix = stories["chrome"][page["story"][:2]]["prefix"]
            body = page_html(page, stories, SHELLS[place % len(SHELLS)])
            wanted = [expected_entry(line) for line in page["refs"]]
            got = got_entries(body, f"https://hyper.ai/{prefix}/news/{51000 + place}")
            agreed = matched(wanted, got)
            true_count, wanted_count, got_count = true_count + agreed, wanted_count + len(wanted), got_count + len(got)
            if not agreed == len(wanted) == len(got):
                lines = [f"    expected {shown(one)}" for one in wanted] + [f"    got      {shown(one)}" for one in got]
                misses.append("\n".join([f"{page['name']} (shell {place % len(SHELLS)})", *lines]))
    precision, recall = true_count / got_count, true_count / wanted_count
    f1 = 2 * precision * recall / (precision + recall) if true_count else 0.0
    report = f"{name}: precision {precision:.4f}, recall {recall:.4f}, F1 {f1:.4f} over {wanted_count} references"
    assert f1 >= FLOOR, "\n".join([report, *misses])
