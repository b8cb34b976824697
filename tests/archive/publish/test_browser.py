"""The site in a real Chromium, as a person uses it: no script, no error, no request elsewhere, axe finds nothing.

Screenshots of every page are kept in artefacts/screenshots/ (not under version control) for a person to look at.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
SCREENSHOTS = Path(__file__).parents[3] / "artefacts" / "screenshots"
playwright_api = pytest.importorskip(
    "playwright.sync_api", reason="pip install playwright (no browser download needed)"
)
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="pip install axe-playwright-python")
pytestmark = pytest.mark.skipif(
    not shutil.which(CHROMIUM),
    reason=f"no Chromium at {CHROMIUM}: apt-get update && apt-get install -y chromium fonts-noto-cjk (or set CHROMIUM)",
)
WIDTHS = {"phone": 390, "tablet": 820, "wide": 1360}
PAGES = {
    "home": "/",
    "search": "/-/search?q=資金調達",
    "search-nothing": "/-/search?q=zzzz",
    "article": "/article/1",
    "article-japanese": "/article/1?ui=ja",
    "state": "/article/1/state/1",
    "changes": "/article/1/changes/1/2",
    "source": "/article/3",
    "graph": "/article/1/graph",
    "cited": "/cited?url=https://news.example/2025/10/old",
    "publisher": "/source/stats.example",
    "publishers": "/sources",
    "timeline": "/timeline",
    "pictures": "/pictures",
    "runs": "/runs",
    "about": "/about",
    "tables": "/archive",
    "table": "/archive/articles",
    "row": "/archive/articles/1",
    "query": "/archive/most_cited_publishers",
    "sql": "/archive?sql=select+1",
    "not-found": "/nothing-here",
}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DARK_RULES = {"type": "rule", "values": ["color-contrast", "link-in-text-block", "scrollable-region-focusable"]}


@pytest.fixture(scope="module")
def address(archive_file):
    """Serve the small archive with the real command and give its address."""
    command = [sys.executable, "-m", "archive", "serve", "--db", str(archive_file), "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    found = re.search(r"http://\S+", process.stdout.readline())
    assert found
    yield found[0].rstrip("/")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode == 0


@pytest.fixture(scope="module")
def browser():
    with playwright_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def new_page(browser, address):
    """Return a function that opens a page which notes whatever goes wrong in `page.faults`."""
    contexts = []

    def opened(**options):
        context = browser.new_context(base_url=address, **{"locale": "en-GB", **options})
        contexts.append(context)
        page = context.new_page()
        page.faults = []
        page.on("console", lambda message: page.faults.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: page.faults.append(f"error: {error}"))
        page.on("request", lambda sent: sent.url.startswith(address) or page.faults.append(f"outside: {sent.url}"))
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def one_page(new_page):
    """Return one page for all looks at all pages: opening a new one each time would take a minute."""
    return new_page()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_well_at_every_width_in_light_and_dark(one_page, name):
    one_page.faults.clear()
    one_page.goto(PAGES[name])
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for color_scheme in ("light", "dark"):
        one_page.emulate_media(color_scheme=color_scheme)
        for width, n_pixels in WIDTHS.items():
            one_page.set_viewport_size({"width": n_pixels, "height": 900})
            too_wide = one_page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert too_wide <= 0, f"{width} scrolls sideways by {too_wide} px"
            kept = SCREENSHOTS / f"{name}-{width}-{color_scheme}.jpg"
            one_page.screenshot(path=kept, type="jpeg", quality=50, full_page=True)
    assert barriers(one_page, {"runOnly": DARK_RULES}) == []
    one_page.emulate_media(color_scheme="light")
    one_page.set_viewport_size({"width": WIDTHS["phone"], "height": 900})
    assert barriers(one_page, {"runOnly": WCAG}) == []
    assert [fault for fault in one_page.faults if name != "not-found" or "404 (Not Found)" not in fault] == []


def barriers(page, options):
    """Return what axe finds wrong; a page on which it finds nothing right either was not looked at."""
    response = axe.Axe().run(page, options=options).response
    assert response["passes"]
    return [f"{each['id']}: {node['html'][:200]}" for each in response["violations"] for node in each["nodes"]]


def test_a_reader_gets_from_the_front_page_to_a_source_and_back(new_page):
    page = new_page(java_script_enabled=False)
    page.goto("/")
    page.get_by_label("Search").fill("資金調達")
    page.get_by_role("button", name="Search").click()
    page.locator("mark").first.wait_for()
    page.get_by_role("link", name="200億円の資金調達、規制の行方").first.click()
    assert page.locator("#sources .references > li").count() >= 6
    page.get_by_role("link", name="Our copy as text").first.click()
    assert page.get_by_role("heading", name="Cited by 2 articles").is_visible()
    page.get_by_role("link", name="200億円の資金調達、規制の行方").click()
    page.get_by_role("link", name="Details").nth(1).click()
    assert page.get_by_text("the server says 404 Not Found").first.is_visible()
    assert page.faults == []


def test_a_search_typed_in_japanese_by_keyboard_alone(new_page):
    page = new_page(locale="ja-JP")
    page.goto("/")
    assert page.evaluate("document.documentElement.lang") == "ja"
    page.keyboard.type("規制当局")  # the search box has the focus
    page.keyboard.press("Enter")
    page.locator("mark").first.wait_for()
    assert page.locator("mark").first.inner_text() == "規制当局"
    page.locator("body").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "本文へ"
    page.keyboard.press("Enter")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('href') || ''").startswith("/article/1"):
            break
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name="200億円の資金調達、規制の行方").wait_for()
    assert page.faults == []


def test_what_changed_is_seen_and_heard(new_page):
    page = new_page(java_script_enabled=False)
    page.goto("/article/1")
    page.get_by_role("link", name="What changed in state 2").click()
    assert page.locator(".diff del").text_content() == "[gone: だ]"
    assert page.locator(".diff ins").text_content() == "[new: となった]"
    spoken = page.locator(".diff").aria_snapshot()
    assert "gone:" in spoken
    assert "new:" in spoken
    page.get_by_role("link", name="State 1").click()
    assert page.get_by_text("見通しだ。").is_visible()


def test_the_numbers_of_a_picture_open_without_script(new_page):
    page = new_page(java_script_enabled=False)
    page.goto("/pictures")
    assert page.get_by_role("img", name="Articles a week by language").is_visible()
    page.locator("summary").first.click()
    assert page.get_by_role("cell", name="2025-11-17").first.is_visible()


def test_stored_markup_does_not_run(new_page):
    page = new_page()
    dialogs = []
    page.on("dialog", lambda dialog: dialogs.append(dialog) or dialog.dismiss())
    for path in ("/article/3", "/article/1/graph", "/source/stats.example", "/article/3/state/1"):
        page.goto(path)
        assert page.locator("main img, main script").count() == 0
    page.goto("/article/3")
    assert page.locator("h1").inner_text().endswith("<img src=x onerror=alert(2)>")
    assert dialogs == []


def test_print_keeps_the_text_and_the_sources(new_page):
    page = new_page()
    page.goto("/article/1")
    page.emulate_media(media="print")
    assert page.locator(".body p").first.is_visible()
    assert page.locator("#sources ol.references").is_visible()
    assert not page.locator(".top nav").is_visible()
    assert not page.locator(".foot").is_visible()
