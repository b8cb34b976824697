"""bilibili.com: videos; only what the page states of itself is kept (policies.toml: metadata-only)."""

import re

from archive.records import Source
from spiders.pages.posts import StatedPage

SOURCE = Source(key="bilibili.com", name="Bilibili", home="https://www.bilibili.com/")


class VideoPage(StatedPage):
    """A video (/video/BV…)."""

    handles = re.compile(r"^https?://(?:www\.|m\.)?bilibili\.com/video/", re.I)

    def title(self) -> str | None:
        """Return the title without the two names of the site."""
        return (
            re.sub(r"(?:_哔哩哔哩)?(?:_bilibili)?$", "", self.document.structured.first("og:title") or "")
            or super().title()
        )
