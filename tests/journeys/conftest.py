"""The town, served as `pb demo` serves it, and Chromium to look at it."""

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from pb.accounts.domain import Role
from pb.foundation.clock import system_clock
from pb.trials.demo import VOTING
from pb.trials.processes import own_environment, own_program
from pb.trials.server import free_port

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.journeys.town import Town
    from tests.journeys.windows import Window

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]
PATIENCE = 60  # seconds for the server to answer, on a busy machine


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Town"]:
    """The demonstration with a round in every state, served by the command itself."""
    from tests.journeys.town import build

    folder, port = tmp_path_factory.mktemp("town"), free_port()
    built = build(folder, system_clock(), port)
    command = own_program("pb", "demo", "--folder", str(folder), "--port", str(port))
    process = subprocess.Popen(command, env=own_environment(), stdout=subprocess.DEVNULL)
    try:
        wait_until_healthy(built.home, process)
        yield built
    finally:
        process.terminate()
        process.wait(20)


def wait_until_healthy(home: str, process: subprocess.Popen) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with urlopen(f"{home}/gezond", timeout=5):  # noqa: S310 - our own server
                return
        except (URLError, OSError):
            assert process.poll() is None, "the server of the demonstration stopped"
            assert time.monotonic() < until, "the server of the demonstration does not answer"
            time.sleep(0.2)


@pytest.fixture(scope="session")
def chromium() -> Iterator["Browser"]:
    """The system's Chromium, driven by Playwright."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    pytest.importorskip("axe_playwright_python", reason="axe is not installed")
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is missing")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class Visitors:
    """Windows of everybody who visits: one for each visitor and language, kept open."""

    def __init__(self, chromium, town) -> None:
        self.chromium, self.town = chromium, town
        self.windows, self.remembered = {}, {}

    def window(self, visitor: str | None = None, language: str = "nl", **options) -> "Window":
        """Return the window of a visitor; with options a fresh context of the browser."""
        key = (visitor, language, *sorted(options.items()))
        if key not in self.windows:
            self.windows[key] = self.fresh(language, state=self.state_of(visitor), **options)
        return self.windows[key]

    def fresh(self, language: str = "nl", *, state=None, width: int = 390, **options) -> "Window":
        """Return a window in a context that nobody used before."""
        from tests.journeys.windows import HEIGHT, Window

        context = self.chromium.new_context(
            locale=language,
            reduced_motion="reduce",
            storage_state=state,
            viewport={"width": width, "height": HEIGHT[width]},
            **options,
        )
        context.set_default_timeout(15_000)
        return Window(context, self.town.home)

    def state_of(self, visitor: str | None):
        """Return the cookies of a visitor: signed in, or with plans chosen; None for a resident."""
        if visitor is None:
            return None
        if visitor not in self.remembered:
            window = self.fresh()
            if isinstance(visitor, Role):
                self.sign_in(window, visitor)
            else:
                self.choose_plans(window)
            self.remembered[visitor] = window.context.storage_state()
            window.context.close()
        return self.remembered[visitor]

    def sign_in(self, window, role: Role) -> None:
        window.open("/beheer/aanmelden")
        window.page.locator("[name=email]").fill(self.town.addresses[role])
        window.page.locator("[name=password]").fill(self.town.password)
        window.press("Meld mij aan")
        assert window.page.url == f"{self.town.home}/beheer"

    def choose_plans(self, window, *numbers: int) -> None:
        window.open(f"/ronde/{VOTING}/stemmen")
        for number in numbers or (2, 9, 13):
            window.page.locator(f"[name=choices][value='{number}']").check()
        window.press("Kijk uw keuzes na")
        assert window.page.url.endswith("/stemmen/controleren")

    def close(self) -> None:
        for window in self.windows.values():
            window.context.close()


@pytest.fixture(scope="session")
def visitors(chromium, town) -> Iterator[Visitors]:
    visitors = Visitors(chromium, town)
    yield visitors
    visitors.close()


@pytest.fixture
def fresh(visitors: Visitors) -> Iterator[Callable[..., "Window"]]:
    """Return a function that opens a window which is closed after the test."""
    opened = []

    def open_window(*arguments, **options):
        opened.append(visitors.fresh(*arguments, **options))
        return opened[-1]

    yield open_window
    for window in opened:
        window.context.close()
