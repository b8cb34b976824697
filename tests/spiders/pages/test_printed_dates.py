"""Dates that only a reader sees: behind a label anywhere on the page, in the order of the page's language."""

from datetime import UTC, datetime

import pytest

from archive.model import Article
from spiders.pages import read_page

SEEN = datetime(2025, 12, 31, 12, tzinfo=UTC)
TEXT = (
    "<p>Das Werk in Ohio baut Platinen für kleine Rechner, und seine Eigentümer, die es im März übernommen haben, "
    "wollen in zwei Jahren doppelt so viel bauen wie heute. Preise nennt niemand.</p><p>Die Gewerkschaften sagten, "
    "man habe ihnen den Plan früh gezeigt, und fragten, wer die neuen Leute anlernen werde. Ein Streik war vor Jahren "
    "ohne Ergebnis zu Ende gegangen, und seither reden beide Seiten wenig miteinander.</p>"
)
TITLE = "Das Werk in Ohio verdoppelt seine Leistung"


def read(*, above: str = "", below: str = "", head: str = "", url: str = "ohio", lang: str = "de") -> Article:
    page = f"<html lang={lang}><head><meta charset=utf-8><title>{TITLE}</title>{head}</head><body><article>"
    page += f"<h1>{TITLE}</h1>{above}{TEXT}</article>{below}</body></html>"
    return read_page(page.encode(), url=f"https://news.example/{url}", seen_at=SEEN)


@pytest.mark.parametrize(
    "below",
    [
        "<p>Veröffentlicht am 16.08.2019<br>Dauer: 4 Minuten</p>",
        "<div><span>Erschienen am:</span> <h2>16.08.2019</h2></div>",
        "<div><b>Erstellt am </b>16. August 2019</div>",
        "<ul><li><p class=title>Online seit</p><p>16. August 2019</p></li></ul>",
        "<div>Pressemitteilung vom 16.08.2019</div>",
        "<div>Von Lena Ford am 16.08.2019, 11:51 | 3 Meinungen</div>",
        "<div class=submitted>Gespeichert von <span>lena</span> am 16. August 2019 - 18:55</div>",
        "<small>Dieser Beitrag wurde am Freitag, 16. August 2019 um 09:30 Uhr veröffentlicht und in <a>X</a></small>",
        "<small>This entry was posted on Friday, August 16th, 2019 at 9:30 am and is filed under <a>Work</a>.</small>",
        "<aside><dl><dt>Datum</dt><dd>16.08.2019</dd><dt>Kategorie</dt><dd>Werke</dd></dl></aside>",
        '<td><script>showDate("2019/08/16 09:30:00")</script></td>',
    ],
    ids=[
        *("line", "next element", "tail", "list", "press release", "byline", "drupal", "blog", "english blog", "facts"),
        "written by a script",
    ],
)
def test_a_date_behind_a_label_is_found_wherever_it_stands_and_doubted(below: str) -> None:
    article = read(below=below)
    assert (article.published_at, article.published_from) == ("2019-08-16", "visible")
    assert "stands apart from the headline" in article.warnings[0]


@pytest.mark.parametrize(
    ("above", "published_at"),
    [
        ("<span class=date>16.08.19</span>", "2019-08-16"),
        ("<p>Hamburg, 16. August 2019</p>", "2019-08-16"),
        ("<ul><li>Datum: 16. August 2019</li><li>Ausgabe: 3</li></ul>", "2019-08-16"),
        ("<h3>Datum: 16.08.2019, Rubrik: USA</h3>", "2019-08-16"),
        ("<span class='entry-date updated'>16. August 2019</span>", "2019-08-16"),
        ("<span class=updated>20. August 2019</span><span>16. August 2019</span>", "2019-08-16"),
        (f"<figure><img src=i.png><figcaption>{TITLE * 4}</figcaption></figure><b>16.08.2019</b>", "2019-08-16"),
        ("<p>16.08.2019 - 04:30 - Quelle: Agentur Nord - Foto: Lena Ford, Halle 3</p>", "2019-08-16"),
    ],
    ids=["two digits", "place", "list", "heading", "hAtom", "two classes", "below a caption", "row of facts"],
)  # fmt: skip
def test_a_date_beside_the_headline_is_the_page_s(above: str, published_at: str) -> None:
    assert read(above=above).published_at == published_at


@pytest.mark.parametrize(
    ("lang", "printed", "published_at"),
    [("fr", "05/06/2024", "2024-06-05"), ("ja", "24.06.05", "2024-06-05"), ("en", "05/06/2024", None)],
)
def test_the_language_decides_the_order_of_numbers(lang: str, printed: str, published_at: str | None) -> None:
    words = {
        "fr": "<p>Le port a publié un petit modèle qui prévoit les mouvements de ses grues pour tous.</p>",
        "ja": "<p>地方の港湾会社が、荷役クレーンの動きを予測する小型のモデルを公開した。</p>",
        "en": "<p>The port has released a small model that predicts how its cranes move, and it is open to all.</p>",
    }[lang]
    page = f"<html lang={lang}><title>{words[3:40]}</title><h1>{words[3:40]}</h1><p>{printed}</p>{words * 4}</html>"
    article = read_page(page.encode(), url="https://news.example/1", seen_at=SEEN)
    assert article.published_at == published_at


@pytest.mark.parametrize(
    ("below", "modified_at"),
    [
        ("<p>Letzte Aktualisierung: 18.01.2018</p>", "2018-01-18"),
        ("<li>Diese Seite wurde zuletzt am 29. Januar 2020 um 13:22 Uhr geändert.</li>", "2020-01-29"),
        ("<p>Quelle: Werk<br>[Stand: 09.10.2017, 01:40 Uhr]</p>", "2017-10-09"),
        ("<aside><p>Aktualisiert am 18.01.2018</p></aside>", None),
    ],
)
def test_the_printed_day_of_the_last_change_is_no_day_of_publication(below: str, modified_at: str | None) -> None:
    article = read(below=below)
    assert (article.published_at, article.modified_at) == (None, modified_at)


def test_the_headline_is_found_in_any_heading() -> None:
    headings = f"<h1>Das Werk</h1><p>12.05.2020</p><h4>{TITLE}</h4><em>16.08.2019</em>"
    page = f"<html lang=de><title>{TITLE} | Werk</title>{headings}"
    article = read_page(f"{page}{TEXT}</html>".encode(), url="https://news.example/1", seen_at=SEEN)
    assert article.published_at == "2019-08-16"


def test_a_day_first_address_is_read_when_it_can_mean_nothing_else() -> None:
    assert read(url="news/29-10-2021").published_at == "2021-10-29"
    assert read(url="news/09-10-2021").published_at is None
