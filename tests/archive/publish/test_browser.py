"""The site in a real Chromium: no script, no console error, no request to anywhere else."""

import os
import re
import shutil
import signal
import subprocess
import sys

import pytest

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
playwright_api = pytest.importorskip(
    "playwright.sync_api", reason="pip install playwright (no browser download needed)"
)
pytestmark = pytest.mark.skipif(
    not shutil.which(CHROMIUM),
    reason=f"no Chromium at {CHROMIUM}: apt-get update && apt-get install -y chromium fonts-noto-cjk (or set CHROMIUM)",
)
WIDTHS = [390, 820, 1360]
PATHS = [
    "/", "/-/search?q=資金調達", "/-/search?q=zzzz", "/article/1", "/article/3", "/source/stats.example",
    "/cited?url=https://news.example/2025/10/old", "/archive", "/archive/articles", "/archive/articles/1",
    "/archive/most_cited_publishers", "/archive?sql=select+1", "/nothing-here",
]  # fmt: skip


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
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser, address):
    """Return a function that opens a page which notes whatever goes wrong in `page.faults`."""
    contexts = []

    def new_page(width=1360, color_scheme="light", **options):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=color_scheme, base_url=address, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.faults = []
        page.on("console", lambda message: page.faults.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: page.faults.append(f"error: {error}"))
        page.on("request", lambda sent: sent.url.startswith(address) or page.faults.append(f"outside: {sent.url}"))
        return page

    yield new_page
    for context in contexts:
        context.close()


def test_a_reader_gets_from_the_front_page_to_a_source_and_back(open_page):
    page = open_page(java_script_enabled=False, locale="en-GB")
    page.goto("/")
    page.get_by_label("Search").fill("資金調達")
    page.get_by_role("button", name="Search").click()
    page.locator("mark").first.wait_for()
    page.get_by_role("link", name="200億円の資金調達、規制の行方").click()
    assert page.locator("#sources .references > li").count() >= 6
    page.get_by_role("link", name="Our copy as text").first.click()
    assert page.get_by_role("heading", name="Cited by 2 articles").is_visible()
    page.get_by_role("link", name="200億円の資金調達、規制の行方").click()
    page.get_by_role("link", name="Details").nth(1).click()
    assert page.get_by_text("the server says 404 Not Found").first.is_visible()
    assert page.faults == []


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_pages_fit_every_width_without_errors_or_outside_requests(open_page, width, color_scheme, tmp_path):
    page = open_page(width, color_scheme)
    for path in PATHS:
        page.goto(path)
        too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert too_wide <= 0, f"{path} scrolls sideways by {too_wide} px"
    faults = [fault for fault in page.faults if "404 (Not Found)" not in fault]  # the last path asks for it
    assert faults == []


def test_stored_markup_does_not_run(open_page):
    page = open_page()
    dialogs = []
    page.on("dialog", lambda dialog: dialogs.append(dialog) or dialog.dismiss())
    page.goto("/article/3")
    assert page.locator("h1").inner_text().endswith("<img src=x onerror=alert(2)>")
    assert page.locator("main img, main script").count() == 0
    assert dialogs == []


def test_colours_keep_the_contrast_that_wcag_asks_for(open_page):
    for color_scheme in ("light", "dark"):
        page = open_page(color_scheme=color_scheme)
        page.goto("/article/1")
        for selector in (
            ".body p",
            ".facts dt",
            ".provenance",
            ".state.kept",
            ".state.lost",
            ".state.wall",
            ".state.wait",
        ):
            ratio = page.evaluate(CONTRAST, selector)
            assert ratio >= 4.5, f"{selector} in {color_scheme}: {ratio:.2f}"


CONTRAST = """selector => {
  const rgb = text => text.match(/[\\d.]+/g).slice(0, 3).map(Number);
  const light = channels => channels.map(c => c / 255).map(c => c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
  const element = document.querySelector(selector);
  const [a, b] = [getComputedStyle(element).color, getComputedStyle(document.documentElement).backgroundColor]
    .map(rgb).map(light).sort((x, y) => y - x);
  return (a + .05) / (b + .05);
}"""
