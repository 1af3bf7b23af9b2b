"""Give a notebook one canonical form, so that running it again yields the same bytes.

Nothing here runs code. ``tools.notebooks`` stores what `notebook` returns, and the strict notebook test
passes freshly computed outputs through `outputs` before it compares them, so both have the same form.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import sys
from collections.abc import Iterable
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from PIL import Image

__all__ = ["ROOT", "WIDGET_VIEW", "dumps", "notebook", "outputs", "png", "text"]

ROOT = Path(__file__).resolve().parents[1]
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE = {
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
}
ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,}")
OVERWRITTEN = re.compile(r"[^\n]*\r(?!\n)")  # what a progress bar wrote over
CELL_FILE = re.compile(r"[^\s\"']*ipykernel_\d+[\\/]\d+\.py")
OUTPUT_KEYS = {
    "stream": ("output_type", "name", "text"),
    "display_data": ("output_type", "data", "metadata"),
    "execute_result": ("output_type", "data", "metadata", "execution_count"),
    "error": ("output_type", "ename", "evalue", "traceback"),
}


def text(value: str) -> str:
    """Return ``value`` without colours, memory addresses and the paths of this machine."""
    value = ANSI.sub("", value)
    value = ADDRESS.sub("at 0x…", value)
    value = CELL_FILE.sub("<cell>", value)
    for folder, name in ((ROOT, "glassbox"), (Path(sys.prefix), "<python>"), (Path.home(), "~")):
        if len(folder.parts) > 1:  # a home of "/" must not eat every slash
            value = re.sub(re.escape(str(folder)) + r"(?![\w.-])", name, value)
    return value


def png(encoded: str) -> str:
    """Return a base64 PNG as one with at most 256 colours and no metadata; unchanged when it is one."""
    raw = base64.b64decode(encoded)
    image = Image.open(io.BytesIO(raw))
    if image.mode != "P" or image.info.keys() & {"Software", "date:create", "exif"}:
        image = _on_white(image).quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        target = io.BytesIO()
        image.save(target, format="PNG", optimize=True)
        raw = target.getvalue()
    return base64.b64encode(raw).decode("ascii")


def _on_white(image: Image.Image) -> Image.Image:
    layer = image.convert("RGBA")
    white = Image.new("RGBA", layer.size, "white")
    white.alpha_composite(layer)
    return white.convert("RGB")


def outputs(found: Iterable[dict]) -> list[NotebookNode]:
    """Return the outputs of a cell in canonical form: streams merged, no widget views, clean texts.

    Of a line that was written over, as by a progress bar, the last state stays.
    """
    clean: list[NotebookNode] = []
    for output in found:
        node = _output(output)
        if node.output_type == "stream" and clean and clean[-1].get("name") == node.name:
            clean[-1].text += node.text
        else:
            clean.append(node)
    for node in clean:
        if node.output_type == "stream":
            node.text = OVERWRITTEN.sub("", node.text)
    return clean


def _output(output: dict) -> NotebookNode:
    kept = {key: output[key] for key in OUTPUT_KEYS[output["output_type"]] if key in output}
    if "data" in kept:
        kept["data"] = {
            mime: _datum(mime, datum) for mime, datum in sorted(kept["data"].items()) if mime != WIDGET_VIEW
        }
        kept["metadata"] = {}
    if "text" in kept:
        kept["text"] = text(kept["text"])
    if "traceback" in kept:
        kept["evalue"] = text(kept["evalue"])
        kept["traceback"] = [text(line) for line in kept["traceback"]]
    return nbformat.from_dict(kept)


def _datum(mime: str, datum: object) -> object:
    if mime == "image/png":
        return png(datum)
    return text(datum) if isinstance(datum, str) and mime.startswith("text/") else datum


def notebook(found: NotebookNode) -> NotebookNode:
    """Return ``found`` in canonical form: fixed metadata, only tags on cells, execution counts 1, 2, 3, …"""
    cells = [_cell(cell, place) for place, cell in enumerate(found.cells)]
    while cells and cells[-1].cell_type == "code" and not cells[-1].source.strip():
        cells.pop()
    count = 0
    for cell in cells:
        if cell.cell_type == "code" and cell.execution_count is not None:
            count += 1
            cell.execution_count = count
            for output in cell.outputs:
                if output.output_type == "execute_result":
                    output.execution_count = count
    metadata = {"kernelspec": KERNELSPEC, "language_info": LANGUAGE}
    return nbformat.from_dict({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


def _cell(cell: NotebookNode, place: int) -> NotebookNode:
    kept = {key: cell[key] for key in ("cell_type", "source", "attachments") if key in cell}
    kept["id"] = cell.get("id") or hashlib.sha256(f"{place}\n{cell.source}".encode()).hexdigest()[:8]
    tags = cell.metadata.get("tags")
    kept["metadata"] = {"tags": list(tags)} if tags else {}
    if cell.cell_type == "code":
        kept["execution_count"] = cell.get("execution_count")
        kept["outputs"] = outputs(cell.get("outputs", []))
    return nbformat.from_dict(kept)


def dumps(node: NotebookNode) -> str:
    """Return the text of the file that holds the notebook, with a newline at its end."""
    nbformat.validate(node)
    return nbformat.writes(node, version=nbformat.NO_CONVERT).rstrip("\n") + "\n"
