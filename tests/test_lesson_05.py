"""The builds of lesson 05: WordPiece, Unigram and SentencePiece's rules, by hand and against libraries."""

from __future__ import annotations

import io
from collections import Counter
from itertools import pairwise, product
from math import exp, log
from random import Random

import pytest
import sentencepiece
from tokenizers import models

from helpers import corpus, lessons

TOY = {"hug": 10, "pug": 5, "pun": 12, "bun": 4, "hugs": 5}


@pytest.fixture(scope="module")
def build():
    return lessons.load("05_subword_tokenizers")


@pytest.fixture(scope="module")
def marked(build) -> Counter[str]:
    words = build.BPE.split_words(corpus.text(40_000, seed=2))
    return Counter(word.replace(" ", "▁") for word in words if not word.isspace())


def cuts(text: str) -> list[list[str]]:
    """Return every way to cut `text`."""
    if not text:
        return [[]]
    return [[text[:i], *rest] for i in range(1, len(text) + 1) for rest in cuts(text[i:])]


def drawn_log_probs(rng: Random) -> dict[str, float]:
    pieces = {"a", "b", "c"} | {"".join(rng.choices("abc", k=rng.randint(2, 4))) for _ in range(8)}
    return {piece: -rng.uniform(1, 9) for piece in sorted(pieces)}


# WordPiece


def test_the_gain_is_the_change_of_the_corpus_likelihood_worked_by_hand(build):
    # a b ×3, a c ×1: pieces a 4, b 3, c 1 of 8 become ab 3, a 1, c 1 of 5
    before = 4 * log(4 / 8) + 3 * log(3 / 8) + log(1 / 8)
    after = 3 * log(3 / 5) + log(1 / 5) + log(1 / 5)
    assert build.likelihood_gain(3, 4, 3, 8) == pytest.approx(after - before)
    # a a ×2, b ×1: a 4, b 1 of 5 become aa 2, b 1 of 3
    twins = 2 * log(2 / 3) + log(1 / 3) - 4 * log(4 / 5) - log(1 / 5)
    assert build.likelihood_gain(2, 4, 4, 5, twins=True) == pytest.approx(twins)


@pytest.mark.parametrize(
    ("criterion", "first"), [("likelihood_gain", "##ug"), ("frequency", "##ug"), ("ratio", "##gs")]
)
def test_the_first_merge_on_the_toy_depends_on_the_criterion(build, criterion, first):
    letters = ["[UNK]", "##g", "##n", "##s", "##u", "b", "h", "p"]
    vocab = build.train_wordpiece(TOY, 9, getattr(build, criterion))
    assert list(vocab) == [*letters, first]
    assert list(vocab.values()) == list(range(9))


def test_each_merge_of_the_default_criterion_is_the_best_of_all_by_a_full_recount(build):
    words = {tuple(build.spell(word)): n for word, n in TOY.items()}

    def level(words):
        counts = Counter()
        for word, n in words.items():
            for piece in word:
                counts[piece] += n
        return sum(n * log(n / counts.total()) for n in counts.values())

    vocab = list(build.train_wordpiece(TOY, 13))
    for piece in vocab[8:]:
        options = {}
        for pair in {pair for word in words for pair in pairwise(word)}:
            name = pair[0] + pair[1].removeprefix("##")
            options[name] = {tuple(build.BPE.merge(word, pair, name)): n for word, n in words.items()}
        best = max(level(option) for option in options.values())
        assert level(options[piece]) == pytest.approx(best)
        words = options[piece]


def test_training_stops_when_no_pair_is_left_and_refuses_what_has_no_room(build):
    assert list(build.train_wordpiece({"ab": 1}, 99)) == ["[UNK]", "##b", "a", "ab"]
    with pytest.raises(ValueError, match=r"room for \[UNK\] and 7 letters, got 7"):
        build.train_wordpiece(TOY, 7)
    with pytest.raises(ValueError, match="at least one letter, but '' is counted 3 times"):
        build.train_wordpiece({"": 3}, 9)


def test_wordpiece_takes_the_longest_match_and_gives_up_a_word_as_a_whole(build):
    vocab = {"h", "hug", "##u", "##s", "##g"}
    assert build.wordpiece_encode("hugs", vocab) == ["hug", "##s"]
    assert build.wordpiece_encode("hugx", vocab) == ["[UNK]"]
    assert build.wordpiece_encode("hugx", list(vocab), unk="?") == ["?"]
    assert build.wordpiece_encode("", vocab) == []


def test_wordpiece_encodes_as_the_library_does(build):
    vocab, rng = build.train_wordpiece(TOY, 14), Random(1)
    library = models.WordPiece(vocab=vocab, unk_token="[UNK]", max_input_chars_per_word=100)
    words = ["".join(rng.choices("bghnpsux", k=rng.randint(1, 9))) for _ in range(500)]
    for word in [*words, "h" + "u" * 99, "h" + "u" * 100]:
        assert build.wordpiece_encode(word, vocab) == [token.value for token in library.tokenize(word)]


# Unigram


def test_an_unknown_character_costs_ten_nats_more_than_the_rarest_piece(build):
    # ab cd e: -12 - 12 - 22 = -46; a bcd e: -22 - 3 - 22 = -47
    assert build.unigram_segment("abcde", {"ab": -12.0, "cd": -12.0, "bcd": -3.0}) == ["ab", "cd", "e"]
    # ab cd e: -12 - 12 - 22 = -46; a bcd e: -22 - 1 - 22 = -45
    assert build.unigram_segment("abcde", {"ab": -12.0, "cd": -12.0, "bcd": -1.0}) == ["a", "bcd", "e"]


def test_the_segmentation_is_the_best_of_all(build):
    rng = Random(2)
    for _ in range(100):
        log_probs, text = drawn_log_probs(rng), "".join(rng.choices("abc", k=rng.randint(0, 9)))
        known = [cut for cut in cuts(text) if all(piece in log_probs for piece in cut)]
        best = max(known, key=lambda cut: sum(log_probs[piece] for piece in cut))
        assert build.unigram_segment(text, log_probs) == best


def test_equal_scores_keep_the_longer_last_piece_and_unknown_neighbours_are_one_piece(build):
    tie = {"h": -1.0, "hug": -1.0, "s": -2.0, "ugs": -2.0, "u": -9.0, "g": -9.0}
    assert build.unigram_segment("hugs", tie) == ["h", "ugs"]
    assert build.unigram_segment("日本h語", tie) == ["日本", "h", "語"]
    with pytest.raises(ValueError, match="at least one piece, but it is empty"):
        build.unigram_segment("a", {})


def test_expected_counts_equal_a_sum_over_all_paths(build):
    rng = Random(3)
    for _ in range(30):
        log_probs, text = drawn_log_probs(rng), "".join(rng.choices("abc", k=rng.randint(1, 8)))
        known = [cut for cut in cuts(text) if all(piece in log_probs for piece in cut)]
        weights = [exp(sum(log_probs[piece] for piece in cut)) for cut in known]
        wanted = Counter()
        for cut, weight in zip(known, weights, strict=True):
            for piece in cut:
                wanted[piece] += weight / sum(weights)
        level, expected = build.expected_counts(text, log_probs, longest=4)
        assert level == pytest.approx(log(sum(weights)))
        assert expected == pytest.approx(dict(wanted))
    with pytest.raises(ValueError, match="cannot spell 'ax'"):
        build.expected_counts("ax", {"a": -1.0}, 1)


def test_a_long_word_does_not_underflow(build):
    level, expected = build.expected_counts("a" * 3000, {"a": -1.0}, 1)
    assert level == pytest.approx(-3000) and expected == pytest.approx({"a": 3000})


def test_em_raises_the_likelihood_and_training_keeps_the_characters(build, marked):
    history: list[tuple[int, float]] = []
    log_probs = build.train_unigram(marked, 200, em_steps=3, history=history)
    steps = [after - before for (n, before), (m, after) in pairwise(history) if n == m]
    assert len(steps) > 10 and min(steps) > 0
    assert len(log_probs) == 200 and {char for word in marked for char in word} <= set(log_probs)
    assert sum(map(exp, log_probs.values())) == pytest.approx(1)


def test_training_finds_the_parts_that_words_are_made_of(build):
    words = {"".join(parts): 1 for parts in product(["xo", "yu", "zi"], ["ka", "re"])}
    assert {"ka", "re"} <= set(build.train_unigram(words, 14, em_steps=4))


def test_a_vocabulary_without_room_for_the_characters_is_refused(build):
    with pytest.raises(ValueError, match=r"room for 7 characters .*got 6"):
        build.train_unigram(TOY, 6)
    with pytest.raises(ValueError, match="at least 1"):
        build.train_unigram({}, 6)


# SentencePiece


@pytest.fixture(scope="module")
def library():
    def train(**options) -> sentencepiece.SentencePieceProcessor:
        model = io.BytesIO()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(corpus.text(60_000, seed=3).splitlines()),
            model_writer=model,
            num_threads=1,
            minloglevel=2,
            vocab_size=500,
            byte_fallback=True,
            **options,
        )
        return sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())

    return train


@pytest.mark.parametrize("exact", [False, True])
def test_encoding_and_decoding_equal_sentencepiece(build, library, exact):
    rules = {"normalization_rule_name": "identity", "remove_extra_whitespaces": False} if exact else {}
    model = library(**rules)
    ids = [i for i in range(model.vocab_size()) if not (model.is_byte(i) or model.is_control(i))]
    log_probs = {model.id_to_piece(i): model.get_score(i) for i in ids if not model.is_unknown(i)}
    form, squeeze = (None, False) if exact else ("NFKC", True)
    own = build.UnigramTokenizer(log_probs, form, squeeze)
    rng = Random(4)
    texts = [
        "",
        " a",
        "a  b ",
        "x² ﬁ",
        "日本語🙂!",
        "a\tb\nc",
        "▁",
        "a▁ ▁b ▁",
        *corpus.text(20_000, seed=4).splitlines(),
    ]
    texts += ["".join(rng.choices("the cat²日🙂 ", k=rng.randint(1, 20))) for _ in range(300)]
    for text in texts:
        assert own.encode(text) == model.encode(text, out_type=str)
        assert own.decode(own.encode(text)) == model.decode(model.encode(text))


def test_normalising_marks_spaces_and_the_beginning(build):
    assert build.normalise(" x²  y ") == "▁x2▁y"
    assert build.normalise(" x²  y ", form=None, squeeze=False) == "▁▁x²▁▁y▁"
    assert build.normalise("") == build.normalise(" ▁") == ""


def test_the_words_of_wordpiece_come_back_with_single_spaces(build):
    vocab = build.train_wordpiece({"hug": 3, "pun": 2, "!": 1}, 20)
    pieces = build.wordpiece_tokens("hug  pun!", vocab)
    assert build.wordpiece_join(pieces) == "hug pun !"
