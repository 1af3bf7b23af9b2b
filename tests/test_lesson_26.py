"""Lesson 26: shards of layers, pipelines on paper, and both on real processes."""

from __future__ import annotations

import copy
import itertools
import random
import sys

import pytest
import torch
import torch.distributed as dist
from torch import nn
from torch.distributed.tensor.debug import CommDebugMode
from torch.testing import assert_close

from helpers import cluster, exercises, lessons, planner
from helpers.planner import Operation

lesson = lessons.load("26_model_parallel")
TRANSFORMER = lesson.TRANSFORMER
two_processes = pytest.mark.xdist_group("cluster")
CONFIG = TRANSFORMER.GPTConfig(vocab_size=11, context=20, width=24, layers=4, heads=6)


def block(seed: int = 0) -> nn.Module:
    torch.manual_seed(seed)
    return TRANSFORMER.Block(CONFIG).double()


def stream(*shape: int, seed: int = 1) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


# ---- cutting


def test_a_stack_is_cut_into_equal_runs_in_order():
    layers = nn.Sequential(*(nn.Linear(3, 3) for _ in range(6)))
    stages = lesson.cut(layers, 3)
    assert [list(stage) for stage in stages] == [list(layers[0:2]), list(layers[2:4]), list(layers[4:6])]
    with pytest.raises(ValueError, match="6 layers do not make 4 equal stages"):
        lesson.cut(layers, 4)


def test_a_message_costs_its_latency_and_its_bytes():
    assert lesson.message_seconds(1_000, 0.5, 500) == 2.5
    with pytest.raises(ValueError, match="bandwidth=0"):
        lesson.message_seconds(1, 0, 0)


def test_a_column_shard_makes_its_outputs_and_a_row_shard_a_summand():
    linear = nn.Linear(4, 6)
    second = lesson.column_shard(linear, 1, 3)
    assert torch.equal(second.weight, linear.weight[2:4]) and torch.equal(second.bias, linear.bias[2:4])
    first, last = (lesson.row_shard(linear, rank, 2) for rank in range(2))
    assert torch.equal(last.weight, linear.weight[:, 2:])
    assert torch.equal(first.bias, linear.bias) and last.bias is None
    with pytest.raises(ValueError, match="an axis of 6 cannot be divided among 4 ranks"):
        lesson.column_shard(linear, 0, 4)


def test_a_shard_is_a_copy_and_leaves_the_layer_alone():
    linear = nn.Linear(4, 6)
    before = linear.weight.detach().clone()
    for make in (lesson.column_shard, lesson.row_shard):
        shard = make(linear, 0, 2)
        with torch.no_grad():
            shard.weight.zero_()
            shard.bias.zero_()
    assert torch.equal(linear.weight, before) and linear.bias.abs().sum() > 0


@pytest.mark.parametrize("ranks", [1, 2, 3, 6])
def test_shards_add_up_to_the_whole(ranks):
    one, x = block(), stream(2, 5, 24)
    mask = torch.ones(5, 5, dtype=torch.bool).tril()
    assert_close(sum(lesson.mlp_shard(one.mlp, r, ranks)(x) for r in range(ranks)), one.mlp(x))
    found = sum(lesson.attention_shard(one.attention, r, ranks)(x, mask=mask)[0] for r in range(ranks))
    assert_close(found, one.attention(x, mask=mask)[0])


def test_grouped_heads_are_cut_by_groups():
    attention = lessons.load("09_attention").MultiHeadAttention(24, 6, n_kv_heads=2, bias=True).double()
    x = stream(2, 5, 24)
    parts = [lesson.attention_shard(attention, rank, 2) for rank in range(2)]
    assert_close(sum(part(x)[0] for part in parts), attention(x)[0])
    with pytest.raises(ValueError, match="2 heads cannot be divided among 3 ranks"):
        lesson.attention_shard(attention, 0, 3)


def test_all_reduce_seconds_by_hand_and_as_the_planner_has_them():
    assert lesson.all_reduce_seconds(800, 4, 1.0, 100) == 6 * (1 + 2)
    assert lesson.all_reduce_seconds(800, 1, 1.0, 100) == 0
    card = planner.hardware("A100-80GB")
    bandwidth = card.link_bandwidth * planner.costs.LINK_EFFICIENCY
    ours = lesson.all_reduce_seconds(3e8, 5, planner.costs.LATENCY, bandwidth)
    assert ours == pytest.approx(planner.costs.all_reduce_seconds(card, 3e8, 5, 8))
    with pytest.raises(ValueError, match="got 0"):
        lesson.all_reduce_seconds(1, 0, 0, 1)


# ---- pipelines on paper


def test_a_schedule_is_read_from_words():
    assert lesson.written("F0 B10", "W2") == [
        [Operation("F", 0, 0), Operation("B", 10, 0)],
        [Operation("W", 2, 1)],
    ]


@pytest.mark.parametrize(
    ("op", "needs"),
    [
        (("F", 3, 0), None),
        (("F", 3, 2), ("F", 3, 1)),
        (("B", 3, 1), ("B", 3, 2)),
        (("B", 3, 2), ("F", 3, 2)),
        (("W", 3, 0), ("B", 3, 0)),
    ],
)
def test_what_an_operation_waits_for(op, needs):
    assert lesson.waits_for(Operation(*op), stages=3) == needs


def test_two_devices_by_hand():
    events = lesson.run_on_paper(lesson.written("F0 F1 B0 B1", "F0 B0 F1 B1"), {"F": 1, "B": 2})
    assert [(e.device, e.kind, e.micro_batch, e.start, e.end) for e in events] == [
        (0, "F", 0, 0, 1),
        (0, "F", 1, 1, 2),
        (1, "F", 0, 1, 2),
        (1, "B", 0, 2, 4),
        (0, "B", 0, 4, 6),
        (1, "F", 1, 4, 5),
        (1, "B", 1, 5, 7),
        (0, "B", 1, 7, 9),
    ]


@pytest.mark.parametrize("name", planner.SCHEDULES)
def test_the_simulator_is_the_planners(name):
    rng = random.Random(26)
    for devices, micro_batches in ((1, 3), (3, 6), (4, 8)):
        ops = planner.schedule(name, devices, micro_batches, 2 if name in ("interleaved", "zb-v") else 1)
        f, b, w = (rng.uniform(0.5, 2) for _ in range(3))
        whole = not any(op.kind == "W" for line in ops for op in line)
        ours = lesson.run_on_paper(ops, {"F": f, "B": b + w if whole else b, "W": w})
        theirs = planner.simulate(ops, f, b, w)
        key = lambda e: (e.device, e.start, e.kind, e.micro_batch)  # noqa: E731
        for one, other in zip(sorted(ours, key=key), sorted(theirs, key=key), strict=True):
            assert vars(one) == pytest.approx(vars(other))


def test_devices_that_wait_for_each_other_are_named():
    with pytest.raises(ValueError, match="B0 of device 0, B0 of device 1 wait for ever"):
        lesson.run_on_paper(lesson.written("F0 B0", "B0 F0"), {"F": 1, "B": 1})


@pytest.mark.parametrize(("devices", "micro_batches"), [(1, 1), (1, 4), (4, 2), (3, 7), (8, 24)])
def test_the_two_schedules_are_the_planners(devices, micro_batches):
    assert lesson.gpipe(devices, micro_batches) == planner.schedule("gpipe", devices, micro_batches)
    ours = lesson.one_forward_one_backward(devices, micro_batches)
    assert ours == planner.schedule("1f1b", devices, micro_batches)


def test_1f1b_by_hand():
    assert lesson.one_forward_one_backward(2, 3) == lesson.written("F0 F1 B0 F2 B1 B2", "F0 B0 F1 B1 F2 B2")


def test_work_gives_what_the_neighbours_wait_for():
    stage, held = nn.Linear(3, 2).double(), {}
    x = stream(4, 3).requires_grad_()
    y = lesson.work(Operation("F", 5, 0), stage, x, held)
    assert torch.equal(y, stage(x)) and not y.requires_grad and list(held) == [5]
    gradient = stream(4, 2, seed=2)
    assert_close(lesson.work(Operation("B", 5, 0), stage, gradient, held), gradient @ stage.weight)
    assert held == {}
    assert_close(stage.weight.grad, gradient.mT @ x)


# ---- real processes


@pytest.fixture(scope="module")
def ranks():
    with cluster.start(2) as running:
        yield running


def learn(block, x, way):
    rank, size = dist.get_rank(), dist.get_world_size()
    own = lesson.ParallelBlock(block, rank, size, way)
    x = (x.chunk(size, dim=1)[rank] if way == "sequence" else x).clone().requires_grad_()
    with CommDebugMode() as counter:
        out = own(x)
        out.square().sum().backward()
    weights = {name: weight.grad for name, weight in own.named_parameters()}
    return out.detach(), x.grad, weights, counter.get_total_counts()


@two_processes
@pytest.mark.parametrize(("way", "messages"), [("tensor", 4), ("sequence", 8)])
def test_a_block_on_two_processes_learns_what_the_whole_block_learns(ranks, way, messages):
    whole, x = block(), stream(3, 6, 24).requires_grad_()
    out = whole(x)
    out.square().sum().backward()
    found = ranks.run(learn, whole, x.detach(), way)
    outs, xs, weights, counts = zip(*found, strict=True)
    assert counts == (messages, messages)
    joined = [torch.cat(parts, dim=1) if way == "sequence" else parts[1] for parts in (outs, xs)]
    assert_close(joined[0], out.detach())
    assert_close(joined[1], x.grad)
    for name, parameter in whole.named_parameters():
        parts = [part[name] for part in weights if name in part]
        if "norm" in name:
            total = sum(parts) if way == "sequence" else parts[1]
        elif len(parts) == 1:  # the bias of a row shard
            total = parts[0]
            if way == "sequence":
                assert name.endswith(("o_proj.bias", "down.bias"))
        else:
            total = torch.cat(parts, dim=1 if "o_proj" in name or "down" in name else 0)
        assert_close(total, parameter.grad, msg=name)


def test_an_unknown_way_is_refused():
    with pytest.raises(ValueError, match="one of tensor, sequence, got 'diagonal'"):
        lesson.ParallelBlock(block(), 0, 2, "diagonal")


def gathered_and_scattered(x):
    own = x[:, dist.get_rank() :: 2]
    return lesson.gather(own), lesson.scatter(x * (dist.get_rank() + 1)), lesson.add_up(x), lesson.keep(x)


@two_processes
def test_the_four_messages_by_hand(ranks):
    x = torch.arange(8.0).reshape(1, 4, 2)
    for rank, (gathered, scattered, summed, kept) in enumerate(ranks.run(gathered_and_scattered, x)):
        assert torch.equal(gathered, x[:, [0, 2, 1, 3]])
        assert torch.equal(scattered, 3 * x[:, 2 * rank : 2 * rank + 2])
        assert torch.equal(summed, 2 * x) and torch.equal(kept, x)


@two_processes
@pytest.mark.parametrize("make", [lesson.gpipe, lesson.one_forward_one_backward])
def test_a_pipeline_of_two_processes_learns_what_one_does(ranks, make):
    model = nn.Sequential(*(block(seed) for seed in range(4)))
    x, y = stream(3, 2, 5, 24), stream(3, 2, 5, 24, seed=2)
    found = ranks.run(lesson.run_stage, lesson.cut(model, 2), make(2, 3), list(x), list(y))
    (model(x.flatten(0, 1)) - y.flatten(0, 1)).square().mean().backward()
    gradients = [gradient for _, part in found for gradient in part]
    for ours, weight in zip(gradients, model.parameters(), strict=True):
        assert_close(ours, weight.grad)
    for rank, (events, _) in enumerate(found):
        assert [(e.kind, e.micro_batch, e.stage) for e in events] == make(2, 3)[rank]
        assert all(a.end <= b.start for a, b in itertools.pairwise(events))
    clock = {Operation(e.kind, e.micro_batch, e.stage): e for events, _ in found for e in events}
    for op, event in clock.items():
        source = lesson.waits_for(op, 2)
        assert source is None or sys.platform == "win32" or clock[source].end <= event.start


# ---- exercises


GPIPE = "F0 F1 F2 F3 B0 B1 B2 B3"
LAST = "F0 B0 F1 B1 F2 B2 F3 B3"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ([GPIPE, GPIPE, "B0 F0 F1 F2 F3 B1 B2 B3"], "`planner.check` says: deadlock: device 0 waits with B"),
        (
            [GPIPE, GPIPE, "F0 F1 F2 B0 B1 B2"],
            "`planner.check` says: nobody does F of micro-batch 3 at stage 2",
        ),
        (
            [GPIPE, GPIPE, f"F0 {GPIPE}"],
            "`planner.check` says: device 2 does F of micro-batch 0 at stage 2 twice",
        ),
        ([GPIPE, GPIPE], "A list of 3 lines"),
        ([GPIPE, GPIPE, "F0,F1"], "Device 2: 'F0,F1' is no operation"),
        ([1, 2, 3], "Write each line as one string"),
        (["F0 B0"] * 3, "there are 4 micro-batches"),
        ([GPIPE] * 3, "a device holds all four"),
        ([LAST] * 3, "holds one"),
        (["F0 F1 B0 F2 B1 F3 B2 B3"] * 2 + [LAST], "holds two"),
        (["F0 F1 F2 B0 F3 B1 B2 B3"] * 3, "takes longer than 18"),
        (5, "A list of 3 lines"),
    ],
)
def test_a_schedule_by_hand_is_told_what_is_wrong(answer, said):
    result = exercises.get("26.schedule").check(answer)
    assert result.status == "not yet" and said in result.message


def test_any_good_schedule_is_right():
    task = exercises.get("26.schedule")
    assert task.check([line.split() for line in task.reference]).passed
    swapped = [line.translate(str.maketrans("01", "10")) for line in task.reference]
    assert swapped != task.reference and task.check(swapped).passed


def test_the_numbers_of_the_exercises_are_the_planners():
    in_flight, bubble = (exercises.get(f"26.{name}").reference for name in ("inflight", "bubble"))
    for p, m in ((4, 8), (8, 3), (5, 5)):
        events = planner.simulate(planner.schedule("1f1b", p, m), 1, 2, 0)
        held = planner.peak_memory(planner.memory_trace(events))
        assert held == [in_flight(d, p, m) for d in range(p)]
        assert planner.bubble_rate(events) == pytest.approx(bubble(p, m, 1)[1])
    events = planner.simulate(planner.schedule("interleaved", 4, 8, 3), 1 / 3, 1 / 3, 1 / 3)
    assert planner.bubble_rate(events) == pytest.approx(bubble(4, 8, 3)[1])
    count = exercises.get("26.allreduces").reference
    model = planner.Model(layers=6, hidden=8, heads=2)
    for recompute in ("none", "full"):
        plan = planner.Plan(8, 4, tensor=2, micro_batch=2, recompute=recompute)
        listed = sum(message.count for message in planner.messages(model, plan))
        assert listed == count(6, 4, recompute == "full")


def test_builds_leave_what_they_are_given_alone():
    one = block()
    before = copy.deepcopy(one.state_dict())
    lesson.ParallelBlock(one, 1, 2)
    assert all(torch.equal(value, before[name]) for name, value in one.state_dict().items())
    assert one.attention.n_heads == 6
