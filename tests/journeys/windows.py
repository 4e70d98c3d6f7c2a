"""A browser window that remembers what went wrong in it, and where it went."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

# Without the last but one, axe leaves the size of what is touched (2.5.8) out.
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = {"runOnly": {"type": "tag", "values": STANDARDS}, "resultTypes": ["violations"]}
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
HEIGHT = {390: PHONE["height"], 1280: DESK["height"], 320: 640}
LOOK_WITH_AXE = "async (options) => (await axe.run(options)).violations"
DIRECTIONS = {"nl": "ltr", "en": "ltr", "ar": "rtl"}

# What a reader would have to scroll for: wider than the window and not in a box that scrolls.
STICKS_OUT = """() => {
  const wide = document.documentElement;
  const found = [];
  if (wide.scrollWidth > wide.clientWidth) found.push(`page ${wide.scrollWidth}`);
  const scrolls = (element) => {
    for (let up = element; up && up !== document.body; up = up.parentElement) {
      if (['auto', 'scroll'].includes(getComputedStyle(up).overflowX)) return true;
    }
    return false;
  };
  for (const element of document.querySelectorAll('body *')) {
    const own = Array.from(element.childNodes).some((n) => n.nodeType === 3 && n.data.trim());
    if (!own && !element.matches('input, select, textarea, button, img')) continue;
    const box = element.getBoundingClientRect();
    if (box.width <= 1 || box.height <= 1 || box.bottom < 0) continue;
    if ((box.right > wide.clientWidth + 1 || box.left < -1) && !scrolls(element)) {
      found.push(`${element.tagName} ${element.className} "${element.textContent.slice(0, 40)}"`);
    }
  }
  return found;
}"""

# Who uses a keyboard sees where they are: on the screen, with a ring, under nothing.
LOOK_AT_FOCUS = """() => {
  const here = document.activeElement;
  if (!here || here === document.body) return null;
  const box = here.getBoundingClientRect();
  const style = getComputedStyle(here);
  const label = here.labels && here.labels[0] ? getComputedStyle(here.labels[0]) : style;
  const ringed = (each) => each.outlineStyle !== 'none' && parseFloat(each.outlineWidth) > 0
    || each.boxShadow !== 'none';
  const x = Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1);
  const y = Math.min(Math.max(box.top + box.height / 2, 0), innerHeight - 1);
  const top = document.elementFromPoint(x, y);
  return {
    what: `${here.tagName} ${here.id || here.name || ''} ${here.textContent.trim().slice(0, 40)}`,
    ring: ringed(style) || ringed(label),
    inside: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    uncovered: !!top && (here.contains(top) || top.contains(here)
      || !!here.labels && Array.from(here.labels).some((each) => each.contains(top))),
  };
}"""


class Window:
    """One page of a browser context, with an ear on its console and an eye on its requests."""

    def __init__(self, context: "BrowserContext", home: str) -> None:
        self.context, self.home = context, home
        self.page: Page = context.new_page()
        self.errors: list[str] = []
        self.requested: list[str] = []
        self.page.on("console", self._remember)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: self.requested.append(request.url))

    def _remember(self, message) -> None:
        # A refusal page is an answer that Chromium reports as an error of its own.
        if (
            message.type in {"error", "warning"}
            and "responded with a status of" not in message.text
        ):
            self.errors.append(message.text)

    def open(self, path: str) -> int:
        """Open a page from the start; return its status."""
        self.errors.clear()
        self.requested.clear()
        return self.page.goto(self.home + path).status

    def resize(self, width: int) -> None:
        self.page.set_viewport_size({"width": width, "height": HEIGHT[width]})

    def press(self, words: str) -> None:
        """Press the button, or follow the link, with these words, and wait for the next page."""
        for role, exact in (("button", False), ("link", True), ("link", False)):
            found = self.page.get_by_role(role, name=words, exact=exact)
            if found.count():
                break
        found.first.click()
        self.page.wait_for_load_state("load")

    @property
    def heading(self) -> str:
        return self.page.locator("h1").inner_text()

    def words(self) -> str:
        """Return what a person reads in the middle of the page."""
        return " ".join(self.page.locator("main").inner_text().split())

    def violations(self) -> list[str]:
        """Return what axe complains about, and where."""
        from axe_playwright_python.base import AXE_SCRIPT  # a test skips without it

        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE_SCRIPT)
        return [
            f"{found['id']}: {found['help']}: {node['target']} {node['html'][:200]}"
            for found in self.page.evaluate(LOOK_WITH_AXE, AXE)
            for node in found["nodes"]
        ]

    def foreign(self) -> list[str]:
        """Return requests that left our own origin."""
        home = urlsplit(self.home).netloc
        return [
            url
            for url in self.requested
            if urlsplit(url).scheme != "data" and urlsplit(url).netloc != home
        ]

    def sticks_out(self) -> list[str]:
        return self.page.evaluate(STICKS_OUT)

    def faults(self) -> dict[str, object]:
        """Return everything that is wrong with the page that is shown; empty when nothing.

        Only where scripts run: axe never ends without them.
        """
        language = self.page.evaluate(
            "[document.documentElement.lang, document.documentElement.dir]"
        )
        found = {
            "axe": self.violations(),
            "sticks out": self.sticks_out(),
            "console": list(self.errors),
            "other origins": self.foreign(),
            "direction": [] if DIRECTIONS.get(language[0]) == language[1] else language,
        }
        return {name: fault for name, fault in found.items() if fault}

    def focus(self) -> dict | None:
        """Return how the focused control looks, or None when nothing has the focus."""
        return self.page.evaluate(LOOK_AT_FOCUS)
