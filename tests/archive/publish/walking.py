"""Every page that a reader can reach from the front page by links, each kind of address once."""

import html
import re
from collections import deque
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

LINK = re.compile(
    r"""(?:href|src|action)=["']([^"']+)["']|<loc>([^<]+)</loc>|"(?:url|next_url|feed_url)": "([^"]+)\""""
)
STARTS = ("/", "/archive", "/sitemap.xml", "/-/search?q=xAI", "/-/search?q=資金調達", "/cited", "/llms.txt")
OWN = "http://localhost"


def kind_of(address):
    """Return what makes an address a kind of its own: its path, and which arguments it has; not their values."""
    parts = urlsplit(address)
    names = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    if parts.path.startswith("/archive"):  # Datasette's own, of which every list offers many
        names &= {"_stream", "_next", "_shape"}
    return parts.path, frozenset(names - {"ui"})


def walk(ask, *, at_most=300):
    """Return address -> answer; *ask* gives the answer for a path."""
    waiting, seen, answers = deque(STARTS), set(), {}
    while waiting and len(answers) < at_most:
        path = waiting.popleft()
        if (kind := kind_of(path)) in seen:
            continue
        seen.add(kind)
        answer = answers[path] = ask(path)
        if answer.status_code == 200 and "csv" not in answer.headers["content-type"]:
            waiting.extend(links_of(path, answer.text))
    return answers


def links_of(path, text):
    """Yield the addresses on this site that a page links to."""
    for groups in LINK.findall(text):
        found = urldefrag(urljoin(f"{OWN}{path}", html.unescape("".join(groups).replace("\\/", "/"))))[0]
        if found.startswith(f"{OWN}/"):
            yield found.removeprefix(OWN)
