"""Rules of sign-in codes, sessions, tokens, scopes and the evidence log."""

import msgspec
import pytest

from xushi.kernel import Actor, Diff, ManualClock, SqliteStore, XushiError
from xushi.trust import (
    ALL_SCOPES,
    CODE_LIFETIME_S,
    SESSION_LIFETIME_S,
    EvidenceLog,
    Gatekeeper,
    ScopePolicy,
    check_proof,
    parse_scopes,
)


@pytest.fixture
def clock():
    return ManualClock(10**18)


@pytest.fixture
def store(tmp_path):
    store = SqliteStore(tmp_path / "r.sqlite")
    yield store
    store.close()


@pytest.fixture
def gate(store, clock):
    return Gatekeeper(store, clock)


def refused(call):
    with pytest.raises(XushiError) as caught:
        call()
    return caught.value.code


def test_a_code_opens_one_session_and_is_spent(gate):
    code = gate.issue_code()
    credential, actor = gate.redeem_code(code)
    assert gate.check(credential, "session") == actor
    assert actor.scopes == ALL_SCOPES
    assert refused(lambda: gate.redeem_code(code)) == "trust.code_invalid"


def test_a_code_is_too_old_after_15_minutes(gate, clock):
    code = gate.issue_code()
    clock.advance((CODE_LIFETIME_S + 1) * 10**9)
    assert refused(lambda: gate.redeem_code(code)) == "trust.code_invalid"


def test_a_session_expires(gate, clock):
    credential, _ = gate.redeem_code(gate.issue_code())
    clock.advance((SESSION_LIFETIME_S + 1) * 10**9)
    assert refused(lambda: gate.check(credential, "session")) == "trust.credential_expired"
    assert gate.forget_expired() == 1


def test_a_token_carries_its_scopes_until_it_is_revoked(gate):
    credential, info = gate.make_token("reader", frozenset({"view"}))
    assert gate.check(credential, "token").scopes == {"view"}
    gate.revoke("token", info.id)
    assert refused(lambda: gate.check(credential, "token")) == "trust.credential_invalid"


@pytest.mark.parametrize("forge", [lambda c: c + "x", lambda c: "", lambda c: c.split(".")[0], lambda c: "." + c])
def test_a_forged_credential_is_refused(gate, forge):
    credential, _ = gate.make_token("reader", frozenset({"view"}))
    assert refused(lambda: gate.check(forge(credential), "token")) == "trust.credential_invalid"


def test_a_session_is_no_token(gate):
    credential, _ = gate.redeem_code(gate.issue_code())
    assert refused(lambda: gate.check(credential, "token")) == "trust.credential_invalid"


def test_signing_out_ends_the_session(gate):
    credential, _ = gate.redeem_code(gate.issue_code())
    gate.sign_out(credential)
    assert refused(lambda: gate.check(credential, "session")) == "trust.credential_invalid"


def test_no_secret_lies_in_the_store(gate, store):
    credential, _ = gate.make_token("reader", frozenset({"view"}))
    secret = credential.split(".")[1]
    assert all(secret not in str(record) for _, record in store.list("token"))


def test_only_a_granted_scope_permits():
    actor = Actor("a", "A", frozenset({"view"}))
    assert ScopePolicy().permits(actor, "view")
    assert not ScopePolicy().permits(actor, "device:write")


def test_an_unknown_scope_is_refused_by_name():
    assert refused(lambda: parse_scopes(["view", "fly"])) == "trust.scope_unknown"


def test_every_evidence_entry_can_be_proven_offline_and_no_forgery_can(store):
    log = EvidenceLog(store)
    for number in range(1, 12):
        store.commit(Diff(), log.next_entries(store, [{"n": number}]))
    for number in range(1, 12):
        proof = log.proof(number)
        assert check_proof(proof)
        assert msgspec.json.decode(proof.body)["n"] == number
        forged = msgspec.structs.replace(proof, body=proof.body.replace(f'"n":{number}', '"n":99'))
        assert not check_proof(forged)


def test_the_log_is_the_same_after_reopening(store):
    log = EvidenceLog(store)
    store.commit(Diff(), log.next_entries(store, [{"n": 1}, {"n": 2}]))
    assert EvidenceLog(store).proof(2) == log.proof(2)
    assert refused(lambda: log.proof(3)) == "trust.evidence_missing"
