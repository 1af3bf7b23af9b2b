"""Explorers: driven through their traits as a learner would drive them."""

from __future__ import annotations

import base64
import gc
import json
import logging
import re
import time
import weakref

import pytest

from helpers import explorers, figures
from helpers.explorers import Choice, Slider, Text, Toggle


def draw(ax, text, first, colour, big):
    if text == "refused":
        raise ValueError("Please type something else than <refused>.")
    if text == "fault":
        raise KeyError("a fault of the lesson")
    figures.draw_pieces(ax, list(text)[:first], title=f"{colour} {big}")
    return f"{first} of {text!r} in {colour}, big: {big}."


@pytest.fixture
def explorer():
    return explorers.show(
        draw,
        size=(5.0, 2.0),
        text=Text("hello", max_length=20, label="Your text"),
        first=Slider(1, 9, 4),
        colour=Choice({"warm": "red", "cold": "blue"}),
        big=Toggle(),
    )


def shown_png(explorer) -> bytes:
    return base64.b64decode(re.search(r'src="data:image/png;base64,([^"]+)"', explorer.shown).group(1))


def test_one_bundle_carries_the_live_widget_the_picture_and_the_sentence(explorer):
    data, metadata = explorer._repr_mimebundle_()
    alone = figures.picture(draw, size=(5.0, 2.0), text="hello", first=4, colour="red", big=False)
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == explorer.box.model_id
    assert data["image/png"] == alone.png == shown_png(explorer)
    assert data["text/plain"] == metadata["image/png"]["alt"] == "4 of 'hello' in red, big: False."
    assert repr(explorer) == data["text/plain"]


def test_lines_after_the_sentence_stand_below_the_picture_as_they_are():
    def tell(ax, text):
        return f"What {text} says.\nPrompt: {text} & <co>\n  indented"

    explorer = explorers.show(tell, text=Text("it"))
    assert repr(explorer) == explorer.still.alt == "What it says."
    explorer.set(text="she")
    assert explorer.picture.details == "Prompt: she & <co>\n  indented"
    assert ">Prompt: she &amp; &lt;co&gt;\n  indented</pre>" in explorer.shown
    assert "What she says.</div>" in explorer.shown
    assert "<pre" not in explorers.show(lambda ax, text: text, text=Text("alone")).shown


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("text", "bye", "4 of 'bye' in red, big: False."),
        ("text", "", "4 of '' in red, big: False."),
        ("first", 9, "9 of 'hello' in red, big: False."),
        ("first", 100, "9 of 'hello' in red, big: False."),
        ("colour", "blue", "4 of 'hello' in blue, big: False."),
        ("big", True, "4 of 'hello' in red, big: True."),
    ],
)
def test_moving_a_control_redraws_the_picture_and_its_alternative_text(explorer, name, value, said):
    before = shown_png(explorer)
    explorer.controls[name].value = value
    assert explorer.last_error is None
    assert explorer.picture.alt == said
    assert f'alt="{said}"'.replace("'", "&#x27;") in explorer.shown
    assert shown_png(explorer) == explorer.picture.png != before
    assert explorer.still.alt == "4 of 'hello' in red, big: False.", "the saved picture stays the default one"


def test_bad_input_shows_one_sentence_in_the_pictures_place_and_is_forgotten(explorer):
    explorer.set(text="refused")
    assert isinstance(explorer.last_error, ValueError)
    assert "Please type something else than &lt;refused&gt;." in explorer.shown
    assert 'role="alert"' in explorer.shown and "<img" not in explorer.shown
    assert "min-height:200px" in explorer.shown, "the page does not jump"
    explorer.set(text="fine")
    assert explorer.last_error is None and "<img" in explorer.shown


def test_too_long_a_text_never_reaches_the_drawing_function(explorer):
    explorer.set(text="x" * 21)
    assert "Your text: at most 20 characters; this has 21." in explorer.shown


def test_a_fault_of_the_lesson_is_shown_with_its_type_logged_and_kept(explorer, caplog):
    with caplog.at_level(logging.ERROR):
        explorer.set(text="fault")
    assert isinstance(explorer.last_error, KeyError)
    assert explorer.last_error.__traceback__ is not None
    assert "KeyError" in explorer.shown
    assert "a fault of the lesson" in caplog.text and "Traceback" in caplog.text


def test_a_probe_finds_the_value_at_which_a_drawing_fails_and_leaves_the_controls_alone(explorer):
    assert explorer.probe() == []

    def breaks_at_nine(ax, number, also):
        return f"{1 / (9 - number)} {also}."

    fragile = explorers.show(breaks_at_nine, number=Slider(0, 9, 4), also=Toggle())
    faults = fragile.probe()
    assert faults and all("'number': 9" in fault and "ZeroDivisionError" in fault for fault in faults)
    assert fragile.values == {"number": 4, "also": False}
    assert fragile.last_error is None


def test_a_probe_finds_faults_that_need_two_controls():
    def breaks_together(ax, a, b):
        if a and b:
            raise RuntimeError("both")
        return "Fine."

    assert len(explorers.show(breaks_together, a=Toggle(), b=Toggle()).probe()) == 1


def test_a_drawing_that_fails_at_the_default_state_fails_the_cell():
    with pytest.raises(KeyError):
        explorers.show(draw, text=Text("fault"), first=Slider(0, 1, 0), colour=Choice(["a"]), big=Toggle())


def test_every_control_is_labelled_and_of_a_core_kind(explorer):
    labels = {name: control.description for name, control in explorer.controls.items()}
    assert labels == {"text": "Your text", "first": "first", "colour": "colour", "big": "big"}
    kinds = [type(control).__name__ for control in explorer.box.children]
    assert kinds == ["Text", "IntSlider", "Dropdown", "Checkbox", "HTML"]
    assert all(not control.disabled for control in explorer.controls.values())


def test_fractions_keep_their_digits_and_lose_their_noise():
    seen = []

    def remember(ax, tau):
        seen.append(tau)
        return "Seen."

    explorer = explorers.show(remember, tau=Slider(0.05, 1, 0.5, step=0.05))
    explorer.set(tau=0.1 + 0.2)
    assert seen == [0.5, 0.3]
    assert explorer.controls["tau"].readout_format == ".2f"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Slider(0, 10, 11), "low <= value <= high"),
        (lambda: Slider(1, 1, 1), "low < high"),
        (lambda: Slider(0, 1, 0, step=0), "step > 0"),
        (lambda: Choice([]), "among its options"),
        (lambda: Choice(["a"], "b"), "got 'b' of"),
        (lambda: Text("abc", max_length=2), "3 characters, more than 2"),
        (lambda: explorers.show(draw, text="hello"), "must be a Slider, Choice, Text or Toggle, not 'hello'"),
    ],
)
def test_a_control_that_makes_no_sense_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_what_is_shown_can_be_sent_to_the_browser_whatever_is_typed(explorer):
    for text in explorer._specs["text"].extremes():
        explorer.set(text=text)
        json.dumps(explorer.shown, ensure_ascii=False).encode("utf-8")
        assert "<b>" not in explorer.shown.replace("<b></b>", "")


def test_a_slider_makes_a_new_picture_within_a_third_of_a_second():
    def two_panels(ax, n):
        left, right = figures.split(ax, 2)
        figures.draw_curves(right, {"a": list(range(n + 2)), "b": [1.0] * (n + 2)}, xlabel="merges")
        return figures.draw_pieces(left, ["low", "er"] * n)

    explorer = explorers.show(two_panels, n=Slider(1, 60, 20))
    seconds = []
    for n in range(30, 37):
        start = time.process_time()  # not the clock: other programs may be busy
        explorer.set(n=n)
        seconds.append(time.process_time() - start)
    assert explorer.last_error is None
    assert min(seconds) < 0.3, seconds


def test_a_collection_of_garbage_in_the_middle_of_a_redraw_walks_no_object_from_before():
    before = [[] for _ in range(100_000)]
    explorers.show(lambda ax, n: "A picture.", n=Slider(0, 3, 1))
    tracked = gc.get_objects()
    assert gc.get_freeze_count() >= len(before)
    assert len(tracked) < len(before)


def test_garbage_set_aside_by_one_explorer_is_collected_by_the_next():
    class Loop:
        pass

    loop = Loop()
    loop.itself, gone = loop, weakref.ref(loop)
    explorers.show(lambda ax, n: "A picture.", n=Slider(0, 3, 1))
    del loop
    gc.collect()
    assert gone() is not None  # set aside
    explorers.show(lambda ax, n: "A picture.", n=Slider(0, 3, 1))
    assert gone() is None
