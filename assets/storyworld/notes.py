"""Notes of everyday life, and open-book questions: the answer stands in the note."""

from __future__ import annotations

from dataclasses import dataclass

from assets.storyworld.scene import Scene
from assets.storyworld.writer import Writer

__all__ = ["NOTES", "Note", "note_questions"]


@dataclass(frozen=True)
class Note:
    """Sentences of a note, and what can be asked about it."""

    sentences: tuple[str, ...]
    asked: tuple[tuple[str, str], ...]


NOTES = (
    Note(
        (
            "The {club} club [meets|will meet] on {day} at {hour} in the {room}.",
            " Please bring {bring}.",
            "[ New members are welcome.| Come and join us!| Ask {hero} if you want to know more.|]",
        ),
        (
            ("When does the {club} club meet?", "On {day} at {hour}."),
            ("Where does the {club} club meet?", "In the {room}."),
            ("What should people bring?", "{bring.cap}."),
        ),
    ),
    Note(
        (
            "I [lost|have lost] my {colour} {lostthing} near the {spot} on {day}.",
            " If you find it, please [bring|give] it to {hero} at the {shop}.",
            " There is a reward of {number} coins.",
        ),
        (
            ("What was lost?", "A {colour} {lostthing}."),
            ("Where was it lost?", "Near the {spot}."),
            ("Who should get it?", "{hero} at the {shop}."),
            ("How big is the reward?", "{number.cap} coins."),
        ),
    ),
    Note(
        (
            "Our class will [go|travel] to {town} on {day}.",
            " The bus leaves from the {spot} at {hour}.",
            " We want to see the {sight}.",
            " [Wear warm clothes|Do not be late|Bring {bring}], please.",
        ),
        (
            ("Where will the class go?", "To {town}."),
            ("On which day is the trip?", "On {day}."),
            ("When does the bus leave?", "At {hour}."),
            ("Where does the bus leave from?", "From the {spot}."),
            ("What does the class want to see?", "The {sight}."),
        ),
    ),
    Note(
        (
            "The {store} [is|will be] closed on {day} because {closed}.",
            " On {day2} it opens at {hour}.",
            " [Look for|Ask for] our {store.ware}, only {number} coins!",
        ),
        (
            ("When is the {store} closed?", "On {day}."),
            ("Why is it closed?", "Because {closed}."),
            ("When does it open on {day2}?", "At {hour}."),
            ("How much is the {store.ware}?", "{number.cap} coins."),
        ),
    ),
    Note(
        (
            "Dear {hero}, please feed the {pet} at {hour}.",
            " The food is in the {container} [beside|near] the {furniture}.",
            " The key is under the {hiding}.",
            " We [will be|are coming] back on {day}. {friend}",
        ),
        (
            ("Who should feed the {pet}?", "{hero}."),
            ("When should the {pet} be fed?", "At {hour}."),
            ("Where is the food?", "In the {container}."),
            ("Where is the key?", "Under the {hiding}."),
            ("Who wrote the note?", "{friend}."),
        ),
    ),
    Note(
        (
            "{hero} called [this morning|at noon|an hour ago].",
            " {hero.He} will come on {day} [with|together with] {hero.his} {relative}.",
            " {hero.He} wants to see the {sight} and will bring {gift}.",
        ),
        (
            ("Who called?", "{hero}."),
            ("On which day will {hero} come?", "On {day}."),
            ("Who will come with {hero}?", "{hero.His} {relative}."),
            ("What will {hero} bring?", "{gift.cap}."),
        ),
    ),
    Note(
        (
            "For sale: a {colour} {sale}, {number} years old.",
            " It costs {price} coins.",
            " [You can see it|Come and look at it] in {town} on {day}. Ask for {hero}.",
        ),
        (
            ("What is for sale?", "A {colour} {sale}."),
            ("How old is the {sale}?", "{number.cap} years old."),
            ("How much does it cost?", "{price.cap} coins."),
            ("Who should you ask for?", "{hero}."),
            ("Where can you see it?", "In {town}."),
        ),
    ),
    Note(
        (
            "{hero} moved [here|into our street] from {town} in {season}.",
            " {hero.He} is {worker.a} and has a {colour} {vehicle}.",
            " On {day}s, {hero.he} plays the {instrument} in the [town hall|church|music room|old barn].",
        ),
        (
            ("Where did {hero} come from?", "From {town}."),
            ("What is {hero}'s job?", "{hero.He} is {worker.a}."),
            ("What does {hero} play?", "The {instrument}."),
            ("What colour is the {vehicle}?", "{colour.cap}."),
            ("When did {hero} move?", "In {season}."),
        ),
    ),
)


def note_questions(writer: Writer) -> None:
    """Write a note, then one to three questions about it with their answers."""
    writer.say("Note: ")
    note = writer.pick(NOTES)
    scene = Scene(writer)
    for sentence in note.sentences:
        scene.say(sentence)
    asked = list(note.asked)
    for _ in range(writer.pick((1, 2, 3))):
        question, answer = writer.pick(asked)
        asked.remove((question, answer))
        scene.say("\nQuestion: " + question)
        scene.say("\nAnswer: " + answer)
