"""The next page of a listing: a link, a page number, or a number or cursor in the page's script state."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from spiders.pages.document import Document, Element, direct_text

_NEXT = re.compile(
    r"^\W*(?:next(?: page)?|older(?: posts| articles)?|load more|more|"
    r"次へ|次のページ|もっと見る|下一页|下一頁|加载更多|"
    r"다음|더 보기|suivant|"
    r"page suivante|weiter|nächste(?: seite)?|[»›→>])\W*$",
    re.I,
)
_PAGE = re.compile(r"^(?:page|p|paged|pg)$", re.I)
_PAGE_PATH = re.compile(r"/page/(\d{1,4})/?$")
# Keys of the states that list pages of React and GraphQL clients keep; what each holds decides what is done with it.
_NEXT_KEYS = ("nextPage", "next_page", "nextPageNumber", "nextUrl", "next_url", "nextPageUrl", "next_page_url", "next")
_CURSOR_KEYS = ("nextCursor", "next_cursor", "endCursor", "end_cursor", "nextPageToken", "next_page_token")
_MORE_KEYS = ("hasNextPage", "has_next_page", "hasNext", "hasMore", "has_more")
_OWN_NUMBER_KEYS = ("page", "currentPage", "current_page", "pageNumber")
_TOTAL_KEYS = ("totalPages", "total_pages", "pageCount", "page_count", "lastPage", "last_page")
_LONGEST_CURSOR = 500


def next_page(document: Document) -> str | None:
    """Return the address of the listing's next page; None when the page names none.

    A link that says so goes before a page number, and that before what only the script state knows.
    """
    return next(_linked(document), None) or next(_in_state(document), None)


def guessed_page(document: Document) -> str | None:
    """Return where the next page of a numbered listing would be; None when its script state says that it ends here."""
    query = dict(parse_qsl(urlsplit(document.url).query))
    if "cursor" in query or any(_is_end(value) for value in document.payload.objects()):
        return None
    return _with_parameter(document.url, "page", max(page_number(document.url), 1) + 1)


def page_number(url: str) -> int:
    """Return the page of a listing that *url* names, 0 when it names none."""
    parts = urlsplit(url)
    numbers = [int(value) for key, value in parse_qsl(parts.query) if _PAGE.match(key) and value.isdecimal()]
    found = _PAGE_PATH.search(parts.path)
    return numbers[0] if numbers else int(found.group(1)) if found else 0


def _linked(document: Document) -> Iterator[str]:
    """Yield addresses of links: rel=next, then a link named so, then the next higher page number."""
    own = page_number(document.url)
    named: list[str] = []
    numbered: list[tuple[int, str]] = []
    for node in document.root.iter("link", "a"):
        href = document.absolute(node.get("href")).split("#")[0]
        if not href or href == document.url:
            continue
        if "next" in (node.get("rel") or "").lower().split():
            yield href
        number, is_same = page_number(href), _is_same_list(href, document.url)
        if is_same and number > max(own, 1):
            numbered.append((number, href))
        if is_same and number != own and _is_named_next(node):
            named.append(href)
    yield from named
    yield from (href for _, href in sorted(numbered))


def _is_named_next(node: Element) -> bool:
    return node.tag == "a" and bool(_NEXT.match(direct_text(node) or node.get("aria-label") or ""))


def _in_state(document: Document) -> Iterator[str]:
    """Yield addresses made of what the script state says: an address, a page number, a cursor."""
    for value in document.payload.objects():
        if _is_end(value):
            continue
        for key in _NEXT_KEYS:
            yield from _from_next(value.get(key), document)
        yield from _from_cursor(value, document)
        number = _number(value, _OWN_NUMBER_KEYS)
        if number and number < _number(value, _TOTAL_KEYS) and number == max(page_number(document.url), 1):
            yield _with_parameter(document.url, "page", number + 1)


def _from_next(raw: Any, document: Document) -> Iterator[str]:
    """Yield the address that a state calls the next: a page number, or an address of this very list."""
    if isinstance(raw, bool) or not isinstance(raw, int | str):
        return
    if str(raw).isdecimal():
        if int(raw) > page_number(document.url):
            yield _with_parameter(document.url, "page", int(raw))
    elif re.match(r"https?://|/|\?", str(raw)):
        address = document.absolute(str(raw))
        if address and address != document.url and _is_same_list(address, document.url):
            yield address


def _from_cursor(value: Mapping[str, Any], document: Document) -> Iterator[str]:
    own = dict(parse_qsl(urlsplit(document.url).query)).get("cursor")
    keys = (*_CURSOR_KEYS, "cursor") if any(value.get(key) is True for key in _MORE_KEYS) else _CURSOR_KEYS
    for key in keys:
        cursor = value.get(key)
        if isinstance(cursor, str | int) and not isinstance(cursor, bool) and 0 < len(str(cursor)) <= _LONGEST_CURSOR:
            if str(cursor) != own:
                yield _with_parameter(document.url, "cursor", cursor)
            return


def _is_end(value: Mapping[str, Any]) -> bool:
    number, total = _number(value, _OWN_NUMBER_KEYS), _number(value, _TOTAL_KEYS)
    return any(value.get(key) is False for key in _MORE_KEYS) or 0 < total <= number


def _number(value: Mapping[str, Any], keys: tuple[str, ...]) -> int:
    found = (value[key] for key in keys if isinstance(value.get(key), int) and not isinstance(value[key], bool))
    return next(found, 0)


def _is_same_list(url: str, other: str) -> bool:
    one, two = urlsplit(url), urlsplit(other)
    paths = [_PAGE_PATH.sub("", parts.path).rstrip("/") for parts in (one, two)]
    return one.netloc == two.netloc and paths[0] == paths[1]


def _with_parameter(url: str, name: str, value: object) -> str:
    parts = urlsplit(url)
    kept = [(key, old) for key, old in parse_qsl(parts.query, keep_blank_values=True) if key not in (name, "page")]
    return urlunsplit(parts._replace(query=urlencode([*kept, (name, str(value))]), fragment=""))
