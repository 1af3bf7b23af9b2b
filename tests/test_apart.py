"""Functions that run in a process of their own."""

from __future__ import annotations

import os

import numpy as np
import pytest

from helpers import apart


def local(function):
    """Make cloudpickle take the function by value, as it does in a notebook."""
    function.__module__ = "__main__"
    return function


def test_the_result_comes_back_from_another_process():
    double = local(lambda x, times=2: (x * times, __import__("os").getpid()))
    result, process = apart.call(double, np.arange(3), times=5)
    assert result.tolist() == [0, 5, 10] and process != os.getpid()


def test_the_other_process_has_nothing_imported():
    assert not apart.call(local(lambda: {"torch", "faiss"} & set(__import__("sys").modules)))


def test_what_it_prints_does_not_spoil_the_result():
    assert apart.call(local(lambda: print("noise") or 7)) == 7


def test_an_error_is_told_in_one_sentence():
    with pytest.raises(
        apart.ApartError, match=r"^<lambda> failed in the other process: ZeroDivisionError: .*$"
    ):
        apart.call(local(lambda: 1 / 0))


def test_a_process_that_dies_is_told_with_its_status():
    with pytest.raises(apart.ApartError, match=r"ended its process with status 9"):
        apart.call(local(lambda: __import__("os")._exit(9)))


def test_a_function_that_hangs_is_ended():
    with pytest.raises(apart.ApartError, match=r"did not end within 1 seconds"):
        apart.call(local(lambda: __import__("time").sleep(30)), timeout=1)
