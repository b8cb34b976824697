"""A reference list is read by what holds its entries, whatever that is, and ends where that ends."""

import time

import pytest

from spiders.pages.blocks import serialise
from spiders.pages.body import Body, make_body
from spiders.pages.document import absolute, parse

PAGE = "https://news.example/en/news/7"
PROSE = "A paragraph of ordinary text that goes on for a while and ends with a full stop."
A, B, C = "https://dredge.example/report", "https://mole.example/log/2", "https://pier.example/c"


def body_of(markup: str) -> Body:
    return make_body(serialise(parse(f"<body><p>{PROSE}</p>{markup}</body>")), lambda href: absolute(href, PAGE))


def pairs(markup: str) -> list[tuple[int, str | None]]:
    return [(one.number, one.url) for one in body_of(markup).references]


def linked(url: str, title: str = "Silt") -> str:
    return f'<a href="{url}">{title}</a>'


STRUCTURES = {
    "items": f"<h2>References</h2><ol><li>{linked(A)}</li><li>{linked(B)}</li></ol>",
    "items of several paragraphs": "<h2>References</h2><ul>"
    f"<li><p>1. Silt</p><p>I. Vance, O. Brook</p><p>{linked(A, 'read')}</p></li>"
    f"<li><p>2. Sand</p><p>P. Mole</p><p>{linked(B, 'read')}</p></li></ul>",
    "items with a list of authors": "<h3>References</h3><ol>"
    f"<li>{linked(A)}<ul><li>I. Vance</li><li>O. Brook</li></ul></li>"
    f"<li>{linked(B)}<ul><li>P. Mole</li></ul></li></ol>",
    "items under an introduction": "<h2>Sources</h2><p>All pages were read in November.</p>"
    f"<ol><li>{A}</li><li>{B}</li></ol>",
    "lines under an introduction": f"<h2>Sources</h2><p>All pages were read in November.</p><p>1. {A}</p><p>2. {B}</p>",
    "lists under subtitles": f"<h2>References</h2><p>Papers</p><ol><li>{linked(A)}</li></ol>"
    f'<p>Data</p><ol start="2"><li>{linked(B)}</li></ol>',
    "lists under smaller headings": f"<h2>References</h2><h3>Papers</h3><ol><li>{linked(A)}</li></ol>"
    f'<h3>Data</h3><ol start="2"><li>{linked(B)}</li></ol>',
    "rows with a header": "<h2>References</h2><table><tr><th>No.</th><th>Title</th><th>Link</th></tr>"
    f"<tr><td>1</td><td>Silt</td><td>{linked(A, 'page')}</td></tr><tr><td>2</td><td>Sand</td><td>{B}</td></tr></table>",
    "rows that lay out": "<p>References</p><table role=presentation>"
    f"<tr><td>[1]</td><td>{linked(A)}</td></tr><tr><td>[2]</td><td>{linked(B)}</td></tr></table>",
    "pairs": f"<h2>References</h2><dl><dt>1</dt><dd>{linked(A)}</dd><dt>2</dt><dd>{linked(B)}</dd></dl>",
    "pairs with titles": f"<h2>References</h2><dl><dt>Silt</dt><dd>{A}</dd><dt>Sand</dt><dd>{B}</dd></dl>",
    "headings": f"<h2>References</h2><div><h4>1. Silt</h4><p>I. Vance, {linked(A, 'read')}</p></div>"
    f"<div><h4>2. Sand</h4><p>P. Mole, {linked(B, 'read')}</p></div>",
    "lines with what was read when": f"<p>References:</p><p>1. Silt<br>{A}<br>(accessed 4 May)</p>"
    f"<p>2. Sand<br>{B}<br>(accessed 5 May)</p>",
    "lines of one block with what was read when": f"<p>References:<br>1. Silt<br>{A}<br>(accessed 4 May)<br>"
    f"2. Sand<br>{B}<br>(accessed 5 May)</p>",
    "lines with authors between": f"<p>References</p><p>1. Silt</p><p>I. Vance</p><p>{A}</p>"
    f"<p>2. Sand</p><p>P. Mole</p><p>{B}</p>",
    "items that hold a whole list": f"<p>References</p><ul><li>1. {A}<br>2. {B}</li></ul>",
    "zero-width characters": "<p>References</p><p>1.&#8203;https://dredge.example/&#8203;report</p>"
    "<p>2.&#xFEFF;https://mole.example/log/&#8288;2</p>",
    "one line": f"<p>References: 1.{A} 2.{B}</p>",
    "numbered titles without a break": f"<div>References</div><div>{linked(A, '1. Silt')}{linked(B, '2. Sand')}</div>",
    "hrefs without a scheme": '<p>References</p><ol><li><a href="dredge.example/report">Silt</a></li>'
    '<li><a href="mole.example/log/2">Sand</a></li></ol>',
    "hrefs with what trails": f'<p>References</p><ol><li><a href="{A}).">Silt</a></li>'
    f'<li><a href="{B}%20">Sand</a></li></ol>',
}


@pytest.mark.parametrize("markup", STRUCTURES.values(), ids=STRUCTURES.keys())
@pytest.mark.parametrize(
    "after", ["", f"<p>{PROSE}</p>", f"<h2>Notes</h2><p>{PROSE}</p>"], ids=["end", "text", "heading"]
)
def test_what_holds_an_entry_tells_where_it_ends(markup: str, after: str) -> None:
    body = body_of(markup + after)
    assert [(one.number, one.url) for one in body.references] == [(1, A), (2, B)]
    assert body.paragraphs == (PROSE, *(["Notes"] if "Notes" in after else []), *([PROSE] if after else []))
    assert body.tables == ()


@pytest.mark.parametrize(
    ("entries", "numbers"),
    [
        ("<ol><li value=3>{a}</li><li>{b}</li><li value=9>{c}</li></ol>", [3, 4, 9]),
        ("<ol start=7><li>{a}</li><li>{b}</li><li>{c}</li></ol>", [7, 8, 9]),
        ("<ol start=0><li>{a}</li></ol><ol start=1><li>{b}</li><li>{c}</li></ol>", [0, 1, 2]),
        ("<ul><li>[4] {a}</li><li>[6] {b}</li><li>[7] {c}</li></ul>", [4, 6, 7]),
        ("<ol><li>{a}</li><li>3. Auflage, {b}</li><li>{c}</li></ol>", [1, 2, 3]),
        ("<ol><li>Tides<ul><li>{a}</li><li>{b}</li></ul></li><li>Sand<ul><li>{c}</li></ul></li></ol>", [1, 1, 2]),
        ("<ol><li>{a}</li><li>{b}</li></ol><ol start=3><li>{c}</li></ol>", [1, 2, 3]),
        ("<ol><li>{a}</li><li>{b}</li></ol><p>3. {c}</p>", [1, 2, 3]),
        ("<h3>Papers</h3><ol><li>{a}</li><li>{b}</li></ol><h3>Data</h3><ol><li>{c}</li></ol>", [1, 2, 1]),
    ],
    ids=[
        "value",
        "start",
        "from nought",
        "printed",
        "number of a title",
        "nested",
        "two lists",
        "list and line",
        "lists with titles",
    ],
)
def test_numbers_are_those_that_a_reader_sees(entries: str, numbers: list[int]) -> None:
    markup = entries.format(a=linked(A), b=linked(B), c=linked(C))
    assert pairs(f"<h2>References</h2>{markup}") == list(zip(numbers, [A, B, C], strict=True))


def test_an_entry_without_an_address_stays_and_does_not_end_the_list() -> None:
    markup = f"<h2>Sources</h2><ul><li>{linked(A)}</li><li>A talk with the harbour master</li><li>{linked(B)}</li></ul>"
    assert pairs(markup) == [(1, A), (2, None), (3, B)]


def test_links_into_the_site_are_entries_below_a_label() -> None:
    markup = '<h2>References</h2><ul><li><a href="/en/news/3">Silt</a></li><li><a href="../papers/4">Sand</a></li></ul>'
    assert pairs(markup) == [(1, "https://news.example/en/news/3"), (2, "https://news.example/en/papers/4")]


@pytest.mark.parametrize(
    "entry",
    [
        f'Silt, {linked(A)} <a href="#fnref1">↩</a> <a href="#fnref2">↩<sup>2</sup></a>',
        f'<a href="#c1">↑</a> Silt, {linked(A)}',
        f'Silt, {linked(A)} <a href="{PAGE}#c1">^</a>',
        f'Silt, <a href="#">{A}</a>',
        f'Silt, <a href="">{A}</a>',
        f'Silt, <a href="javascript:void(0)">{A}</a>',
    ],
    ids=["footnote", "arrow", "own address", "#", "empty", "script"],
)
def test_a_link_to_the_page_itself_is_no_address(entry: str) -> None:
    (reference,) = body_of(f"<h2>References</h2><ol><li>{entry}</li></ol>").references
    assert (reference.number, reference.url) == (1, A)
    assert not any(arrow in reference.text for arrow in "↩↑^")


def test_two_labelled_lists_are_both_read_in_order() -> None:
    markup = f"<h2>References</h2><ol><li>{linked(A)}</li><li>{linked(B)}</li></ol><p>Reference links:</p><p>1. {C}</p>"
    body = body_of(markup)
    assert [(one.number, one.url) for one in body.references] == [(1, A), (2, B), (1, C)]
    assert body.paragraphs == (PROSE,)


@pytest.mark.parametrize("label", ["Source:", "Source :", "Quelle:", "出典：", "来源：", "출처:"])
def test_a_single_source_after_the_text_is_a_reference(label: str) -> None:
    assert pairs(f"<p>{label} {linked(A, 'The Dredger')}</p>") == [(1, A)]


@pytest.mark.parametrize(
    ("label", "between"),
    [("Sources:", (", ", " and ", ".")), ("Quellen: ", ("; ", " und ", "")), ("来源：", ("、", "和", "。"))],
)
def test_sources_that_one_sentence_names_are_an_entry_each(label: str, between: tuple[str, str, str]) -> None:
    first, second, last = between
    names = f"{linked(A, 'Pier')}{first}{linked(B, 'Mole')}{second}{linked(C, 'Dredge')}{last}"
    assert pairs(f"<p>{label} {names}</p>") == [(1, A), (2, B), (3, C)]


@pytest.mark.parametrize(
    "markup",
    [
        f"<p>Sources: {linked(A, 'Pier')} and {linked(B, 'Mole')}</p><p>{PROSE}</p>",
        f"<p><img src=a.png></p><p>Sources: {linked(A, 'Pier')}, {linked(B, 'Mole')}</p>",
        f"<p>Sources: {linked(A, 'Pier')}, whose chief {linked(B, 'denies')} it</p>",
        f"<p>Sources: {linked(A, 'Pier')}, <a href='/en/topics/silt'>Silt</a></p>",
        f"<figure><img src=a.png><figcaption>Source: {linked(A, 'The Dredger')}</figcaption></figure>",
        f"<p><img src=a.png></p><p>Source: {linked(A, 'The Dredger')}</p>",
        f"<p>Source: {linked(A, 'The Dredger')}</p><p>{PROSE}</p>",
        '<p>Source: <a href="/en/authors/vance">I. Vance</a></p>',
        f"<p>Source: {linked(A, 'The Dredger')}, which two people confirmed</p>",
        f"<h2>References</h2><p>{PROSE}</p><p>{PROSE}</p><ol><li>First</li><li>{linked(A)}</li></ol>",
        "<h2>Sources</h2><p>Power comes from three of them:</p><ul><li>a dam</li><li>the grid</li></ul>",
        "<h2>Sources</h2><table><tr><th>Source</th><th>Share</th></tr><tr><td>dam</td><td>40</td></tr></table>",
        f"<h2>References</h2><h2>1. Silt</h2><p>{PROSE} {linked(A)}</p>",
        "<h2>References</h2><ul></ul><h2>Letters</h2><p>Subscribe <a href=/letters>here</a>.</p>",
    ],
    ids=[
        "names in the text", "names below an image", "names in prose", "names of own pages",
        "credit", "credit below", "in the text", "author", "prose", "heading of prose", "three sources", "figures",
        "next section", "empty",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_list_is_none(markup: str) -> None:
    assert pairs(markup) == []


@pytest.mark.parametrize(
    "after",
    [
        f"<p>Read more</p><ul><li>{linked(C)}</li></ul>",
        f"<ul><li>{linked(C, 'Share')}</li></ul>",
        f"<p>{PROSE}</p><ol><li>Dig</li><li>{linked(C)}</li></ol>",
        f"<h3>Steps</h3><ol><li>{linked(C)}</li></ol>",
    ],
    ids=["named list", "second list", "prose and list", "heading and list"],
)
def test_a_list_of_something_else_below_is_left_alone(after: str) -> None:
    assert pairs(f"<p>References</p><ol><li>{linked(A)}</li><li>{linked(B)}</li></ol>{after}") == [(1, A), (2, B)]


def test_many_labels_without_a_list_cost_little() -> None:
    markup = f"<p>Sources: {A}</p><p>{PROSE}</p><p>References</p><p>{PROSE}</p>" * 1500
    started = time.process_time()
    body_of(markup)
    assert time.process_time() - started < 5
