"""The rules that every lesson keeps: each is a function from a page to its complaints, if it has any."""

from __future__ import annotations

from collections.abc import Callable

from tools.rules import cells, code, prose, registers
from tools.rules.page import Page

__all__ = ["RULES", "Page", "Rule"]

Rule = Callable[[Page], list[str]]

RULES: dict[str, Rule] = {
    "every code cell was run, in order": cells.counts,
    "explorers and exercises show something": cells.outputs,
    "tags are known ones or concepts": cells.tags,
    "few outputs are left uncompared": cells.ignored,
    "the first code cell is the bootstrap cell": cells.bootstrap,
    "one setup cell has few imports and the seed": cells.setup,
    "the file is in canonical form": cells.stored_form,
    "the file has at most 1 MB": cells.size,
    "no code cell has more than 40 lines": cells.lengths,
    "at most 3 code cells stand in a row": cells.rows_of_code,
    "no output is a warning or an unexpected error": cells.warnings,
    "no output names a folder of the machine": cells.local_paths,
    "every picture has words beside it": cells.figures_have_words,
    "code is plain Python without installs": code.plain_python,
    "functions have no free variables": code.free_variables,
    "builds need no other cell": code.builds_are_complete,
    "a lesson asserts what it says": code.asserts,
    "every relative link resolves": prose.links,
    "every image has alt text": prose.alt_texts,
    "no image is fetched from the network": prose.offline_images,
    "the text has 1,200 to 3,500 words": prose.words,
    "the page opens with title and launch links": prose.head,
    "every exercise cell agrees with its registered exercise": registers.exercise_cells,
    "every exercise is complete": registers.exercises_are_complete,
    "every concept is shown and every concept tag is known": registers.concepts,
}
