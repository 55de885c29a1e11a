"""A real browser before a real server, over a small world built through commands."""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from shuce.demo import bodies, journey, lives
from shuce.demo.journey import Life
from shuce.demo.sources import write_sources
from shuce.foundation.approvals.procedures import install_procedures
from shuce.foundation.organizations.models import Member
from shuce.foundation.organizations.permissions import Role
from shuce.supervision.watch.commands import install_rules

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# A form that was filled in wrongly answers 422, which Chromium always tells on its console.
EXPECTED = "the server responded with a status of 422"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for the session. Without one, the suite fails where it must run: in CI."""
    if not CHROMIUM.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{CHROMIUM} is not installed")
        pytest.skip(f"{CHROMIUM} is not installed")
    # Playwright's loop runs in this thread, where the tests also read the register.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield chromium
        chromium.close()


def sign_in(page: Page, username: str) -> None:
    """Sign in by hand, at the page that everyone gets."""
    page.goto("/accounts/login/")
    page.fill("#id_login", username)
    page.fill("#id_password", bodies.PASSWORD)
    page.click("form button.btn-primary")
    page.wait_for_selector("nav.menu")


def _session(username: str) -> str:
    """Return the key of a session in which `username` is signed in."""
    client = Client()
    client.force_login(Member.objects.get(username=username))
    return client.cookies["sessionid"].value


@dataclass
class Desk:
    """The people at their browsers, which tell whatever fails in them.

    Who signs in by hand keeps a window; the others take turns at one, which keeps its cache.
    """

    browser: Browser
    address: str
    complaints: list[str]
    windows: dict[str, Page]

    def of(self, username: str) -> Page:
        """Return the window of `username`, who signed in by hand."""
        if username not in self.windows:
            self.windows[username] = self._page(self._context("zh-CN"))
            sign_in(self.windows[username], username)
        return self.windows[username]

    def lent_to(self, username: str, *, locale: str = "zh-CN") -> Page:
        """Return the common window, now `username`'s. The English one runs no scripts: to read."""
        if locale not in self.windows:
            self.windows[locale] = self._page(self._context(locale))
        page = self.windows[locale]
        session = {"name": "sessionid", "value": _session(username), "url": self.address}
        page.context.add_cookies([session])
        return page

    def _context(self, locale: str) -> BrowserContext:
        context = self.browser.new_context(
            base_url=self.address,
            locale=locale,
            timezone_id="Asia/Shanghai",
            viewport={"width": 1280, "height": 800},
            java_script_enabled=locale == "zh-CN",
        )
        context.set_default_timeout(8_000)
        return context

    def _page(self, context: BrowserContext) -> Page:
        page = context.new_page()
        page.on(
            "console",
            lambda said: (
                self.complaints.append(f"{page.url}: {said.text}")
                if said.type == "error" and EXPECTED not in said.text
                else None
            ),
        )
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        return page


@pytest.fixture
def desk(browser, live_server) -> Iterator[Desk]:
    """Windows on the register; at the end, no window may have complained."""
    made = Desk(browser, live_server.url, [], {})
    yield made
    for context in list(browser.contexts):
        context.close()
    assert made.complaints == []


@pytest.fixture
def begin(home, transactional_db, monkeypatch) -> Callable[[], Life]:
    """Found the city and begin the life of one asset's data, some weeks ago."""
    monkeypatch.setattr("shuce.demo.sources.VISITS", 1_500)
    monkeypatch.setattr("shuce.demo.sources.RESIDENTS", 500)
    monkeypatch.setattr("shuce.demo.sources.put_into_postgresql", lambda *_: None)
    monkeypatch.setattr("shuce.demo.sources.put_into_mariadb", lambda *_: None)

    def found(key: str = "visits") -> Life:
        now = datetime.fromtimestamp(time.time(), UTC)
        city = bodies.found(now - timedelta(days=60))
        reviewer = city.sign("sfj", Role.BUREAU_REVIEWER)
        install_procedures(by=reviewer)
        install_rules(by=reviewer)
        stories = {
            story.key: story for story in lives.stories(write_sources(home / "sources"), now)
        }
        life = stories[key].begin(city)
        life.at = now - timedelta(days=40)
        return life

    return found


@pytest.fixture
def assessed(begin) -> Life:
    """A card in force, graded, measured and assessed: a right over it may be asked for."""
    life = begin()
    for step in (*journey.UP_TO_CARD, journey.grade, journey.measure, journey.assess):
        step(life)
    return life
