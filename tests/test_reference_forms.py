"""A reference list is the same list whatever names it, holds it, numbers it, and follows it.

Pages are put together from labels, boxes, marks, forms of an entry and what stands below; the entries that come back
must be those put in. The same pages under a name of something else hold no list.
"""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from spiders.pages import read_page

SEEN_AT = datetime(2025, 12, 5, 9, 30, tzinfo=UTC)
URL = "https://hyper.ai/en/news/51000"
PROSE = "The dredger works at night, when the harbour is empty, and stops when a ship is announced by the pilots."
SHELL = """<html lang="en"><head><title>Silt</title></head><body><header><a href="/en">HyperAI</a></header>
<div><h1>Silt</h1><div>23 days ago</div><div>Information</div><div>{prose}</div><p>{prose}</p>
{body}</div></body></html>"""
ADDRESSES = (
    "https://dredge.example.com/report/7",
    "https://mole.example.org/log/2",
    "https://arxiv.org/abs/2511.00207",
    "https://pier.example.net/2025/10/21/silt",
)
TITLES = ("Silt in the basin", "24 nights at the mole", "The 2025 report", "砂と港")
LABELS = """
参考リンク：|【参考文献】|出典・参考資料一覧|3. 参考文献|この記事の情報源|参考链接：|五、参考资料|相关资料来源|參考資料
참고 링크|인용 출처|참고한 자료:|References|SOURCES:|Works cited|Sources used (4)|参考文献 / References
Liens de référence|Sources consultées :|Quellenverzeichnis|Benutzte Quellen
"""
OTHERS = """
関連記事|参考価格|手順|画像出典|相关阅读|参考价格：|开源项目|관련 기사|참고 가격|Read more|Reference designs
Open source|Sources of error|Prix de référence|Energiequellen|Rangliste
"""
NAMES = """
<p>{}</p>|<p><strong>{}</strong></p>|<h2>{}</h2>|<div><h3>{}</h3></div>|<div><span>{}</span></div>|<p><em>{}</em></p>
"""
# One form for every number, or the four marks themselves.
MARKS = """
{}.|{}. |[{}] |({}) |{}) |{}、|【{}】|0{}. |&lt;{}&gt; |※{} |注{}：|#{} |{} — |[^{}]: |・|• |* |- |■,■,■,■
①,②,③,④|❶,❷,❸,❹|가. ,나. ,다. ,라. |a) ,b) ,c) ,d) |一、,二、,三、,四、|（一）,（二）,（三）,（四）
"""
ENTRIES = """
<a href="{url}">{title}</a>
<a href="{url}">{cut}...</a>
{title}: {url}
{title} — <a href="{url}">link</a>
{title}（{url}）
“<a href="{url}">{title}</a>”, Pier, 2025.
{title} {bare}
"""
RELATED = "<li><a href='/en/news/40112'>Sand</a></li><li><a href='/en/news/40113'>Mud</a></li>"
AFTER = (
    "",
    f"<p>{PROSE}</p>",
    f"<h3>Related articles</h3><ul>{RELATED}</ul>",
    "<p>© 2025 HyperAI. All rights reserved.</p>",
    "<p>Follow us on <a href='https://social.example.com/h'>our page</a>.</p>",
    f"<h2>What comes next</h2><p>{PROSE}</p><ol><li>Dig</li><li>Stop, see https://pier.example.net/stop</li></ol>",
)
BOXES = (  # all of the list, one entry of it, what stands between two
    ("{label}{entries}", "<p>{mark}{entry}</p>", ""),
    ("<section>{label}<div>{entries}</div></section>", "<div class=r>{mark}{entry}</div>", ""),
    ("{label}<p>{entries}</p>", "{mark}{entry}", "<br>"),
    ("{label}<ul>{entries}</ul>", "<li>{mark}{entry}</li>", ""),
    ("{label}<table>{entries}</table>", "<tr><td>{mark}{entry}</td></tr>", ""),
    ("<blockquote>{label}{entries}</blockquote>", "<p>{mark}{entry}</p>", ""),
    ("{label}<ol>{entries}</ol>", "<li><p>{entry}</p></li>", ""),
    ("{label}{entries}", "<ol start={number}><li>{entry}</li></ol>", ""),
    ("{label}<dl>{entries}</dl>", "<dt>{number}</dt><dd>{entry}</dd>", ""),
    ("{label}{entries}", "<div class=f><div>{number}.</div><div>{entry}</div></div>", ""),
    ("{label}{entries}", "<p><span>{number}</span>{entry}</p>", ""),
    ("{label}{entries}", "<div class=c><div>{entry}</div><div>Pier</div></div>", ""),
    ("<aside>{label}<ol>{entries}</ol></aside>", "<li>{entry}</li>", ""),
    ("<details>{label}<ol>{entries}</ol></details>", "<li>{entry}</li>", ""),
)


def words(text: str) -> list[str]:
    return text.strip("\n").replace("\n", "|").split("|")


FORMS = {
    "name": st.sampled_from(words(NAMES)),
    "box": st.sampled_from(BOXES),
    "forms": st.lists(st.sampled_from(words(ENTRIES)), min_size=2, max_size=4),
    "after": st.sampled_from(AFTER),
}


def list_of(name: str, box: tuple[str, str, str], mark: str, forms: list[str]) -> str:
    """Return the markup of a list: *name* is its label's, *mark* the form of the numbers."""
    outer, inner, between = box
    marks = mark.split(",") if "," in mark else [mark.format(number) for number in range(1, 5)]
    entries = []
    for number, (form, title, url) in enumerate(zip(forms, TITLES, ADDRESSES, strict=False), start=1):
        entry = form.format(title=title, url=url, cut=url[:24], bare=url.removeprefix("https://"))
        entries.append(inner.format(mark=marks[number - 1], number=number, entry=entry))
    return outer.format(label=name, entries=between.join(entries))


def found(body: str) -> list[tuple[int, str | None]]:
    page = SHELL.format(prose=PROSE, body=body).encode()
    article = read_page(page, url=URL, seen_at=SEEN_AT, content_type="text/html; charset=utf-8", site="hyper.ai")
    return [(one.number, one.url) for one in article.references]


@settings(max_examples=200, deadline=None, derandomize=True)
@given(label=st.sampled_from(words(LABELS)), mark=st.sampled_from(words(MARKS)), **FORMS)
def test_a_list_is_the_same_in_every_form(label, name, box, mark, forms, after):
    markup = list_of(name.format(label), box, mark, forms)
    assert found(markup + after) == list(enumerate(ADDRESSES[: len(forms)], start=1))


@settings(max_examples=100, deadline=None, derandomize=True)
@given(label=st.sampled_from(words(OTHERS)), mark=st.sampled_from(["{}. ", "[{}] ", "・"]), **FORMS)
def test_the_same_under_another_name_is_no_list(label, name, box, mark, forms, after):
    assert found(list_of(name.format(label), box, mark, forms) + after) == []
