"""Rules of records and diffs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xushi.kernel import Diff, XushiError, build_diff, compose, diff_key, split_key

KEYS = st.sampled_from([f"place/{name}" for name in "abcd"])
WORLD = st.dictionaries(KEYS, st.fixed_dictionaries({"v": st.integers(0, 3)}), max_size=4)


def apply(world, diff):
    after = {key: value for key, value in world.items() if key not in diff.removed}
    after.update(diff.added)
    after.update({key: new for key, (_, new) in diff.updated.items()})
    return after


def between(old, new):
    keys = {**dict.fromkeys(old), **dict.fromkeys(new)}
    return build_diff({key: old.get(key) for key in keys}, {key: new.get(key) for key in keys})


@given(WORLD, WORLD)
def test_a_diff_leads_from_one_world_to_the_other(old, new):
    assert apply(old, between(old, new)) == new


@given(WORLD, WORLD)
def test_the_inverse_leads_back(old, new):
    assert apply(new, between(old, new).inverse()) == old


@given(WORLD, WORLD, WORLD)
def test_composition_equals_one_diff_after_the_other(one, two, three):
    assert compose(between(one, two), between(two, three)) == between(one, three)


@given(WORLD)
def test_the_diff_of_equal_worlds_is_empty(world):
    assert between(world, world).is_empty()


def test_composition_refuses_a_diff_that_does_not_follow():
    with pytest.raises(XushiError, match=r"place/a"):
        compose(Diff(added={"place/a": {"v": 1}}), Diff(removed={"place/a": {"v": 2}}))


@given(st.text())
def test_an_id_may_hold_any_character(record_id):
    assert split_key(diff_key("shell", record_id)) == ("shell", record_id)
