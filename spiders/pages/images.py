"""Images of a page: the address behind lazy loading, and which images are no content."""

import re

from lxml import html

_LAZY = ("data-src", "data-original", "data-lazy-src", "data-lazy", "data-url", "data-original-src", "data-actualsrc")
_SETS = ("data-srcset", "data-lazy-srcset", "srcset")
_CANDIDATE = re.compile(r"(\S*[^\s,])(?:\s+([\d.]+)([wx]))?\s*(?:,|$)")
_PLACEHOLDER = re.compile(
    r"^(?:data:|about:|$)|(?:blank|spacer|placeholder|transparent|1x1|lazy[-_]?load)[^/]*\.(?:gif|png|svg)", re.I
)
_PIXELS = re.compile(r"^\s*(\d{1,4})(?:px)?\s*$")
_SMALLEST = 40  # pixels; less is an icon, an emoji or a counter


def image_source(node: html.HtmlElement) -> str:
    """Return the address of an <img> as printed, looking behind lazy loading; empty when it shows none yet."""
    lazy = next((value.strip() for name in _LAZY if (value := node.get(name))), "")
    if lazy and not lazy.startswith(("data:", "{")):
        return lazy
    plain = (node.get("src") or "").strip()
    if plain and not _PLACEHOLDER.search(plain):
        return plain
    # The parser closes no <source>, so the image may stand inside it.
    picture = next(node.iterancestors("picture"), None)
    sources = [] if picture is None else list(picture.iter("source"))
    for holder in (node, *sources):
        for name in _SETS:
            if largest := _largest(holder.get(name) or ""):
                return largest
    return "" if plain.startswith(("data:", "about:")) else plain if not _PLACEHOLDER.search(plain) else ""


def is_decoration(node: html.HtmlElement) -> bool:
    """Return whether an <img> is too small to be content (icon, emoji, counter)."""
    sizes = [_PIXELS.match(node.get(name) or "") for name in ("width", "height")]
    return any(found and int(found.group(1)) < _SMALLEST for found in sizes) or "emoji" in (node.get("class") or "")


def _largest(srcset: str) -> str:
    """Return the address of the largest candidate of a srcset."""
    best, best_size = "", -1.0
    for address, size, _unit in _CANDIDATE.findall(srcset[:20_000]):
        value = float(size) if size.replace(".", "", 1).isdigit() else 1.0
        if value > best_size and not address.startswith("data:"):
            best, best_size = address, value
    return best
