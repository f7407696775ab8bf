"""Rules of the embedded record store and of the blob store."""

import hashlib

import pytest

from xushi.kernel import BlobStore, Diff, LogEntry, SqliteStore, XushiError


@pytest.fixture
def store(tmp_path):
    store = SqliteStore(tmp_path / "records.sqlite")
    yield store
    store.close()


def test_a_commit_is_seen_after_reopening(tmp_path):
    first = SqliteStore(tmp_path / "r.sqlite")
    first.commit(Diff(added={"shell/a": {"n": 1}}), [LogEntry("evidence", 1, b"x")])
    first.close()
    second = SqliteStore(tmp_path / "r.sqlite")
    assert second.get("shell", "a") == {"n": 1}
    assert [entry.body for entry in second.log("evidence")] == [b"x"]
    second.close()


def test_a_diff_that_expects_another_record_changes_nothing(store):
    store.commit(Diff(added={"place/a": {"n": 1}}))
    with pytest.raises(XushiError) as caught:
        store.commit(Diff(added={"place/b": {"n": 1}}, updated={"place/a": ({"n": 9}, {"n": 2})}))
    assert caught.value.code == "kernel.conflict"
    assert store.get("place", "b") is None
    assert store.get("place", "a") == {"n": 1}


def test_a_taken_log_number_rolls_the_whole_commit_back(store):
    store.commit(Diff(), [LogEntry("evidence", 1, b"x")])
    with pytest.raises(XushiError) as caught:
        store.commit(Diff(added={"place/b": {}}), [LogEntry("evidence", 1, b"y")])
    assert caught.value.code == "kernel.conflict"
    assert store.get("place", "b") is None


def test_records_are_listed_by_kind_in_the_order_of_ids(store):
    store.commit(Diff(added={"place/b": {"n": 2}, "place/a": {"n": 1}, "shell/c": {}}))
    assert list(store.list("place")) == [("a", {"n": 1}), ("b", {"n": 2})]
    assert list(store.ids("shell")) == ["c"]


@pytest.mark.parametrize("size", [3, 30_000])
def test_a_large_record_is_read_part_by_part_as_it_was_written(store, size):
    row = {"名": '虚实 "quoted" \\u0041', "n": [1, -2.5, True, None, {}, []]}
    record = {"rows": [row] * size, "long": "é\n" * size, "deep": {"one": {"more": [[row] * size]}}, "": 0}
    store.commit(Diff(added={"r/1": record}))
    assert store.get("r", "1") == record
    assert list(store.list("r")) == [("1", record)]


def test_a_log_is_read_in_pages(store):
    store.commit(Diff(), [LogEntry("evidence", number, b"%d" % number) for number in range(1, 8)])
    assert [entry.number for entry in store.log("evidence", after=3, limit=2)] == [4, 5]
    assert store.log_length("evidence") == 7


def test_a_file_that_is_no_database_is_refused_with_its_path(tmp_path):
    (tmp_path / "r.sqlite").write_bytes(b"this is not a database at all" * 99)
    with pytest.raises(XushiError) as caught:
        SqliteStore(tmp_path / "r.sqlite")
    assert caught.value.code == "kernel.store_unreadable"
    assert str(tmp_path) in caught.value.text("zh-CN").what


def test_a_blob_is_found_by_its_sha256(tmp_path):
    blobs = BlobStore(tmp_path / "blobs")
    digest = blobs.put(b"engine")
    assert digest == hashlib.sha256(b"engine").hexdigest()
    assert blobs.put(b"engine") == digest
    assert blobs.get(digest) == b"engine"


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "0" * 63, "G" * 64, "0" * 64])
def test_a_blob_name_that_is_no_known_digest_is_refused(tmp_path, name):
    with pytest.raises(XushiError) as caught:
        BlobStore(tmp_path / "blobs").get(name)
    assert caught.value.code == "kernel.blob_missing"
