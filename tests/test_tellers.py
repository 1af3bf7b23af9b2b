"""The tellers: other styles for the same stories, each by a rule."""

from __future__ import annotations

import re

import pytest

from helpers import corpus

STORY = 'On a quiet day, Ruby found the boy in a house. "Thank you," said Ruby. She ran to her friend.'


def test_the_sailor_turns_openings_changes_words_and_cries_in_three_beats():
    assert corpus.retell(STORY, "sailor") == (
        'Ruby spied th\' lad in a cabin, on a calm tide! "Thank ye," bellowed Ruby, aye! '
        "She scuttled t' her shipmate, me hearties!"
    )


def test_the_telegram_leaves_out_small_words_and_says_stop():
    assert corpus.retell(STORY, "telegram") == (
        'On quiet day, Ruby found boy in house STOP "Thank you," said Ruby STOP She ran to friend STOP'
    )


def test_the_poet_breaks_lines_after_four_words_and_changes_nothing_else():
    lines = corpus.retell(STORY, "poet").split("\n")
    assert " ".join(lines) == STORY
    assert [len(line.split()) for line in lines] == [4] * 5
    assert corpus.retell("Ruby ran to her friend.", "poet") == "Ruby ran to her\nfriend."


def test_a_rule_leaves_no_full_stop_and_none_of_the_words_it_replaces():
    for text in corpus.texts(300, 5, ["story"]):
        told = corpus.retell(text.text, "sailor")
        assert not re.search(r"\b(the|and|was|house|wanted|friends)\b", told, re.IGNORECASE), told
        assert told.endswith(("!", '"')) and " STOP" not in told
        assert not re.search(r"\b(a|an|the|his|her) (?!STOP)", corpus.retell(text.text, "telegram"))


def test_every_teller_tells_every_story_in_its_own_way():
    for text in corpus.texts(50, 6, ["story"]):
        assert len({text.text, *(corpus.retell(text.text, teller) for teller in corpus.TELLERS)}) == 4


def test_an_unknown_teller_is_refused():
    with pytest.raises(ValueError, match="sailor, telegram, poet, got 'pirate'"):
        corpus.retell(STORY, "pirate")
