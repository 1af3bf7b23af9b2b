"""Words with two senses, each in sentences that make clear which one is meant."""

from __future__ import annotations

from dataclasses import dataclass

from assets.storyworld.scene import Scene
from assets.storyworld.writer import Writer

__all__ = ["SENSES", "Sense", "senses"]


@dataclass(frozen=True)
class Sense:
    """One meaning of a word: sentences that use it in that meaning, and sentences that may follow."""

    word: str
    meaning: str
    uses: tuple[str, ...]
    more: tuple[str, ...]


SENSES = (
    Sense(
        "bank",
        "the side of a river",
        (
            "{hero} sat on the [grassy|muddy|steep] bank and [watched the river|fished for {catch}].",
            "The boat was pulled up on the bank, where {hero} was [resting|mending the nets].",
        ),
        (
            "The water was [high|low|clear] that day.",
            "A [duck|swan] [swam|landed] [close by|near {hero.him}].",
        ),
    ),
    Sense(
        "bank",
        "a place that keeps money",
        (
            "{hero} [put|kept] {hero.his} money in the bank [near the station|in {town}].",
            "The bank gave {hero} [a loan|{number} thousand coins] to buy a [house|shop|boat].",
        ),
        (
            "The clerk counted the [coins|notes] twice.",
            "The building had [thick walls|a heavy door] and a guard.",
        ),
    ),
    Sense(
        "bat",
        "an animal that flies at night",
        (
            "A bat flew out of the [cave|old tower|barn] when {hero} came in.",
            "At night {hero} saw a bat fly [over the roof|around the lamp|past the window].",
        ),
        ("Its wings were [thin|dark].", "It was hunting for [moths|flies]."),
    ),
    Sense(
        "bat",
        "a stick for hitting a ball",
        (
            "{hero} swung the bat and hit the ball [over the fence|across the field].",
            "{hero} hit every ball with a new wooden bat[ from {hero.his} {relative}|].",
        ),
        ("{hero.His} team won by {number} points.", "The [crowd|whole team] cheered."),
    ),
    Sense(
        "spring",
        "the season after winter",
        (
            "In spring {hero} planted {plant} [behind the house|in the garden].",
            "{hero} was glad that spring had come and the snow was gone.",
        ),
        ("The days were getting [longer|warmer].", "[The first|Small white|Small yellow] flowers were out."),
    ),
    Sense(
        "spring",
        "a piece of curled metal",
        (
            "A spring in the old [clock|sofa|bed] broke, and {hero} mended it.",
            "{hero} found a small metal spring inside the broken [clock|toy|lamp].",
        ),
        ("It was made of [thin|strong] wire.", "It was [bent|old] and rusty."),
    ),
    Sense(
        "light",
        "not heavy",
        (
            "The [box|basket|bag|bucket] was so light that {hero} could lift it with one [hand|finger].",
            "{hero} wanted a light {garment} that weighed [almost nothing|very little].",
        ),
        ("Even a [child|baby] could carry it.", "A [feather|leaf] could hardly weigh less."),
    ),
    Sense(
        "light",
        "what a lamp gives",
        (
            "{hero} turned on the light because it was [dark|late].",
            "The light of the [lamp|candle|lantern] helped {hero} to find the {lostthing}.",
        ),
        (
            "It shone through the [window|open door].",
            "Now {hero.he} could [see everything|read {hero.his} book].",
        ),
    ),
    Sense(
        "ring",
        "something worn on a finger",
        (
            "{hero} wore a [gold|silver] ring on {hero.his} finger.",
            "{hero} gave {friend} a ring with a [small|bright] stone on their wedding day.",
        ),
        ("It had belonged to {hero.his} [grandmother|mother|aunt].", "It fitted [perfectly|very well]."),
    ),
    Sense(
        "ring",
        "the sound of a bell",
        (
            "{hero} heard the ring of the [telephone|doorbell] and ran [downstairs|to the door].",
            "With a loud ring the alarm clock woke {hero} at {hour}.",
        ),
        ("It was so loud that the [cat|dog] [hid|woke up].", "The sound [stopped|ended] after a minute."),
    ),
    Sense(
        "nail",
        "a thin piece of metal to hit with a hammer",
        (
            "{hero} hit the nail with a hammer and hung up [a picture|{hero.his} {garment}].",
            "A rusty nail stuck out of the [board|fence|chair], so {hero} pulled it out.",
        ),
        ("The wood was [hard|old].", "The nail was [long and sharp|bent]."),
    ),
    Sense(
        "nail",
        "the hard end of a finger",
        (
            "{hero} bit a nail on {hero.his} [left|right] hand until the finger hurt.",
            "{hero} broke a nail when {hero.he} [opened a jar|played the guitar], and {hero.his} finger "
            "hurt.",
        ),
        ("It took {number} weeks to grow back.", "{friend} cut it short with small scissors."),
    ),
    Sense(
        "match",
        "a game between two sides",
        (
            "{hero} won the [tennis|chess|football] match against {friend}.",
            "The match between {town} and {town2} began at {hour}.",
        ),
        ("The score was {number} to one.", "People [cheered|sang] until the end."),
    ),
    Sense(
        "match",
        "a small stick that makes fire",
        (
            "{hero} struck a match and lit the [candle|stove|lamp].",
            "There was only one dry match left in the box, and {hero} lit the fire with it.",
        ),
        ("The flame was [small but|bright and] warm.", "Smoke rose from the burned end."),
    ),
    Sense(
        "trunk",
        "the nose of an elephant",
        (
            "The elephant lifted its trunk and took the [apple|bun|banana] from {hero}.",
            "With its long trunk the elephant sprayed water on {hero}.",
        ),
        ("The elephant had [big|soft] ears and small eyes.", "Everyone at the zoo laughed."),
    ),
    Sense(
        "trunk",
        "the thick stem of a tree",
        (
            "{hero} leaned against the trunk of the [oak|beech|apple tree].",
            "A woodpecker made a hole in the trunk, high above {hero}.",
        ),
        ("The bark was [rough|dry].", "The leaves of the tree had turned [yellow|red|brown]."),
    ),
    Sense(
        "letter",
        "a written message",
        (
            "{hero} got a letter from {hero.his} {relative} in {town}.",
            "{hero} put a stamp on the letter and posted it on {day}.",
        ),
        ("It was {number} pages long.", "It told of [a wedding|a long journey|a new baby]."),
    ),
    Sense(
        "letter",
        "a sign of the alphabet",
        (
            '"The first letter of the word is [an A|a B|a C]," said {hero}.',
            "{hero} learned to write the letter [K|Q|Z].",
        ),
        ("{hero.He} wrote it on the [board|wall] with chalk.", "The teacher[ smiled and|] said it aloud."),
    ),
    Sense(
        "wave",
        "water that rises and falls",
        (
            "A big wave turned over {hero}'s {colour} boat.",
            "{hero} jumped over every wave that rolled onto the beach.",
        ),
        ("The sea was [rough|cold] that day.", "The wind blew from the [north|south|east|west]."),
    ),
    Sense(
        "wave",
        "a greeting with the hand",
        (
            "{hero} gave {friend} a friendly wave from the [train|window|bus].",
            "With a wave of {hero.his} hand, {hero} said goodbye to {friend}.",
        ),
        ("{friend} smiled[ and called back|].", "They would not meet again until {season}."),
    ),
    Sense(
        "park",
        "a green place with trees",
        (
            "{hero} walked {hero.his} [dog|puppy|poodle] in the park, under the old trees.",
            "There was a pond in the park, where {hero} fed the ducks.",
        ),
        ("Children were playing on the grass.", "The flowers were [red|white|purple] and yellow."),
    ),
    Sense(
        "park",
        "to leave a car somewhere",
        (
            "{hero} could not park the [car|van|truck] because the street was full.",
            '"You must not park here," said the guard to {hero}, who was still in the car.',
        ),
        ("{hero.He} drove around for {number} minutes.", "There was a free place behind the {shop}."),
    ),
    Sense(
        "pen",
        "something to write with",
        (
            "{hero} wrote {hero.his} name with a {colour} pen.",
            "{hero}'s pen ran dry in the middle of a [letter|word|test].",
        ),
        ("There was ink on {hero.his} [fingers|sleeve].", "{hero.He} borrowed another from {friend}."),
    ),
    Sense(
        "pen",
        "a closed place for animals",
        (
            "{hero} drove the [sheep|pigs|goats] into the pen and shut the gate.",
            "{number.cap} [sheep|pigs|goats] had got out of the pen, so {hero} mended its fence.",
        ),
        ("There was fresh straw on the ground.", "{hero.He} gave them [hay|water|corn]."),
    ),
)


def senses(writer: Writer) -> None:
    """Write one or two sentences with a two-sense word; sometimes ask what it means there."""
    sense = writer.pick(SENSES)
    scene = Scene(writer)
    scene.say(*sense.uses)
    if writer.pick((True, False), (2, 1)):
        writer.say(" ")
        scene.say(*sense.more)
    if writer.pick((True, False)):
        writer.say(f'\nQuestion: What does "{sense.word}" mean here?\nAnswer: {sense.meaning.capitalize()}.')
