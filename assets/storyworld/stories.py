"""Stories in which somebody wants something, meets trouble and is helped; and questions about them."""

from __future__ import annotations

from assets.storyworld.scenarios import SCENARIOS
from assets.storyworld.scene import Scene
from assets.storyworld.writer import Writer

__all__ = ["story", "story_questions"]

Asked = tuple[str, str]  # a question and its answer, as templates

_OPENINGS: tuple[tuple[str, tuple[Asked, ...]], ...] = (
    (
        "{hero} was a {trait} {hero.child} who lived in a {home}. ",
        (
            ("Where did {hero} live?", "In a {home}."),
            ("What kind of {hero.child} was {hero}?", "A {trait} {hero.child}."),
        ),
    ),
    (
        "There was once a {trait} {hero.child} named {hero}. ",
        (("What kind of {hero.child} was {hero}?", "A {trait} {hero.child}."),),
    ),
    ("{hero} lived in a {home}. ", (("Where did {hero} live?", "In a {home}."),)),
    ("{hero} was never bored. ", ()),
    ("{hero} was always full of ideas. ", ()),
    ("", ()),
)
_MOODS = (
    " {hero} was [sad|upset|worried]. ",
    " {hero} [was close to tears|was at a loss|did not know what to do]. ",
    " ",
)
_CLOSINGS: tuple[tuple[str, tuple[Asked, ...]], ...] = (
    (
        " In the end, {hero} thanked {friend} and felt {feeling}.",
        (("How did {hero} feel in the end?", "{feeling.cap}."),),
    ),
    (
        " To say thank you, {hero} gave {friend} {treat2}.",
        (("What did {hero} give to {friend}?", "{treat2.cap}."),),
    ),
    (' "I could not have done it without you," said {hero}, and {friend} [smiled|laughed|blushed].', ()),
    (" {hero} and {friend} have been friends ever since.", ()),
    (" From then on, {hero} and {friend} [met every {day2}|were the best of friends].", ()),
    (" {hero} was {feeling}, and so was {friend}.", (("How did {hero} feel in the end?", "{feeling.cap}."),)),
)


def _tell(writer: Writer) -> tuple[Scene, list[Asked]]:
    """Say a story; return its scene and the questions that it answers."""
    scene = Scene(writer)
    opening, about_opening = writer.pick(_OPENINGS)
    scene.say(opening)
    scene.say("One {weather} {daytime}, ", "On a {weather} {daytime}, ", "It was a {weather} {daytime}. ")
    scenario = writer.pick(SCENARIOS)
    scene.say(scenario.wish)
    trouble = writer.pick(scenario.troubles)
    writer.say(" ")
    scene.say(trouble.happens)
    scene.say(*_MOODS)
    scene.say(trouble.helps)
    writer.say(" ")
    scene.say(trouble.ends)
    closing, about_closing = writer.pick(_CLOSINGS)
    scene.say(closing)
    asked = [
        *about_opening,
        ("When did this happen?", "On a {weather} {daytime}."),
        ("What did {hero} want to do?", "{hero.He} wanted to " + scenario.goal + "."),
        ("What was the trouble?", "The trouble was that " + trouble.why + "."),
        ("Who helped {hero}?", "{friend} did."),
        ("How did {friend} help?", "{friend.He} " + trouble.deed + "."),
        *about_closing,
    ]
    return scene, asked


def story(writer: Writer) -> None:
    """Write a story."""
    _tell(writer)


def story_questions(writer: Writer) -> None:
    """Write a story, then one to three questions about it with their answers."""
    writer.say("Story: ")
    scene, asked = _tell(writer)
    for _ in range(writer.pick((1, 2, 3))):
        question, answer = writer.pick(asked)
        asked.remove((question, answer))
        scene.say("\nQuestion: " + question)
        scene.say("\nAnswer: " + answer)
