"""Figures: what is drawn, what is said about it, and what is refused."""

from __future__ import annotations

import io
import itertools
import warnings

import matplotlib
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from helpers import figures
from helpers.figures import tokens

HARD_TEXT = "naïve 世界 👩‍👩‍👧 \x00\t\n\r\ud800 ا $x_{$ \\frac e\u0301"


def axes(size=(7.0, 3.0)):
    figure = Figure(figsize=size, layout="constrained")
    FigureCanvasAgg(figure)
    return figure.add_subplot()


def texts(ax) -> list[str]:
    ax.get_figure().canvas.draw()
    return [text.get_text() for text in ax.get_figure().findobj(Text) if text.get_text()]


def pixels(picture) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(picture.png)).convert("RGB")).astype(int)


CALLS = {
    "curves": lambda **more: figures.curves({"a": [1.0, 4.0, 2.0], "b": [2.0, 2.0, 3.0]}, **more),
    "bars": lambda **more: figures.bars({"mat": 0.5, "sofa": -0.25}, **more),
    "bar_panels": lambda **more: figures.bar_panels({"x": [1, 2, 3], "y": [3, 0, 1]}, **more),
    "histogram": lambda **more: figures.histogram([1.0, 2.0, 2.5, 9.0], **more),
    "matrix": lambda **more: figures.matrix([[1.0, 2.0, 3.0], [0.0, -1.0, 5.0]], **more),
    "pieces": lambda **more: figures.pieces(["low", "er"], **more),
    "tree": lambda **more: figures.tree(("low", ["lo", "w"]), **more),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_every_figure_is_a_small_paletted_png_with_a_sentence(call):
    picture = call(size=(5.0, 2.0))
    image = Image.open(io.BytesIO(picture.png))
    data, metadata = picture._repr_mimebundle_()
    assert (image.size, image.mode) == ((500, 200), "P")
    assert len(picture.png) < 20_000
    assert data["image/png"] == picture.png
    assert data["text/plain"] == repr(picture) == metadata["image/png"]["alt"]
    assert picture.alt.endswith(".") and len(picture.alt) > 10
    assert len(np.unique(pixels(picture).reshape(-1, 3), axis=0)) > 5, "something besides white"


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_figure_is_the_same_bytes_each_time_and_changes_no_global_style(call):
    before = dict(matplotlib.rcParams)
    first, second = call(), call()
    assert first == second
    assert dict(matplotlib.rcParams) == before


def test_no_text_is_smaller_than_nine_points():
    drawn = {
        "curves": lambda ax: figures.draw_curves(ax, {"a": [1, 2], "b": [2, 1]}, marks={"m": (0, 1)}),
        "panels": lambda ax: figures.draw_bar_panels(ax, {"x": [1, 2]}, xlabel="p"),
        "histogram": lambda ax: figures.draw_histogram(ax, [1, 2, 3], marks={"mean": 2}),
        "matrix": lambda ax: figures.draw_matrix(ax, [[1, 2], [3, 4]], unit="u"),
        "tree": lambda ax: figures.draw_tree(ax, figures.Node("a", ("b", figures.Node("c", edge="0.1")))),
        "pieces": lambda ax: figures.draw_pieces(ax, ["a"], ids=[1]),
    }
    for name, draw in drawn.items():
        sizes = []

        def look(ax, draw=draw, sizes=sizes):
            figure, said = ax.get_figure(), draw(ax)
            sizes.extend(text.get_fontsize() for text in figure.findobj(Text) if text.get_text())
            return said

        figures.picture(look)
        assert min([*sizes, tokens.FONT_SIZE, tokens.ID_SIZE]) >= 9, name


def test_picture_passes_values_and_refuses_a_drawing_without_a_sentence():
    assert figures.picture(lambda ax, a, b: f"{a} and {b}.", a=1, b=2).alt == "1 and 2."
    with pytest.raises(TypeError, match="returns one sentence saying what is seen, not None"):
        figures.picture(lambda ax: None)


def test_an_alt_text_with_half_a_character_can_be_sent_to_the_browser():
    assert figures.picture(lambda ax: "half \ud800.").alt == "half ?."


def test_split_puts_panels_in_the_place_of_the_axes():
    ax = axes()
    figure = ax.get_figure()
    panels = figures.split(ax, 3, 2, widths=[3, 1, 1])
    assert figure.axes == panels and len(panels) == 6
    assert panels[0].get_position().width == pytest.approx(3 * panels[1].get_position().width)
    with pytest.raises(ValueError, match="add_subplot"):
        figures.split(Figure().add_axes((0, 0, 1, 1)), 2)


@pytest.mark.parametrize(
    ("text", "spaces", "expected"),
    [
        ("a b", False, "a b"),
        (" low", True, "␣low"),
        ("\n\t", False, "↵⇥"),
        ("世", False, "⟨U+4E16⟩"),
        ("😀", False, "⟨U+1F600⟩"),
        ("\x00", False, "⟨U+0000⟩"),
        ("é", False, "é"),
        ("e\u0301", False, "e⟨U+0301⟩"),
        ("\ud800", False, "⟨U+D800⟩"),
        ("\u00a0", False, "⟨U+00A0⟩"),
        (b"caf\xc3\xa9", False, "café"),
        (b"caf\xc3", False, "caf⟨C3⟩"),
        (b"\xe4\xb8\x96!", False, "⟨E4 B8 96⟩!"),
        (b"\xe4\xb8", False, "⟨E4 B8⟩"),
        (b"\x96a", False, "⟨96⟩a"),
        (b"\xff\xfe a", True, "⟨FF FE⟩␣a"),
        (b"\x00", False, "⟨00⟩"),
        ("", False, ""),
        (257, False, "257"),
    ],
)
def test_visible_writes_what_cannot_be_drawn_as_numbers(text, spaces, expected):
    assert figures.visible(text, spaces=spaces) == expected


@given(st.binary(max_size=12))
@settings(max_examples=200, deadline=None)
def test_visible_bytes_lose_nothing(data):
    shown = figures.visible(data, spaces=True)
    marks = {"␣": b" ", "↵": b"\n", "⇥": b"\t", "⇤": b"\r"}
    back = b""
    while shown:
        if shown[0] == "⟨" and shown[1 : shown.index("⟩")].replace(" ", "").isalnum():
            end = shown.index("⟩")
            back, shown = back + bytes.fromhex(shown[1:end]), shown[end + 1 :]
        else:
            back, shown = back + marks.get(shown[0], shown[0].encode()), shown[1:]
    if not any(mark.encode() in data for mark in ("␣", "↵", "⇥", "⇤", "⟨")):
        assert back == data


@pytest.mark.parametrize("name", ["pieces", "tree", "bars", "bar_panels", "curves", "matrix"])
def test_no_text_makes_a_missing_glyph_or_a_formula(name):
    calls = {
        "pieces": lambda: figures.pieces(
            {HARD_TEXT: [HARD_TEXT, *HARD_TEXT, b"\xf0\x9f"]},
            title="t",
            ids={HARD_TEXT: range(len(HARD_TEXT) + 2)},
        ),
        "tree": lambda: figures.tree((HARD_TEXT[:8], list(HARD_TEXT[:12]))),
        "bars": lambda: figures.bars({HARD_TEXT: 1.0, "$": 2.0}),
        "bar_panels": lambda: figures.bar_panels({"a": [1, 2]}, labels=[HARD_TEXT, "$b$"]),
        "curves": lambda: figures.curves({HARD_TEXT: [1, 2], "$": [2, 1]}, marks={HARD_TEXT: (0, 1)}),
        "matrix": lambda: figures.matrix([[1, 2]], columns=[HARD_TEXT, "$a"], rows=["$"]),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        calls[name]()


def test_pieces_say_what_they_show_and_mark_spaces():
    alt = figures.pieces({"words": ["low", " er"], "bytes": [b"\xe4"]}).alt
    assert alt == "words: 2 pieces: low | ␣er; bytes: 1 piece: ⟨E4⟩."
    assert figures.pieces([]).alt == "0 pieces."
    assert figures.pieces(["x"] * 41).alt.count("x") == 40 and figures.pieces(["x"] * 41).alt.endswith("| ….")
    assert figures.pieces(["x"] * 40).alt.endswith("x | x.")


def test_equal_pieces_share_a_tint_and_neighbours_do_not():
    row = list("abcdefghijklmnopqrstuvwxyzabc")
    tints = tokens._tints(tokens._table(row, None))
    assert len(tints) == 26
    assert all(tints[a.encode()] != tints[b.encode()] for a, b in itertools.pairwise(row))
    assert tokens._tints(tokens._table(["é", "é".encode()], None)).keys() == {"é".encode()}


def test_pieces_wrap_within_the_width_and_keep_their_order():
    row = tokens._table([f"piece{number}" for number in range(30)], None)
    lines = list(tokens._layout(row, 300.0))
    boxes = [box for line in lines for box in line.boxes]
    assert len(lines) > 5
    assert [box.text for box in boxes] == [f"piece{number}" for number in range(30)]
    assert max(box.left + box.width for box in boxes) <= 300
    for line in lines:
        ends = [(box.left, box.left + box.width) for box in line.boxes]
        assert all(end < start for (_, end), (start, _) in itertools.pairwise(ends))


def test_pieces_that_do_not_fit_are_counted():
    table = tokens._table(["abc"] * 400, None)
    boxes = tokens._Boxes(table, ())
    lines = list(tokens._layout(table, 500.0))
    fitting = tokens._lines_that_fit(lines, 100.0)
    drawn = [
        artist.get_text()
        for artist in boxes._artists(lines, fitting, axes().transData)
        if isinstance(artist, Text)
    ]
    hidden = 400 - drawn.count("abc")
    assert 0 < hidden < 400
    assert f"… and {hidden} more" in drawn


def test_a_longer_text_makes_a_higher_figure_and_a_long_piece_is_cut():
    low, high = (Image.open(io.BytesIO(figures.pieces(["abc"] * n).png)).height for n in (3, 300))
    assert high > 5 * low
    (box,) = tokens._boxes(tokens._table(["x" * 100], None)[0])
    assert len(box.text) == 40 and box.text.endswith("…")


def test_a_highlighted_piece_has_a_heavy_border():
    plain, heavy = (pixels(figures.pieces(["ab", "cd"], highlight=which)) for which in ((), {b"cd"}))
    assert (heavy.sum(axis=2) < 200).sum() > (plain.sum(axis=2) < 200).sum() + 100


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"rows": "low"}, "list of pieces, not one str"),
        ({"rows": [1, 2]}, "A piece is str or bytes, not int"),
        ({"rows": ["a", "b"], "ids": [1]}, "2 pieces but 1 ids"),
        ({"rows": [["a"], ["b"]], "ids": [[1]]}, "2 rows of pieces but 1 rows of ids"),
        ({"rows": {}}, "at least one row"),
    ],
)
def test_pieces_refuse_what_they_cannot_draw(arguments, message):
    with pytest.raises(ValueError, match=message):
        figures.pieces(**arguments)


def test_ids_may_be_a_tensor_or_a_nested_list():
    flat = figures.pieces(["a", "b"], ids=torch.tensor([7, 8]))
    assert flat == figures.pieces(["a", "b"], ids=[7, 8]) != figures.pieces(["a", "b"])
    assert figures.pieces([["a"], ["b", "c"]], ids=[[1], [2, 3]])
    named = figures.pieces({"row": ["a", "b"]}, ids={"row": [7, 8]})
    assert (
        figures.pieces({"row": ["a", "b"]}, ids=[7, 8])
        == named
        == figures.pieces({"row": ["a", "b"]}, ids=[[7, 8]])
    )
    assert figures.pieces([["a", "b"]], ids=[7, 8]) == flat == figures.pieces([["a", "b"]], ids=[[7, 8]])


def test_bars_stand_for_their_values_whatever_type_they_have():
    expected = figures.bars({"x": 0.5, "y": 0.25})
    assert figures.bars(torch.tensor([0.5, 0.25], dtype=torch.bfloat16), labels=["x", "y"]) == expected
    assert figures.bars(np.array([0.5, 0.25]), labels=["x", "y"]) == expected
    assert expected.alt == "Bars of values: x 0.5, y 0.25."
    widths = [patch.get_width() for patch in drawn_bars([0.5, 0.25]).patches]
    assert widths == [0.5, 0.25]


def drawn_bars(values):
    ax = axes()
    figures.draw_bars(ax, values)
    return ax


@pytest.mark.parametrize("values", [[1.0, 123456.7], [-20.0, 100.0], [-3.0, -1.0], [0.0, 0.0], [1e-9, 1.0]])
def test_the_labels_of_bars_stay_inside_the_axes(values):
    ax = drawn_bars(values)
    ax.get_figure().canvas.draw()
    inside = ax.get_window_extent()
    for label in ax.texts:
        box = label.get_window_extent()
        assert inside.x0 - 1 <= box.x0 and box.x1 <= inside.x1 + 1, label.get_text()


def test_panels_share_one_scale_and_one_set_of_labels():
    ax = axes()
    figure = ax.get_figure()
    figures.draw_bar_panels(ax, {"a": [1, 2, 3], "b": [30, 20, 10]}, labels=["x", "y", "z"])
    one, other = figure.axes
    assert one.get_xlim() == other.get_xlim()
    with pytest.raises(ValueError, match="same labels"):
        figures.bar_panels({"a": {"x": 1}, "b": {"y": 1}})
    with pytest.raises(ValueError, match="3 labels for 2 values"):
        figures.bar_panels({"a": [1, 2]}, labels=["x", "y", "z"])
    with pytest.raises(ValueError, match="at least one panel"):
        figures.bar_panels({})


def test_curves_take_shared_or_own_x_values_and_name_each_line_once():
    ax = axes()
    alt = figures.draw_curves(ax, {"a": [1, 2, 3], "b": ([5, 6], [0.5, 0.25])}, x=[10, 20, 30], ylabel="loss")
    assert [line.get_xdata().tolist() for line in ax.lines] == [[10, 20, 30], [5, 6]]
    assert texts(ax).count("a") == texts(ax).count("b") == 1
    assert alt == "Curves of loss: a goes from 1 to 3; b goes from 0.5 to 0.25."
    assert len({line.get_linestyle() for line in ax.lines}) == 2, "colour is not the only difference"


def test_names_at_the_ends_of_close_curves_do_not_touch():
    ax = axes()
    figures.draw_curves(ax, {f"line {number}": [0.0, 1 + number * 1e-3] for number in range(6)})
    ax.get_figure().canvas.draw()
    boxes = sorted((text.get_window_extent() for text in ax.texts), key=lambda box: box.y0)
    assert len(boxes) == 6
    assert all(above.y0 > below.y1 - 3 for below, above in itertools.pairwise(boxes))


def test_curves_survive_gaps_and_logarithms():
    figures.curves({"a": [1.0, float("nan"), 3.0, float("nan")], "b": [float("nan")] * 4}, log="xy")
    with pytest.raises(ValueError, match="2 x values but 3 y values"):
        figures.curves({"a": ([1, 2], [1, 2, 3])})
    with pytest.raises(ValueError, match="log must be "):
        figures.curves({"a": [1, 2]}, log="z")
    with pytest.raises(ValueError, match="at least one line"):
        figures.curves({})
    with pytest.raises(ValueError, match="needs numbers"):
        figures.curves({"a": ["x", "y"]})


def test_a_histogram_counts_every_value_once():
    ax = axes()
    alt = figures.draw_histogram(ax, [1, 10, 100, 1000], bins=3, log="x", marks={"mean": 277.75})
    assert sum(patch.get_height() for patch in ax.patches) == 4
    assert alt == "Histogram of 4 values of x: from 1 to 1,000, median 55."
    assert "mean: 278" in texts(ax)
    with pytest.raises(ValueError, match="positive values; the smallest is -1"):
        figures.histogram([-1.0, 2.0], log="x")
    with pytest.raises(ValueError, match=r"shape \(2, 1\)"):
        figures.histogram([[1], [2]])


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ([" the", "a b"], ["␣the", "a␣b"]),
        (["two words", "one"], ["two words", "one"]),
        ([b" x", 3], ["␣x", "3"]),
    ],
)
def test_the_blanks_of_tokens_are_marked_in_labels_and_those_of_phrases_are_not(names, shown):
    ax = axes()
    figures.draw_matrix(ax, [[1, 2]], columns=names)
    assert [tick.get_text() for tick in ax.get_xticklabels()] == shown


def test_a_signed_matrix_is_centred_on_zero():
    ax = axes()
    figures.draw_matrix(ax, [[-1.0, 4.0, 0.5]], signed=True)
    assert ax.images[0].get_clim() == (-4.0, 4.0)
    red, _, blue, _ = ax.images[0].cmap(ax.images[0].norm(0.0))
    assert red == pytest.approx(blue, abs=0.02)
    assert texts(ax).count("4.00") == 1


def test_a_matrix_refuses_wrong_shapes_and_survives_infinities():
    figures.matrix([[float("-inf"), 0.0], [1.0, float("nan")]])
    with pytest.raises(ValueError, match=r"shape \(3,\)"):
        figures.matrix([1, 2, 3])
    with pytest.raises(ValueError, match="2 rows but 3 labels"):
        figures.matrix([[1], [2]], rows=["a", "b", "c"])


def test_a_tree_places_children_under_their_parent_without_touching():
    ax = axes()
    root = ("lowest", [("low", [("lo", ["l", "o"]), "w"]), ("est", ["e", ("st", ["s", "t"])])])
    alt = figures.draw_tree(ax, root, leaves_below=True)
    ax.get_figure().canvas.draw()
    boxes = {text.get_text(): text.get_bbox_patch().get_window_extent() for text in ax.texts}
    leaves = [boxes[letter] for letter in "lowest"]
    assert alt == "Tree: lowest (low (lo (l, o), w), est (e, st (s, t)))."
    assert max(box.y0 for box in leaves) - min(box.y0 for box in leaves) < 1
    assert all(one.x1 < other.x0 for one, other in itertools.pairwise(leaves))
    assert boxes["l"].x0 < (boxes["lo"].x0 + boxes["lo"].x1) / 2 < boxes["o"].x1
    assert boxes["lowest"].y0 > boxes["low"].y1


def test_a_tree_too_wide_for_its_axes_says_so_and_alone_takes_more_room():
    wide = ("all", [f"leaf number {number}" for number in range(8)])
    with pytest.raises(ValueError, match="inches wide, but there is room for"):
        figures.picture(figures.draw_tree, root=wide)
    assert Image.open(io.BytesIO(figures.tree(wide).png)).width > 900
    with pytest.raises(ValueError, match="a leaf or a"):
        figures.tree(3)
    with pytest.raises(ValueError, match="at least one root"):
        figures.tree([])


def test_the_categorical_colours_are_those_of_okabe_and_ito_and_qkv_differ():
    assert figures.OKABE_ITO["blue"] == "#0072B2"
    assert len(set(figures.COLORS.values())) == 4
