"""Stories: somebody wants something, meets a trouble, is helped, and it ends well."""

from __future__ import annotations

from assets.storyworld.scenarios import SCENARIOS, Scenario, Trouble
from assets.storyworld.scene import Scene
from assets.storyworld.writer import Writer

__all__ = ["story", "tell"]

_OPENINGS = (
    "{hero} was a {trait} {hero.child} who lived in a {home}. ",
    "There was once a {trait} {hero.child} named {hero}. ",
    "{hero} lived in a {home}. ",
)
_CLOSINGS = (
    " {hero} thanked {friend} and went home {feeling}.",
    " That evening, {hero} gave {friend} {treat2} to say thank you.",
    " \"I could not have done it without you,\" said {hero}, and {friend} [smiled|laughed|blushed].",
    " {hero} was {feeling}, and so was {friend}.",
)


def tell(writer: Writer) -> tuple[Scene, Scenario, Trouble]:
    """Say a story and return what it was made of, so that questions can be asked about it."""
    scene = Scene(writer)
    scene.say(*_OPENINGS)
    scene.say("One {weather} {daytime}, {hero.he} ")
    scenario = writer.pick(SCENARIOS)
    scene.say(*scenario.wish)
    writer.say(". ")
    trouble = writer.pick(scenario.troubles)
    scene.say(*trouble.happens)
    scene.say(" {hero} was [sad|upset|worried]. ", " ")
    scene.say(*trouble.helps)
    writer.say(" ")
    scene.say(*trouble.ends)
    scene.say(*_CLOSINGS)
    return scene, scenario, trouble


def story(writer: Writer) -> None:
    """Write a story."""
    tell(writer)
