"""The archive in pictures, each with its numbers: articles a week, cited publishers, survival of links, coverage."""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from datasette import Response

from archive.publish.answering import as_json, not_answered, read, show, words_of
from archive.publish.charts import falling_steps, share_bars, stacked_bars
from archive.publish.survival import at_ages, survival
from archive.publish.words import FIELD_NAMES, LANGUAGE_NAMES, Words

N_WEEKS = 26
N_MONTHS = 12
N_SOURCES = 7
AGES = (0, 7, 30, 60, 90, 180, 365, 730, 1095)
ABOUT_LINKS = (
    "Share of cited pages that were still there, by days since the first article cited them. "
    "A page counts until it was first found gone, or until its last answer (Kaplan–Meier estimate)."
)

# A page that prints a date far ahead does not push the last weeks and months out of the picture.
WEEKS_SQL = """
SELECT week, section, lang, n_articles FROM article_weeks
WHERE week <= DATE('now', '+7 days')
    AND week >= (SELECT DATE(MAX(week), :span) FROM article_weeks WHERE week <= DATE('now', '+7 days'))
ORDER BY week, section, lang
"""
TOP_SQL = """
SELECT source, SUM(n_citations) AS n FROM citation_months
WHERE month <= DATE('now', '+7 days') AND month > (
    SELECT SUBSTR(DATE(MAX(month) || '-01', :span), 1, 7) FROM citation_months WHERE month <= DATE('now', '+7 days')
)
GROUP BY source ORDER BY n DESC, source LIMIT :limit
"""
MONTHS_SQL = """
SELECT month, CASE WHEN source IN (SELECT value FROM json_each(:top)) THEN source ELSE '' END AS shown,
    SUM(n_citations) AS n
FROM citation_months
WHERE month <= DATE('now', '+7 days') AND month > (
    SELECT SUBSTR(DATE(MAX(month) || '-01', :span), 1, 7) FROM citation_months WHERE month <= DATE('now', '+7 days')
)
GROUP BY month, shown
"""
AGES_SQL = "SELECT days, n_lost, n_seen FROM link_ages WHERE source = :source ORDER BY days"
COVERAGE_SQL = """
SELECT kind, field, n_articles, n_filled FROM field_coverage WHERE source = :source ORDER BY kind, rowid
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One picture: its drawings as SVG, and the numbers that it shows as a table."""

    name: str
    title: str
    about: str
    drawings: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


Draw = Callable[[Any, Words], Picture]


async def pictures_page(request: Any, datasette: Any) -> Any:
    """Answer /pictures: all of them."""
    words = words_of(request)
    drawn = await read(datasette, lambda connection: [draw(connection, words) for draw in PICTURES.values()])
    return await show(datasette, request, "pictures", {"pictures": [_mapping(picture) for picture in drawn]})


async def picture_numbers(request: Any, datasette: Any) -> Any:
    """Answer /pictures/<name>.csv and .json: the numbers of one picture."""
    draw = PICTURES.get(request.url_vars["name"])
    if draw is None:
        return await not_answered(datasette, request, 404)
    words = words_of(request)
    picture = await read(datasette, lambda connection: draw(connection, words))
    if request.url_vars["format"] == "json":
        rows = [dict(zip(picture.columns, row, strict=True)) for row in picture.rows]
        return as_json({"name": picture.name, "title": picture.title, "about": picture.about, "rows": rows})
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([picture.columns, *picture.rows])
    return Response(out.getvalue(), content_type="text/csv; charset=utf-8")


def articles_by_week(connection: Any, words: Words) -> Picture:
    """Draw how many of HyperAI's articles of the last weeks we hold, by language and by section."""
    found = connection.execute(WEEKS_SQL, {"span": f"-{7 * (N_WEEKS - 1)} days"}).fetchall()
    titles = {"lang": words("Articles a week by language"), "section": words("By section")}
    drawings = tuple(_by_week(found, column, title, words) for column, title in titles.items()) if found else ()
    return Picture(
        name="articles",
        title=words("Articles a week"),
        about=words(
            "HyperAI's articles in this archive by the week of their publication, the last {n} weeks.", n=N_WEEKS
        ),
        drawings=drawings,
        columns=("week", "section", "lang", "articles"),
        rows=tuple(tuple(row) for row in reversed(found)),
    )


def most_cited(connection: Any, words: Words) -> Picture:
    """Draw which publishers the articles of each of the last months cite most."""
    span = {"span": f"-{N_MONTHS} months"}
    top = [row["source"] for row in connection.execute(TOP_SQL, span | {"limit": N_SOURCES})]
    found = connection.execute(MONTHS_SQL, span | {"top": json.dumps(top)}).fetchall()
    months = sorted({row["month"] for row in found})
    counts = {(row["month"], row["shown"]): row["n"] for row in found}
    series = {
        source or words("all others"): [counts.get((month, source), 0) for month in months] for source in [*top, ""]
    }
    rows = [
        (month, source or words("all others"), counts.get((month, source), 0))
        for month in months
        for source in [*top, ""]
    ]
    return Picture(
        name="cited",
        title=words("Most cited publishers by month"),
        about=words("References and links of HyperAI's articles, by the month of the article that cites."),
        drawings=(stacked_bars(months, series, title=words("Citations a month by cited publisher")),) if found else (),
        columns=("month", "publisher", "citations"),
        rows=tuple(reversed(rows)),
    )


def link_survival(connection: Any, words: Words, source: str = "") -> Picture:
    """Draw how long cited links live, of all publishers or of *source*."""
    curve = survival(connection.execute(AGES_SQL, {"source": source}))
    points = [(float(age.days), age.share) for age in curve]
    has_time = bool(curve) and curve[-1].days > 0
    return Picture(
        name="links",
        title=words("Survival of cited links"),
        about=words(ABOUT_LINKS),
        drawings=(falling_steps(points, title=words("Share of cited pages still there, by days")),) if has_time else (),
        columns=("days", "pages known longer", "share still there"),
        rows=tuple((days, known, round(share, 4)) for days, known, share in at_ages(curve, AGES)),
    )


def field_coverage(connection: Any, words: Words, source: str = "") -> Picture:
    """Draw on how many pages each field could be read, of HyperAI's articles and of cited sources."""
    found = connection.execute(COVERAGE_SQL, {"source": source}).fetchall()
    kinds = {"article": words("articles"), "source": words("cited sources")}
    series = {
        name: [row["n_filled"] / row["n_articles"] for row in found if row["kind"] == kind]
        for kind, name in kinds.items()
        if any(row["kind"] == kind for row in found)
    }
    labels = [words(FIELD_NAMES.get(field, field)) for field in dict.fromkeys(row["field"] for row in found)]
    return Picture(
        name="fields",
        title=words("Coverage by field"),
        about=words("Share of pages on which each field was found; not every page prints every field."),
        drawings=(share_bars(labels, series, title=words("Share of pages with each field")),) if found else (),
        columns=("kind", "field", "pages", "filled"),
        rows=tuple(tuple(row) for row in found),
    )


PICTURES: Mapping[str, Draw] = {
    "articles": articles_by_week,
    "cited": most_cited,
    "links": link_survival,
    "fields": field_coverage,
}


def _mapping(picture: Picture) -> dict[str, Any]:
    return {name: getattr(picture, name) for name in Picture.__dataclass_fields__}


def _by_week(found: Sequence[Any], column: str, title: str, words: Words) -> str:
    weeks = _weeks(found[0]["week"], found[-1]["week"])
    counts = {key: dict.fromkeys(weeks, 0) for key in sorted({row[column] for row in found})}
    for row in found:
        counts[row[column]][row["week"]] += row["n_articles"]
    series = {_shown(column, key, words): list(by_week.values()) for key, by_week in counts.items()}
    return stacked_bars(weeks, series, title=title)


def _weeks(first: str, last: str) -> list[str]:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return [(start + timedelta(weeks=number)).isoformat() for number in range((end - start).days // 7 + 1)]


def _shown(column: str, value: str, words: Words) -> str:
    return (LANGUAGE_NAMES.get(value.partition("-")[0], value) if column == "lang" else value) or words("none named")
