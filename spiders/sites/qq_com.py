"""mp.weixin.qq.com: posts of WeChat accounts, which Chinese articles cite as primary sources.

Layout: 2026-11. The body (`#js_content`) is hidden until a script shows it, images stand in `data-src`, the visible
date may be relative while a script holds `var ct = "<epoch>"`. Risk page and "deleted by author": pages/outcomes.py.
"""

import re
from collections.abc import Iterator

from archive.records import Source
from spiders.pages import carriers
from spiders.pages.base import ArticlePage
from spiders.pages.blocks import Block, serialise
from spiders.pages.dating import Carrier
from spiders.pages.people import tuple_of_names

SOURCE = Source(key="qq.com", name="WeChat", home="https://mp.weixin.qq.com/", language="zh")


class WeChatPage(ArticlePage):
    """A post of a WeChat account (/s/…, /s?__biz=…)."""

    handles = re.compile(r"^https?://mp\.weixin\.qq\.com/s(?:[/?]|$)", re.I)

    def title(self) -> str | None:
        """Return the headline as the page shows it."""
        return self.text("#activity-name") or super().title()

    def authors(self) -> tuple[str, ...]:
        """Return the author, else the account that posted it."""
        stated = self.text("#js_author_name") or self.document.structured.first("author") or self.text("#js_name")
        return tuple_of_names([stated]) if stated else ()

    def carriers(self) -> Iterator[Carrier]:
        """Yield the script's epoch, then the date that a reader sees."""
        yield from carriers.script_epochs(self.document)
        if printed := self.text("#publish_time"):
            yield Carrier("visible", printed, is_visible=True)

    def blocks(self) -> list[Block]:
        """Return the post's body, which is hidden until a script runs."""
        body = self.document.root.cssselect("#js_content")
        return serialise(body[0], keeps_hidden=True) if body else []
