"""The exported site opened from disk in a real Chromium: it looks and leads as the served one, without a request."""

import os
import shutil

import pytest

from archive.publish.static_site import Choices, publish_site
from archive.settings import Config

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
playwright_api = pytest.importorskip("playwright.sync_api", reason="pip install playwright")
pytestmark = pytest.mark.skipif(not shutil.which(CHROMIUM), reason=f"no Chromium at {CHROMIUM} (or set CHROMIUM)")


def test_the_files_open_from_disk_with_their_style_and_lead_from_page_to_page(archive_file, tmp_path):
    publish_site(Config(db=str(archive_file)), tmp_path / "site", Choices(ui="ja"))
    with playwright_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = chromium.new_page()
        faults, asked = [], []
        page.on("console", lambda message: faults.append(message.text))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("requestfailed", lambda request: faults.append(request.url))
        page.on("request", lambda request: asked.append(request.url))
        page.goto((tmp_path / "site" / "index.html").as_uri())
        assert page.evaluate("getComputedStyle(document.querySelector('header.top')).display") == "flex"
        page.get_by_text("200億円の資金調達、規制の行方").first.click()
        assert page.inner_text("h1") == "200億円の資金調達、規制の行方"
        page.locator("#sources a.copy").first.click()
        assert page.url.endswith("/article/3.html")
        page.locator("a.brand").click()
        page.get_by_text("全記事").first.click()
        page.get_by_text("2025年11月").click()
        page.get_by_text("20 billion yen raised, rules ahead").click()
        assert page.url.endswith("/article/2.html")
        chromium.close()
    assert faults == []
    assert {url.partition(":")[0] for url in asked} == {"file"}
