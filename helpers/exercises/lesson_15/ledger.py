"""Exercise 15.bytes: what a parameter costs in training, activations aside."""

from __future__ import annotations

from random import Random

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def bytes_per_parameter(size: int, states: int, state_size: int) -> int:
    """2, 2, 4  ->  16"""
    master = 4 if size < 4 else 0
    return size + size + master + states * state_size


def _no_master(size: int, states: int, state_size: int) -> int:
    return 2 * size + states * state_size


def _always_master(size: int, states: int, state_size: int) -> int:
    return 2 * size + 4 + states * state_size


def _no_gradients(size: int, states: int, state_size: int) -> int:
    return bytes_per_parameter(size, states, state_size) - size


def _gradients_in_four(size: int, states: int, state_size: int) -> int:
    return size + 4 + (4 if size < 4 else 0) + states * state_size


def _states_of_size(size: int, states: int, state_size: int) -> int:
    return 2 * size + (4 if size < 4 else 0) + states * size


def _states_of_four(size: int, states: int, state_size: int) -> int:
    return 2 * size + (4 if size < 4 else 0) + states * 4


def _always_two_states(size: int, states: int, state_size: int) -> int:
    return 2 * size + (4 if size < 4 else 0) + 2 * state_size


def _one_state(size: int, states: int, state_size: int) -> int:
    return 2 * size + (4 if size < 4 else 0) + state_size


def _no_states(size: int, states: int, state_size: int) -> int:
    return 2 * size + (4 if size < 4 else 0)


def _master_in_size(size: int, states: int, state_size: int) -> int:
    return 2 * size + (size if size < 4 else 0) + states * state_size


def _master_instead(size: int, states: int, state_size: int) -> int:
    return size + 4 + states * state_size


def _master_of_gradients_too(size: int, states: int, state_size: int) -> int:
    return 2 * size + (8 if size < 4 else 0) + states * state_size


def _always_sixteen(size: int, states: int, state_size: int) -> int:
    return 16


def _inference(size: int, states: int, state_size: int) -> int:
    return size


def _in_bits(size: int, states: int, state_size: int) -> int:
    return 8 * bytes_per_parameter(size, states, state_size)


def _adds_states(size: int, states: int, state_size: int) -> int:
    return 2 * size + (4 if size < 4 else 0) + states + state_size


def _draw(rng: Random) -> tuple[int, int, int]:
    return rng.choice([1, 2, 4, 8]), rng.randrange(6), rng.choice([1, 2, 4])


EXERCISE = Exercise(
    id="15.bytes",
    title="Bytes a parameter",
    minutes=5,
    difficulty=2,
    reference=bytes_per_parameter,
    cases=((2, 2, 4), (4, 2, 4), (2, 1, 4), (2, 0, 4), (2, 2, 1), (4, 3, 2), (1, 2, 2), (8, 1, 2)),
    draw=_draw,
    misconceptions=(
        Misconception(
            "forgets the master copy",
            _no_master,
            "Where do updates survive that 16 bits cannot hold?",
        ),
        Misconception(
            "always keeps a master copy",
            _always_master,
            "If the weights are float32 already, what would the copy be for?",
        ),
        Misconception(
            "forgets the gradients",
            _no_gradients,
            "What does the optimizer read? That has to be somewhere too.",
        ),
        Misconception(
            "keeps gradients in float32",
            _gradients_in_four,
            "That is autocast's bill; here the gradients take as many bytes as the weights.",
        ),
        Misconception(
            "keeps states in the size of the weights",
            _states_of_size,
            "The optimizer's numbers have a size of their own: which argument is it?",
        ),
        Misconception(
            "keeps states in float32 always",
            _states_of_four,
            "Some optimizers keep their states in 8 bits: which argument says so?",
        ),
        Misconception(
            "always has the two states of Adam",
            _always_two_states,
            "Plain SGD remembers nothing, with momentum one number: which argument says how many?",
        ),
        Misconception(
            "counts one state",
            _one_state,
            "Adam keeps a mean of the gradient and one of its square: how many numbers is that?",
        ),
        Misconception(
            "forgets the states",
            _no_states,
            "What does Adam remember of past gradients, and where is it in your sum?",
        ),
        Misconception(
            "keeps the master copy in 16 bits",
            _master_in_size,
            "A copy as coarse as the weights would lose the same updates: how large is a float32?",
        ),
        Misconception(
            "takes the master copy for the gradients",
            _master_instead,
            "Weights, gradients and master weights are three things: which of them did you leave out?",
        ),
        Misconception(
            "keeps float32 gradients beside the 16-bit ones",
            _master_of_gradients_too,
            "Only the weights have a master copy here: what did you count twice?",
        ),
        Misconception(
            "says 16 whatever comes",
            _always_sixteen,
            "16 is right for Adam; what is left when the optimizer remembers nothing?",
        ),
        Misconception(
            "gives the bill of an answer",
            _inference,
            "That is enough to run the model; what does training add?",
        ),
        Misconception(
            "counts bits",
            _in_bits,
            "Eight times too much: were the sizes given in bits?",
        ),
        Misconception(
            "adds number and size of the states",
            _adds_states,
            "Two states of four bytes each: is that 2 + 4?",
        ),
    ),
    hints=(
        "Four lines: weights, gradients, master copy, states.",
        "The master copy has 4 bytes, and only exists when `size` is below 4.",
        "2 · size, plus 4 if needed, plus states · state_size.",
    ),
)
