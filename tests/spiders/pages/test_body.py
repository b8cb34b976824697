"""Blocks keep what libraries lose: captions, links with their paragraph, tables, words that tags glued."""

import pytest

from archive.model import Figure
from spiders.pages.blocks import BlockKind, serialise
from spiders.pages.body import Body, make_body
from spiders.pages.document import parse

PROSE = "A paragraph of ordinary text that goes on for a while and ends with a full stop."


def body_of(markup: str) -> Body:
    return make_body(
        serialise(parse(f"<body>{markup}</body>")), lambda href: f"https://a.example/{href}" if href else ""
    )


CAPTIONS = {
    "figcaption": "<figure><img src=i.png><figcaption>Report by X</figcaption></figure>",
    "centred paragraph": '<p><img src=i.png></p><p style="text-align: center">Report by X</p>',
    "centred by class": '<p><img src=i.png></p><p class="text-center mt-2">Report by X</p>',
    "em in the same paragraph": "<p><img src=i.png><br><em>Report by X</em></p>",
    "em after": "<p><img src=i.png></p><p><em>Report by X</em></p>",
    "box of its own": "<div><div><img src=i.png></div><div>Report by X</div></div>",
    "caption above": "<figure><figcaption>Report by X</figcaption><img src=i.png></figure>",
    "heading in figcaption": "<figure><img src=i.png><figcaption><h2>Report by X</h2></figcaption></figure>",
    "button that opens": "<button><figure><img src=i.png><figcaption>Report by X</figcaption></figure></button>",
}


@pytest.mark.parametrize("markup", CAPTIONS.values(), ids=CAPTIONS.keys())
def test_a_caption_belongs_to_its_image_and_never_to_the_text(markup: str) -> None:
    body = body_of(f"<p>{PROSE}</p>{markup}<p>{PROSE}</p>")
    assert body.figures == (Figure(url="https://a.example/i.png", caption="Report by X", after_paragraph=1),)
    assert body.paragraphs == (PROSE, PROSE)


TABLES = {
    "spans over columns and rows": (
        "<tr><th rowspan=2>Bot<th colspan=2>Price<tr><th>Free<th>Pro<tr><td>A<td>✓<td>✗",
        (("Bot", "Price", ""), ("", "Free", "Pro"), ("A", "✓", "✗")),
    ),
    "span within a row": (
        "<tr><td>A<td rowspan=2>both<td>1<tr><td>B<td>2<tr><td>C<td>c<td>3",
        (("A", "both", "1"), ("B", "", "2"), ("C", "c", "3")),
    ),
    "span to the end of its group": (
        "<tbody><tr><td rowspan=0>A<td>1<tr><td>2<tr><td>3</tbody><tbody><tr><td>B<td>4</tbody>",
        (("A", "1"), ("", "2"), ("", "3"), ("B", "4")),
    ),
    "a row of spans alone": ("<tr><td rowspan=2>A<td rowspan=2>1<tr><tr><td>B<td>2", (("A", "1"), ("B", "2"))),
}


@pytest.mark.parametrize(("markup", "rows"), TABLES.values(), ids=TABLES.keys())
def test_the_columns_of_a_table_stay_in_line(markup: str, rows: tuple[tuple[str, ...], ...]) -> None:
    assert [table.rows for table in body_of(f"<p>{PROSE}</p><table>{markup}</table>").tables] == [rows]


def test_two_figures_in_a_row_keep_their_own_captions() -> None:
    markup = "".join(f"<figure><img src={n}.png><figcaption>Caption {n}</figcaption></figure>" for n in (1, 2))
    assert [figure.caption for figure in body_of(f"<p>{PROSE}</p>{markup}").figures] == ["Caption 1", "Caption 2"]


def test_a_caption_that_repeats_a_sentence_of_the_body_stays_in_both() -> None:
    body = body_of(f"<p>{PROSE}</p><figure><img src=i.png><figcaption>{PROSE}</figcaption></figure>")
    assert (body.paragraphs, body.figures[0].caption) == ((PROSE,), PROSE)


def test_an_unmarked_line_under_images_is_a_caption_when_the_page_does_so_throughout() -> None:
    markup = "".join(f"<p>{PROSE}</p><p><img src={n}.png></p><p>Screenshot {n}</p>" for n in (1, 2, 3))
    body = body_of(f"{markup}<p>{PROSE}</p>")
    assert [figure.caption for figure in body.figures] == ["Screenshot 1", "Screenshot 2", "Screenshot 3"]


def test_a_paragraph_after_a_lone_image_is_no_caption() -> None:
    body = body_of(f"<p>{PROSE}</p><p><img src=i.png></p><p>{PROSE}</p>")
    assert (body.figures[0].caption, len(body.paragraphs)) == ("", 2)


@pytest.mark.parametrize(
    ("image", "source"),
    [
        ('<img src="data:image/gif;base64,AA" data-src="r.png">', "r.png"),
        ('<img srcset="s.png 480w, l.png 1200w">', "l.png"),
        ('<img src="/spacer.gif" data-original="r.png">', "r.png"),
        ('<img src="data:image/gif;base64,AA"><noscript><img src="r.png"></noscript>', "r.png"),
        ('<picture><source srcset="r.png 1x"><img></picture>', "r.png"),
    ],
    ids=["data-src", "srcset", "spacer", "noscript", "picture"],
)
def test_a_lazy_image_is_found_once(image: str, source: str) -> None:
    assert [figure.url for figure in body_of(f"<p>{PROSE}</p>{image}").figures] == [f"https://a.example/{source}"]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p><b>a new model.</b><span>The kernel runs.</span></p>", "a new model. The kernel runs."),
        ("<p>新しい<b>モデル</b>を公開。<b>次は</b>検査。</p>", "新しいモデルを公開。次は検査。"),
        ("<p>日本\n   語の改行</p>", "日本語の改行"),
        ("<p>node<b>JS</b> and H<sub>2</sub>O</p>", "nodeJS and H2O"),
        ("<p>two\n lines of <i>Latin</i> text</p>", "two lines of Latin text"),
        ("<p><ruby>東京<rt>とうきょう</rt></ruby>の朝</p>", "東京の朝"),
    ],
    ids=["latin sentences", "japanese", "source line break", "words in parts", "latin line break", "ruby"],
)
def test_words_are_not_glued_and_no_space_is_forced(markup: str, text: str) -> None:
    assert body_of(markup).text == text


def test_links_carry_the_number_of_their_paragraph_and_captions_links_none() -> None:
    body = body_of(
        '<h2>One</h2><p>two <a href="a">here</a></p>'
        '<figure><img src=i.png><figcaption><a href="b">c</a></figcaption></figure>'
    )
    assert [(link.url, link.text, link.paragraph) for link in body.links] == [
        ("https://a.example/a", "here", 2),
        ("https://a.example/b", "c", 0),
    ]


def test_a_data_table_keeps_its_rows_and_a_layout_table_is_read_through() -> None:
    layout = f"<table><tr><td><p>{PROSE * 3}</p></td><td><p>{PROSE * 4}</p></td></tr></table>"
    data = "<table><caption>T</caption><tr><th>a<th>b<tr><td colspan=2>1<tr><td>2<td>3</table>"
    body = body_of(layout + data)
    assert body.paragraphs == (PROSE * 3, PROSE * 4)
    assert [(table.caption, table.rows) for table in body.tables] == [("T", (("a", "b"), ("1", ""), ("2", "3")))]


def test_links_of_a_table_stand_outside_the_paragraphs() -> None:
    body = body_of(f"<p>{PROSE}</p><table><tr><th>a<th>b<tr><td><a href=x>one</a><td>2</table>")
    assert [(link.url, link.text, link.paragraph) for link in body.links] == [("https://a.example/x", "one", 0)]


def test_a_block_stands_in_the_box_that_its_line_fills() -> None:
    blocks = serialise(parse("<body><p><b><a href=a>before<br><img src=i.png></a></b>after</p></body>"))
    assert [(block.text, block.node.tag) for block in blocks if block.is_text] == [("before", "p"), ("after", "p")]


def test_two_breaks_part_paragraphs_and_one_parts_lines() -> None:
    assert body_of("<p>one<br>two<br><br>three</p>").paragraphs == ("one\ntwo", "three")


def test_kinds_follow_the_elements() -> None:
    markup = "<h2>h</h2><p>p</p><ul><li>i</li></ul><blockquote><p>q</p></blockquote><pre>x\n\n y</pre>"
    kinds = [block.kind for block in serialise(parse(f"<body>{markup}</body>"))]
    assert kinds == [BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.ITEM, BlockKind.QUOTE, BlockKind.CODE]


def test_text_after_a_reference_list_stays_text() -> None:
    body = body_of(f"<p>{PROSE}</p><p>References:</p><p>1.https://a.example/x</p><p>{PROSE}</p>")
    assert [reference.url for reference in body.references] == ["https://a.example/x"]
    assert body.paragraphs == (PROSE, PROSE)


def test_a_numbered_list_without_a_label_is_no_reference_list() -> None:
    assert body_of(f"<p>{PROSE}</p><ol><li>first</li><li>https://a.example/x</li></ol>").references == ()
