"""README.md and the documents beside it: the map, the links, the commands and the licences they name."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from docs import picture
from helpers import lessons
from tools import readme
from tools.links import address_of

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
README = DOCUMENTS[0].read_text(encoding="utf-8")


def test_the_map_in_the_readme_is_up_to_date() -> None:
    table = readme.lesson_map(lessons.all(), address_of())
    assert readme.with_map(README, table) == README, "run `make pages`"


def test_the_map_links_a_lesson_only_when_it_is_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lessons, "NOTEBOOKS", tmp_path)
    (tmp_path / "01_one.ipynb").touch()
    curriculum = (
        lessons.Lesson("01_one", "I · First", "Do one", "What is one?"),
        lessons.Lesson("02_two", "I · First", "Do two", "What is two?"),
        lessons.Lesson("03_three", "II · Next", "Do three", "What is three?"),
    )
    table = readme.lesson_map(curriculum, "owner/name").splitlines()
    assert table[0] == "1 of 3 lessons are finished; the others are planned."
    assert table[4:] == [
        "| | **I · First** | | |",
        "| 01 | [**Do one**](notebooks/01_one.ipynb) | What is one? | [Binder](https://mybinder.org/v2/gh/owner/"
        "name/HEAD?urlpath=lab/tree/notebooks/01_one.ipynb) · [Colab](https://colab.research.google.com/github/"
        "owner/name/blob/main/notebooks/01_one.ipynb) |",
        "| 02 | Do two | What is two? | |",
        "| | **II · Next** | | |",
        "| 03 | Do three | What is three? | |",
    ]


def test_the_picture_shows_what_the_embedded_model_says() -> None:
    words = re.compile(r">([^<]+)</text>")
    stored = picture.FILE.read_text(encoding="utf-8")
    drawn = picture.draw(picture.predict(picture.TEXT))
    assert words.findall(stored) == words.findall(drawn), "run `python -m docs.picture`"
    assert ElementTree.fromstring(stored).get("aria-label").startswith("The text “")


def test_the_picture_wraps_its_tokens_and_scales_its_bars() -> None:
    seen = picture.Prediction("x < y", ["twelve chars"] * 9, list(range(9)), [(" a", 0.5), ("\n", 0.25)])
    svg = ElementTree.fromstring(picture.draw(seen))
    boxes = [box for box in svg.iter() if box.get("stroke") == "#8a93a3"]
    right_ends = [float(box.get("x")) + float(box.get("width")) for box in boxes]
    assert len(boxes) == 9 and max(right_ends) <= picture.WIDTH - picture.MARGIN
    assert len({box.get("y") for box in boxes}) == 2
    bars = [float(bar.get("width")) for bar in svg.iter() if bar.get("fill") == picture.BLUE]
    assert bars[0] == 2 * bars[1]
    assert "↵" in {text.text for text in svg.iter() if text.text}


def test_a_page_without_the_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="needs <!-- lessons: begin -->"):
        readme.with_map("no marks here", "table")
    with pytest.raises(ValueError, match="each once"):
        readme.with_map(f"{readme.END} {readme.BEGIN} {readme.END}", "table")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_each_link_to_a_file_leads_to_one(document: Path) -> None:
    targets = re.findall(r"\]\(([^)\s]+)\)", document.read_text(encoding="utf-8"))
    files = [unquote(target.split("#")[0]) for target in targets if "://" not in target]
    assert not [name for name in files if name and not (document.parent / name).exists()]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_each_image_has_a_text_alternative(document: Path) -> None:
    alternatives = re.findall(r"!\[([^\]]*)\]\(", document.read_text(encoding="utf-8"))
    assert all(len(alternative) >= 5 for alternative in alternatives)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_each_verb_and_module_that_is_named_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    verbs = set(re.findall(r"(?:^|`|\n)make ([a-z-]+)", text))
    assert not verbs - set(re.findall(r"(?m)^([a-z-]+):", makefile))
    modules = {
        name.replace(".", "/") for name in re.findall(r"python -m ((?:tools|assets)[.\w]*)", text + makefile)
    }
    places = {name: (ROOT / f"{name}.py", ROOT / name / "__main__.py") for name in modules}
    assert not [name for name, files in places.items() if not any(file.is_file() for file in files)]


def test_the_readme_gives_the_same_flags_for_windows_as_make_uses() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for flags in (r"--nbval[^$]*", r"-n logical .*", r"--LabApp.default_url=\S+"):
        assert re.search(flags, makefile)[0].strip() in README


def test_versions_of_python_agree_everywhere() -> None:
    assert "Python 3.11, 3.12 or 3.13" in README
    assert "3.11, 3.12 or 3.13" in (ROOT / "setup_env.py").read_text(encoding="utf-8")


def test_the_citation_file_fits_its_schema_and_names_the_repository() -> None:
    tool = shutil.which("check-jsonschema", path=str(Path(sys.executable).parent))
    command = [tool, "--builtin-schema", "vendor.citation-file-format", str(ROOT / "CITATION.cff")]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=60)
    assert done.returncode == 0, done.stdout
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"https://github.com/{address_of()}" in text
    version = re.search(r"(?m)^version: (\S+)$", text)[1]
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_both_licences_are_there_in_full() -> None:
    assert "Apache License" in (words := (ROOT / "LICENSE").read_text(encoding="utf-8"))
    assert len(words) > 11_000
    assert "Creative Commons Attribution 4.0" in (
        words := (ROOT / "LICENSE-text").read_text(encoding="utf-8")
    )
    assert "Section 8 – Interpretation" in words
