"""`tools.notebooks` stores the same bytes each time, and leaves a notebook alone when a cell fails."""

from __future__ import annotations

import base64
import io
import json
import os

import nbformat
import pytest
from PIL import Image

from tools import normalise, notebooks
from tools.kernel import Kernel, started

FIGURE = """
import io
from IPython.display import Image, display
from matplotlib.figure import Figure
figure = Figure()
figure.subplots().plot([1, 3, 2])
target = io.BytesIO()
figure.savefig(target)
display(Image(target.getvalue()))
"""
SLIDER = "import ipywidgets\nipywidgets.IntSlider(description='size')"
TWICE = "import sys\nprint('one'); print('two', file=sys.stdout)\ndisplay(3)\nprint('four')"


def _source(path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


def _long(samples: int = 60) -> str:
    noise = [Image.effect_noise((samples, samples), spread) for spread in (60, 70, 80)]
    target = io.BytesIO()
    Image.merge("RGB", noise).save(target, format="PNG")
    return base64.b64encode(target.getvalue()).decode("ascii")


@pytest.fixture
def lesson(tmp_path, tiny):
    """A notebook that was never run."""
    return tiny.write(
        tmp_path / "07_try.ipynb",
        tiny.words("# Try\n"),
        tiny.code(FIGURE, count=None),
        tiny.code(SLIDER, count=None, tags=("explorer",)),
        tiny.code(TWICE, count=None),
        tiny.code("object()", count=None),
        tiny.code("{3, 1}, {'a', 'b', 'c', 'd'}", count=None),
        tiny.code("1 / 0", count=None, tags=("raises-exception",)),
        tiny.code("import time; time.perf_counter()", count=None, tags=("nbval-ignore-output",)),
        tiny.code("", count=None),
    )


def test_running_a_notebook_twice_gives_the_same_bytes(lesson):
    notebooks.refresh(lesson)
    first = lesson.read_bytes()
    notebooks.refresh(lesson)
    assert lesson.read_bytes() == first
    assert notebooks.check(lesson) == ""


def test_a_stored_notebook_passes_the_strict_test(lesson, nbval):
    notebooks.refresh(lesson)
    assert nbval(lesson.parent).red(lesson.name) == {}


def test_what_is_stored_is_what_a_reader_needs_and_nothing_of_this_machine(lesson):
    usage = notebooks.refresh(lesson)
    stored = _source(lesson)
    code = [cell for cell in stored["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == [1, 2, 3, 4, 5, 6, 7]  # the empty last cell is gone
    assert stored["metadata"] == {"kernelspec": normalise.KERNELSPEC, "language_info": normalise.LANGUAGE}
    assert code[1]["metadata"] == {"tags": ["explorer"]} and code[0]["metadata"] == {}
    assert list(code[1]["outputs"][0]["data"]) == ["text/plain"]  # no widget view
    assert [output["output_type"] for output in code[2]["outputs"]] == ["stream", "display_data", "stream"]
    assert code[3]["outputs"][0]["data"]["text/plain"] == ["<object at 0x…>"]
    assert (
        "\x1b" not in json.dumps(code[5]["outputs"]) and code[5]["outputs"][0]["ename"] == "ZeroDivisionError"
    )
    assert 0.2 < usage.processor_seconds < usage.seconds + 60 and 20e6 < usage.peak < 1e9


def test_a_failing_cell_is_named_and_leaves_the_file_as_it_was(tmp_path, tiny, capfd):
    path = tiny.write(
        tmp_path / "bad.ipynb", tiny.code("x = 1", count=None), tiny.code("# divide\nx / 0", count=None)
    )
    before = path.read_bytes()
    assert notebooks.main([str(path)]) == 1
    said = capfd.readouterr().err
    assert "bad.ipynb is left as it was" in said and "code cell 1" in said and "ZeroDivisionError" in said
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["bad.ipynb"]


def test_a_kernel_that_dies_is_reported_with_the_cell(tmp_path, tiny):
    path = tiny.write(tmp_path / "dead.ipynb", tiny.code("import os; os._exit(3)", count=None))
    with pytest.raises(notebooks.CellFailed, match=r"code cell 0 .*os\._exit\(3\).*The kernel died"):
        notebooks.refresh(path)


def test_an_endless_cell_is_stopped(tmp_path):
    with started(tmp_path) as kernel, pytest.raises(notebooks.CellFailed, match="longer than its time limit"):
        kernel.run("while True: pass", seconds=1.0)


def test_a_kernel_gets_the_default_settings_and_files_of_its_own(tmp_path, monkeypatch):
    for name in ("MODEL", "ENCODER", "PROGRESS", "STORE"):
        monkeypatch.setenv(f"GLASSBOX_{name}", "mine")
    with started(tmp_path) as kernel:
        ask = "[name for name, value in os.environ.items() if value == 'mine'], hash('a')"
        _, (output,) = kernel.run(f"import os; {ask}")
        with started(tmp_path) as other:
            _, (same,) = other.run("[], hash('a')")
    assert output["data"] == same["data"] and output["data"]["text/plain"].startswith("([], ")


def test_timings_are_kept_while_they_are_of_the_same_size(tmp_path, tiny):
    def stored(text: str) -> str:
        path = tiny.write(
            tmp_path / "time.ipynb",
            tiny.code("print('took 2.0 s')", tiny.printed(text), tags=("nbval-ignore-output",)),
        )
        notebooks.refresh(path)
        return _source(path)["cells"][0]["outputs"][0]["text"][0]

    assert stored("took 1.5 s\n") == "took 1.5 s\n"
    assert stored("took 9.0 s\n") == "took 2.0 s\n"
    assert stored("needed 1.5 s\n") == "took 2.0 s\n"


def test_fresh_renews_the_timings(tmp_path, tiny):
    cell = tiny.code("print('took 2.0 s')", tiny.printed("took 1.5 s\n"), tags=("nbval-ignore-output",))
    path = tiny.write(tmp_path / "time.ipynb", cell)
    assert notebooks.main(["--fresh", str(path)]) == 0
    assert _source(path)["cells"][0]["outputs"][0]["text"] == ["took 2.0 s\n"]


def test_a_picture_is_made_small_once_and_then_left_alone():
    large = _long()
    small = normalise.png(large)
    assert len(small) < len(large) / 2
    assert normalise.png(small) == small
    assert Image.open(io.BytesIO(base64.b64decode(small))).mode == "P"


def test_a_transparent_picture_is_put_on_white():
    target = io.BytesIO()
    Image.new("RGBA", (4, 3), (255, 0, 0, 0)).save(target, format="PNG")
    flat = normalise.png(base64.b64encode(target.getvalue()).decode("ascii"))
    assert Image.open(io.BytesIO(base64.b64decode(flat))).convert("RGB").getpixel((1, 1)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("<Thing at 0x7f00aa12>", "<Thing at 0x…>"),
        ("byte 0x7f", "byte 0x7f"),
        (f"{normalise.ROOT}{os.sep}helpers", f"glassbox{os.sep}helpers"),
        (f"{normalise.ROOT}-copy", f"{normalise.ROOT}-copy"),
        ("/tmp/ipykernel_12/3456.py:1: UserWarning", "<cell>:1: UserWarning"),
    ],
)
def test_a_text_loses_what_belongs_to_this_machine(dirty, clean):
    assert normalise.text(dirty) == clean


def test_cells_without_an_id_get_the_same_one_each_time(tmp_path, tiny):
    path = tiny.write(tmp_path / "old.ipynb", tiny.code("1"), tiny.code("1"))
    old = _source(path)
    for cell in old["cells"]:
        del cell["id"]
    path.write_text(json.dumps({**old, "nbformat_minor": 4}), encoding="utf-8")
    first, second = ([cell.id for cell in notebooks.read(path).cells] for _ in range(2))
    assert first == second and len(set(first)) == 2


def test_notebooks_are_chosen_by_number_name_or_path(tmp_path):
    paths = [tmp_path / name for name in ("00_start.ipynb", "04_pairs.ipynb")]
    for path in paths:
        nbformat.write(nbformat.v4.new_notebook(), path)
    assert notebooks.select([], tmp_path) == paths
    assert notebooks.select(["4"], tmp_path) == notebooks.select(["04"], tmp_path) == paths[1:]
    assert notebooks.select(["00_start", str(paths[1])], tmp_path) == paths
    with pytest.raises(ValueError, match="No notebook is called '05'; there are: 00_start, 04_pairs"):
        notebooks.select(["05"], tmp_path)


def test_check_finds_a_notebook_that_was_not_run_or_not_normalised(tmp_path, tiny, capsys):
    unrun = tiny.write(tmp_path / "unrun.ipynb", tiny.code("1", count=None))
    wild = tiny.write(tmp_path / "wild.ipynb", tiny.code("1", tiny.result("1"), count=7))
    assert notebooks.check(unrun) == "a code cell was not executed"
    assert notebooks.check(wild) == "it is not in canonical form"
    assert notebooks.main(["--check", str(wild)]) == 1
    assert "wild.ipynb: it is not in canonical form" in capsys.readouterr().err


def test_neighbouring_prints_become_one_output(tiny):
    found = [tiny.printed("a\n"), tiny.printed("b\n"), tiny.printed("c\n", "stderr"), tiny.printed("d\n")]
    assert [output.text for output in normalise.outputs(found)] == ["a\nb\n", "c\n", "d\n"]


def test_of_a_line_that_was_written_over_the_last_state_stays(tiny):
    found = [
        tiny.printed("a\n\r  0% | 0/2"),
        tiny.printed("\r 50% | 1/2"),
        tiny.printed("\r100% | 2/2\nb\r\n"),
    ]
    assert [output.text for output in normalise.outputs(found)] == ["a\n100% | 2/2\nb\r\n"]


def test_counts_of_a_kernel_that_ran_other_cells_before_start_at_1(tiny):
    wild = tiny.notebook(
        tiny.code("1", tiny.result("1"), count=7), tiny.words("so"), tiny.code("2", count=12)
    )
    first, _, second = normalise.notebook(wild).cells
    assert (first.execution_count, first.outputs[0].execution_count, second.execution_count) == (1, 1, 2)


def test_a_kernel_that_dies_at_its_start_is_started_again(tmp_path, monkeypatch):
    waits = []

    def wait(kernel, seconds: float = 60.0) -> None:
        waits.append(kernel)
        if len(waits) < 2:
            raise RuntimeError("Kernel died before replying to kernel_info")
        answer(kernel, seconds)

    answer = Kernel.wait
    monkeypatch.setattr(Kernel, "wait", wait)
    with started(tmp_path) as kernel:
        assert kernel.run("print(6 * 7)")[1][0]["text"] == "42\n"
    assert len(waits) == 2 and not waits[0]._manager.is_alive()


def test_a_kernel_that_never_starts_is_reported(tmp_path, monkeypatch):
    def wait(kernel, seconds: float = 60.0) -> None:
        raise RuntimeError("Kernel died before replying to kernel_info")

    monkeypatch.setattr(Kernel, "wait", wait)
    with pytest.raises(RuntimeError, match="died before replying"), started(tmp_path):
        pass
