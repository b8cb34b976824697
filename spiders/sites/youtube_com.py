"""youtube.com: videos; only what the page states of itself is kept (policies.toml: metadata-only)."""

import re

from archive.records import Source
from spiders.pages.posts import StatedPage

SOURCE = Source(key="youtube.com", name="YouTube", home="https://www.youtube.com/")


class VideoPage(StatedPage):
    """A video (/watch?v=…, /shorts/…)."""

    handles = re.compile(r"^https?://(?:www\.|m\.)?youtube\.com/(?:watch|shorts/|live/)", re.I)
