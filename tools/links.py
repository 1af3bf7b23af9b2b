"""Point every badge, link and bootstrap cell at a repository: ``python -m tools.links owner/name``.

The address stands in one place, ``[tool.glassbox] repository`` in pyproject.toml; all else that names it
is rewritten from there.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

__all__ = ["address_of", "main", "mentions", "rewrite", "text_files"]

ROOT = Path(__file__).resolve().parents[1]
HOSTS = r"(?:github\.com|githubusercontent\.com|mybinder\.org/v2/gh|colab\.research\.google\.com/github)/"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]*[A-Za-z0-9_-]")
SUFFIXES = {".cff", ".cfg", ".ipynb", ".json", ".md", ".py", ".toml", ".txt", ".yaml", ".yml"}
SKIPPED = {".git", ".venv", "__pycache__", "build", "node_modules", "screenshots"}


def address_of(root: Path = ROOT) -> str:
    """Return ``owner/name`` as pyproject.toml states it."""
    with open(root / "pyproject.toml", "rb") as file:
        return tomllib.load(file)["tool"]["glassbox"]["repository"]


def mentions(address: str) -> re.Pattern[str]:
    """Return a pattern that finds ``address`` in web links, and no longer name that begins with it."""
    return re.compile(rf"({HOSTS}){re.escape(address)}(?=\.git\b|\.?(?![\w.-]))")


def text_files(root: Path = ROOT) -> Iterator[Path]:
    """Yield the text files of the checkout that may hold a link."""
    for path in sorted(root.iterdir()):
        if path.is_dir() and path.name not in SKIPPED and not path.is_symlink():
            yield from text_files(path)
        elif path.is_file() and path.suffix in SUFFIXES:
            yield path


def rewrite(new: str, root: Path = ROOT) -> list[Path]:
    """Replace the repository's address by ``new`` wherever it stands; return the files that changed.

    Raises:
        ValueError: ``new`` is not of the form owner/name.
    """
    if not NAME.fullmatch(new):
        raise ValueError(f"A repository is given as owner/name, and {new!r} is not.")
    old, changed = address_of(root), []
    for path in text_files(root):
        before = path.read_bytes().decode("utf-8")
        after = mentions(old).sub(rf"\g<1>{new}", before)
        if path == root / "pyproject.toml":
            after = re.sub(rf'(?m)^(repository\s*=\s*)"{re.escape(old)}"', rf'\g<1>"{new}"', after)
        if after != before:
            path.write_bytes(after.encode("utf-8"))
            changed.append(path)
    return changed


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return 0 on success."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if len(given) != 1:
        print(f"usage: python -m tools.links owner/name   (now {address_of()})", file=sys.stderr)
        return 2
    try:
        changed = rewrite(given[0])
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    for path in changed:
        print(path.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
