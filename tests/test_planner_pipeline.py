"""Schedules, the events they make, their waiting time and their memory."""

from __future__ import annotations

import itertools

import pytest
from torch.distributed.pipelining import schedules as theirs

from helpers import figures, planner
from helpers.planner import Operation

# Qi et al. (2024), arXiv:2401.10241, tables 5 and 9: devices, micro-batches, milliseconds of forward, input's
# and weights' gradient and communication; then the bubble rates of 1F1B, interleaved 1F1B, ZB-H1 and ZB-H2.
PUBLISHED = [
    (8, 24, (18.522, 18.086, 9.337, 0.601), (0.2431, 0.1055, 0.1585, 0.1083)),
    (8, 32, (18.513, 18.086, 9.331, 0.626), (0.1985, 0.0818, 0.1242, 0.0837)),
    (8, 64, (18.546, 18.097, 9.321, 0.762), (0.1240, 0.0443, 0.0674, 0.0444)),
    (16, 48, (11.347, 11.248, 8.132, 0.377), (0.2552, 0.1104, 0.1397, 0.0672)),
    (16, 64, (11.307, 11.254, 8.101, 0.379), (0.2082, 0.0852, 0.1088, 0.0516)),
    (16, 128, (11.325, 11.308, 8.109, 0.378), (0.1251, 0.0445, 0.0576, 0.0266)),
]
SIZES = [(1, 1), (1, 5), (2, 1), (4, 3), (4, 4), (4, 9), (8, 24), (5, 32)]
NAMES = [name for name in planner.SCHEDULES if name not in ("interleaved", "zb-v")]


def rate(name, stages, micro_batches, times, virtual_stages=1):
    """Return the bubble rate; the times are those of all stages of a device together."""
    forward, backward, weight, communication = times
    ops = planner.schedule(name, stages, micro_batches, virtual_stages)
    parts = [time / virtual_stages for time in (forward, backward, weight)]
    return planner.bubble_rate(planner.simulate(ops, *parts, communication))


@pytest.mark.parametrize(("stages", "micro_batches", "times", "rates"), PUBLISHED)
def test_bubble_rates_are_those_of_the_zero_bubble_paper(stages, micro_batches, times, rates):
    one, interleaved, h1, h2 = rates
    assert rate("1f1b", stages, micro_batches, times) == pytest.approx(one, abs=1e-4)
    assert rate("zb-h1", stages, micro_batches, times) == pytest.approx(h1, abs=1e-4)
    assert rate("zb-h2", stages, micro_batches, times) == pytest.approx(h2, abs=1e-4)
    assert rate("interleaved", stages, micro_batches, times, 3) == pytest.approx(interleaved, abs=4e-3)


def test_two_devices_and_two_micro_batches_by_hand():
    events = planner.simulate(
        planner.schedule("1f1b", 2, 2), forward=2, backward=3, weight=1, communication=0.5
    )
    table = [(e.device, e.kind, e.micro_batch, e.start, e.end) for e in events]
    assert table == [
        (0, "F", 0, 0.0, 2.0),
        (0, "F", 1, 2.0, 4.0),
        (1, "F", 0, 2.5, 4.5),
        (1, "B", 0, 4.5, 8.5),
        (1, "F", 1, 8.5, 10.5),
        (0, "B", 0, 9.0, 13.0),
        (1, "B", 1, 10.5, 14.5),
        (0, "B", 1, 15.0, 19.0),
    ]
    assert planner.step_time(events) == 19.0
    assert planner.bubble_rate(events) == pytest.approx(1 - 12 / 19)


@pytest.mark.parametrize(("stages", "micro_batches"), [(1, 5), (2, 4), (4, 9), (8, 24), (5, 32)])
def test_without_communication_the_waiting_is_that_of_the_formulas(stages, micro_batches):
    f, b, w = 3.0, 4.0, 2.0
    work = micro_batches * (f + b + w)
    for name, wait in (
        ("gpipe", f + b + w),
        ("1f1b", f + b + w),
        ("zb-h1", f + b - w),
        ("zb-h2", f + b - 2 * w),
    ):
        events = planner.simulate(planner.schedule(name, stages, micro_batches), f, b, w)
        assert planner.step_time(events) == pytest.approx(work + (stages - 1) * wait), name


@pytest.mark.parametrize("virtual_stages", [1, 2, 3])
def test_interleaving_divides_the_waiting_by_the_stages_of_a_device(virtual_stages):
    v = virtual_stages
    events = planner.simulate(planner.schedule("interleaved", 4, 16, v), 1 / v, 1 / v, 1 / v)
    assert planner.step_time(events) == pytest.approx(16 * 3 + 3 * 3 / v)


@pytest.mark.parametrize(("stages", "micro_batches"), SIZES)
@pytest.mark.parametrize("name", NAMES)
def test_no_device_does_two_things_at_once_and_nothing_comes_before_its_input(name, stages, micro_batches):
    events = planner.simulate(planner.schedule(name, stages, micro_batches), 1.5, 1.25, 0.5, 0.125)
    for device in range(stages):
        own = [event for event in events if event.device == device]
        assert all(a.end <= b.start for a, b in itertools.pairwise(own))
    at = {(e.kind, e.micro_batch, e.stage): e for e in events}
    for (kind, k, stage), event in at.items():
        if kind == "F" and stage:
            assert event.start >= at["F", k, stage - 1].end + 0.125
        if kind == "B":
            source = at["B", k, stage + 1] if stage + 1 < stages else at["F", k, stage]
            assert event.start >= source.end
        if kind == "W":
            assert event.start >= at["B", k, stage].end
    assert len(events) == len(at) == stages * micro_batches * (3 if name.startswith("zb") else 2)


def library_order(kind, stages, micro_batches, virtual_stages=1):
    """Return the library's order of every device, its pauses left out."""
    pipe = object.__new__(kind)  # its constructor wants processes; the order needs only these numbers
    if kind is theirs.ScheduleInterleaved1F1B:
        pipe.pp_group_size, pipe.n_local_stages, pipe._n_microbatches = stages, virtual_stages, micro_batches
        pipe.number_of_rounds = max(1, micro_batches // stages)
        pipe.microbatches_per_round = micro_batches // pipe.number_of_rounds
        order = {device: pipe._calculate_single_rank_operations(device) for device in range(stages)}
    else:
        pipe._num_stages, pipe._n_microbatches = stages, micro_batches
        order = pipe._get_pipeline_order()
    return [
        [
            Operation(action.computation_type.value, action.microbatch_index, action.stage_index)
            for action in order[device]
            if action and action.computation_type.value in "FB"
        ]
        for device in range(stages)
    ]


@pytest.mark.parametrize(("stages", "micro_batches"), [(2, 2), (4, 4), (4, 9), (8, 24)])
def test_orders_are_those_of_the_library(stages, micro_batches):
    gpipe = library_order(theirs.ScheduleGPipe, stages, micro_batches)
    assert planner.schedule("gpipe", stages, micro_batches) == gpipe
    ours = planner.schedule("1f1b", stages, micro_batches)
    one_by_one = library_order(theirs.Schedule1F1B, stages, micro_batches)
    assert ours[:-1] == one_by_one[:-1]
    # the library's list for the last device counts its forward passes from 1 (torch 2.13); its order is ours
    assert [op.kind for op in ours[-1]] == [op.kind for op in one_by_one[-1]]
    last = [Operation(kind, k, stages - 1) for k in range(micro_batches) for kind in "FB"]
    assert ours[-1] == last


@pytest.mark.parametrize(
    ("stages", "micro_batches", "virtual"), [(2, 4, 2), (4, 8, 3), (4, 2, 2), (4, 10, 2), (8, 8, 5)]
)
def test_the_interleaved_order_is_that_of_the_library(stages, micro_batches, virtual):
    expected = library_order(theirs.ScheduleInterleaved1F1B, stages, micro_batches, virtual)
    assert planner.schedule("interleaved", stages, micro_batches, virtual) == expected


@pytest.mark.parametrize(("stages", "micro_batches"), [(1, 1), (1, 4), (2, 2), (4, 5), (4, 12), (8, 24)])
def test_zb_v_is_that_of_the_library(stages, micro_batches):
    pipe = object.__new__(theirs.ScheduleZBVZeroBubble)
    pipe.pp_group_size, pipe._n_microbatches, pipe.num_stages = stages, micro_batches, 2 * stages
    kinds = {"F": "F", "I": "B", "W": "W"}  # full backward passes are "B" there
    for device, ours in enumerate(planner.schedule("zb-v", stages, micro_batches)):
        expected = [
            Operation(kinds[action.computation_type.value], action.microbatch_index, action.stage_index)
            for action in pipe._calculate_single_rank_operations(device)
            if action
        ]
        assert ours == expected


@pytest.mark.parametrize(("stages", "micro_batches"), [(2, 4), (4, 12), (8, 24)])
def test_zb_v_does_not_wait_where_all_takes_the_same_time(stages, micro_batches):
    events = planner.simulate(planner.schedule("zb-v", stages, micro_batches))
    assert planner.bubble_rate(events) == 0.0
    held = planner.peak_memory(planner.memory_trace(events, activation=0.5))  # half of a device's layers
    assert held == [stages] * stages


def test_micro_batches_in_flight():
    held = {
        name: planner.peak_memory(planner.memory_trace(planner.simulate(planner.schedule(name, 4, 12))))
        for name in NAMES
    }
    assert held["gpipe"] == [12, 12, 12, 12]
    assert held["1f1b"] == [4, 3, 2, 1]
    assert held["zb-h1"] == [4, 4, 4, 4]
    assert held["zb-h2"] == [7, 7, 7, 7]


def test_a_memory_trace_by_hand():
    ops = [[Operation(kind, 0, 0) for kind in "FBW"]]
    events = planner.simulate(ops, 1, 2, 3)
    trace = planner.memory_trace(events, activation=10.0, until_weight=4.0, always=100.0)
    assert trace == [[(0.0, 110.0), (3.0, 104.0), (6.0, 100.0)]]
    assert planner.peak_memory(trace) == [110.0]
    with pytest.raises(ValueError, match="until_weight=11"):
        planner.memory_trace(events, activation=10.0, until_weight=11.0)


def F(k, s):
    return Operation("F", k, s)


def B(k, s):
    return Operation("B", k, s)


@pytest.mark.parametrize(
    ("ops", "said"),
    [
        (
            [[F(0, 0), B(0, 0)], [B(0, 1), F(0, 1)]],
            "device 1 waits with B of micro-batch 0 at stage 1 for F of",
        ),
        ([[F(0, 0), B(0, 0)], [F(0, 1)]], "nobody does B of micro-batch 0 at stage 1"),
        ([[F(0, 0), F(0, 0), B(0, 0)]], "device 0 does F of micro-batch 0 at stage 0 twice"),
        ([[F(0, 0)], [B(0, 0)]], "stage 0 is on device 0 and on device 1"),
        ([[F(0, 0), B(0, 0)], [F(0, 2), B(0, 2)]], "nobody does F of micro-batch 0 at stage 1"),
        ([[Operation("X", 0, 0)]], "an operation is F, B or W, got 'X'"),
        ([[]], "the schedule is empty"),
        ([[F(0, 0), B(0, 0), Operation("W", 0, 0), F(1, 0), B(1, 0)]], "nobody does W of micro-batch 1"),
    ],
)
def test_a_schedule_that_cannot_run_is_refused_with_a_reason(ops, said):
    with pytest.raises(planner.ScheduleError, match=said):
        planner.check(ops)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("2f2b", 2, 2), "one of gpipe, 1f1b, interleaved, zb-h1, zb-h2, zb-v, got '2f2b'"),
        (("1f1b", 0, 2), "got 0, 2 and 1"),
        (("zb-h1", 2, 2, 3), "zb-h1 has one stage on each device, got virtual_stages=3"),
        (("zb-v", 2, 2, 3), "zb-v has two stages on each device, got virtual_stages=3"),
        (("interleaved", 4, 9, 2), "9 micro-batches do not make 2 rounds of 4 stages"),
    ],
)
def test_numbers_that_do_not_fit_are_named(arguments, said):
    with pytest.raises(planner.ScheduleError, match=said):
        planner.schedule(*arguments)


def test_durations_are_one_or_one_for_each_stage():
    ops = planner.schedule("gpipe", 3, 2)
    heavier_last = planner.simulate(ops, forward=[1, 1, 2], backward=1, weight=0)
    assert planner.step_time(heavier_last) > planner.step_time(planner.simulate(ops, 1, 1, 0))
    with pytest.raises(ValueError, match="one for each of 3 stages"):
        planner.simulate(ops, forward=[1, 2])
    with pytest.raises(ValueError, match="at least 0"):
        planner.simulate(ops, communication=-1)


def test_the_pictures_say_what_they_show():
    events = planner.simulate(planner.schedule("zb-h1", 4, 8))
    assert "4 devices and 8 micro-batches" in planner.gantt(events).alt
    assert planner.gantt(planner.simulate(planner.schedule("interleaved", 2, 4, 2))).png[:4] == b"\x89PNG"
    traces = planner.memory_trace(events)
    assert "at most 4 on device 0" in figures.picture(planner.draw_memory, traces=traces, until=27).alt


@pytest.mark.parametrize(
    ("stages", "micro_batches", "shape", "micro_batch", "gigabytes"),
    [
        (8, 24, (22, 2_304, 24), 6, {"1f1b": 30, "interleaved": 40, "zb-h1": 32, "zb-h2": 59}),
        (16, 48, (46, 5_120, 40), 1, {"1f1b": 32, "interleaved": 39, "zb-h1": 33, "zb-h2": 51}),
    ],
)
def test_measured_memory_of_the_zero_bubble_paper(stages, micro_batches, shape, micro_batch, gigabytes):
    """Qi et al. (2024), table 4, texts of 1,024. The first and the last device have a layer less than others.

    Measured were ZB-1p and ZB-2p, which may hold as much as ZB-H1 and ZB-H2.
    """
    layers, hidden, heads = shape
    model = planner.Model(layers, hidden, heads, vocab=50_257, positions=1_024)
    one = planner.activation_bytes(model, 1_024, micro_batch)
    each = (layers + 2) // stages
    own = [each - (device in (0, stages - 1)) for device in range(stages)]
    for name, measured in gigabytes.items():
        virtual = each if name == "interleaved" else 1
        events = planner.simulate(planner.schedule(name, stages, micro_batches, virtual))
        held = planner.peak_memory(planner.memory_trace(events, activation=one / virtual))
        tables = [model.vocab * hidden * (device in (0, stages - 1)) for device in range(stages)]
        states = [
            planner.state_bytes(count * model.parameters_of_a_layer + table)
            for count, table in zip(own, tables, strict=True)
        ]
        layers_held = [each] * stages if virtual > 1 else own
        most = max(
            activations * count + state
            for activations, count, state in zip(held, layers_held, states, strict=True)
        )
        assert most / 1e9 == pytest.approx(measured, rel=0.06), name
