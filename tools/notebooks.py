"""Execute notebooks and store them in canonical form: ``python -m tools.notebooks [NUMBER|NAME|PATH …]``.

A notebook is written only when all its cells ran. Running it again gives the same bytes: cells tagged
``nbval-ignore-output`` keep their stored timings while the new ones are of the same size (``--fresh`` renews
them).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from tools import limits, normalise
from tools.kernel import CellFailed, started
from tools.limits import Usage
from tools.numbers import similar

__all__ = ["check", "execute", "main", "read", "refresh", "select"]

FOLDER = normalise.ROOT / "notebooks"
TIMING = "nbval-ignore-output"
TIMING_FACTOR = 3.0


def read(path: Path) -> NotebookNode:
    """Return the notebook in the file; a cell without an id gets one made from its place and text."""
    raw = json.loads(path.read_text(encoding="utf-8"))
    for place, cell in enumerate(raw["cells"]):
        seed = f"{place}\n{''.join(cell['source'])}".encode()
        cell.setdefault("id", hashlib.sha256(seed).hexdigest()[:8])
    raw["nbformat_minor"] = max(5, raw.get("nbformat_minor", 0))
    return nbformat.reads(json.dumps(raw), as_version=4)


def select(names: Sequence[str], folder: Path = FOLDER) -> list[Path]:
    """Return the notebooks meant by numbers ("04"), names or paths; all in ``folder`` when there are none.

    Raises:
        ValueError: a name fits no notebook; the message lists those there are.
    """
    there = sorted(folder.glob("*.ipynb"))
    if not names:
        return there
    chosen: list[Path] = []
    for name in names:
        number = name.zfill(2) if name.isdigit() else name
        fits = [Path(name).resolve()] if name.endswith(".ipynb") and Path(name).is_file() else []
        fits = fits or [path for path in there if path.name == name or path.stem == name]
        fits = fits or [path for path in there if path.name.startswith(f"{number}_")]
        if not fits:
            known = ", ".join(path.stem for path in there) or "none"
            raise ValueError(f"No notebook is called {name!r}; there are: {known}.")
        chosen.extend(fits)
    return chosen


def execute(notebook: NotebookNode, folder: Path, scratch: Path | None = None) -> Usage:
    """Run the code cells in ``folder``, put outputs and counts into ``notebook``, and return what it took.

    Raises:
        CellFailed: a cell raised without the tag ``raises-exception``, ran too long, or killed the kernel.
    """
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    with started(folder, scratch) as kernel:
        for number, cell in enumerate(code):
            try:
                cell.execution_count, cell.outputs = kernel.run(cell.source)
            except CellFailed as failure:
                raise CellFailed(f"{_place(number, cell)}: {failure}") from None
            _refuse_error(number, cell)
        return kernel.usage()


def _refuse_error(number: int, cell: NotebookNode) -> None:
    expected = "raises-exception" in cell.metadata.get("tags", [])
    for output in cell.outputs:
        if output["output_type"] == "error" and not expected:
            traceback = normalise.text("\n".join(output["traceback"]))
            raise CellFailed(f"{_place(number, cell)}: {output['ename']}: {output['evalue']}\n{traceback}")


def _place(number: int, cell: NotebookNode) -> str:
    first = next((line for line in cell.source.splitlines() if line.strip()), "")
    return f"code cell {number} (counted from 0), {first!r}"


def refresh(path: Path, fresh: bool = False) -> Usage:
    """Run the notebook and store it in canonical form; the file stays as it was when a cell fails."""
    stored = normalise.notebook(read(path))
    computed = read(path)
    usage = execute(computed, path.parent)
    computed = normalise.notebook(computed)
    if not fresh:
        _keep_timings(stored, computed)
    _write(path, normalise.dumps(computed))
    return usage


def _keep_timings(stored: NotebookNode, computed: NotebookNode) -> None:
    before = {cell.id: cell for cell in stored.cells if cell.cell_type == "code"}
    for cell in computed.cells:
        old = before.get(cell.id)
        if old is None or TIMING not in cell.metadata.get("tags", []) or old.source != cell.source:
            continue
        if similar(_words(old.outputs), _words(cell.outputs), TIMING_FACTOR):
            cell.outputs = old.outputs
            for output in cell.outputs:
                if output.output_type == "execute_result":
                    output.execution_count = cell.execution_count


def _words(outputs: list[NotebookNode]) -> str:
    bare = [
        {key: value for key, value in output.items() if key not in ("execution_count", "data")}
        | {"data": {k: v for k, v in output.get("data", {}).items() if not k.startswith("image/")}}
        | {"pictures": [k for k in output.get("data", {}) if k.startswith("image/")]}
        for output in outputs
    ]
    return json.dumps(bare, sort_keys=True, ensure_ascii=False)


def _write(path: Path, content: str) -> None:
    handle, made = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=".tmp")
    try:
        with open(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(content)
        if path.exists():
            os.chmod(made, path.stat().st_mode & 0o777)
        os.replace(made, path)
    except BaseException:
        Path(made).unlink(missing_ok=True)
        raise


def check(path: Path) -> str:
    """Return why the stored notebook is not in canonical form and executed, or an empty text when it is."""
    notebook = read(path)
    if any(cell.cell_type == "code" and cell.execution_count is None for cell in notebook.cells):
        return "a code cell was not executed"
    if normalise.dumps(normalise.notebook(notebook)) != path.read_text(encoding="utf-8"):
        return "it is not in canonical form"
    size = path.stat().st_size
    return f"it has {size:,} bytes, more than {limits.BYTES:,}" if size > limits.BYTES else ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return 0 when every notebook is fine."""
    parser = argparse.ArgumentParser(prog="python -m tools.notebooks", description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="numbers (04), names or paths; all notebooks when left out")
    parser.add_argument("--check", action="store_true", help="say which files are not canonical; run nothing")
    parser.add_argument("--fresh", action="store_true", help="renew stored timings too")
    options = parser.parse_args(arguments)
    try:
        paths = select(options.names)
    except ValueError as error:
        parser.error(str(error))
    return max((_one(path, options) for path in paths), default=0)


def _one(path: Path, options: argparse.Namespace) -> int:
    if options.check:
        complaint = check(path)
        print(f"{path.name}: {complaint or 'fine'}", file=sys.stderr if complaint else sys.stdout)
        return int(bool(complaint))
    try:
        usage = refresh(path, options.fresh)
    except CellFailed as failure:
        print(f"{path.name} is left as it was. In {failure}", file=sys.stderr)
        return 1
    print(f"{path.name:40s}{usage} {path.stat().st_size / 1e3:6.0f} kB", flush=True)
    complaints = [*filter(None, [check(path)]), *usage.complaints()]
    for complaint in complaints:
        print(f"{path.name}: {complaint}", file=sys.stderr)
    return int(bool(complaints))


if __name__ == "__main__":
    sys.exit(main())
