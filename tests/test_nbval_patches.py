"""The strict nbval is green on a notebook that tells the truth, and red on each way in which one can lie."""

from __future__ import annotations

import base64
import io
from unittest import mock

import pytest
from PIL import Image

from tools import nbval_patches
from tools.numbers import close, similar

DRAW = """
import base64, io
from PIL import Image
class Picture:
    def __init__(self, colour): self.colour = colour
    def _repr_mimebundle_(self, **kwargs):
        target = io.BytesIO()
        Image.new("RGB", (40, 30), self.colour).save(target, format="PNG")
        return {"image/png": base64.b64encode(target.getvalue()).decode(), "text/plain": "a plain picture"}
"""
CAPTURE = """
import ipywidgets
out = ipywidgets.Output()
with out:
    print("inside the widget")
    display(40 + 2)
print("outside")
"""
EXPLORER = """
import ipywidgets
class Explorer:
    def _repr_mimebundle_(self, **kwargs):
        slider = ipywidgets.IntSlider()
        return {**slider._repr_mimebundle_(), "image/png": Picture("red")._repr_mimebundle_()["image/png"],
                "text/plain": "a slider"}
Explorer()
"""


def _png(colour: str) -> str:
    target = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(target, format="PNG")
    return base64.b64encode(target.getvalue()).decode("ascii")


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory, tiny, nbval):
    """One strict run over a notebook for every case below."""
    folder = tmp_path_factory.mktemp("cases")
    for name, cells in _cases(tiny).items():
        tiny.write(folder / f"{name}.ipynb", *cells)
    return nbval(folder, "-n2", "--dist=loadfile")


def _cases(tiny) -> dict[str, list]:
    code, printed, shown, result = tiny.code, tiny.printed, tiny.shown, tiny.result
    picture = shown(png=_png("blue"), text="a plain picture")
    return {
        "good": [
            tiny.words("# A title"),
            code("print('three words here'); 40 + 2", printed("three words here\n"), result("42")),
            code("40 + 2;"),
            code(DRAW),
            code("display(Picture('blue'))", picture),
            code(CAPTURE, printed("outside\n")),
            code(EXPLORER, shown(png=_png("red"), text="a slider")),
            code("import time; time.time()", result("123.4"), tags=("nbval-ignore-output",)),
            code("1 / 0", _division(tiny), tags=("raises-exception",)),
            code(
                "import os; print(os.getcwd() != '', object())", printed("True <object object at 0x123456>\n")
            ),
        ],
        "float_within": [
            code("print('loss 0.50004 after', 12, 'steps')", printed("loss 0.50000 after 12 steps\n"))
        ],
        "float_off": [code("print('loss', 0.5011)", printed("loss 0.5000\n"))],
        "changed_number": [code("10_001", result("10000"))],
        "changed_word": [code("print('the cat sat')", printed("the dog sat\n"))],
        "missing_figure": [code(DRAW), code("print('a plain picture')", picture)],
        "figure_without_picture": [
            code(
                "from IPython.display import Pretty; display(Pretty('words'))",
                shown(png=_png("blue"), text="words"),
            )
        ],
        "changed_figure": [
            code(DRAW),
            code("display(Picture('red'))", shown(png=_png("blue"), text="a plain picture")),
        ],
        "new_figure": [code(DRAW), code("display(Picture('red'))", shown(text="a plain picture"))],
        "missing_output": [code("pass", printed("something\n"))],
        "fewer_outputs": [code("display(1)", shown(text="1"), shown(text="2"))],
        "extra_output": [code("print('something')")],
        "warning": [code("import warnings; warnings.warn('old')")],
        "unrun": [code("x = 1", count=None)],
        "unexpected_error": [code("raise KeyError('k')")],
        "other_error": [code("[][0]", _division(tiny), tags=("raises-exception",))],
        "dead": [code("import os; os._exit(1)"), code("print('never')", printed("never\n"))],
    }


def _division(tiny):
    return tiny.result("").__class__(
        output_type="error", ename="ZeroDivisionError", evalue="division by zero", traceback=[]
    )


@pytest.mark.parametrize("name", ["good", "float_within"])
def test_a_notebook_that_tells_the_truth_is_green(session, name):
    assert session.red(f"{name}.ipynb") == {}


@pytest.mark.parametrize(
    ("name", "cell", "said"),
    [
        ("float_off", "Cell 0", "0.5011"),
        ("changed_number", "Cell 0", "10001"),
        ("changed_word", "Cell 0", "the cat sat"),
        ("missing_figure", "Cell 1", "image/png"),
        ("figure_without_picture", "Cell 0", "image/png"),
        ("changed_figure", "Cell 1", "image/png"),
        ("new_figure", "Cell 1", "image/png"),
        ("missing_output", "Cell 0", "Missing output fields"),
        ("fewer_outputs", "Cell 0", "dissimilar number of outputs"),
        ("extra_output", "Cell 0", "Unexpected output fields"),
        ("warning", "Cell 0", "Unexpected output fields"),
        ("unrun", "Cell 0", "no execution count"),
        ("unexpected_error", "Cell 0", "KeyError"),
        ("other_error", "Cell 0", "IndexError"),
        ("dead", "Cell 0", "The kernel died"),
    ],
)
def test_each_lie_turns_its_cell_red_and_says_why(session, name, cell, said):
    red = session.red(f"{name}.ipynb")
    assert cell in red, f"{name} passed"
    assert said in red[cell]


def test_a_dead_kernel_is_noticed_within_seconds(session):
    assert session.verdicts["dead.ipynb", "Cell 0"].seconds < 10  # starting the kernel included
    assert session.verdicts["dead.ipynb", "Cell 1"].seconds < 2


def test_a_cell_after_a_dead_kernel_is_red_too(session):
    assert "Cell 1" in session.red("dead.ipynb")


def test_every_notebook_is_in_the_table_of_seconds_and_memory(session):
    for name in ("good.ipynb", "changed_word.ipynb"):
        row = next(line for line in session.text.splitlines() if line.startswith(name))
        assert " s " in row and row.endswith(" GB")


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        ("loss 2.000 nats", "loss 2.001 nats", True),
        ("loss 2.000 nats", "loss 2.003 nats", False),
        ("loss 2.000 nats", "loss 2.001 bits", False),
        ("1e-05", "1.0005e-05", True),
        ("-0.500", "0.500", False),
        ("-0.000", "0.000", True),
        ("7000 tokens", "7001 tokens", False),
        ("torch 2.13.0", "torch 2.13.1", False),
        ("[1.000, 2.000]", "[1.000, 2.000, 3.000]", False),
        ("nan", "0.5", False),
    ],
)
def test_only_floats_have_a_tolerance_and_only_when_all_else_is_equal(left, right, equal):
    assert close(left, right, relative=1e-3) is equal


def test_timings_are_similar_up_to_a_factor_and_only_in_the_same_words():
    assert similar("took 1.2 s, 30 times faster", "took 2.0 s, 50 times faster", factor=3)
    assert not similar("took 1.2 s", "took 4.0 s", factor=3)
    assert not similar("took 1.2 s", "took 1.2 ms", factor=3)


def test_a_cell_may_be_silent_for_a_minute(monkeypatch):
    waited = []
    monkeypatch.setattr(nbval_patches, "_original_run", lambda cell: waited.append(cell.output_timeout))
    nbval_patches._run(mock.MagicMock(output_timeout=5, cell=mock.Mock(execution_count=1)))
    assert waited == [60.0]


def test_a_kernel_that_finds_its_ports_taken_is_started_again(monkeypatch, tmp_path):
    tries = iter([RuntimeError("Kernel died before replying to kernel_info"), ("manager", "client")])

    def start(**options):
        got = next(tries)
        if isinstance(got, Exception):
            raise got
        return got

    monkeypatch.setattr(nbval_patches.nbval_kernel, "start_new_kernel", start)
    kernel = mock.Mock(scratch=tmp_path, strict=True)
    assert nbval_patches.GuardedKernel._started(kernel, "python3", None, 60) == ("manager", "client")
