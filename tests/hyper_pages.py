"""HyperAI pages of ours, made from compact descriptions: tests/fixtures/hyper_ai/*.toml, every case in every markup.

A case says only what it is about, and its language or languages ("all": each of articles.toml); the rest comes from
the article of its language. Its body is in the text format of the demo world (spiders/demo/page_text.py), where {1} {2}
{3} {s} {h} {c} {label} stand for that article's paragraphs, first sentence, heading, caption and label, and a block
that begins with "<" is markup. `expect` holds the fields of the record that do not follow from the description.
"""

import json
import re
import tomllib
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import urlsplit

from lxml import html

from spiders.demo.hyper_markup import NUMBER, Markup, element, frame_header, script_json, table_html
from spiders.demo.page_text import FIGURE, INLINE, Block, inline_html, read_blocks
from spiders.demo.world import WORLD

LANGUAGES = ("ja", "zh", "ko", "en", "fr", "de")
FOLDER = Path(__file__).parent / "fixtures" / "hyper_ai"
SEEN_AT = datetime(2025, 12, 31, 12, tzinfo=UTC)
SECTIONS = frozenset({"news", "stories", "headlines", "papers", "wiki", "datasets", "tutorials"})
HERO = "https://cdn.hyper.ai/48901/hero.webp"
DATES = {"23日前": "2025-12-08", "23 天前": "2025-12-08", "23일 전": "2025-12-08", "il y a 23 jours": "2025-12-08",
         "vor 23 Tagen": "2025-12-08", "23 days ago": "2025-12-08"}  # fmt: skip
NOTHING: dict[str, Any] = {  # of a page that is no article
    **dict.fromkeys(("category", "published_at", "lead_image"), ""),
    **{field: [] for field in ("authors", "paragraphs", "references", "figures", "links", "mentions")},
}
CARD = (
    '<a href="/{lang}/news/48{n}"><img src="/t{n}.webp" alt=""><h3>{heading} {n}</h3></a>'
    '<time datetime="2025-12-30T00:00:00Z">{date}</time>'
)
FOOTER = "<p>© 2018-2025 HyperAI</p><a href='/about'>About</a>"
SENTENCE = re.compile(".+?[.。]")
PLACE = re.compile(r"\{([123hcs]|label|title|date)\}")
CAPTIONS = {
    "figcaption": "<figure>{image}<figcaption>{caption}</figcaption></figure>",
    "figcaption above": "<figure><figcaption>{caption}</figcaption>{image}</figure>",
    "figcaption with a paragraph": "<figure>{image}<figcaption><p>{caption}</p></figcaption></figure>",
    "linked image": '<figure><a href="{src}">{image}</a><figcaption>{caption}</figcaption></figure>',
    "figure with a line": "<figure>{image}<div>{caption}</div></figure>",
    "centred paragraph": '<p>{image}</p><p style="text-align:center">{caption}</p>',
    "centred by a class": '<div>{image}</div><p class="text-center">{caption}</p>',
    "center element": "<center>{image}</center><center>{caption}</center>",
    "both centred in one": '<p style="text-align: center;">{image}<br>{caption}</p>',
    "em under the image": "<p>{image}<br><em>{caption}</em></p>",
    "em in the next paragraph": "<p>{image}</p><p><em>{caption}</em></p>",
    "small under the image": "<div>{image}<br><small>{caption}</small></div>",
    "box of its own": "<div><div>{image}</div><div>{caption}</div></div>",
    "picture element": '<figure><picture><source srcset="{src}">{image}</picture>'
    "<figcaption>{caption}</figcaption></figure>",
    "lazy image": '<figure><img data-src="{src}" src="data:image/gif;base64,AAAA" alt="">'
    "<figcaption>{caption}</figcaption></figure>",
}


@dataclass(frozen=True)
class Case:
    """One description: what it is about, over the article of its language."""

    group: str
    facts: dict[str, Any]

    @property
    def name(self) -> str:
        """Return the case's name in a test's id."""
        return f"{self.title} ({self.facts['lang']})"

    @property
    def title(self) -> str:
        """Return what the case is about, which its languages share."""
        return f"{self.group}: {self.facts['name']}"

    @property
    def markups(self) -> tuple[str, ...]:
        """Return the names of the markups that it is shown in: all, unless it is about one."""
        return tuple(self.facts.get("markups", markups()))

    @property
    def url(self) -> str:
        """Return the address of the page; a story has a number of 32 digits."""
        section = self.facts.get("section", "news")
        number = "48901" if section == "news" else "5b1de0f39a7c42c8b6c0a4d1e8f27a90"
        return str(self.facts["url"]).replace("news/48901", f"{section}/{number}")

    def filled(self, text: str) -> str:
        """Return *text* with the article's parts in their places."""
        facts = self.facts
        parts = {str(number): paragraph for number, paragraph in enumerate(facts["paragraphs"], 1)}
        parts |= {"h": facts["heading"], "c": facts["caption"], "label": facts["label"]}
        parts |= {"title": facts["title"], "date": facts["date"], "s": SENTENCE.match(facts["paragraphs"][0])[0]}
        return PLACE.sub(lambda found: parts[found[1]], text)

    def blocks(self) -> list[Block]:
        """Return the blocks of the body."""
        if n_papers := self.facts.get("digest"):
            return list(read_blocks(_digest(n_papers, self.filled("{1}"), self.facts["label"])))
        return list(read_blocks(self.filled(self.facts["body"])))


def _digest(n_papers: int, opening: str, label: str) -> str:
    """Return a weekly report: a heading, authors and a summary a paper, and the list of all at the end."""
    papers = range(1, n_papers + 1)
    parts = [f"## {n}. Sway at Quay {n}\n\n**Authors:** A. Writer, B. Reader\n\n{opening}" for n in papers]
    lines = [f"{n}. Sway at Quay {n}, [arXiv:2509.{n:05}](https://arxiv.org/abs/2509.{n:05})" for n in papers]
    return "\n\n".join([opening, *parts, f"=== {label}", "\n".join(lines)])


@cache
def markups() -> dict[str, Markup]:
    """Return the markups by name."""
    return tomllib.loads((FOLDER / "markups.toml").read_text("utf-8"))


def cases() -> list[Case]:
    """Return every case of every file, one for each of its languages."""
    articles = tomllib.loads((FOLDER / "articles.toml").read_text("utf-8"))
    found = []
    for path in sorted(FOLDER.glob("*.toml")):
        if path.stem not in ("articles", "bullets", "markups"):
            table = tomllib.loads(path.read_text("utf-8"))
            described = [*table.get("case", ()), *_shown_dates(table.get("shown", {}))]
            common = {key: value for key, value in table.items() if key not in ("case", "shown")}
            for facts in ({**common, **one} for one in described):
                langs = facts.get("langs", [facts.get("lang", "ja")])
                for lang in articles if langs == "all" else langs:
                    found.append(
                        Case(path.stem, {"body": "{1}\n\n{2}\n\n{3}", **articles[lang], **facts, "lang": lang})
                    )
    return found


@dataclass(frozen=True)
class Bullet:
    """What a page may look like: in words, the names of the cases that show it, and the languages it has to have."""

    words: str
    cases: tuple[str, ...]
    langs: frozenset[str]


def bullets() -> Iterator[Bullet]:
    """Yield the bullets of bullets.toml; a case is named as in its file, with the file's name before it."""
    for part, rows in tomllib.loads((FOLDER / "bullets.toml").read_text("utf-8")).items():
        for words, row in rows.items():
            one = row if isinstance(row, dict) else {"cases": row}
            names = (name if part != "dates" or ": " in name else f"relative_dates: {name}" for name in one["cases"])
            yield Bullet(f"{part}: {words}", tuple(names), frozenset(one.get("langs", LANGUAGES)))


def _shown_dates(table: Mapping[str, Mapping[str, list[str]]]) -> Iterator[dict[str, Any]]:
    """Yield a case for each printed date of a table [shown.<lang>]: printed = [value, precision]."""
    for lang, rows in table.items():
        for printed, (value, precision) in rows.items():
            yield {"name": printed, "lang": lang, "date": printed, "published": [value, precision]}


# -- the page --------------------------------------------------------------------------------------------------------


def render(case: Case, markup: Markup) -> str:
    """Return the HTML of *case* in one markup."""
    facts = case.facts
    main = _main(case, markup)
    return Template((WORLD / "templates" / "hyper.html").read_text("utf-8")).substitute(
        lang=facts.get("html_lang", facts["lang"]),
        full_title=escape(case.filled(facts.get("full_title", f"{{title}} | {facts['brand']}")), quote=False),
        description=escape(facts["paragraphs"][0]),
        canonical=case.url,
        head=_head(case),
        header=case.filled(facts.get("top", "")) + frame_header(markup),
        main='<div id="__root"></div>' if "shell" in facts else main,
        footer=case.filled(facts.get("bottom", "")) + element(markup, "footer", FOOTER),
        scripts=_scripts(case, main),
    )


def _main(case: Case, markup: Markup) -> str:
    facts = case.facts
    if "only" in facts:
        return element(markup, "main", case.filled(facts["only"]))
    title = facts.get("h1_html") or escape(facts["title"], quote=False)
    hero = element(markup, "hero", f'<img src="{HERO}" alt="Featured Image">') if facts.get("hero", True) else ""
    headline = f"<div>{title}</div>" if facts.get("h1_as") == "div" else element(markup, "title", title)
    blocks = (_block(case, markup, block) for block in case.blocks())
    top, middle, bottom = (case.filled(facts.get(key, "")) for key in ("above", "under_hero", "below"))
    parts = [top, headline, _byline(case, markup), hero, middle, *blocks, bottom]
    return element(markup, "main", element(markup, "article", "\n".join(parts)) + _related(case, markup))


def _related(case: Case, markup: Markup) -> str:
    facts = case.facts
    if not facts.get("has_related", True):
        return ""
    known = {name: facts[name] for name in ("lang", "heading", "date")}
    cards = "".join(element(markup, "card", CARD.format(n=n, **known)) for n in (1, 2))
    return element(markup, "related", element(markup, "related_label", facts["related"]) + cards)


def _byline(case: Case, markup: Markup) -> str:
    facts = case.facts
    date = escape(facts["date"])
    stamp = facts.get("carriers", {}).get("time")
    shown = f'<time datetime="{stamp}">{date}</time>' if stamp else element(markup, "date", date) if date else ""
    labels = [facts["category"], *facts["authors"]] if facts["category"] else facts["authors"]
    form = facts.get("byline", "elements")
    if form == "line":
        return f"<p>{' · '.join([shown or date, *map(escape, labels)])}</p>"
    if form == "list":
        return f"<ul>{''.join(f'<li>{label}</li>' for label in (shown or date, *map(escape, labels)))}</ul>"
    if form == "authors in one":
        names = element(markup, "author", escape(facts.get("joined", ", ".join(facts["authors"]))))
        return element(markup, "byline", shown + element(markup, "category", facts["category"]) + names)
    roles = ["category"] * bool(facts["category"]) + ["author"] * len(facts["authors"])
    return element(
        markup, "byline", shown + "".join(map(lambda role, label: element(markup, role, escape(label)), roles, labels))
    )


def _block(case: Case, markup: Markup, block: Block) -> str:
    if block.lines[0].startswith("<"):
        return "\n".join(block.lines)
    if block.kind == "figure":
        return _figure(case, markup, block)
    if block.kind == "table":
        return table_html(block)
    if block.kind == "list":
        tag = case.facts.get("list_as", "ul")
        return f"<{tag}>{''.join(f'<li>{inline_html(line)}</li>' for line in block.lines)}</{tag}>"
    if block.kind == "references":
        return _references(case, markup, block)
    return element(markup, block.kind, inline_html(" ".join(block.lines)))


def _figure(case: Case, markup: Markup, block: Block) -> str:
    found = FIGURE.match(block.lines[0])
    assert found, block.lines
    image = f'<img src="{found["src"]}" alt="{escape(found["alt"])}">'
    caption = inline_html(found["caption"])
    if form := case.facts.get("captions"):
        return CAPTIONS[form].format(image=image, src=found["src"], caption=caption)
    return element(markup, "figure", image + (element(markup, "caption", caption) if caption else ""))


def _references(case: Case, markup: Markup, block: Block) -> str:
    label, *lines = block.lines
    form, label_form = case.facts.get("list_form", "lines"), case.facts.get("label_form", "label")
    printed = [line if line.startswith("<") else inline_html(line) for line in lines]
    shown = _label(markup, escape(label, quote=False), label_form)
    if form == "breaks":
        inside = "<br>\n".join(printed)
        return element(markup, "references", shown + element(markup, "paragraph", inside))
    if form == "label and breaks":
        return element(markup, "paragraph", "<br>".join([_label(markup, escape(label), "strong"), *printed]))
    if form in ("ol", "ul"):
        items = [NUMBER.sub("", line) for line in printed] if form == "ol" else printed
        return element(markup, "references", f"{shown}<{form}>{''.join(f'<li>{item}</li>' for item in items)}</{form}>")
    if form == "items in paragraphs":
        return element(
            markup,
            "references",
            shown + "<ol>" + "".join(f"<li><p>{NUMBER.sub('', line)}</p></li>" for line in printed) + "</ol>",
        )
    if form == "bare":
        return element(markup, "references", shown + "<br>".join(printed))
    return element(markup, "references", shown + "\n" + "\n".join(element(markup, "line", line) for line in printed))


def _label(markup: Markup, label: str, form: str) -> str:
    if form == "label":
        return element(markup, "label", label)
    if form == "bold paragraph":
        return element(markup, "paragraph", f"<strong>{label}</strong>")
    return f"<{form}>{label}</{form}>"


# -- what its scripts and metadata say ---------------------------------------------------------------------------------


def _head(case: Case) -> str:
    facts, carriers = case.facts, case.facts.get("carriers", {})
    lines = [f'<meta property="og:title" content="{escape(facts["title"])}">', case.filled(facts.get("head", ""))]
    if "meta" in carriers:
        lines.append(f'<meta property="article:published_time" content="{carriers["meta"]}">')
    if "json-ld" in carriers:
        described = {"@type": "NewsArticle", "headline": facts["title"], "datePublished": carriers["json-ld"]}
        lines.append(script_json("application/ld+json", described))
    return "\n".join(lines)


def _scripts(case: Case, main: str) -> str:
    facts, carriers = case.facts, case.facts.get("carriers", {})
    own: dict[str, Any] = {"id": 48901, "title": facts["title"]}
    for carrier in ("flight", "next-data"):
        if carrier in carriers:
            own["publishedAt"] = carriers[carrier]
    others = [
        {"id": 48800 + n, "title": f"{facts['heading']} {n}", "publishedAt": "2025-12-30T00:00:00Z"} for n in (1, 2)
    ]
    shell = facts.get("shell")
    if shell in ("flight", "next-data"):
        own |= {"category": facts["category"], "author": facts["authors"][0], "content": _content(main)}
    state = {"article": own, "related": others}
    parts = [case.filled(facts.get("scripts", ""))]
    if "next-data" in carriers or shell == "next-data":
        parts.append(script_json("application/json", {"props": {"pageProps": state}}, name="__NEXT_DATA__"))
    if "flight" in carriers or shell == "flight":
        parts.append(flight(state, **facts.get("flight", {})))
    if shell == "elements":
        parts.append(flight(_tree(main), **facts.get("flight", {})))
    return "\n".join(parts)


def _content(main: str) -> str:
    """Return the article's markup from the hero on: what a state calls its content."""
    return main[main.index(HERO) + len(HERO) + len('" alt="Featured Image">') :]


def flight(state: Any, *, size: int = 2000, escaped: bool = False, text_row: bool = False, base64: bool = False) -> str:
    """Return *state* as the pushes of a React flight stream, cut every *size* UTF-16 units (of bytes with *base64*).

    *escaped* writes every other character as \\uXXXX, *text_row* sends the content as a row of its own (3:T<length>,).
    """
    rows = '2:I[5613,["static/chunks/app.js"],"default"]\n'
    if text_row:
        content = state["article"]["content"]
        rows += f"3:T{len(content.encode()):x},{content}"
        state["article"]["content"] = "$3"
    rows += f"7:{json.dumps(state, ensure_ascii=escaped, separators=(',', ':'))}\n"
    if base64:
        data = rows.encode()
        values: list[Any] = [[3, b64encode(data[at : at + size]).decode()] for at in range(0, len(data), size)]
    else:
        units = rows.encode("utf-16-le")
        cuts = (units[at : at + 2 * size] for at in range(0, len(units), 2 * size))
        values = [[1, cut.decode("utf-16-le", "surrogatepass")] for cut in cuts]
    pushed = (json.dumps(value, separators=(",", ":"), ensure_ascii=not _is_whole(value[1])) for value in values)
    start = "<script>(self.__next_f=self.__next_f||[]).push([0])</script>"
    return start + "".join(
        f"<script>self.__next_f.push({push.replace('<', chr(92) + 'u003c')})</script>" for push in pushed
    )


def _is_whole(text: str) -> bool:
    return not re.search("[\ud800-\udfff]", text)


def _tree(markup: str) -> Any:
    """Return HTML as React elements: ["$", tag, key, props]."""

    def of(node: Any) -> Any:
        names = {"datetime": "dateTime", "class": "className"}
        props: dict[str, Any] = {names.get(key, key): value for key, value in node.attrib.items()}
        children = [node.text, *(part for child in node for part in (of(child), child.tail))]
        props["children"] = [part for part in children if part]
        return ["$", node.tag, None, props]

    return of(html.fragment_fromstring(markup))


# -- the record it has to give ----------------------------------------------------------------------------------------


def expected(case: Case) -> dict[str, Any]:
    """Return the fields of the record that a person would write down for *case*."""
    facts = case.facts
    if facts.get("blank"):
        return {**NOTHING, "canonical_url": case.url, **_deep_filled(case, facts["expect"])}
    carriers = facts.get("carriers", {})
    precision = "hour" if DATES.get(facts["date"], "").endswith("Z") else "day"
    value, precision = facts.get("published") or (DATES.get(facts["date"]), precision if facts["date"] else None)
    parts = urlsplit(case.url).path.split("/")
    record = {
        "outcome": "ok",
        "canonical_url": case.url,
        "section": next(part for part in parts if part in SECTIONS),
        "lang": facts["lang"],
        "title": facts["title"],
        "category": facts["category"],
        "authors": facts["authors"],
        "published_at": value or "",
        "published_precision": precision,
        "published_raw": facts["date"],
        "published_from": next(iter(carriers), "visible" if facts["date"] else ""),
        "lead_image": HERO if facts.get("hero", True) else "",
        "references": [[number, url] for number, url in enumerate(_references_of(facts), 1)],
        "mentions": [],
        "warnings": [],
        **_body_record(case),
    }
    return {**record, **_deep_filled(case, facts.get("expect", {}))}


def _references_of(facts: Mapping[str, Any]) -> list[str]:
    digest = [f"https://arxiv.org/abs/2509.{n:05}" for n in range(1, facts.get("digest", 0) + 1)]
    return facts.get("references", digest)


def _deep_filled(case: Case, value: Any) -> Any:
    if isinstance(value, str):
        return case.filled(value)
    if isinstance(value, list):
        return [_deep_filled(case, item) for item in value]
    return {key: _deep_filled(case, item) for key, item in value.items()} if isinstance(value, dict) else value


def _body_record(case: Case) -> dict[str, Any]:
    paragraphs: list[str] = []
    record: dict[str, list[Any]] = {"headings": [], "figures": [], "tables": [], "links": []}
    for block in case.blocks():
        if block.kind == "figure":
            found = FIGURE.match(block.lines[0])
            assert found
            record["figures"].append([found["src"], shown(found["caption"]), len(paragraphs)])
            record["links"] += _links(found["caption"], 0)
        elif block.kind == "table":
            rows = [line.strip("|").split("|") for line in block.lines if not line.startswith("|=")]
            record["tables"].append([[cell.strip() for cell in row] for row in rows])
        elif block.kind != "references":
            whole = block.lines if block.kind == "list" else (" ".join(block.lines),)
            for line in whole:
                paragraphs.append(shown(line))
                record["links"] += _links(line, len(paragraphs))
            record["headings"] += [shown(line) for line in whole if block.kind == "heading"]
    return {"paragraphs": paragraphs, **record}


def shown(line: str) -> str:
    """Return a line of the text format as a reader sees it."""
    return INLINE.sub(lambda found: found["bold"] or found["text"], line)


def _links(line: str, paragraph: int) -> list[list[Any]]:
    return [[found["href"], found["text"], paragraph] for found in INLINE.finditer(line) if found["href"]]


def comparable(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record as `archive extract` prints it in the short form in which `expected` writes it (None is "")."""
    image = record["lead_image"]
    return {
        **record,
        **{
            field: record[field] or ""
            for field in ("title", "category", "published_at", "published_raw", "published_from")
        },
        "lead_image": image["url"] if image else "",
        "paragraphs": record["text"].split("\n\n") if record["text"] else [],
        "figures": [[one["url"], one["caption"], one["after_paragraph"]] for one in record["figures"]],
        "tables": [one["rows"] for one in record["tables"]],
        "links": [[one["url"], one["text"], one["paragraph"]] for one in record["links"]],
        "references": [[one["number"], one["url"] or ""] for one in record["references"]],
        "reference_texts": [one["text"] for one in record["references"]],
        "reference_ids": [[one["doi"] or "", one["arxiv_id"] or ""] for one in record["references"]],
        "mentions": [[one["name"], one["paragraph"]] for one in record["mentions"]],
    }
