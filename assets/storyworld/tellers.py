"""Tellers: the same stories told in other styles, each by a rule, for lessons that fine-tune."""

from __future__ import annotations

import re

__all__ = ["TELLERS", "retell"]

TELLERS = ("sailor", "telegram", "poet")
LINE = 4  # words in a line of the poet
CRIES = ("!", ", aye!", ", me hearties!")  # the sailor's sentences end with these in turn
_OPENERS = "On|One|In|From|By|After|To|All|Halfway|Before"
_OPENING = re.compile(rf"((?:{_OPENERS})\b[^,\"]*), ([^\"]+)\.")
_SENTENCE_END = re.compile(r"(?<=\.) |(?<=\.\") ")
_SMALL = {"a", "an", "the", "his", "her"}
_SAILOR = dict(
    pair.split("=")
    for pair in """
the=th' and=an' to=t' of=o' for=fer you=ye my=me was=were is=be are=be not=no' have='ave never=ne'er
ever=e'er every=ev'ry boy=lad girl=lass friend=shipmate friends=shipmates house=cabin village=harbour
garden=deck street=gangway market=quay school=brig station=jetty train=galleon bicycle=cannon kite=flag
letter=map book=log picture=chart cake=biscuit bread=hardtack soup=grog water=brine door=hatch
window=porthole wood=timber boards=planks wall=bulkhead rain=squall wind=gale snow=spray fire=lantern
morning=dawn afternoon=watch night=dark day=tide days=tides wanted=craved said=bellowed laughed=roared
lived=dwelt gave=handed took=seized went=sailed came=hove found=spied saw=spotted looked=squinted put=stowed
got=hauled ran=scuttled thanked=saluted called=hailed brought=fetched smiled=grinned happy=merry glad=jolly
sad=glum upset=gloomy worried=fearful small=wee little=tiny big=mighty old=ancient good=fair new=shiny
quiet=calm sunny=blazing cloudy=murky grey=misty bright=golden cold=icy chilly=bitter
""".split()
)


def retell(story: str, teller: str) -> str:
    """Return a story as another teller tells it.

    Args:
        story: a text of the kind "story".
        teller: "sailor" (other words, the opening of a sentence at its end, a cry in three beats),
            "telegram" (no small words, STOP for a full stop) or "poet" (four words a line).

    Raises:
        ValueError: if there is no such teller.
    """
    if teller not in TELLERS:
        raise ValueError(f"the teller is one of {', '.join(TELLERS)}, got {teller!r}")
    return {"sailor": _sail, "telegram": _wire, "poet": _verse}[teller](story)


def _sail(story: str) -> str:
    """Turn openings to the end, change words, and cry in three beats."""
    told = []
    for number, sentence in enumerate(_SENTENCE_END.split(story)):
        if found := _OPENING.fullmatch(sentence):
            opening, rest = found.groups()
            sentence = f"{rest[0].upper()}{rest[1:]}, {opening[0].lower()}{opening[1:]}."
        sentence = re.sub(r"[A-Za-z]+", _word, sentence)
        if sentence.endswith("."):
            sentence = sentence[:-1] + CRIES[number % len(CRIES)]
        told.append(sentence)
    return " ".join(told)


def _word(found: re.Match[str]) -> str:
    said = _SAILOR.get(found[0].lower(), found[0])
    if not found[0][0].isupper():
        return said
    first = re.search(r"[a-zA-Z]", said).start()
    return said[:first] + said[first].upper() + said[first + 1 :]


def _wire(story: str) -> str:
    """Leave out small words, and say STOP."""
    kept = [word for word in story.split(" ") if word.lower() not in _SMALL]
    return re.sub(r"\.(?=\"? |\"?$)", " STOP", " ".join(kept))


def _verse(story: str) -> str:
    """Begin a new line after every four words."""
    words = story.split(" ")
    return "\n".join(" ".join(words[at : at + LINE]) for at in range(0, len(words), LINE))
