"""What can happen in a story: wishes, the troubles in their way, what helps, and how it ends.

All are templates (see `scene`). Each trouble knows what it answers to "why?" and "what did the friend do?".
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["SCENARIOS", "Scenario", "Trouble"]


@dataclass(frozen=True)
class Trouble:
    """One thing that goes wrong, what a friend does about it, and how it ends.

    `why` completes "{hero} was sad because ..."; `deed` completes "{friend} ...".
    """

    happens: str
    why: str
    helps: str
    ends: str
    deed: str


@dataclass(frozen=True)
class Scenario:
    """A wish and the troubles it can meet; `goal` completes "{hero} wanted to ..."."""

    goal: str
    wish: str  # whole sentences after "One sunny morning, "
    troubles: tuple[Trouble, ...]


_KITE = Scenario(
    goal="fly {hero.his} {colour} kite",
    wish="{hero} [took|carried] {hero.his} {colour} kite [up the hill|to the lake|to the meadow|to the "
    "park]. "
    "[It was a present from {hero.his} {relative}.|{hero.He} had made it {hero.himself}.|It had a long "
    "tail.]",
    troubles=(
        Trouble(
            "But there was [no wind at all|hardly any wind], and the kite [fell|dropped] to the ground.",
            "there was no wind",
            '{friend} came by and said, "[Be patient|Just wait], the wind will come." '
            "They sat down and [told jokes|played cards|counted clouds|shared some {snack}].",
            "After [a while|an hour] a fresh wind came up, and the kite rose [high into the sky|above the "
            "trees].",
            "waited with {hero.him} until the wind came",
        ),
        Trouble(
            "[Suddenly|All at once] the string broke, and the kite [flew away|drifted off] over the "
            "[roofs|fields].",
            "the string of the kite broke",
            "{friend} [ran after|chased] it and [caught|found] it near the [well|bridge|barn]. "
            "Then {friend.he} tied a new string to it.",
            "Soon the kite was [in the air|flying] again.",
            "brought the kite back and tied a new string to it",
        ),
        Trouble(
            "[Then|After a few minutes] the kite got stuck in [a tall oak|a tall pine|an old apple tree].",
            "the kite got stuck in a tree",
            "{friend} [fetched|brought] a ladder, climbed up and [freed|untangled] it.",
            "The kite had a [small|tiny] hole now, but it still flew [well|very well].",
            "climbed up a ladder and freed the kite",
        ),
    ),
)

_CAKE = Scenario(
    goal="bake {cake.a} for {hero.his} {relative}",
    wish="{hero} [decided|wanted] to bake {cake.a} for {hero.his} {relative}, "
    "[whose birthday was on {day}|who was coming to visit|who was ill in bed].",
    troubles=(
        Trouble(
            "{hero.He} opened the cupboard, but there was no {missing} left, and the shop was [closed|far "
            "away].",
            "there was no {missing} left",
            "Then {hero.he} knocked on the door of {friend}, who [had plenty of {missing}|was glad to share "
            "some {missing}].",
            "An hour later the [whole house|kitchen] smelled [sweet|wonderful].",
            "gave {hero.him} some {missing}",
        ),
        Trouble(
            "[But {hero.he} fell asleep in a chair|But {hero.he} began to read a book about {book}], and "
            "the {cake} [burned|turned black] in the oven.",
            "the {cake} burned in the oven",
            "{friend} smelled the smoke, opened the windows and said, "
            '"[Let us try again together|We can make another one]."',
            "The second one was [golden and soft|perfect|just right].",
            "helped {hero.him} to bake another one",
        ),
        Trouble(
            "But the oven stayed cold, [no matter what {hero.he} tried|because it was broken].",
            "the oven stayed cold",
            "{friend}, who lived next door, [let {hero.him} use|offered {hero.him}] {friend.his} big oven.",
            "The {cake} came out [golden and soft|even better than planned].",
            "let {hero.him} use another oven",
        ),
    ),
)

_PET = Scenario(
    goal="take {hero.his} {walkpet} for a walk",
    wish="{hero} took {hero.his} {walkpet} for a walk [along the river|through the park|around the lake]. "
    "The {walkpet} was called {petname} and loved [to run|to play|company|the sun].",
    troubles=(
        Trouble(
            "[A loud clap of thunder|A passing train] frightened {petname}, who ran away and [did not come "
            "back|was gone in a moment].",
            "{petname} ran away",
            "{friend} searched [the barn|the old shed|every garden] and [heard a small noise|saw two bright "
            "eyes] behind [a pile of wood|some boxes|a cart].",
            "There sat {petname}, [hungry but safe|dusty but well|frightened but safe].",
            "found {petname}",
        ),
        Trouble(
            "[Near the bridge|On the way home] {petname} stepped on a thorn and could not walk [any "
            "more|another step].",
            "{petname} stepped on a thorn",
            "{friend} [carefully|gently] pulled out the thorn and [washed the foot|tied a cloth around the "
            "foot].",
            "[After a short rest|The next day] {petname} was running [again|about as before].",
            "pulled out the thorn",
        ),
        Trouble(
            "{petname} chased {bird.a}, fell into [a deep hole|an old well] and could not get out.",
            "{petname} fell into a hole",
            "{friend} [came with|brought] a long rope, climbed down and carried {petname} up.",
            "{petname} shook off the mud and [jumped for joy|ran in circles].",
            "climbed down and carried {petname} up",
        ),
    ),
)

_BOAT = Scenario(
    goal="row to the island",
    wish="{hero} got into a {colour} boat and set out for the island [in the lake|in the bay]. "
    "{hero.He} wanted to [watch the birds|draw the lighthouse|look for shells|have a picnic] there.",
    troubles=(
        Trouble(
            "[Halfway there|Before long] the boat began to leak, and {hero.his} feet were [wet|cold and "
            "wet].",
            "the boat began to leak",
            "{friend}, who was fishing [nearby|for {catch}], [threw {hero.him} a rope|came close] and pulled "
            "the boat to the shore.",
            "They [closed|mended] the hole with [tar|a piece of cork], and the boat was as good as new.",
            "pulled the boat to the shore",
        ),
        Trouble(
            "[Then|Soon] a thick fog came down, and {hero.he} could not see the shore.",
            "there was a thick fog",
            "{friend} stood on the pier and [rang a bell|blew a horn|waved a lamp] so that {hero} "
            "[knew|could tell] which way to go.",
            "{hero} [rowed that way|rowed towards it] and reached the shore safely.",
            "showed {hero.him} which way to go",
        ),
        Trouble(
            "But one of the oars [slipped into the water|broke in two], and the boat only went in circles.",
            "one of the oars was gone",
            "{friend} [saw it from the beach|noticed it from the pier] and swam out with [a new "
            "oar|another oar].",
            "Together they rowed [to the island|the rest of the way] before [dark|the rain came].",
            "swam out with another oar",
        ),
    ),
)
_GARDEN = Scenario(
    goal="grow {plant}",
    wish="{hero} planted {plant} in the garden [behind the house|beside the wall]. "
    "{hero.He} [looked after them|went to see them] every day.",
    troubles=(
        Trouble(
            "But it did not rain for {number} weeks, and the leaves turned [yellow|brown].",
            "it did not rain for {number} weeks",
            "{friend} [carried|brought] water from the [river|well|pond] every [morning|evening].",
            "[By the end of summer|In autumn|A month later] there were so many {plant} that the whole street "
            "got some.",
            "brought water every day",
        ),
        Trouble(
            "But one night [a rabbit|a goat|a hungry deer] came in and ate [half of them|the best ones].",
            "an animal ate many of the {plant}",
            "{friend}, who was good with wood, built a {colour} fence around the garden.",
            "After that the {plant} grew [in peace|big and strong].",
            "built a fence around the garden",
        ),
        Trouble(
            "But the weeds grew [faster|higher] than the {plant}, and {hero} had hurt {hero.his} "
            "[hand|back|knee].",
            "the weeds grew faster than the {plant}",
            "{friend} came [on {day}|after work] with a [hoe|rake] and [pulled out|cleared away] all the "
            "weeds.",
            "[By the end of summer|In autumn|A month later] the {plant} were the finest in {town}.",
            "cleared away all the weeds",
        ),
    ),
)

_LETTER = Scenario(
    goal="post a letter to {hero.his} {relative}",
    wish="{hero} wrote a long letter to {hero.his} {relative} in {town} and [walked|hurried] to the post "
    "office. "
    "The letter was about [school|the new baby|a trip to the sea|a funny dream].",
    troubles=(
        Trouble(
            "[On the bridge|At the corner] the wind [blew|tore] the letter out of {hero.his} hand[ and "
            "high into the air| and across the street].",
            "the wind blew the letter away",
            "{friend} [jumped up|reached out] and caught it [with one hand|with {friend.his} hat|just in "
            "time].",
            "The letter was [a little dirty|a bit bent], but it [arrived|got there] on {day}.",
            "caught the letter",
        ),
        Trouble(
            "But at the post office {hero.he} saw that {hero.he} had [no money for a stamp|forgotten "
            "{hero.his} money].",
            "{hero.he} could not pay for a stamp",
            "{friend} was [next in line|standing behind {hero.him}] and bought {hero.him} a stamp.",
            "The letter left on the [next|evening] train and [arrived|got there] on {day}.",
            "bought {hero.him} a stamp",
        ),
        Trouble(
            "But when {hero.he} got there, the post office was closed[ for the day| because of a holiday].",
            "the post office was closed",
            "{friend} was about to [drive|cycle] to {town} and [offered to take|promised to deliver] the "
            "letter.",
            "{hero.His} {relative} read it [that same day|before supper] and wrote back at once.",
            "took the letter to {town}",
        ),
    ),
)

_CONCERT = Scenario(
    goal="play the {carried} at the concert",
    wish="{hero} got ready to play the {carried} at the [school|village|{season}] concert. "
    "{hero.He} had practised for {number} weeks.",
    troubles=(
        Trouble(
            "But [when {hero.he} saw the crowd|behind the curtain] {hero.his} hands began to shake.",
            "{hero.he} was afraid of the crowd",
            "{friend} [took {hero.his} hand|smiled at {hero.him}] and said, "
            '"[Look only at me|Think of the music]."',
            "{hero} [took a deep breath|closed {hero.his} eyes] and played [without one mistake|better than "
            "ever].",
            "calmed {hero.him} down",
        ),
        Trouble(
            "But [on the way|behind the stage] {hero.he} dropped the {carried}, and it [broke|was badly "
            "damaged].",
            "the {carried} was broken",
            "{friend} ran home and came back with {friend.his} own {carried}.",
            "The concert began a little late, but [everyone clapped|the hall was full of cheers].",
            "lent {hero.him} another {carried}",
        ),
        Trouble(
            "But {hero.he} [could not find|had lost] the [pages with the music|sheet music], and nobody had "
            "a copy.",
            "the music was lost",
            "{friend} knew the song by heart and [hummed it|wrote it down] for {hero.him}.",
            "{hero} [soon remembered|found] every note, and [everyone clapped|the crowd asked for more].",
            "helped {hero.him} to remember the song",
        ),
    ),
)

_BIKE = Scenario(
    goal="cycle to the market in {town}",
    wish="{hero} got on {hero.his} {colour} bicycle and set off for the market in {town} to [buy|sell] "
    "[{plant}|eggs|honey|cheese].",
    troubles=(
        Trouble(
            "After {number} miles {hero.he} rode over [a nail|some glass], and the tyre went flat.",
            "the tyre went flat",
            "{friend} [stopped {friend.his} cart|came along the road] and mended the tyre with [a patch|some "
            "glue].",
            "{hero} reached the market [in good time|just before it closed].",
            "mended the tyre",
        ),
        Trouble(
            "[Then|Halfway there] it started to rain so hard that {hero.he} could not see the road.",
            "it rained very hard",
            "{friend} [opened {friend.his} door|called from a window] and [let {hero.him} in|offered "
            "{hero.him} a dry "
            "place]. They had [tea|cocoa|hot soup|milk and honey] by the fire.",
            "When the rain stopped, [the sun came out|there was a rainbow], and {hero} rode on.",
            "gave {hero.him} shelter from the rain",
        ),
        Trouble(
            "But at a crossing {hero.he} took the wrong [road|turn] and ended up [in a forest|at a lonely "
            "farm].",
            "{hero.he} took the wrong road",
            "{friend}, {worker.a} from {town}, [drew {hero.him} a map|showed {hero.him} the way].",
            "An hour later {hero} saw the [roofs|church tower] of {town}.",
            "showed {hero.him} the way",
        ),
    ),
)

_BUILD = Scenario(
    goal="build {build.a}",
    wish="{hero} wanted to build {build.a} for {hero.his} {kin}. {hero.He} [drew a plan|measured everything] "
    "and "
    "[cut|chose] the boards [with care|in the yard].",
    troubles=(
        Trouble(
            "But the handle of the hammer [broke|came off] after {number} nails.",
            "the hammer broke",
            "{friend} [looked in {friend.his} toolbox|ran home] and came back with [a better|another] "
            "hammer.",
            "By [sunset|the end of the week] the {build} was finished, and it was [strong|neat and strong].",
            "lent {hero.him} a hammer",
        ),
        Trouble(
            "But one board was too short, and there was no wood left.",
            "one board was too short",
            "{friend} had [an old door|a broken table|some old shelves] and [gave {hero.him} the wood|said "
            "that {hero.he} could have the wood].",
            "[Nobody|No one] could tell which part of the {build} was old and which was new.",
            "gave {hero.him} some wood",
        ),
        Trouble(
            "But the [first|finished] {build} was so weak that it [fell apart|broke] [on the first "
            "day|within a week].",
            "the {build} fell apart",
            "{friend} looked at it [closely|for a while] and showed {hero.him} how to [use screws|make "
            "the corners stronger|choose better wood].",
            "The second {build} was strong enough to last for {number} years.",
            "showed {hero.him} how to make it stronger",
        ),
    ),
)

_BOOK = Scenario(
    goal="borrow a book about {book}",
    wish="{hero} went to the library to borrow a book about {book}. "
    "[{hero.He} had seen it there on {day}.|{hero.His} teacher had told {hero.him} about it.|{hero.He} "
    "needed it for school.]",
    troubles=(
        Trouble(
            "But the book was [gone|already out], and {number} people were waiting for it.",
            "the book was already out",
            "It was {friend} who had it. {friend} [read faster|finished it that night] and [brought|handed] "
            "it to {hero} the next day.",
            "{hero} read [under the blanket|by candlelight] until midnight.",
            "gave {hero.him} the book the next day",
        ),
        Trouble(
            "But it stood on the [highest|top] shelf, and {hero.he} could not reach it.",
            "{hero.he} could not reach the book",
            "{friend}, who was [very tall|on a ladder nearby], [took it down|got it] for {hero.him}.",
            "{hero} [sat down by the window|found a quiet corner] and read until the library closed.",
            "took the book down for {hero.him}",
        ),
        Trouble(
            "But the last page was [missing|torn out], so {hero.he} would never know the end.",
            "the last page was missing",
            "{friend} had read it [long ago|twice] and told {hero.him} the end [on the way home|in a "
            "whisper].",
            "{hero} [wrote|drew] a new last page and put it into the book.",
            "told {hero.him} the end",
        ),
    ),
)

_PAINT = Scenario(
    goal="paint a picture of {subject}",
    wish="{hero} began to paint a picture of {subject} for the [school|town|{season}] contest. "
    "The first prize was [a box of paints|a big cake|a trip to {town}].",
    troubles=(
        Trouble(
            "But {hero.his} {housepet} jumped on the table and knocked over the {colour} paint.",
            "the {housepet} knocked over the paint",
            "{friend} [looked at the stain|laughed] and said, "
            '"It looks like [a cloud|a hill|a big bird]. Just leave it."',
            "The judges liked that part most, and {hero} won [first|second] prize.",
            "told {hero.him} to leave the stain",
        ),
        Trouble(
            "But there was no [red|blue|yellow|purple] paint left, and {hero.he} needed a lot of it.",
            "one colour of paint was used up",
            "{friend} showed {hero.him} how to make paint from [berries|flowers|clay and chalk].",
            "The new colour was [lovely|bright], and {hero} won [first|second] prize.",
            "showed {hero.him} how to make paint",
        ),
        Trouble(
            "But {hero.he} [left it by the open window|carried it through the street], and the rain "
            "[spoiled it|washed the colours away].",
            "the rain spoiled the picture",
            "{friend} sat up with {hero.him} [all night|until midnight] while {hero.he} painted it again.",
            "The new picture was [better than the first|full of light], and {hero} won [first|second] prize.",
            "kept {hero.him} company while {hero.he} painted it again",
        ),
    ),
)

_LOST = Scenario(
    goal="find {hero.his} {lostthing}",
    wish="{hero} [came home from a trip|came home from the market|was on the way home] and [reached "
    "for|felt for] "
    "{hero.his} {lostthing}. It was [not there|gone], so {hero.he} went back to look for it.",
    troubles=(
        Trouble(
            "{hero.He} searched [the street|the bus stop|the school yard] until [evening|the sun went "
            "down], and then it was [very dark|too dark to see].",
            "it was too dark to see",
            "{friend} came with a lamp and looked [under the bench|behind the bins|in the gutter].",
            "There lay the {lostthing}, [wet but whole|safe and sound].",
            "came with a lamp",
        ),
        Trouble(
            "Then {hero.he} remembered that {hero.he} had left it [on the bus|on the train|at the market].",
            "{hero.he} had left it behind",
            "{friend}, {worker.a}, had found it there and [kept it safe|was already looking for the owner].",
            "{hero} [described it|said what it looked like] and got it back at once.",
            "had found it and kept it safe",
        ),
        Trouble(
            "{thief.A} had [taken|stolen] it and was sitting with it on [a roof|a high branch|the church "
            "tower].",
            "{thief.a} had taken it",
            "{friend} [put some bread on the ground|called like {thief.a}], and the {thief} [came "
            "down|flew down] and dropped it.",
            "{hero} [picked it up|wiped it clean] and never left it [lying about|out of sight] again.",
            "made the {thief} drop it",
        ),
    ),
)

_BIRD = Scenario(
    goal="help {bird.a}",
    wish="{hero} found {bird.a} with a hurt wing [under a tree|on the road|by the pond]. "
    "{hero.He} [wrapped it in a scarf|put it in a box] and [took|carried] it home.",
    troubles=(
        Trouble(
            "But the {bird} would not eat anything, [not even|neither seeds nor] bread.",
            "the {bird} would not eat",
            "{friend}, who knew a lot about birds, brought some [worms|small fish|warm porridge].",
            "The {bird} ate [everything|until it was full], and after {number} days it flew [away|out of "
            "the window].",
            "brought something that it liked",
        ),
        Trouble(
            "But at night the {bird} [was shivering|lay still] because the house was so cold.",
            "the {bird} was too cold",
            "{friend} put a [warm|hot] stone in a sock and laid it [beside|under] the {bird}.",
            "By morning the {bird} was [wide awake|hopping about], and after {number} days it could fly.",
            "kept the {bird} warm",
        ),
    ),
)

_TRAIN = Scenario(
    goal="go to {town} by train",
    wish="{hero} wanted to go to {town} by train to visit {hero.his} {relative}. {hero.He} packed [a bag|a "
    "small case|a basket] "
    "with [a book about {book}|some {snack} for the journey|a present] and went to the station.",
    troubles=(
        Trouble(
            "But {hero.he} arrived {number} minutes late, and the train was [gone|already far away].",
            "{hero.he} missed the train",
            "{friend} was driving [{worker.a}|a load of {plant}] to {town} and took {hero.him} along.",
            "They got there [before the train|in time for supper], and {hero.his} {relative} [laughed|was "
            "delighted].",
            "took {hero.him} along to {town}",
        ),
        Trouble(
            "But on the platform {hero.he} could not find {hero.his} ticket [anywhere|in any pocket].",
            "{hero.he} could not find the ticket",
            "{friend} [picked up something|saw a piece of paper] near the [bench|ticket window|clock]. It "
            "was the ticket.",
            "{hero} jumped on the train just as it [began to move|whistled].",
            "found the ticket",
        ),
        Trouble(
            "But {hero.he} got on the wrong train, which went [north|south|to the coast].",
            "{hero.he} got on the wrong train",
            "{friend}, who sat [across from|next to] {hero.him}, told {hero.him} where to change.",
            "{hero} arrived [in the dark|after sunset], but {hero.his} {relative} was [still waiting|waiting "
            "with {treat}].",
            "told {hero.him} where to change",
        ),
    ),
)

_SNOW = Scenario(
    goal="build a snowman",
    wish="{hero} [looked out and saw|opened the door and saw] that the [garden|street|village] was white "
    "with snow. {hero.He} put on {hero.his} {colour} {garment} and ran out "
    "to build a snowman.",
    troubles=(
        Trouble(
            "But the snow was too [dry|powdery], and the head kept falling off.",
            "the head of the snowman kept falling off",
            "{friend} poured a little water over the snow so that it [would stick|held together].",
            "Soon the snowman stood there[ with a pot on its head| with a broom in its hand|].",
            "poured water over the snow",
        ),
        Trouble(
            "But {hero.his} hands were soon [red|blue] with cold, for {hero.he} had no gloves.",
            "{hero.his} hands were cold",
            "{friend} gave {hero.him} one of {friend.his} own gloves, and they worked with one [warm "
            "hand|hand] each.",
            "The snowman got [a carrot|a stone] for a nose and {hero.his} {garment} [for a while|for the "
            "night].",
            "gave {hero.him} a glove",
        ),
    ),
)

_COOK = Scenario(
    goal="cook {dish} for {number} guests",
    wish="{hero} wanted to cook {dish} for {number} guests. [They were coming at {hour}.|It was {hero.his} "
    "birthday.]",
    troubles=(
        Trouble(
            "But {hero.he} [put in|used] far too much salt, and the {dish} tasted awful.",
            "there was too much salt in the {dish}",
            "{friend} tasted it, [made a face|laughed] and added [milk|hot water|some potatoes].",
            "[All the|The] guests asked for more, and not a spoonful was left.",
            "added something to the {dish}",
        ),
        Trouble(
            "But then more people came than {hero.he} had [invited|expected], and there was not enough food.",
            "there was not enough food",
            "{friend} [ran home|went next door] and came back with [bread and cheese|a pot of beans|a basket "
            "of eggs].",
            "In the end everybody was full, and they [sang|talked|danced] until [late|midnight].",
            "brought more food",
        ),
        Trouble(
            "But the fire went out, and the wood was [wet|too wet to burn].",
            "the fire went out",
            "{friend} brought [dry wood|a bag of coal] from {friend.his} own [house|shed] and lit the fire "
            "again.",
            "[All the|The] guests came in from the cold, and dinner was [hot|ready].",
            "lit the fire again",
        ),
    ),
)

SCENARIOS = (
    _KITE,
    _CAKE,
    _PET,
    _BOAT,
    _GARDEN,
    _LETTER,
    _CONCERT,
    _BIKE,
    _BUILD,
    _BOOK,
    _PAINT,
    _LOST,
    _BIRD,
    _TRAIN,
    _SNOW,
    _COOK,
)
