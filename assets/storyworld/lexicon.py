"""The words of storyworld: people, places, things, and the domains that slots are drawn from.

All lists are tuples in a fixed order: the order is part of the corpus.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CATEGORIES", "DOMAINS", "LABELS", "PEOPLE", "Person", "Store"]


@dataclass(frozen=True)
class Person:
    """A first name and the gender ("f" or "m") that its pronouns follow."""

    name: str
    gender: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Store:
    """A shop and something that it sells."""

    name: str
    ware: str

    def __str__(self) -> str:
        return self.name


_WOMEN = [
    "Anna",
    "Bella",
    "Clara",
    "Dora",
    "Ella",
    "Flora",
    "Greta",
    "Hana",
    "Iris",
    "Julia",
    "Kira",
    "Lena",
    "Mara",
    "Nora",
    "Olive",
    "Petra",
    "Rosa",
    "Sara",
    "Tessa",
    "Una",
    "Vera",
    "Wanda",
    "Yara",
    "Zoe",
    "Lily",
    "Ruby",
    "Maya",
    "Nina",
    "Emma",
    "Alma",
]
_MEN = [
    "Adam",
    "Ben",
    "Carl",
    "Dan",
    "Eli",
    "Felix",
    "Gus",
    "Hugo",
    "Ivan",
    "Jack",
    "Kurt",
    "Leo",
    "Max",
    "Noah",
    "Omar",
    "Paul",
    "Ravi",
    "Sam",
    "Tom",
    "Udo",
    "Victor",
    "Will",
    "Yusuf",
    "Zeno",
    "Oscar",
    "Peter",
    "Simon",
    "Mateo",
    "Finn",
    "Theo",
]
PEOPLE = tuple(
    person
    for woman, man in zip(_WOMEN, _MEN, strict=True)
    for person in (Person(woman, "f"), Person(man, "m"))
)

CATEGORIES = {
    "animal": tuple("dog cat horse cow sheep goat pig duck hen fox".split()),
    "food": tuple("bread cheese soup rice cake honey butter pie jam egg".split()),
    "fruit": tuple("apple pear plum cherry peach lemon grape fig berry melon".split()),
    "tool": tuple("hammer saw rope ladder axe brush drill rake pump needle".split()),
    "clothes": tuple("hat coat scarf shirt shoe glove sock dress boot cap".split()),
    "vehicle": tuple("boat train bus cart truck ship sled tram van car".split()),
    "music": tuple("drum flute piano guitar harp horn cello violin trumpet organ".split()),
    "job": tuple("baker farmer teacher doctor sailor tailor nurse pilot cook judge".split()),
}

# The names of the groups in label tasks: each is one token, and means nothing by itself.
LABELS = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")

COLOURS = tuple(["red", "blue", "green", "yellow", "white", "black", "brown", "purple", "silver", "pink"])
_TOWNS = tuple(
    [
        "Ashford",
        "Bramley",
        "Coldwell",
        "Dunmore",
        "Eastbrook",
        "Fernhill",
        "Greenwick",
        "Hartley",
        "Kingsley",
        "Longford",
    ]
)

DOMAINS: dict[str, tuple] = {
    "hero": PEOPLE,
    "friend": PEOPLE,
    "colour": COLOURS,
    "town": _TOWNS,
    "trait": tuple(
        [
            "kind",
            "curious",
            "shy",
            "cheerful",
            "quiet",
            "brave",
            "clever",
            "patient",
            "careful",
            "gentle",
            "lively",
            "friendly",
        ]
    ),
    "home": (
        "small house near the river",
        "stone house by the sea",
        "tall house near the market",
        "little cottage in the woods",
        "flat above the bakery",
        "farmhouse on a hill",
        "yellow house beside the school",
        "wooden house by the lake",
        "quiet street near the station",
        "village in the valley",
    ),
    "daytime": ("morning", "afternoon"),
    "day": tuple(["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]),
    "season": ("spring", "summer", "autumn", "winter"),
    "hour": tuple(["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"]),
    "number": tuple(["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve"]),
    "weather": tuple(["sunny", "cloudy", "cold", "quiet", "bright", "grey", "fine", "chilly"]),
    "pet": tuple(["cat", "dog", "rabbit", "kitten", "puppy", "parrot", "goat", "pony"]),
    "cake": (
        "apple cake",
        "lemon cake",
        "honey cake",
        "carrot cake",
        "plum cake",
        "cherry pie",
        "pear pie",
        "walnut cake",
    ),
    "missing": ("flour", "baking powder", "butter", "sugar", "milk", "honey"),
    "plant": tuple(
        [
            "carrots",
            "beans",
            "tomatoes",
            "roses",
            "onions",
            "potatoes",
            "sunflowers",
            "pumpkins",
            "peas",
            "cabbages",
        ]
    ),
    "kin": tuple(["sister", "brother", "cousin", "little sister", "little brother"]),
    "housepet": tuple(["cat", "dog", "kitten", "puppy", "parrot", "monkey"]),
    "walkpet": tuple(["dog", "puppy", "lamb", "terrier", "poodle", "sheepdog"]),
    "petname": tuple(
        ["Biscuit", "Pepper", "Coco", "Muffin", "Shadow", "Ginger", "Patch", "Snowy", "Bramble", "Button"]
    ),
    "garment": tuple(["coat", "scarf", "hat", "jacket", "cloak", "sweater"]),
    "club": tuple(["chess", "garden", "book", "music", "walking", "cooking", "reading", "drama"]),
    "room": (
        "library",
        "town hall",
        "school kitchen",
        "old barn",
        "reading room",
        "church",
        "gym",
        "music room",
    ),
    "bring": (
        "a pen",
        "warm socks",
        "a cushion",
        "some tea",
        "a friend",
        "your own cup",
        "a lamp",
        "some paper",
    ),
    "spot": tuple(["bridge", "station", "fountain", "harbour", "school", "park", "market", "mill"]),
    "shop": (
        "bakery",
        "bookshop",
        "flower shop",
        "tea room",
        "butcher's shop",
        "toy shop",
        "post office",
        "pharmacy",
    ),
    "sight": ("old castle", "new bridge", "zoo", "lighthouse", "museum", "glass factory", "tower", "gardens"),
    "closed": (
        "of a wedding",
        "the roof is leaking",
        "of a holiday",
        "the owner is ill",
        "we are painting the walls",
        "the water is off",
    ),
    "store": (
        Store("bakery", "plum cake"),
        Store("bakery", "rye bread"),
        Store("bookshop", "calendar"),
        Store("bookshop", "cookbook"),
        Store("flower shop", "rose soap"),
        Store("tea room", "green tea"),
        Store("tea room", "ginger cake"),
        Store("butcher's shop", "smoked ham"),
        Store("toy shop", "wooden train"),
        Store("toy shop", "card game"),
    ),
    "furniture": tuple(["stove", "table", "bed", "door", "sofa", "piano"]),
    "hiding": ("mat", "flower pot", "red brick", "bench", "big stone", "watering can"),
    "sale": tuple(["bicycle", "table", "sofa", "tent", "coat", "boat", "lamp", "cart"]),
    "price": ("twenty", "thirty", "forty", "fifty", "sixty", "ninety"),
    "vehicle": tuple(["boat", "bicycle", "cart", "van", "truck", "sled"]),
    "snack": ("apples", "buns", "bread and cheese", "honey cake", "cherries", "boiled eggs"),
    "treat": (
        "an apple",
        "a bun",
        "a cup of tea",
        "some bread and cheese",
        "a piece of cake",
        "a bowl of soup",
        "some cherries",
        "a cup of cocoa",
    ),
    "gift": (
        "a jar of honey",
        "some flowers",
        "a plum cake",
        "a new book",
        "a bag of apples",
        "some cheese",
        "a pack of cards",
        "old photographs",
    ),
    "instrument": tuple(["flute", "violin", "piano", "guitar", "harp", "trumpet", "drum", "cello"]),
    "carried": tuple(["flute", "violin", "guitar", "trumpet", "drum", "clarinet", "recorder", "banjo"]),
    "relative": tuple(
        ["grandmother", "grandfather", "aunt", "uncle", "cousin", "mother", "father", "sister", "brother"]
    ),
    "worker": tuple(
        [
            "baker",
            "farmer",
            "teacher",
            "gardener",
            "sailor",
            "driver",
            "tailor",
            "miller",
            "librarian",
            "doctor",
        ]
    ),
    "bird": tuple(["robin", "sparrow", "owl", "duck", "swallow", "pigeon", "crow", "finch"]),
    "thief": tuple(["crow", "magpie", "jackdaw", "raven", "seagull"]),
    "catch": tuple(["trout", "perch", "pike", "carp", "salmon"]),
    "build": (
        "birdhouse",
        "bench",
        "tree house",
        "raft",
        "rabbit hutch",
        "bookshelf",
        "toy chest",
        "doll house",
    ),
    "subject": (
        "the harbour",
        "an old mill",
        "a garden",
        "a castle",
        "the mountains",
        "two horses",
        "a bowl of fruit",
        "the market",
    ),
    "book": (
        "pirates",
        "dragons",
        "stars",
        "whales",
        "old castles",
        "trains",
        "bees",
        "volcanoes",
        "ghosts",
        "the moon",
    ),
    "container": tuple(["box", "basket", "drawer", "bag", "cupboard", "jar", "bucket", "chest"]),
    "object": tuple(
        ["key", "ball", "ring", "book", "coin", "cup", "pen", "letter", "apple", "map", "spoon", "shell"]
    ),
    "feeling": tuple(["happy", "content", "relieved", "glad", "cheerful"]),
    "dish": ("soup", "stew", "curry", "goulash", "bean soup", "fish soup", "onion soup", "vegetable stew"),
    "lostthing": (
        "key",
        "watch",
        "ring",
        "purse",
        "glove",
        "scarf",
        "pen",
        "ticket",
        "notebook",
        "whistle",
    ),
}
