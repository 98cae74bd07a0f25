"""The golden vectors of cache keys are what the reference implementation says they are."""

import cache_key_reference
import cache_key_vectors
import pytest

EQUAL = {
    ("zero as float", "minus zero"),
    ("set", "set in another order"),
    ("map", "map in another order"),
    ("two inputs", "two inputs in another order"),
}


@pytest.mark.parametrize("vector", cache_key_vectors.load(), ids=lambda vector: vector["name"])
def test_reference_gives_the_key_of_the_vector(vector):
    assert cache_key_reference.key(vector) == vector["key"]


def test_keys_are_equal_where_the_identities_are_and_nowhere_else():
    keys = {vector["name"]: vector["key"] for vector in cache_key_vectors.load()}
    assert all(keys[one] == keys[other] for one, other in EQUAL)
    assert len(set(keys.values())) == len(keys) - len(EQUAL)
