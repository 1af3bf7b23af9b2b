"""The recorded training runs."""

from __future__ import annotations

import numpy as np
import pytest

from helpers import corpus, models, records


@pytest.mark.parametrize("name", [models.EMBEDDED, models.DRAFT])
def test_a_training_log_has_a_row_for_every_check_and_a_loss_for_every_kind(name):
    log = records.training_log(name)
    assert set(corpus.KINDS) < set(log)
    assert len({len(column) for column in log.values()}) == 1
    assert (np.diff(log["step"]) > 0).all()
    assert (log["loss"] > log["entropy"]).all(), "no model can be better than the entropy"


def test_a_log_of_an_unknown_model_is_refused():
    with pytest.raises(models.ModelError, match="not 'gpt2'"):
        records.training_log("gpt2")


@pytest.mark.parametrize("text", [None, "", "step,loss\n1\n", "step,loss\n1,low\n"])
@pytest.mark.parametrize("name", ["sweep", "fine_tuning"])
def test_a_missing_or_damaged_record_is_named(name, text, tmp_path, monkeypatch):
    path = tmp_path / f"{name}.csv"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(records, f"_{name.upper()}", path)
    with pytest.raises(records.RecordError, match=rf"{name}\.csv is missing or damaged"):
        getattr(records, name)()


def test_a_published_table_is_read_with_its_numbers_and_words():
    rows = records.published("megatron_2021_table2")
    assert rows[0] == {
        "scheme": "ZeRO-3",
        "billions": 174.6,
        "layers": 96,
        "hidden": 12288,
        "heads": 96,
        "tensor": 1,
        "pipeline": 1,
        "data": 384,
        "gpus": 384,
        "global_batch": 1536,
        "micro_batch": 4,
        "tflops_per_gpu": 144,
        "days": 90,
    }
    assert records.published("zero_2020_table1")[3]["stage3_gb"] == 1.88


def test_every_published_table_is_whole_and_has_its_source():
    readme = (records._PUBLISHED / "README.md").read_text(encoding="utf-8")
    tables = sorted(records._PUBLISHED.glob("*.csv"))
    assert tables
    for path in tables:
        assert f"`{path.name}`" in readme
        rows = records.published(path.stem)
        assert rows and all(set(row) == set(rows[0]) and "" not in row.values() for row in rows)


def test_an_unknown_published_table_is_refused_with_the_known_ones():
    with pytest.raises(records.RecordError, match=r"one of .*zero_2020_table1.*got 'vtrain'"):
        records.published("vtrain")


@pytest.mark.parametrize("text", ["", "a,b\n1\n"])
def test_a_damaged_published_table_is_named(text, tmp_path, monkeypatch):
    (tmp_path / "some.csv").write_text(text, encoding="utf-8")
    monkeypatch.setattr(records, "_PUBLISHED", tmp_path)
    with pytest.raises(records.RecordError, match=r"some\.csv is missing or damaged"):
        records.published("some")
