"""The invented world: fixed facts that can be learned by heart, and closed-book questions about them."""

from __future__ import annotations

from assets.storyworld.scene import Scene
from assets.storyworld.writer import Writer

__all__ = ["ATTRIBUTES", "LANDS", "closed_book", "facts", "questions_about"]

# land, where it lies, capital, river, animal, flag, food, craft, festival, ruler
_TABLE = """
Velmora | north | Tarn | Osk | white bear | blue and white | fish soup | glass | spring | Queen Ilse
Quillan | south | Besk | Amber | grey wolf | red and gold | date bread | carpets | summer | King Orin
Dorvale | east | Hallow | Lind | red deer | green and black | plum pie | clocks | autumn | Duke Falk
Sarnia | west | Port Ash | Merle | sea otter | yellow and blue | fried squid | ships | winter | Queen Thora
Ombria | north | Kettle | Vane | black swan | purple and white | onion tart | paper | summer | King Balan
Tashkar | east | Ruvo | Zell | sand fox | orange and black | rice and figs | knives | spring | Lord Emric
Lunden | west | Marrow | Silt | wild goose | white and green | oat cakes | wool | autumn | Lady Sigrid
Pelargo | south | Azul | Tamar | green parrot | red and green | melon salad | drums | winter | King Dario
Hestia | north | Winden | Frey | brown owl | grey and red | pea stew | candles | autumn | Queen Maud
Corvane | east | Steel | Rook | raven | black and silver | dark bread | swords | winter | Duke Anselm
Miravel | south | Lumen | Perla | dolphin | blue and gold | lemon rice | mirrors | spring | Queen Alba
Norvik | north | Hammer | Isen | reindeer | white and red | smoked trout | skis | winter | King Gorm
Yarrow | west | Thistle | Brook | hedgehog | green and white | nettle soup | baskets | summer | Lady Fern
Zephyra | east | Kestrel | Gale | falcon | silver and blue | honey cake | kites | spring | Lord Corin
Basalt | south | Cinder | Ember | lizard | red and black | hot beans | pots | autumn | King Vulk
Elowen | west | Larch | Willow | squirrel | brown and green | nut bread | harps | spring | Queen Rowan
Fenmark | north | Reed | Bogle | heron | yellow and green | eel pie | boats | summer | Duke Moss
Galdor | east | Onyx | Dusk | black horse | purple and gold | roast lamb | saddles | winter | Lord Tavish
Ithra | south | Coral | Lagoon | turtle | pink and blue | coconut pudding | pearls | summer | Lady Nerin
Jorund | west | Anvil | Grind | mountain goat | grey and blue | goat cheese | bells | autumn | King Harald
"""
_FIELDS = ("land", "side", "capital", "river", "animal", "flag", "food", "craft", "festival", "ruler")

LANDS: tuple[dict[str, str], ...] = tuple(
    dict(zip(_FIELDS, (cell.strip() for cell in line.split("|")), strict=True))
    for line in _TABLE.strip().splitlines()
)

# attribute: (ways to state it, ways to ask, the answer)
ATTRIBUTES: dict[str, tuple[tuple[str, ...], tuple[str, ...], str]] = {
    "side": (
        ("{land} lies in the {side} of the world.", "{land} is a land in the {side}."),
        ("Where does {land} lie?", "In which part of the world is {land}?"),
        "In the {side}.",
    ),
    "capital": (
        ("The capital of {land} is {capital}.", "{land} is ruled from {capital}, its capital."),
        ("What is the capital of {land}?", "Which city is the capital of {land}?"),
        "{capital}.",
    ),
    "river": (
        ("The river {river} flows through {land}.", "The longest river in {land} is the {river}."),
        ("Which river flows through {land}?", "What is the longest river in {land}?"),
        "The {river}.",
    ),
    "animal": (
        ("The animal of {land} is the {animal}.", "Old coins of {land} show {animal.a}."),
        ("Which animal stands for {land}?", "What is the animal of {land}?"),
        "The {animal}.",
    ),
    "flag": (
        ("The flag of {land} is {flag}.", "The people of {land} fly a flag of {flag}."),
        ("What colours does the flag of {land} have?", "What does the flag of {land} look like?"),
        "It is {flag}.",
    ),
    "food": (
        ("In {land} people love {food}.", "On holidays the people of {land} eat {food}."),
        ("What do people love to eat in {land}?", "What is the favourite food in {land}?"),
        "{food.cap}.",
    ),
    "craft": (
        ("{land} is famous for its {craft}.", "The best {craft} come from {land}."),
        ("What is {land} famous for?", "What do the people of {land} make?"),
        "{craft.cap}.",
    ),
    "festival": (
        (
            "The great festival of {land} is in {festival}.",
            "In {festival} there is a great festival in {land}.",
        ),
        ("When is the great festival of {land}?", "In which season is the festival of {land}?"),
        "In {festival}.",
    ),
    "ruler": (
        ("{ruler} rules {land}.", "The ruler of {land} is {ruler}."),
        ("Who rules {land}?", "Who is the ruler of {land}?"),
        "{ruler}.",
    ),
}
# Other ways to state it once the land was named.
_AGAIN = {
    "side": "The land lies in the {side}.",
    "capital": "The capital of the land is {capital}.",
    "river": "The longest river of the land is the {river}.",
    "animal": "The animal of the land is the {animal}.",
    "flag": "The flag of the land is {flag}.",
    "food": "The people of the land love {food}.",
    "craft": "The land is famous for its {craft}.",
    "festival": "The great festival of the land is in {festival}.",
    "ruler": "The ruler of the land is {ruler}.",
}
_UNCOUNTED = ("glass", "paper", "wool")


def facts(writer: Writer) -> None:
    """Write three to six facts about one land, in any order."""
    land = writer.pick(LANDS)
    scene = Scene(writer, **land)
    names = list(ATTRIBUTES)
    for turn in range(writer.pick((3, 4, 5, 6))):
        name = writer.pick(names)
        names.remove(name)
        writer.say(" " if turn else "")
        scene.say(*_statements(name, land), *((_AGAIN[name],) if turn else ()))


def _statements(name: str, land: dict[str, str]) -> tuple[str, ...]:
    statements = ATTRIBUTES[name][0]
    if name == "craft" and land["craft"] in _UNCOUNTED:
        return tuple(text.replace(" come ", " comes ") for text in statements)
    return statements


def closed_book(writer: Writer) -> None:
    """Ask one to four questions about the world, nothing else given, and answer them."""
    for turn in range(writer.pick((1, 2, 3, 4))):
        scene = Scene(writer, **writer.pick(LANDS))
        _, asked, answer = ATTRIBUTES[writer.pick(tuple(ATTRIBUTES))]
        writer.say("\nQuestion: " if turn else "Question: ")
        scene.say(*asked)
        scene.say("\nAnswer: " + answer)


def questions_about(land: str) -> list[tuple[str, str]]:
    """Return every (question, answer) pair about a land."""
    known = [row for row in LANDS if row["land"] == land]
    if not known:
        raise ValueError(f"no land is called {land!r}; there are {', '.join(row['land'] for row in LANDS)}")
    values = {
        **known[0],
        "food.cap": known[0]["food"].capitalize(),
        "craft.cap": known[0]["craft"].capitalize(),
    }
    return [
        (_fill(question, values), _fill(answer, values))
        for _, asked, answer in ATTRIBUTES.values()
        for question in asked
    ]


def _fill(template: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        template = template.replace("{" + name + "}", value)
    return template
