"""Rules of large diffs: their digest is that of the whole, their pieces are together the whole."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from xushi.kernel import Diff, canonical_json
from xushi.kernel._records import digest, pieces

_RECORDS = st.dictionaries(st.text(max_size=4), st.integers() | st.text(max_size=5) | st.none(), max_size=3)
_KEYS = st.text(max_size=6)
DIFFS = st.builds(
    Diff,
    added=st.dictionaries(_KEYS, _RECORDS, max_size=5),
    updated=st.dictionaries(_KEYS, st.tuples(_RECORDS, _RECORDS), max_size=5),
    removed=st.dictionaries(_KEYS, _RECORDS, max_size=5),
)


@given(DIFFS)
def test_the_digest_is_that_of_the_canonical_json_of_the_whole(diff):
    assert digest(diff) == hashlib.sha256(canonical_json(diff)).hexdigest()


@given(DIFFS, st.integers(1, 4))
def test_the_pieces_are_together_the_whole_and_none_is_too_large(diff, most):
    made = pieces(diff, most)
    assert all(len([*one.added, *one.updated, *one.removed]) <= most for one in made)
    for name in ("added", "updated", "removed"):
        together = [item for one in made for item in getattr(one, name).items()]
        assert together == list(getattr(diff, name).items())
