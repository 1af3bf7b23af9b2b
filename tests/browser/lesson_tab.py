"""A lesson open in JupyterLab, driven as a learner drives it."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page

__all__ = ["LessonTab"]

PANEL = "window.jupyterapp.shell.currentWidget"
READY = f"""() => {{
    const panel = window.jupyterapp && {PANEL};
    return Boolean(panel && panel.sessionContext && panel.content.widgets.length
        && panel.sessionContext.session?.kernel?.status === 'idle');
}}"""
RUN = """async (command) => {
    window.glassboxDone = false;
    window.jupyterapp.commands.execute(command).finally(() => { window.glassboxDone = true; });
}"""
CELLS = f"""() => {PANEL}.content.widgets.map(cell => cell.model.sharedModel.toJSON())"""
SHOW = f"""async (index) => {{
    const notebook = {PANEL}.content;
    notebook.activeCellIndex = index;
    notebook.deselectAll();
    await notebook.scrollToItem(index, 'start');
    notebook.widgets[index].node.setAttribute('data-cell', index);
}}"""
WRITE = f"""([index, source]) => {{ {PANEL}.content.widgets[index].model.sharedModel.setSource(source); }}"""
# A picture counts as new when the browser has decoded it; the clock starts at the key that was pressed.
WATCH = """(image) => {
    const root = image.closest('.jp-OutputArea');
    const watch = window.glassboxWatch = {pressed: null, shown: null, first: image.src};
    const press = () => { watch.pressed ??= performance.now(); };
    root.addEventListener('keydown', press, {capture: true, once: true});
    new MutationObserver(async (_, observer) => {
        const now = root.querySelector('.widget-html-content img');
        if (!now || now.src === watch.first || watch.shown !== null) return;
        await now.decode();
        if (watch.shown === null) { watch.shown = performance.now(); observer.disconnect(); }
    }).observe(root, {subtree: true, childList: true, attributes: true});
}"""


class LessonTab:
    """One notebook in the browser."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, url: str, seconds: float = 60.0) -> None:
        """Open the notebook and wait until its kernel is idle."""
        self.page.goto(url)
        self.page.wait_for_function(READY, timeout=1000 * seconds)

    def cells(self) -> list[dict[str, Any]]:
        """Return the cells as they are now, with their outputs."""
        return self.page.evaluate(CELLS)

    def run(self, command: str, seconds: float) -> float:
        """Run a command of JupyterLab, wait until it is done and the kernel idle; return the seconds."""
        begin = time.monotonic()
        self.page.evaluate(RUN, command)
        self.page.wait_for_function("() => window.glassboxDone", timeout=1000 * seconds)
        self.page.wait_for_function(READY, timeout=1000 * seconds)
        return time.monotonic() - begin

    def run_all(self, seconds: float = 600.0) -> float:
        """Run all cells as the menu does."""
        return self.run("notebook:run-all-cells", seconds)

    def show(self, index: int) -> Locator:
        """Scroll to a cell, make it the active one, and return it."""
        self.page.evaluate(SHOW, index)
        cell = self.page.locator(f'[data-cell="{index}"]')
        cell.wait_for()
        return cell

    def write_and_run(self, index: int, source: str, seconds: float = 60.0) -> str:
        """Put source into a cell, run it, and return the plain text that it shows."""
        self.show(index)
        self.page.evaluate(WRITE, [index, source])
        self.run("notebook:run-cell", seconds)
        return text_of(self.cells()[index])

    def watch_picture(self, image: Locator) -> None:
        """Begin to wait for a picture in the place of this one."""
        image.evaluate(WATCH)

    def seconds_to_picture(self, seconds: float = 10.0) -> float:
        """Wait for the new picture; return the seconds since the key that asked for it."""
        self.page.wait_for_function("() => window.glassboxWatch.shown !== null", timeout=1000 * seconds)
        watch = self.page.evaluate("() => window.glassboxWatch")
        assert watch["pressed"] is not None, "no key was pressed in the explorer"
        return (watch["shown"] - watch["pressed"]) / 1000

    def picture_to(self, folder: Path, name: str) -> None:
        """Save what the browser shows."""
        folder.mkdir(exist_ok=True)
        self.page.screenshot(path=folder / f"{name}.png")


def text_of(cell: dict[str, Any]) -> str:
    """Return the plain text among the outputs of a cell."""
    texts = []
    for output in cell.get("outputs", []):
        datum = output.get("text", output.get("data", {}).get("text/plain", ""))
        texts.append(datum if isinstance(datum, str) else "".join(datum))
        if output["output_type"] == "error":
            texts.append(json.dumps(output))
    return "\n".join(texts)
