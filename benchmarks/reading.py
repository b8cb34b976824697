"""Reading: CPU time from bytes to record of a HyperAI page of about 70 KB, in three markups.

    python benchmarks/reading.py [--pages 60] [--profile]

The page has the shape of the one article known in full: 9,500 characters of Japanese, three headings, twelve figures
with captions, four references, a date in words; and, as its kind of front end does, the article once more in a script.
Figures are milliseconds of CPU a page; "lxml" is parsing the same bytes and nothing else.
"""

import argparse
import cProfile
import json
import pstats
import random
import time
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from statistics import median, quantiles

from lxml import html

from spiders.demo.hyper_markup import HyperPages, body_html, flight_scripts
from spiders.demo.page_text import PageText, read_blocks
from spiders.demo.world import WORLD
from spiders.pages import read_page

SEEN_AT = datetime(2025, 12, 31, 12, tzinfo=UTC)
URL = "https://hyper.ai/ja/news/48901"
TITLE = "港のクレーンを学習する小さなモデル"
WORDS = ("港", "荷役", "記録", "模型", "風速", "誤差", "岸壁", "計測", "公開", "会社", "電力", "資金", "OpenAI", "xAI")
PARTICLES = ("は", "が", "を", "に", "で", "と", "の", "も")
N_PARAGRAPHS, N_FIGURES, N_HEADINGS = 37, 12, 3
N_WARM = 5


def sentence(chance: random.Random) -> str:
    """Return one sentence of some fifty characters."""
    return "".join(chance.choice(WORDS) + chance.choice(PARTICLES) for _ in range(15)) + "した。"


def article(markup: str) -> PageText:
    """Return an article in the seed's shape."""
    chance = random.Random(3)
    parts = ["".join(sentence(chance) for _ in range(5)) for _ in range(N_PARAGRAPHS)]
    for number in range(N_FIGURES):
        parts.insert(2 + 3 * number, f"![](https://cdn.hyper.ai/48901/{number}.webp) 計測の結果 {number}")
    for number in range(N_HEADINGS):
        parts.insert(5 + 14 * number, f"## {number}つ目の港の記録")
    lines = [f"{number}.https://figures{number}.example/data/cranes/" for number in range(1, 5)]
    body = "\n\n".join(parts) + "\n\n=== 参考リンク:\n" + "\n".join(lines)
    facts = {"url": URL, "section": "news", "lang": "ja", "title": TITLE, "shown": "23日前", "category": "情報"}
    facts |= {"authors": ["h.li"], "hero": "https://cdn.hyper.ai/48901/hero.webp", "markup": markup}
    return PageText(facts, tuple(read_blocks(body)))


def page(render: HyperPages, text: PageText) -> bytes:
    """Return the page of *text*: its markup, and once more in the flight stream."""
    content = body_html(render.markups[text.facts["markup"]], text.blocks)
    own = {"title": text.facts["title"], "publishedAt": "2025-12-08T00:50:00Z", "content": content}
    row = json.dumps({"article": own}, ensure_ascii=False)
    stream = flight_scripts(f"7:{row}\n", cut_after='"publishedAt": "20')
    return render.page(text).replace("</body>", f"{stream}</body>").encode()


def cpu_ms(act: Callable[[], object], n_times: int) -> list[float]:
    """Return the CPU milliseconds of each of *n_times* calls."""
    spent = []
    for _ in range(n_times):
        start = time.process_time_ns()
        act()
        spent.append((time.process_time_ns() - start) / 1e6)
    return spent


def profile(act: Callable[[], object], n_times: int) -> None:
    """Print where the time of *n_times* calls goes."""
    profiler = cProfile.Profile()
    profiler.enable()
    cpu_ms(act, n_times)
    profiler.disable()
    pstats.Stats(profiler).sort_stats("tottime").print_stats(30)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=60)
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    templates = WORLD / "templates"
    markups = tomllib.loads((templates / "markups.toml").read_text("utf-8"))
    render = HyperPages((templates / "hyper.html").read_text("utf-8"), markups)
    for markup in markups:
        body = page(render, article(markup))

        def read(body: bytes = body) -> object:
            return read_page(body, url=URL, seen_at=SEEN_AT)

        cpu_ms(read, N_WARM)
        if options.profile:
            profile(read, options.pages)
        ours, lxml = cpu_ms(read, options.pages), cpu_ms(lambda body=body: html.fromstring(body), options.pages)
        print(
            f"{markup:9} {len(body) / 1024:4.0f} KB  p50 {median(ours):5.1f}  p95 {quantiles(ours, n=20)[-1]:5.1f}"
            f"  lxml {median(lxml):4.1f}"
        )


if __name__ == "__main__":
    main()
