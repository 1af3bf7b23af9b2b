"""Write the map of lessons into README.md from `notebooks/lessons.csv`: ``python -m tools.readme``.

A lesson is linked once its notebook exists. Everything outside the two marks is left as it is.
"""

from pathlib import Path

from helpers import lessons
from helpers.lessons import Lesson
from tools.links import address_of

__all__ = ["lesson_map", "main", "with_map"]

README = Path(__file__).resolve().parents[1] / "README.md"
BEGIN, END = "<!-- lessons: begin -->", "<!-- lessons: end -->"


def lesson_map(curriculum: tuple[Lesson, ...], address: str) -> str:
    """Return the table of all lessons in Markdown: title and question, finished ones with their links.

    Args:
        curriculum: the lessons in order.
        address: the repository as owner/name.
    """
    finished = sum(lesson.is_finished for lesson in curriculum)
    lines = [f"{finished} of {len(curriculum)} lessons are finished; the others are planned.", ""]
    lines += ["| | lesson | the question it answers | open in |", "|---|---|---|---|"]
    part = None
    for lesson in curriculum:
        if lesson.part != part:
            part = lesson.part
            lines.append(f"| | **{part}** | | |")
        lines.append(_row(lesson, address))
    return "\n".join(lines)


def _row(lesson: Lesson, address: str) -> str:
    if not lesson.is_finished:
        return f"| {lesson.number} | {lesson.title} | {lesson.question} | |"
    path = f"notebooks/{lesson.id}.ipynb"
    binder = f"https://mybinder.org/v2/gh/{address}/HEAD?urlpath=lab/tree/{path}"
    colab = f"https://colab.research.google.com/github/{address}/blob/main/{path}"
    title = f"[**{lesson.title}**]({path})"
    return f"| {lesson.number} | {title} | {lesson.question} | [Binder]({binder}) · [Colab]({colab}) |"


def with_map(text: str, table: str) -> str:
    """Return the page with the table between its marks.

    Raises:
        ValueError: the page does not have each mark once, in order.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end) or BEGIN in rest or END in before + after:
        raise ValueError(f"The page needs {BEGIN} and then {END}, each once.")
    return f"{before}{BEGIN}\n{table}\n{END}{after}"


def main() -> None:
    """Rewrite README.md in place."""
    text = with_map(README.read_text(encoding="utf-8"), lesson_map(lessons.all(), address_of()))
    README.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
