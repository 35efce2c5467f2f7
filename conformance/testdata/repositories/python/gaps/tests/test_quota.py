"""Tests of limits."""

import pytest

from limits.quota import *


# @requirement LIM-1
def test_within():
    assert within(2, 2) and not within(3, 2)


def test_remaining():
    assert remaining(1, 3) == 2 and remaining(3, 1) == 0


# @requirement LIM-3
def test_share():
    assert share(1, 2) == 50


# @requirement LIM-4
@pytest.mark.parametrize("base", [0, 1])
def test_blocked(base):
    assert blocked(3) and not blocked(2)


# @requirement LIM-5
@pytest.mark.skip(reason="slow")
def test_minutes():
    assert minutes(120) == 2


# @requirement LIM-6
def test_refused():
    assert refused(3, 2) and not refused(2, 2)


# @requirement LIM-7
def test_penalty():
    assert penalty(3) == 6


# @requirement LIM-8
def test_allowed():
    assert allowed(10) and not allowed(11)
