"""x.com: posts; only what the page states of itself is kept (policies.toml: metadata-only)."""

import re

from archive.records import Source
from spiders.pages.posts import StatedPage

SOURCE = Source(key="x.com", name="X", home="https://x.com/")


class PostPage(StatedPage):
    """A post (/<account>/status/<number>)."""

    handles = re.compile(r"^https?://(?:www\.|mobile\.)?x\.com/\w+/status/", re.I)
