"""Rules about the text of a lesson: links, pictures, length, the head of the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from tools.links import address_of
from tools.rules.page import FENCE, Page

__all__ = ["alt_texts", "anchors", "head", "links", "offline_images", "targets", "words"]

LINK = re.compile(r"(?<!!)\[(?:[^\[\]]|!?\[[^\]]*\](?:\([^)]*\))?)*\]\(\s*<?([^)\s>]+)>?[^)]*\)")
IMAGE = re.compile(r"!\[([^\]]*)\]\(\s*<?([^)\s>]+)>?[^)]*\)")
HTML_LINK = re.compile(r"<a\s[^>]*href=[\"']([^\"']+)")
HTML_IMAGE = re.compile(r"<img\b[^>]*>")
ATTRIBUTE = {name: re.compile(rf"\b{name}=[\"']([^\"']*)") for name in ("alt", "src")}
HEADING = re.compile(r"^ {0,3}#{1,6} +(.+?) *#* *$", re.MULTILINE)
INLINE_CODE = re.compile(r"(`+).+?\1")
FORMULA = re.compile(r"\$\$.+?\$\$|\$[^$\n]+\$", re.DOTALL)
FEWEST_WORDS, MOST_WORDS = 1_200, 3_500


def targets(markdown: str) -> Iterator[str]:
    """Yield where the links and images of a text point."""
    text = INLINE_CODE.sub("", FENCE.sub("", markdown))
    yield from LINK.findall(text)
    yield from HTML_LINK.findall(text)
    yield from (source for _, source in IMAGE.findall(text))
    for tag in HTML_IMAGE.findall(text):
        yield from ATTRIBUTE["src"].findall(tag)


def links(page: Page) -> list[str]:
    """Every relative link leads to a file, and every anchor to a heading."""
    found = [_complaint(target, page) for target in targets(page.markdown)]
    return sorted(set(filter(None, found)))


def _complaint(target: str, page: Page) -> str:
    if re.match(r"(https?|mailto|attachment|data):", target):
        return f"the link {target} is not encrypted" if target.startswith("http:") else ""
    name, _, anchor = unquote(target).partition("#")
    path = (page.path.parent / name).resolve() if name else page.path
    if name and not path.exists():
        return f"the link {target} leads to no file"
    if anchor and path.suffix in (".md", ".ipynb") and anchor not in _anchors(path, page):
        return f"the link {target} leads to no heading"
    return ""


def _anchors(path: Path, page: Page) -> set[str]:
    if path.suffix == ".md":
        return anchors(path.read_text(encoding="utf-8"), github=True)
    return anchors((page if path == page.path else Page.of(path)).markdown, github=False)


def anchors(markdown: str, github: bool) -> set[str]:
    """Return the anchors of a text's headings, as GitHub or as JupyterLab makes them."""
    headings = HEADING.findall(FENCE.sub("", markdown))
    if github:
        plain = (re.sub(r"[^\w\- ]", "", heading).lower() for heading in headings)
        return {heading.replace(" ", "-") for heading in plain}
    return {re.sub(r"[`*]", "", heading).replace(" ", "-") for heading in headings}


def alt_texts(page: Page) -> list[str]:
    """Every image in the text says in words what it shows."""
    text = INLINE_CODE.sub("", page.markdown)
    bare = [source for alt, source in IMAGE.findall(text) if not alt.strip()]
    for tag in HTML_IMAGE.findall(text):
        alt = ATTRIBUTE["alt"].search(tag)
        bare += [tag] if alt is None or not alt.group(1).strip() else []
    for cell in page.code:
        html = [str(output.get("data", {}).get("text/html", "")) for output in cell.outputs]
        shown = [tag for one in html for tag in HTML_IMAGE.findall(one)]
        bare += [f"one that {cell} shows" for tag in shown if not ATTRIBUTE["alt"].search(tag)]
    return [f"this image has no alt text: {image}" for image in bare]


def offline_images(page: Page) -> list[str]:
    """Every image comes with the repository, so that the page is whole without a network."""
    text = INLINE_CODE.sub("", page.markdown)
    sources = [source for _, source in IMAGE.findall(text)]
    sources += [source for tag in HTML_IMAGE.findall(text) for source in ATTRIBUTE["src"].findall(tag)]
    return [f"the image {source} is not in the repository" for source in sources if "://" in source]


def words(page: Page) -> list[str]:
    """A lesson has 1,200 to 3,500 words of text; lesson 00 may have fewer."""
    plain = re.sub(r"https?://\S+|</?[A-Za-z][^<>]*>", " ", FORMULA.sub(" x ", page.markdown))
    count = len(re.findall(r"[^\W_][\w'’-]*", plain))
    if count > MOST_WORDS or (count < FEWEST_WORDS and not page.is_start):
        return [f"the text has {count:,} words, not {FEWEST_WORDS:,} to {MOST_WORDS:,}"]
    return []


def head(page: Page) -> list[str]:
    """The page opens with its number and title, and with links that open this very page elsewhere."""
    first = page.cells[0]
    number, name = page.path.stem[:2], f"notebooks/{page.path.name}"
    found = []
    if first.is_code or not re.match(rf"# {number} · \S", first.source):
        found.append(f"the first cell has no title '# {number} · …'")
    there = [unquote(target) for target in targets(first.source)]
    for service, begin in (
        ("Binder", f"https://mybinder.org/v2/gh/{address_of()}/"),
        ("Colab", f"https://colab.research.google.com/github/{address_of()}/blob/main/"),
    ):
        if not any(target.startswith(begin) and target.endswith(name) for target in there):
            found.append(f"the first cell has no link to {service} for {name}")
    return found
