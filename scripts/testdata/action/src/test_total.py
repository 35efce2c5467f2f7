from total import total


# @requirement SUM-1
def test_adds_two():
    assert total([1, 2]) == 3


# @requirement SUM-1
def test_adds_nothing():
    assert total([]) == 0
