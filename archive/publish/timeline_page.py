"""The timeline: HyperAI's articles month by month, each day in order."""

import re
from functools import partial
from typing import Any

from archive.publish.answering import not_answered, read, show

N_LISTED = 500

MONTHS_SQL = "SELECT name AS month, n AS n_articles FROM totals WHERE about = 'month' ORDER BY name"
# The condition is the expression that articles_newest_of_kind is ordered by.
MONTH_SQL = """
SELECT id, title, lang, section, category, source, published_at, published_precision, n_revisions,
    SUBSTR(COALESCE(published_at, first_captured_at), 1, 10) AS day
FROM articles
WHERE kind = 'article' AND COALESCE(published_at, first_captured_at) >= :month
    AND COALESCE(published_at, first_captured_at) < :month || '~'
ORDER BY COALESCE(published_at, first_captured_at) DESC, id DESC LIMIT :limit
"""
NEWEST_SQL = """
SELECT SUBSTR(COALESCE(published_at, first_captured_at), 1, 7) AS month FROM articles
WHERE kind = 'article' ORDER BY COALESCE(published_at, first_captured_at) DESC, id DESC LIMIT 1
"""
BEFORE_SQL = """
SELECT SUBSTR(COALESCE(published_at, first_captured_at), 1, 7) AS month FROM articles
WHERE kind = 'article' AND COALESCE(published_at, first_captured_at) < :month
ORDER BY COALESCE(published_at, first_captured_at) DESC LIMIT 1
"""
AFTER_SQL = """
SELECT SUBSTR(COALESCE(published_at, first_captured_at), 1, 7) AS month FROM articles
WHERE kind = 'article' AND COALESCE(published_at, first_captured_at) >= :month || '~'
ORDER BY COALESCE(published_at, first_captured_at) LIMIT 1
"""


async def timeline_page(request: Any, datasette: Any) -> Any:
    """Answer /timeline and /timeline/<year>-<month>: the articles of a month, else of the newest one."""
    month = request.url_vars.get("month")
    if month and not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month, re.ASCII):
        return await not_answered(datasette, request, 404)
    return await show(datasette, request, "timeline", await read(datasette, partial(read_month, month=month)))


def read_month(connection: Any, month: str | None) -> dict[str, Any]:
    """Return the articles of *month* (2026-01) by day, newest first, and the months around it; None is the newest."""
    if month is None:
        newest = connection.execute(NEWEST_SQL).fetchone()
        month = newest["month"] if newest else None
    if month is None:
        return {"month": None, "days": [], "n_articles": 0, "before": None, "after": None, "is_cut": False}
    rows = [dict(row) for row in connection.execute(MONTH_SQL, {"month": month, "limit": N_LISTED + 1})]
    days: dict[str, list[dict[str, Any]]] = {}
    for row in rows[:N_LISTED]:
        days.setdefault(row.pop("day"), []).append(row)
    before, after = (connection.execute(sql, {"month": month}).fetchone() for sql in (BEFORE_SQL, AFTER_SQL))
    return {
        "month": month,
        "days": [{"day": day, "articles": articles} for day, articles in days.items()],
        "n_articles": len(rows[:N_LISTED]),
        "before": before["month"] if before else None,
        "after": after["month"] if after else None,
        "is_cut": len(rows) > N_LISTED,
        "months": _by_year(connection),
    }


def _by_year(connection: Any) -> list[dict[str, Any]]:
    years: dict[str, list[dict[str, Any]]] = {}
    for row in connection.execute(MONTHS_SQL):
        years.setdefault(row["month"][:4], []).append(dict(row))
    return [{"year": year, "months": months} for year, months in sorted(years.items(), reverse=True)]
