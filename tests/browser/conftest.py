"""One JupyterLab and one Chromium for all browser tests; a fresh page for each."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from lab import ROOT, Lab, browser_path, running
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, sync_playwright

QUIET = [  # a test browser talks to this machine only
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


@pytest.fixture(scope="session")
def lab(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab on this checkout, beside an open browser; afterwards no notebook may have changed."""
    before = _notebooks()
    with running(tmp_path_factory.mktemp("home")) as lab:
        yield lab
    assert _notebooks() == before, "the browser test changed a notebook of the checkout"


def _notebooks() -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in (ROOT / "notebooks").rglob("*") if path.is_file()}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium."""
    sandbox = ["--no-sandbox"] if hasattr(os, "getuid") and os.getuid() == 0 else []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser_path(), args=QUIET + sandbox)
        yield chromium
        chromium.close()


@pytest.fixture
def faults() -> list[str]:
    """What the console complained of, and addresses outside this machine that were asked for."""
    return []


def _said(message: ConsoleMessage) -> str:
    return f"{message.text} ({message.location.get('url', '')})"


@pytest.fixture
def page(browser: Browser, lab: Lab, faults: list[str]) -> Iterator[Page]:
    """A page of its own size, whose complaints are collected."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.on("console", lambda message: faults.append(_said(message)) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(f"uncaught: {error}"))

    def answer(route: Route) -> None:
        if route.request.url.startswith((lab.address, "data:", "blob:")):
            route.fallback()
        else:
            faults.append(f"asked for {route.request.url}")
            route.abort()

    page.route("**/*", answer)
    yield page
    context.close()
