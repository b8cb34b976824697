"""Headlines without the site's suffix."""

import re
from collections.abc import Iterable, Sequence

_SEPARATOR = re.compile(r"\s+[|｜\-–—·•»:/‹›<>]{1,2}\s+|\s*[|｜]\s*|(?<=\S)\s*::\s*|_(?=[^_]{2,30}$)")
_KEY = re.compile(r"[\W_]+")
_LONGEST_SUFFIX = 50
_SHORTEST_HEADLINE = 8  # folded letters


def fold(text: str) -> str:
    """Return the letters and digits of *text*, folded: the form in which titles are compared."""
    return _KEY.sub("", text.casefold())


def headline(stated: Sequence[str], h1s: Sequence[str], site_names: Iterable[str]) -> str | None:
    """Return the headline: the h1 that a stated title (JSON-LD, og:title, <title>) begins with, else that title.

    A segment is cut from the right only when it names the site, and never when the h1 has it. A title or an h1 that is
    the site's own name is none, unless there is no other.
    """
    names = {fold(name) for name in site_names if name and fold(name)}
    titles = [" ".join(title.split()) for title in stated if title and title.strip()]
    titles = [title for title in titles if fold(title) not in names] or titles
    headings = [" ".join(h1.split()) for h1 in h1s if h1 and h1.strip()]
    headings = [h1 for h1 in headings if not titles or fold(h1) not in names]
    for title in titles:
        for h1 in headings:
            if _begins_with(title, h1):
                return h1
    if len(headings) == 1 and len(titles) == 1 and len(fold(headings[0])) >= _SHORTEST_HEADLINE:
        return headings[0]  # <title> alone names the section or the site on many older pages
    if titles:
        return without_suffix(titles[0], names, others=titles[1:])
    return headings[0] if headings else None


def _begins_with(title: str, h1: str) -> bool:
    """Return whether *title* is *h1*, alone or with a suffix."""
    whole, part = fold(title), fold(h1)
    return bool(part) and (
        whole == part or (len(part) >= 12 and whole.startswith(part) and len(whole) - len(part) <= 60)
    )


def without_suffix(title: str, names: set[str], *, others: Sequence[str] = ()) -> str:
    """Return *title* without the segments at its end (or one at its start) that name the site.

    *names* are folded site names; *others* are titles the page states elsewhere: a shorter one shows the suffix.
    """
    while cut := _last_segment(title):
        kept, segment = cut
        is_name = _is_site_name(segment, names)
        is_shown = any(fold(other) == fold(kept) for other in others)
        if not is_name and not is_shown:
            break
        title = kept
    first = _SEPARATOR.search(title)
    if first and fold(title[: first.start()]) in names and title[first.end() :].strip():
        return title[first.end() :].strip()
    return title


def _last_segment(title: str) -> tuple[str, str] | None:
    cuts = [found for found in _SEPARATOR.finditer(title) if found.start() > 0]
    if not cuts:
        return None
    kept, segment = title[: cuts[-1].start()].strip(), title[cuts[-1].end() :].strip()
    return (kept, segment) if kept and 0 < len(segment) <= _LONGEST_SUFFIX else None


def _is_site_name(segment: str, names: set[str]) -> bool:
    key = fold(segment)
    return any(key == name or (len(name) >= 4 and (name in key or key in name) and len(key) >= 3) for name in names)
