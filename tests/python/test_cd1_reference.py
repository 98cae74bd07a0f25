"""The golden vectors of cd1 are what the reference implementation says they are."""

import cd1_vectors
import pytest


@pytest.mark.parametrize("vector", cd1_vectors.load(), ids=lambda vector: vector["name"])
def test_reference_gives_the_digests_of_the_vector(vector):
    expected = {"root": vector["root"], "multiset": vector["multiset"]}
    assert cd1_vectors.digests_of(vector) == expected
