"""HyperAI pages of the demo world: one article, several front ends, date carriers and forms of the reference list."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from html import escape
from string import Template
from typing import Any

from spiders.demo.page_text import FIGURE, Block, PageText, inline_html

BRANDS = {"ja": "HyperAI超神経", "zh": "HyperAI超神经"}
SECTION_WORDS = {
    ("news", "ja"): "ニュース",
    ("news", "zh"): "资讯",
    ("stories", "en"): "Trending Stories",
    ("stories", "ja"): "トレンド",
    ("papers", "en"): "Papers",
}
NUMBER = re.compile(r"^\s*(?:\[\d+\]|\d+[.、])\s*")

Markup = Mapping[str, str]


class HyperPages:
    """Renders HyperAI pages with the templates and markups of the world."""

    def __init__(self, frame: str, markups: Mapping[str, Markup]) -> None:
        self.frame = Template(frame)
        self.markups = markups

    def page(self, page: PageText, *, related: Sequence[PageText] = ()) -> str:
        """Return the HTML of *page*; *related* are linked below it, as the site does."""
        facts = page.facts
        markup = self.markups[str(facts.get("markup", "semantic"))]
        shell = facts.get("body") == "payload"
        return self.frame.substitute(
            lang=facts["lang"],
            full_title=escape(full_title(facts), quote=False),
            description=escape(str(facts.get("description", facts["title"]))),
            canonical=facts.get("canonical", page.url),
            head=_head(facts),
            header=frame_header(markup),
            main='<div id="__root"></div>' if shell else _main(markup, page, related),
            footer=element(markup, "footer", "<p>HyperAI · Invented text for a demo</p>"),
            scripts=_scripts(markup, page),
        )

    def listing(self, *, lang: str, heading: str, pages: Iterable[PageText], next_url: str | None = None) -> str:
        """Return a listing page: a card for each of *pages*, with relative addresses, and a link to the next page."""
        markup = self.markups["utility"]
        cards = "".join(_card(markup, page) for page in pages)
        more = f'<a rel="next" href="{next_url}">›</a>' if next_url else ""
        return self.frame.substitute(
            lang=lang,
            full_title=f"{heading} | {BRANDS.get(lang, 'HyperAI')}",
            description=heading,
            canonical="",
            head='<link rel="alternate" type="application/rss+xml" href="/feed">',
            header=frame_header(markup),
            main=element(markup, "main", f"<h1>{heading}</h1>{cards}{more}"),
            footer=element(markup, "footer", "<p>HyperAI · Invented text for a demo</p>"),
            scripts="",
        ).replace('<link rel="canonical" href="">\n', "")


def frame_header(markup: Markup) -> str:
    """Return the top of every page: the brand twice without a gap, a hidden dialog, the way to the console."""
    dialog = "<h2>Command Palette</h2><p>Search for a command to run...</p>"
    return "\n".join(
        (
            element(markup, "header", element(markup, "logo", "HyperAI") * 2),
            element(markup, "dialog", dialog, hidden="", role="dialog"),
            element(markup, "menu", '<a href="/console">Console</a>'),
        )
    )


def full_title(facts: Mapping[str, Any]) -> str:
    """Return the page's <title>: headline, section word, brand."""
    section = SECTION_WORDS.get((str(facts["section"]), str(facts["lang"])))
    return " | ".join(part for part in (facts["title"], section, BRANDS.get(facts["lang"], "HyperAI")) if part)


def element(markup: Markup, role: str, inner: str, /, **attributes: str) -> str:
    """Return *inner* in the element that *markup* has for *role*."""
    tag, _, names = markup[role].partition(".")
    classes = f' class="{names}"' if names else ""
    others = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
    return f"<{tag}{classes}{others}>{inner}</{tag}>"


def body_html(markup: Markup, blocks: Iterable[Block], *, form: str = "p") -> str:
    """Return the article's body; *form* is how its reference list is set: p, br, ol or div."""
    return "\n".join(_block(markup, block, form) for block in blocks)


def _main(markup: Markup, page: PageText, related: Sequence[PageText]) -> str:
    facts = page.facts
    hero = f'<img src="{facts["hero"]}" alt="Featured Image">' if "hero" in facts else ""
    article = "\n".join(
        (
            element(markup, "title", escape(str(facts["title"]), quote=False)),
            _byline(markup, facts),
            hero,
            body_html(markup, page.blocks, form=str(facts.get("reference_form", "p"))),
        )
    )
    cards = "".join(_card(markup, other) for other in related)
    return element(markup, "main", element(markup, "article", article) + element(markup, "related", cards))


def _byline(markup: Markup, facts: Mapping[str, Any]) -> str:
    carried = {"datetime": _stamp(facts)} if facts.get("date_carrier") == "time" else {}
    shown = f"<time{_pairs(carried)}>{facts['shown']}</time>" if carried else element(markup, "date", facts["shown"])
    authors = [element(markup, "author", escape(name)) for name in facts.get("authors", ())]
    return element(markup, "byline", "\n".join((shown, element(markup, "category", facts["category"]), *authors)))


def _pairs(attributes: Mapping[str, str]) -> str:
    return "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())


def _card(markup: Markup, page: PageText) -> str:
    path = page.url.removeprefix("https://hyper.ai")
    title = escape(str(page.facts["title"]), quote=False)
    return f'<div><a href="{path}"><h3>{title}</h3></a>{element(markup, "date", page.facts["shown"])}</div>\n'


def _block(markup: Markup, block: Block, form: str) -> str:
    if block.kind == "figure":
        return _figure(markup, block)
    if block.kind == "table":
        return table_html(block)
    if block.kind == "list":
        return element(markup, "list", "".join(f"<li>{inline_html(line)}</li>" for line in block.lines))
    if block.kind == "references":
        return _references(markup, block, form)
    return element(markup, block.kind, inline_html(" ".join(block.lines)))


def _figure(markup: Markup, block: Block) -> str:
    found = FIGURE.match(block.lines[0])
    assert found, block.lines
    image = f'<img src="{found["src"]}" alt="{escape(found["alt"])}">'
    caption = element(markup, "caption", inline_html(found["caption"])) if found["caption"] else ""
    return element(markup, "figure", image + caption)


def table_html(block: Block) -> str:
    """Return a table block as a <table>: the line of |= is its caption, its first row the header."""
    caption = "".join(f"<caption>{line[2:].strip()}</caption>" for line in block.lines if line.startswith("|="))
    rows = [line.strip("|").split("|") for line in block.lines if not line.startswith("|=")]
    cells = [
        "".join(f"<{tag}>{inline_html(cell.strip())}</{tag}>" for cell in row)
        for tag, row in zip(("th", *("td" for _ in rows[1:])), rows, strict=True)
    ]
    return f"<table>{caption}" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>"


def _references(markup: Markup, block: Block, form: str) -> str:
    label, *lines = block.lines
    if form == "br":
        return element(markup, "paragraph", "<br>".join(inline_html(line) for line in block.lines))
    if form == "ol":
        entries = "".join(f"<li>{inline_html(NUMBER.sub('', line))}</li>" for line in lines)
        return element(markup, "label", inline_html(label)) + f"<ol>{entries}</ol>"
    printed = "\n".join(element(markup, "line", inline_html(line)) for line in lines)
    return element(markup, "references", element(markup, "label", inline_html(label)) + "\n" + printed)


def _stamp(facts: Mapping[str, Any]) -> str:
    published: datetime = facts["published"]
    return published.isoformat().replace("+00:00", "Z")


def _head(facts: Mapping[str, Any]) -> str:
    lines = [f'<meta property="og:title" content="{escape(str(facts["title"]))}">']
    lines += [
        f'<link rel="alternate" hreflang="{lang}" href="{url}">' for lang, url in facts.get("editions", {}).items()
    ]
    if "hero" in facts:
        lines.append(f'<meta property="og:image" content="{facts["hero"]}">')
    if facts.get("date_carrier") == "meta":
        lines.append(f'<meta property="article:published_time" content="{_stamp(facts)}">')
    if facts.get("date_carrier") == "json-ld":
        lines.append(script_json("application/ld+json", _schema_org(facts)))
    return "\n".join(lines)


def _schema_org(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": facts["title"],
        "datePublished": _stamp(facts),
        "author": [{"@type": "Person", "name": name} for name in facts.get("authors", ())],
        "inLanguage": facts["lang"],
    }


def script_json(kind: str, value: Any, *, name: str = "") -> str:
    """Return *value* as a script element of the type *kind*."""
    text = _script_safe(json.dumps(value, ensure_ascii=False))
    return f'<script type="{kind}"{f" id={name}" if name else ""}>{text}</script>'


def _scripts(markup: Markup, page: PageText) -> str:
    facts = page.facts
    carrier, shell = facts.get("date_carrier"), facts.get("body") == "payload"
    if carrier == "next-data":
        stamp = int(facts["published"].timestamp() * 1000)
        state = {"props": {"pageProps": {"post": {"title": facts["title"], "publishedAt": stamp}}}}
        return script_json("application/json", state, name="__NEXT_DATA__")
    if carrier != "payload" and not shell:
        return ""
    known: dict[str, Any] = {"title": facts["title"], "publishedAt": _stamp(facts)}
    if shell:
        form = str(facts.get("reference_form", "p"))
        byline = {"category": facts["category"], "author": facts["authors"][0], "dateText": facts["shown"]}
        known |= byline | {"content": body_html(markup, page.blocks, form=form)}
    row = json.dumps(["$", "$L12", None, {"article": known}], ensure_ascii=False, separators=(",", ":"))
    return flight_scripts(f"7:{row}\n", cut_after='"publishedAt":"20')


def flight_scripts(text: str, *, cut_after: str) -> str:
    """Return *text* as two pushes of Next.js flight data, parted after *cut_after*: in the middle of a string."""
    cut = text.index(cut_after) + len(cut_after)
    pushes = [json.dumps([1, part], ensure_ascii=False, separators=(",", ":")) for part in (text[:cut], text[cut:])]
    start = "<script>(self.__next_f=self.__next_f||[]).push([0])</script>"
    return "\n".join((start, *(f"<script>self.__next_f.push({_script_safe(push)})</script>" for push in pushes)))


def _script_safe(text: str) -> str:
    """A < inside a string is written as its escape, so that no tag in it can end the script."""
    return text.replace("<", "\\u003c")
