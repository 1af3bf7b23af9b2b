"""Who-moved-what puzzles, answered at once or with the steps written out.

Both kinds begin alike; after the puzzle comes either "Answer:" or "Steps:": so a prompt can choose the way.
"""

from __future__ import annotations

from assets.storyworld.lexicon import DOMAINS, PEOPLE, Person
from assets.storyworld.writer import Writer

__all__ = ["puzzle_direct", "puzzle_steps"]

_ORDINALS = ("First", "Second", "Third", "Fourth", "Fifth")
_ONLY = ("Then",)  # where one thing happens there is no first and second
_NAMES = PEOPLE[:20]
State = dict[str, str]


def puzzle_direct(writer: Writer) -> None:
    """Write a puzzle and its answer."""
    _, _, answer = _puzzle(writer)
    writer.say(f"\nAnswer: {answer}.")


def puzzle_steps(writer: Writer) -> None:
    """Write a puzzle, the state after each event, and the answer."""
    events, states, answer = _puzzle(writer)
    writer.say(f"\nSteps:\nStart: {_show(states[0])}.")
    for word, event, state in zip(_order(len(events)), events, states[1:], strict=True):
        writer.say(f"\n{word}: {event} {_show(state)}.")
    writer.say(f"\nAnswer: {answer}.")


def _puzzle(writer: Writer) -> tuple[list[str], list[State], str]:
    writer.say("Puzzle: ")
    return writer.pick((_swaps, _moves))(writer)


def _order(count: int) -> tuple[str, ...]:
    """Return the words that number the events."""
    return _ORDINALS[:count] if count > 1 else _ONLY


def _before(word: str) -> str:
    return f" {word} " if word in _ONLY else f" {word}, "


def _show(state: State) -> str:
    return ", ".join(f"{key}: {value}" for key, value in state.items())


def _draw(writer: Writer, options: tuple, taken: list) -> object:
    return writer.pick([option for option in options if option not in taken])


def _swaps(writer: Writer) -> tuple[list[str], list[State], str]:
    """Three people hold a thing each and swap in pairs: to know who has what, every swap counts."""
    people: list[Person] = []
    things: list[str] = []
    for before, after in (("", " has the "), (", ", " has the "), (" and ", " has the ")):
        person = _draw(writer, _NAMES, people)
        people.append(person)
        writer.say(f"{before}{person}{after}")
        thing = _draw(writer, DOMAINS["object"], things)
        things.append(thing)
        writer.say(thing)
    writer.say(".")
    state = {str(person): thing for person, thing in zip(people, things, strict=True)}
    events: list[str] = []
    states = [state]
    pairs = ((0, 1), (0, 2), (1, 2))
    last: list[tuple[int, int]] = []
    for word in _order(writer.pick((1, 2, 3, 4, 5))):
        pair = _draw(writer, pairs, last)
        last = [pair]
        one, two = str(people[pair[0]]), str(people[pair[1]])
        event = f"{one} swaps with {two}."
        writer.say(f"{_before(word)}{event}")
        state = {**state, one: state[two], two: state[one]}
        events.append(event)
        states.append(state)
    if writer.pick(("who", "what")) == "who":
        thing = writer.pick(things)
        writer.say(f" Who has the {thing}?")
        return events, states, next(name for name, held in state.items() if held == thing)
    person = writer.pick(people)
    writer.say(f" What does {person} have?")
    return events, states, f"The {state[str(person)]}"


def _moves(writer: Writer) -> tuple[list[str], list[State], str]:
    """Two things lie somewhere and are moved about; the question is about one of them."""
    things: list[str] = []
    places: list[str] = []
    for before in ("The ", " and the "):
        thing = _draw(writer, DOMAINS["object"], things)
        things.append(thing)
        writer.say(f"{before}{thing} is in the ")
        place = _draw(writer, DOMAINS["container"], places)
        places.append(place)
        writer.say(place)
    writer.say(".")
    state = dict(zip(things, places, strict=True))
    events: list[str] = []
    states = [state]
    movers: dict[str, list[str]] = {}  # thing: who moved it, in order
    for word in _order(writer.pick((1, 2, 3, 4, 5))):
        writer.say(_before(word))
        person = str(writer.pick(_NAMES))
        writer.say(f"{person} moves the ")
        thing = writer.pick(things)
        writer.say(f"{thing} to the ")
        place = _draw(writer, DOMAINS["container"], list(state.values()))
        writer.say(f"{place}.")
        events.append(f"{person} moves the {thing} to the {place}.")
        state = {**state, thing: place}
        movers.setdefault(thing, []).append(person)
        states.append(state)
    return events, states, _ask_about_moves(writer, things, state, movers)


def _ask_about_moves(writer: Writer, things: list[str], state: State, movers: dict[str, list[str]]) -> str:
    if writer.pick(("where", "who")) == "where":
        thing = writer.pick(things)
        writer.say(f" Where is the {thing}?")
        return f"In the {state[thing]}"
    thing = writer.pick([thing for thing in things if thing in movers])
    last = " last" if len(movers[thing]) > 1 else ""
    writer.say(f" Who moved the {thing}{last}?")
    return movers[thing][-1]
