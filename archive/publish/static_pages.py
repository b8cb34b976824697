"""A page of the site as a file: where it lies, how its links lead to other files, what needs a server and goes."""

import hashlib
import html
import posixpath
import re
from collections.abc import Callable, Collection, Iterator
from urllib.parse import quote, unquote, urlsplit

DATA_ENDINGS = (".csv", ".json", ".atom", ".bib", ".ris", ".xml", ".txt", ".css", ".svg")
LIST_OF_ALL = "/articles"
_SERVED = re.compile(r"/(-/|archive(/|$|\.)|cited(\.|$)|static/|opensearch|article/\d+/changes$)")
_DATA = re.compile(r"/(article/\d+(/sources)?|source/[^/]+)\.(json|csv|bib|ris|csl\.json|atom|feed\.json)$|/latest\.")
_ALWAYS = re.compile(r"/pictures/[^/]+\.csv$")
_LINK = re.compile(r"""(<(?:a|link|img|form)\b[^>]*?\s)(href|src|action)="([^"]*)"([^>]*>)""")
_FORM = re.compile(r"<form\b([^>]*)>.*?</form>", re.DOTALL)
_HEAD_LINK = re.compile(r"<link\b[^>]*\s(rel=\"(?:alternate|canonical|search)\")[^>]*>\n?")
_FOR_MACHINES = re.compile(
    r'<script type="application/ld\+json">.*?</script>\n?|<meta property="og:url"[^>]*>\n?', re.DOTALL
)


def is_exported(address: str, *, with_data: bool) -> bool:
    """Return whether the page at *address* (path and query) becomes a file; others need a server."""
    parts = urlsplit(address)
    if parts.query and not re.fullmatch(r"page=\d{1,6}", parts.query):
        return False
    if _SERVED.match(parts.path) or parts.path == LIST_OF_ALL or parts.path.startswith(f"{LIST_OF_ALL}/"):
        return False
    if _DATA.match(parts.path) or parts.path.endswith(DATA_ENDINGS):
        return with_data or _ALWAYS.match(parts.path) is not None
    return True


def file_of(address: str) -> str:
    """Return the file of the page at *address*, relative to the site's folder; its name is plain ASCII.

    >>> [file_of(address) for address in ("/", "/article/7", "/source/hyper.ai", "/static/a.css?1", "/sources?page=2")]
    ['index.html', 'article/7.html', 'source/hyper.ai.html', 'static/a.css', 'sources_page_2.html']
    """
    parts = urlsplit(address)
    path = unquote(parts.path).strip("/") or "index"
    is_file = path.endswith(DATA_ENDINGS)
    if parts.query and not is_file:
        path += f"_{parts.query.replace('=', '_')}"
    return "/".join(map(_plain, path.split("/"))) + ("" if is_file else ".html")


def comes_by_itself(address: str) -> bool:
    """Return whether a page is exported without being linked to."""
    return re.fullmatch(r"/(article/\d+|articles(/.*)?|static/.*)?", address.partition("?")[0]) is not None


def own_links(text: str) -> Iterator[str]:
    """Yield the addresses on this site that a page links to, without fragments."""
    for _, _, address, _ in _LINK.findall(text):
        found = html.unescape(address).partition("#")[0]
        if found.startswith("/") and not found.startswith("//"):
            yield found


def as_file(
    text: str, address: str, *, held: Callable[[str], bool], all_articles: str, wishes: Collection[tuple[str, str]] = ()
) -> str:
    """Return the page *text* of *address* as a file that opens from disk: links relative, nothing that needs a server.

    *held* tells which addresses are files. A search box becomes a link to the list of *all_articles* (in words), other
    forms go; links to what is no file keep their words alone. *wishes* are headers that the page handed on.
    """
    here = posixpath.dirname(file_of(address))

    def relative(target: str) -> str:
        path, _, fragment = target.partition("#")
        file = posixpath.relpath(file_of(path), here or ".")
        return quote(file, safe="/._-") + (f"#{fragment}" if fragment else "")

    def leading(match: re.Match[str]) -> str:
        before, name, target, after = match.groups()
        plain = html.unescape(target)
        if not plain.startswith("/"):
            return match[0]
        if held(plain.partition("#")[0]):
            return f'{before}{name}="{html.escape(relative(plain))}"{after}'
        return f"{before.rstrip()}{after}"

    def form(match: re.Match[str]) -> str:
        if "/-/search" not in match[1]:
            return ""
        return f'<p class="search"><a href="{LIST_OF_ALL}">{html.escape(all_articles)}</a></p>'

    text = _FOR_MACHINES.sub("", _HEAD_LINK.sub("", _FORM.sub(form, text)))
    metas = "".join(f'<meta name="{name}" content="{html.escape(value)}">\n' for name, value in wishes)
    return _LINK.sub(leading, text.replace("</title>\n", f"</title>\n{metas}", 1))


def _plain(name: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", name).lstrip(".")
    if plain == name and len(name) <= 100:
        return name
    return f"{plain[:60]}_{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"
