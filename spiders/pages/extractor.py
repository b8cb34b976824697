"""What reads pages, as one string: kept in every record, so that a reading can be told from another release's."""

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from archive import __version__

# Everything in these places decides what is read on a page.
_PLACES = (("spiders", "pages"), ("spiders", "sites"))
RULES = (
    *("bibliographic.py", "citations.py", "cited_kinds.toml", "date_words.py", "date_words.toml", "dates.py"),
    *("identity.py", "lexicon.toml", "mentions.py", "printed_addresses.py", "reference_labels.py"),
    *("reference_labels.toml", "reference_marks.py", "reference_pieces.py", "urls.py"),
)
"""Files of archive that pages are read by; tests/spiders/pages/test_extractor.py holds the list to the imports."""


@cache
def extractor() -> str:
    """Return release and digest of the rules that read pages: "hyperai-archive 0.1.0 (1f2e3d4c)".

    Two readings with the same string read the same page the same; any change of a rule changes it.
    """
    digest = hashlib.sha256()
    for path in _rules():
        digest.update(path.name.encode() + b"\0" + path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return f"hyperai-archive {__version__} ({digest.hexdigest()[:8]})"


def _rules() -> Iterator[Traversable]:
    for package, folder in _PLACES:
        inside = (path for path in (files(package) / folder).iterdir() if path.name.endswith((".py", ".toml", ".json")))
        yield from sorted(inside, key=lambda path: path.name)
    yield from (files("archive") / name for name in RULES)
