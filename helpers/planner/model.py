"""The shape of a transformer: its parameters and the arithmetic of a training step."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["MODELS", "RECOMPUTE", "Model"]

RECOMPUTE = ("none", "selective", "full")


@dataclass(frozen=True)
class Model:
    """A decoder of equal layers, GPT-like (biases, LayerNorm) or, if `gated`, Llama-like (neither, RMSNorm).

    Attributes:
        layers: blocks of attention and MLP.
        hidden: width of the stream.
        heads: attention heads.
        kv_heads: heads of keys and values; `heads` if left out.
        ffn: width inside the MLP; 4 · hidden if left out, gated 8/3 · hidden up to a multiple of 256.
        vocab: rows of the embedding table.
        gated: whether the MLP has a gate, as in Llama.
        tied: whether the output head is the embedding table.
        positions: rows of a learned position table; 0 where positions have no parameters.
    """

    layers: int
    hidden: int
    heads: int
    kv_heads: int | None = None
    ffn: int | None = None
    vocab: int = 51_200
    gated: bool = False
    tied: bool = True
    positions: int = 0

    def __post_init__(self) -> None:
        h = self.hidden
        if self.kv_heads is None:
            object.__setattr__(self, "kv_heads", self.heads)
        if self.ffn is None:
            object.__setattr__(self, "ffn", -(-8 * h // 3 // 256) * 256 if self.gated else 4 * h)
        if min(self.layers, h, self.heads, self.kv_heads, self.ffn, self.vocab) < 1 or self.positions < 0:
            raise ValueError(f"every size of a model is at least 1, got {self}")
        if h % self.heads or self.heads % self.kv_heads:
            said = f"got hidden={h}, heads={self.heads}, kv_heads={self.kv_heads}"
            raise ValueError(f"heads divide hidden, and kv_heads divide heads; {said}")

    @property
    def kv_width(self) -> int:
        """Width of the keys, and of the values."""
        return self.hidden // self.heads * self.kv_heads

    @property
    def matrix_parameters_of_a_layer(self) -> int:
        """Weights of the four matrices of attention and the two of the MLP, or three with a gate."""
        attention = 2 * self.hidden * (self.hidden + self.kv_width)
        return attention + (3 if self.gated else 2) * self.hidden * self.ffn

    @property
    def parameters_of_a_layer(self) -> int:
        """Weights, biases and norms of one layer."""
        h = self.hidden
        if self.gated:
            return self.matrix_parameters_of_a_layer + 2 * h
        biases = (h + 2 * self.kv_width) + h + self.ffn + h
        return self.matrix_parameters_of_a_layer + biases + 4 * h

    @property
    def parameters(self) -> int:
        """All parameters: layers, embeddings, the last norm, and a head of its own where it is not tied."""
        tables = (1 if self.tied else 2) * self.vocab + self.positions
        last_norm = self.hidden if self.gated else 2 * self.hidden
        return self.layers * self.parameters_of_a_layer + tables * self.hidden + last_norm

    def forward_flops_of_a_layer(self, sequence: int) -> int:
        """Return the operations of one position in one layer, masked scores included."""
        return 2 * self.matrix_parameters_of_a_layer + 4 * sequence * self.hidden

    def flops(self, tokens: int, sequence: int, recompute: str = "none") -> int:
        """Return the operations of a training step on `tokens` positions in texts of `sequence`.

        Backward costs two forward passes, full recomputation a third one of the layers, selective
        recomputation the scores and the mixing of values again. For GPTs with full recomputation this is
        96 B s L h² (1 + s/6h + V/16Lh) (Narayanan et al., 2021, arXiv:2104.04473, equation 3).

        Raises:
            ValueError: if `recompute` is unknown.
        """
        if recompute not in RECOMPUTE:
            raise ValueError(f"recompute is one of {', '.join(RECOMPUTE)}, got {recompute!r}")
        layer, scores = self.forward_flops_of_a_layer(sequence), 4 * sequence * self.hidden
        again = {"none": 0, "selective": scores, "full": layer}[recompute]
        return tokens * (self.layers * (3 * layer + again) + 3 * 2 * self.hidden * self.vocab)


MODELS = {  # sizes as published: Radford (2019), Brown (2020), Touvron (2023), Llama Team (2024)
    "gpt-2-xl": Model(48, 1_600, 25, vocab=50_257, positions=1_024),
    "gpt-3": Model(96, 12_288, 96, vocab=50_257, positions=2_048),
    "llama-2-7b": Model(32, 4_096, 32, vocab=32_000, gated=True, tied=False),
    "llama-2-13b": Model(40, 5_120, 40, ffn=13_824, vocab=32_000, gated=True, tied=False),
    "llama-2-70b": Model(80, 8_192, 64, 8, 28_672, 32_000, gated=True, tied=False),
    "llama-3-8b": Model(32, 4_096, 32, 8, 14_336, 128_256, gated=True, tied=False),
    "llama-3-70b": Model(80, 8_192, 64, 8, 28_672, 128_256, gated=True, tied=False),
    "llama-3-405b": Model(126, 16_384, 128, 8, 53_248, 128_256, gated=True, tied=False),
}
