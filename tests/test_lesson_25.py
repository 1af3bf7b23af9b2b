"""Lesson 25: shards of a batch, the ring, ZeRO's stages, states on disk, and a configuration's sums."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.distributed as dist
from torch import Tensor, nn

from helpers import cluster, lessons, planner

lesson = lessons.load("25_data_parallel")
LONG = pytest.mark.parametrize("ranks, size", [(1, 5), (2, 7), (3, 12), (5, 23), (8, 5)])


def rows(ranks: int, size: int, seed: int = 0) -> list[Tensor]:
    draws = torch.Generator().manual_seed(seed)
    return list(torch.randn(ranks, size, dtype=torch.float64, generator=draws))


class Letters(nn.Module):
    """A model of the shape that the builds want: ids [B, T] to logits [B, T, V]."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(3)
        self.table, self.out = nn.Embedding(11, 6), nn.Linear(6, 11)

    def forward(self, ids_BT: Tensor) -> Tensor:
        return self.out(self.table(ids_BT))


def ids(texts: int, positions: int) -> Tensor:
    return torch.randint(11, (texts, positions), generator=torch.Generator().manual_seed(5))


# ---- gradients of shards


def test_the_loss_predicts_the_next_token():
    model, ids_BT = Letters(), ids(2, 4)
    by_hand = [-model(ids_BT)[b, t].log_softmax(0)[ids_BT[b, t + 1]] for b in range(2) for t in range(3)]
    assert torch.isclose(lesson.mean_loss(model, ids_BT), torch.stack(by_hand).mean())


def test_the_gradient_is_that_of_backward():
    model, ids_BT = Letters(), ids(3, 5)
    lesson.mean_loss(model, ids_BT).backward()
    expected = torch.cat([weight.grad.flatten() for weight in model.parameters()])
    torch.testing.assert_close(lesson.gradient(model, ids_BT), expected)


def test_equal_shards_average_to_the_gradient_of_the_batch():
    model, ids_BT = Letters().double(), ids(6, 5)
    parts = torch.stack([lesson.gradient(model, part) for part in ids_BT.chunk(3)])
    torch.testing.assert_close(parts.mean(dim=0), lesson.gradient(model, ids_BT), rtol=0, atol=1e-15)


def test_a_step_of_sgd_moves_against_the_gradient_that_is_handed_in():
    model = nn.Linear(3, 2)
    before = nn.utils.parameters_to_vector(model.parameters()).detach().clone()
    gradient_P = torch.arange(8.0)
    lesson.take_step(model, torch.optim.SGD(model.parameters(), lr=0.5), gradient_P)
    after = nn.utils.parameters_to_vector(model.parameters()).detach()
    torch.testing.assert_close(after, before - 0.5 * gradient_P)


# ---- the ring


def test_in_the_first_step_a_rank_sends_the_chunk_of_the_rank_before():
    assert [lesson.chunk_sent(rank, 0, 4) for rank in range(4)] == [3, 0, 1, 2]
    assert [lesson.chunk_sent(2, step, 4) for step in range(6)] == [1, 0, 3, 2, 1, 0]


def test_two_ranks_by_hand():
    chunks = [[torch.tensor([1.0]), torch.tensor([2.0])], [torch.tensor([10.0]), torch.tensor([20.0])]]
    assert lesson.reduce_scatter(chunks) == [4, 4]
    assert [[float(one) for one in mine] for mine in chunks] == [[11, 2], [10, 22]]
    assert lesson.all_gather(chunks) == [4, 4]
    assert [[float(one) for one in mine] for mine in chunks] == [[11, 22], [11, 22]]


@LONG
def test_the_ring_sums_and_every_rank_has_the_same_bits(ranks, size):
    buffers = rows(ranks, size)
    before = [buffer.clone() for buffer in buffers]
    sums, sent = lesson.ring_all_reduce(buffers)
    torch.testing.assert_close(sums[0], torch.stack(before).sum(dim=0))
    assert all(torch.equal(one, sums[0]) for one in sums)
    assert all(torch.equal(*pair) for pair in zip(buffers, before, strict=True)), "arguments are left alone"
    assert sum(sent) == 2 * (ranks - 1) * size * 8


@LONG
def test_half_the_ring_leaves_each_rank_its_own_chunk_of_the_sum(ranks, size):
    buffers = rows(ranks, size)
    chunks = [list(buffer.clone().tensor_split(ranks)) for buffer in buffers]
    lesson.reduce_scatter(chunks)
    whole = torch.stack(buffers).sum(dim=0).tensor_split(ranks)
    for rank in range(ranks):
        torch.testing.assert_close(chunks[rank][rank], whole[rank])


@pytest.mark.parametrize("ranks", [2, 3, 6])
def test_holdings_grow_by_one_number_a_step_and_end_whole(ranks):
    for steps in range(ranks):
        assert int(lesson.holdings(ranks, steps).sum(dim=-1).max()) == steps + 1
    assert (lesson.holdings(ranks, 2 * (ranks - 1)) == 1).all()


@pytest.mark.parametrize("shapes", [[], [(3,), (4,)], [(2, 2), (2, 2)]])
def test_buffers_of_different_shapes_are_refused(shapes):
    with pytest.raises(ValueError, match="row of the same size"):
        lesson.ring_all_reduce([torch.zeros(shape) for shape in shapes])


def sums_on_a_rank(size: int) -> tuple[Tensor, Tensor, Tensor, int]:
    draws = torch.Generator().manual_seed(dist.get_rank())
    buffer = torch.randn(size, generator=draws)
    (ours, sent), theirs = lesson.real_ring(buffer), buffer.clone()
    dist.all_reduce(theirs)
    return buffer, ours, theirs, sent


def test_the_ring_of_three_processes_equals_all_reduce_and_the_simulated_ring():
    with cluster.start(3) as ranks:
        answers = ranks.run(sums_on_a_rank, 25)
    simulated, predicted = lesson.ring_all_reduce([one[0] for one in answers])
    assert [one[3] for one in answers] == predicted
    for _, ours, theirs, _ in answers:
        torch.testing.assert_close(ours, theirs)
        assert torch.equal(ours, simulated[0])


# ---- ZeRO


@pytest.mark.parametrize("stage, size", [(0, 16_000), (1, 4_000 + 2_400), (2, 2_000 + 2_800), (3, 3_200)])
def test_bytes_of_a_rank_by_hand_and_as_the_planner_counts_them(stage, size):
    held = lesson.rank_bytes(1_000, 5, stage)
    assert sum(held.values()) == size == planner.state_bytes(1_000, 5, stage)
    assert list(held) == ["weights", "gradients", "optimizer"]


@pytest.mark.parametrize("ranks, stage", [(0, 1), (4, 4), (4, -1)])
def test_a_stage_or_a_group_that_does_not_exist_is_refused(ranks, stage):
    with pytest.raises(ValueError, match=f"got {stage} and {ranks}"):
        lesson.rank_bytes(10, ranks, stage)


def shared(stage: int, ranks: int, size: int, steps: int = 3):
    start_P = rows(1, size, seed=1)[0].float()
    training = lesson.SharedTraining(start_P, ranks, stage, lr=0.01)
    master = nn.Parameter(start_P.clone())
    uncut = torch.optim.AdamW([master], lr=0.01)
    for step in range(steps):
        training.gather()
        # so small that eps counts, and a sum in place of the mean shows
        gradients = [1e-8 * row.float() for row in rows(ranks, size, seed=10 + step)]
        training.step(gradients)
        summed, _ = lesson.ring_all_reduce([row.bfloat16() for row in gradients])
        master.grad = summed[0].float() / ranks
        uncut.step()
    return training, master.detach().bfloat16()


@pytest.mark.parametrize("stage", range(4))
@pytest.mark.parametrize("ranks, size", [(1, 64), (2, 256), (4, 1024)])
def test_every_stage_gives_the_weights_of_the_uncut_optimizer_to_the_bit(stage, ranks, size):
    training, expected = shared(stage, ranks, size)
    assert torch.equal(training.gather(), expected)
    for rank in range(ranks):
        own = expected.chunk(ranks)[rank] if stage == 3 else expected
        assert torch.equal(training.weights[rank], own)


@pytest.mark.parametrize("stage", range(4))
def test_each_step_sends_two_trips_round_the_ring(stage):
    training, _ = shared(stage, ranks=4, size=128, steps=5)  # stage 3 gathers once a step here, not twice
    assert training.sent == 5 * 2 * 3 * (128 // 4) * 2


def test_a_step_leaves_the_gradients_that_it_is_given_alone():
    gradients = [row.bfloat16() for row in rows(4, 64)]
    before = [one.clone() for one in gradients]
    lesson.SharedTraining(torch.zeros(64), ranks=4, stage=3).step(gradients)
    assert all(torch.equal(*pair) for pair in zip(gradients, before, strict=True))


def test_stage_two_keeps_its_own_gradients_only():
    assert [len(shared(stage, 4, 128)[0].gradients[1]) for stage in range(4)] == [128, 128, 32, 32]


@pytest.mark.parametrize("ranks, stage, size", [(3, 1, 16), (0, 1, 16), (2, 4, 16)])
def test_training_that_cannot_be_shared_out_is_refused(ranks, stage, size):
    with pytest.raises(ValueError, match="the ranks divide the weights"):
        lesson.SharedTraining(torch.zeros(size), ranks, stage)


def test_parts_are_put_together_in_the_order_of_the_ranks():
    whole, sent = lesson.put_together([torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]), torch.zeros(2)])
    assert [one.tolist() for one in whole] == [[1, 2, 3, 4, 0, 0]] * 3 and sent == 2 * 2 * 4


# ---- states on disk


@pytest.mark.parametrize("piece", [1, 7, 100])
def test_adamw_by_pieces_is_that_of_torch(piece):
    draws = np.random.default_rng(2)
    weights, m, v = draws.standard_normal(23), np.zeros(23), np.zeros(23)
    parameter = nn.Parameter(torch.tensor(weights))
    optimizer = torch.optim.AdamW([parameter], lr=0.02)
    for step in range(1, 5):
        gradient = draws.standard_normal(23)
        lesson.adamw_by_pieces(weights, gradient, m, v, step, lr=0.02, piece=piece)
        parameter.grad = torch.tensor(gradient)
        optimizer.step()
    np.testing.assert_allclose(weights, parameter.detach().numpy(), rtol=1e-12)


def test_adamw_by_pieces_takes_states_in_a_file(tmp_path):
    draws = np.random.default_rng(4)
    start, gradient = draws.standard_normal((2, 31)).astype(np.float32)
    results = []
    for states in (
        np.zeros((2, 31), np.float32),
        np.memmap(tmp_path / "states", np.float32, "w+", shape=(2, 31)),
    ):
        weights = start.copy()
        for step in (1, 2, 3):
            lesson.adamw_by_pieces(weights, gradient, states[0], states[1], step, piece=8)
        results.append(weights)
    assert (results[0] == results[1]).all() and (results[0] != start).all()


# ---- configurations

NAMES = ("train_batch_size", "train_micro_batch_size_per_gpu", "gradient_accumulation_steps")


@pytest.mark.parametrize("missing", [None, *NAMES])
def test_a_missing_batch_size_follows_from_the_others(missing):
    full = dict(zip(NAMES, (120, 5, 4), strict=True))
    given = {name: size for name, size in full.items() if name != missing}
    assert lesson.check_config(given, gpus=6) == full


@pytest.mark.parametrize(
    "config, said",
    [
        ((120, 5, 4), "5 x 4 x 7 = 140"),
        ((120, 7, None), "the batch is 120"),
        ((None, None, 5), "train_batch_size or train_micro_batch_size_per_gpu is needed"),
    ],
)
def test_batch_sizes_that_do_not_multiply_are_refused(config, said):
    given = {name: size for name, size in zip(NAMES, config, strict=True) if size is not None}
    with pytest.raises(ValueError, match=said):
        lesson.check_config(given, gpus=7)


@pytest.mark.parametrize("name, size", [(NAMES[0], 12), (NAMES[1], 2)])
def test_with_one_batch_size_alone_nothing_is_accumulated(name, size):
    assert list(lesson.check_config({name: size}, gpus=6).values()) == [12, 2, 1]


@pytest.mark.parametrize("name, stage, fine", [("offload_param", 2, False), ("offload_param", 3, True)])
def test_weights_are_offloaded_at_stage_three_only(name, stage, fine):
    config = dict(zip(NAMES, (6, 3, 1), strict=True))
    config["zero_optimization"] = {"stage": stage, name: {"device": "cpu"}}
    if fine:
        assert lesson.check_config(config, gpus=2)["train_batch_size"] == 6
    else:
        with pytest.raises(ValueError, match="offload_param needs ZeRO stage 3 or more, got stage 2"):
            lesson.check_config(config, gpus=2)


def test_an_optimizer_is_not_offloaded_without_zero():
    config = dict(zip(NAMES, (6, 3, 1), strict=True)) | {"zero_optimization": {"offload_optimizer": {}}}
    with pytest.raises(ValueError, match="offload_optimizer needs ZeRO stage 1"):
        lesson.check_config(config, gpus=2)


@pytest.mark.parametrize("device, stage, fine", [("cpu", 1, True), ("nvme", 2, False), ("nvme", 3, True)])
def test_an_optimizer_goes_to_disk_at_stage_three_only(device, stage, fine):
    config = dict(zip(NAMES, (6, 3, 1), strict=True))
    config["zero_optimization"] = {"stage": stage, "offload_optimizer": {"device": device}}
    if fine:
        assert lesson.check_config(config, gpus=2)["train_batch_size"] == 6
    else:
        with pytest.raises(
            ValueError, match=f"offload_optimizer needs ZeRO stage 3 or more, got stage {stage}"
        ):
            lesson.check_config(config, gpus=2)
