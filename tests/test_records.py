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
