"""What can happen in a story: wishes, the troubles in their way, what helps, and how it ends.

All are templates (see `scene`). Each trouble knows the reason it gives to the question "why?".
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["SCENARIOS", "Scenario", "Trouble"]


@dataclass(frozen=True)
class Trouble:
    """One thing that goes wrong, what is done about it, and how it ends."""

    happens: tuple[str, ...]
    why: str  # "Why was {hero} sad?" "Because ..."
    helps: tuple[str, ...]
    ends: tuple[str, ...]
    deed: str  # "What did {friend} do?" "{friend.He} ..."


@dataclass(frozen=True)
class Scenario:
    """A wish, where it leads, and the troubles it can meet."""

    wish: tuple[str, ...]  # follows "One sunny morning, {hero} "
    goal: str  # "What did {hero} want to do?" "{hero.He} wanted to ..."
    troubles: tuple[Trouble, ...]


SCENARIOS = (
    Scenario(
        wish=(
            "took {hero.his} {colour} kite up the [green|steep|windy] hill",
            "wanted to fly {hero.his} {colour} kite [on the beach|in the meadow|behind the school]",
        ),
        goal="fly {hero.his} {colour} kite",
        troubles=(
            Trouble(
                happens=("But there was [no wind at all|hardly any wind], and the kite [fell|dropped] to the ground.",),
                why="there was no wind",
                helps=(
                    "{friend} said, \"Let us [wait until noon|eat lunch first].\" They shared {treat} and waited.",
                    "{friend} sat down with {hero.him} and they [told jokes|played cards|counted clouds] until the wind came.",
                ),
                ends=("At last a [strong|fresh] wind came, and the kite rose [high into the sky|above the trees].",),
                deed="waited with {hero.him} until the wind came",
            ),
            Trouble(
                happens=("Suddenly the string broke, and the kite [flew away|drifted off] over the [roofs|fields].",),
                why="the string of the kite broke",
                helps=(
                    "{friend} [ran after it|chased it] and caught it near the [well|bridge|barn]. Then {friend.he} tied a new string to it.",
                ),
                ends=("Soon the kite was [in the air|flying] again.",),
                deed="caught the kite and tied a new string to it",
            ),
            Trouble(
                happens=("Then the kite got stuck in [a tall oak|a tall pine|an old apple tree].",),
                why="the kite got stuck in a tree",
                helps=(
                    "{friend} [fetched|brought] a ladder, climbed up and [freed|untangled] it.",
                ),
                ends=("The kite had a small hole, but it still flew [well|very well].",),
                deed="climbed up a ladder and freed the kite",
            ),
        ),
    ),
)
