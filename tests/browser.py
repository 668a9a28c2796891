"""A real browser, and pages that must not complain: no error on the console, no violation of the
Content-Security-Policy, no request to another host."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from conftest import ROOT

BUNDLE = ROOT / "src/integrin_kg/web/static/bundle/manifest.json"
AXE = ROOT / "src/integrin_kg/web/frontend/node_modules/axe-core/axe.min.js"
PHONE = {"width": 375, "height": 700}


def need_browser() -> str:
    """Return the path of Chromium. Without it, or without a bundle, nothing could be tested: in CI that
    fails, and elsewhere it is skipped with the reason."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path and BUNDLE.is_file() and AXE.is_file():
        return path
    reason = "make frontend: the bundle is missing" if path else "apt-get install chromium: it is missing"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(f"{reason}, so nothing was tested in a browser")


@contextmanager
def started() -> Iterator[Browser]:
    """Chromium, headless."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=need_browser(),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


class Complaints:
    """What a page and the browser complain of; ``expected`` are parts of those that are meant to come."""

    def __init__(self, page: Page, server: str) -> None:
        self.found: list[str] = []
        self.expected: list[str] = []
        page.on("console", lambda said: self.found.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.found.append(str(error)))
        page.on("request", lambda asked: self._check(asked.url, server))

    def _check(self, url: str, server: str) -> None:
        if not url.startswith((server + "/", "data:")):
            self.found.append(f"a request to {url}")

    def unexpected(self) -> list[str]:
        """Those that must not be."""
        return [text for text in self.found if not any(part in text for part in self.expected)]


@contextmanager
def opened(browser: Browser, server: str, **options: Any) -> Iterator[Page]:
    """A page of a context of its own, with Playwright's options for contexts; it must not complain."""
    context = browser.new_context(base_url=server, **options)
    context.set_default_timeout(15_000)
    page = context.new_page()
    complaints = Complaints(page, server)
    page.expected = complaints.expected  # type: ignore[attr-defined]
    yield page
    context.close()
    found = complaints.unexpected()
    assert not found, found


def violations(page: Page, *rules: str) -> list[str]:
    """What axe-core finds that is serious or critical, with its elements; by those rules, or by all."""
    page.evaluate(AXE.read_text("utf-8"))
    options = {"resultTypes": ["violations"], **({"runOnly": list(rules)} if rules else {})}
    found = page.evaluate("(options) => axe.run(options).then((result) => result.violations)", options)
    return [
        f"{one['id']} ({one['impact']}): {node['target']} {node['html'][:120]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]
