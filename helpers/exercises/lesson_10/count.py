"""Exercise 10.count: the parameters of a GPT from its shape."""

from __future__ import annotations

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def count_gpt(vocab_size: int, context: int, width: int, layers: int) -> int:
    """50257, 1024, 768, 12  ->  124439808"""
    tables = (vocab_size + context) * width
    attention = 4 * (width * width + width)
    mlp = (width * 4 * width + 4 * width) + (4 * width * width + width)
    norm = 2 * width
    return tables + layers * (attention + mlp + 2 * norm) + norm


def _untied(vocab_size: int, context: int, width: int, layers: int) -> int:
    return count_gpt(vocab_size, context, width, layers) + vocab_size * width


def _no_biases(vocab_size: int, context: int, width: int, layers: int) -> int:
    return count_gpt(vocab_size, context, width, layers) - layers * 9 * width


def _no_norms(vocab_size: int, context: int, width: int, layers: int) -> int:
    return count_gpt(vocab_size, context, width, layers) - (2 * layers + 1) * 2 * width


def _no_last_norm(vocab_size: int, context: int, width: int, layers: int) -> int:
    return count_gpt(vocab_size, context, width, layers) - 2 * width


def _one_norm_a_block(vocab_size: int, context: int, width: int, layers: int) -> int:
    return count_gpt(vocab_size, context, width, layers) - layers * 2 * width


def _norms_without_shift(vocab_size: int, context: int, width: int, layers: int) -> int:
    return count_gpt(vocab_size, context, width, layers) - (2 * layers + 1) * width


def _no_positions(vocab_size: int, context: int, width: int, layers: int) -> int:
    return count_gpt(vocab_size, context, width, layers) - context * width


def _no_output_matrix(vocab_size: int, context: int, width: int, layers: int) -> int:
    return count_gpt(vocab_size, context, width, layers) - layers * (width * width + width)


def _rule_of_thumb(vocab_size: int, context: int, width: int, layers: int) -> int:
    return 12 * layers * width * width


def _only_matrices_and_tables(vocab_size: int, context: int, width: int, layers: int) -> int:
    return (vocab_size + context) * width + layers * 12 * width * width


def _attention_without_biases(vocab_size: int, context: int, width: int, layers: int) -> int:
    return count_gpt(vocab_size, context, width, layers) - layers * 4 * width


def _small_mlp_biases(vocab_size: int, context: int, width: int, layers: int) -> int:
    return count_gpt(vocab_size, context, width, layers) - layers * 3 * width


def _narrow(vocab_size: int, context: int, width: int, layers: int) -> int:
    """An MLP that is as wide as the stream."""
    return count_gpt(vocab_size, context, width, layers) - layers * (6 * width * width + 3 * width)


EXERCISE = Exercise(
    id="10.count",
    title="How many parameters?",
    minutes=6,
    difficulty=1,
    reference=count_gpt,
    cases=((50_257, 1_024, 768, 12), (1_024, 256, 192, 4), (10, 3, 2, 1)),
    draw=lambda rng: (
        rng.randrange(50, 999),
        rng.randrange(5, 99),
        2 * rng.randrange(2, 60),
        rng.randrange(1, 9),
    ),
    misconceptions=(
        Misconception(
            "counts a head of its own",
            _untied,
            "The head is tied: which matrix does it share, and did you count that one twice?",
        ),
        Misconception(
            "forgets the biases",
            _no_biases,
            "A linear layer from D to 4D has more numbers than D times 4D: what is added to each output?",
        ),
        Misconception(
            "forgets the norms",
            _no_norms,
            "A layer norm has a scale and a shift for each of D numbers: how many norms has a block?",
        ),
        Misconception(
            "forgets the norm at the end",
            _no_last_norm,
            "You are short by twice the width: what stands between the last block and the head?",
        ),
        Misconception(
            "counts one norm in a block",
            _one_norm_a_block,
            "Both steps of a block read a normalised copy: how many norms is that?",
        ),
        Misconception(
            "gives the norms no shift",
            _norms_without_shift,
            "An RMSNorm has a scale alone; which two lists of numbers has this layer norm?",
        ),
        Misconception(
            "forgets the table of positions",
            _no_positions,
            "Two tables stand below the blocks: which one says where a token stands?",
        ),
        Misconception(
            "forgets the output matrix of attention",
            _no_output_matrix,
            "Queries, keys, values, and one more matrix that mixes the heads: did you count four?",
        ),
        Misconception(
            "uses the rule of thumb",
            _rule_of_thumb,
            "12 L D² is the bulk of a large model: what does it leave out, and how much is that here?",
        ),
        Misconception(
            "counts only matrices and tables",
            _only_matrices_and_tables,
            "The matrices are there: which lists of numbers do the linear layers and the norms have besides?",
        ),
        Misconception(
            "forgets the biases of attention",
            _attention_without_biases,
            "You are short by 4D a block: do the four layers of attention have biases here?",
        ),
        Misconception(
            "gives both MLP layers D biases",
            _small_mlp_biases,
            "A layer has one bias for each output: how many outputs has the first layer of the MLP?",
        ),
        Misconception(
            "makes the MLP as narrow as the stream",
            _narrow,
            "How wide is the hidden layer of the MLP in §3?",
        ),
    ),
    hints=(
        "Add four things: the two tables, attention, the MLP, the norms; two of them come once a block.",
        "A linear layer from n to m has n·m weights and m biases; attention has four from D to D.",
        "A block: `4*(D*D + D)`, `(4*D*D + 4*D) + (4*D*D + D)`, `2 * 2*D` for its norms; at the end `2*D`.",
    ),
)
