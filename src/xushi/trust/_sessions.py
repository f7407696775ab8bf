"""Sign-in by one-time code, sessions and API tokens; only hashes of secrets are ever stored."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Any

import msgspec

from xushi.kernel import Actor, Clock, Diff, RecordStore, XushiError, diff_key, new_id

from ._rights import ALL_SCOPES

_NS_PER_S = 1_000_000_000
CODE_LIFETIME_S = 15 * 60
SESSION_LIFETIME_S = 12 * 3600
DEFAULT_TOKEN_LIFETIME_S = 90 * 24 * 3600


class TokenInfo(msgspec.Struct, frozen=True):
    """A token or session as its owner may see it; the secret is shown once, when it is made."""

    id: str
    name: str
    scopes: list[str]
    made_ns: int
    expires_ns: int


class Gatekeeper:
    """Gives out and checks codes, sessions and tokens.

    A credential is `<id>.<secret>`: the id finds the record, the secret's SHA-256 is compared in
    constant time. Secrets have 256 random bits, so a plain hash is enough (nothing to guess).
    """

    def __init__(self, store: RecordStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._codes: dict[str, tuple[int, Actor]] = {}

    def issue_code(self, actor: Actor | None = None) -> str:
        """Return a sign-in code that works once, within 15 minutes, in this process only."""
        code = secrets.token_urlsafe(24)
        person = actor or Actor("operator", "operator", ALL_SCOPES)
        self._codes[_digest(code)] = (self._expiry(CODE_LIFETIME_S), person)
        return code

    def redeem_code(self, code: str) -> tuple[str, Actor]:
        """Return (session credential, actor) for a sign-in code, which is spent by that.

        Raises:
            XushiError: `trust.code_invalid` where it is unknown, spent or too old.
        """
        expires_ns, actor = self._codes.pop(_digest(code), (0, None))
        if actor is None or expires_ns < self._clock.now_ns():
            raise XushiError("trust.code_invalid")
        credential, _ = self._make("session", actor.id, actor.name, actor.scopes, SESSION_LIFETIME_S)
        return credential, actor

    def make_token(
        self, name: str, scopes: frozenset[str], lifetime_s: int = DEFAULT_TOKEN_LIFETIME_S
    ) -> tuple[str, TokenInfo]:
        """Return (credential, info) of a new API token; the credential cannot be shown again."""
        return self._make("token", f"token:{name}", name, scopes, lifetime_s)

    def check(self, credential: str, kind: str) -> Actor:
        """Return who holds a credential of `kind` ("session" or "token").

        Raises:
            XushiError: `trust.credential_invalid` or `trust.credential_expired`.
        """
        record_id, _, secret = credential.partition(".")
        record = self._store.get(kind, record_id) if record_id else None
        if record is None or not hmac.compare_digest(record["secret_sha256"], _digest(secret)):
            raise XushiError("trust.credential_invalid")
        if record["expires_ns"] < self._clock.now_ns():
            raise XushiError("trust.credential_expired")
        return Actor(record["actor"], record["name"], frozenset(record["scopes"]))

    def revoke(self, kind: str, record_id: str) -> None:
        """End a session or token at once; ending one that is gone already is no error."""
        record = self._store.get(kind, record_id)
        if record is not None:
            self._store.commit(Diff(removed={diff_key(kind, record_id): record}))

    def sign_out(self, credential: str) -> None:
        """End the session of a credential."""
        self.revoke("session", credential.partition(".")[0])

    def tokens(self) -> list[TokenInfo]:
        """Return all API tokens, without their secrets."""
        return [_info(record_id, record) for record_id, record in self._store.list("token")]

    def holders(self, scope: str) -> set[str]:
        """Return the actors who hold a live session or token with this scope."""
        now_ns = self._clock.now_ns()
        return {
            record["actor"]
            for kind in ("session", "token")
            for _, record in self._store.list(kind)
            if scope in record["scopes"] and record["expires_ns"] >= now_ns
        }

    def forget_expired(self) -> int:
        """Remove expired sessions and tokens, and return how many."""
        now_ns = self._clock.now_ns()
        gone = {
            diff_key(kind, record_id): record
            for kind in ("session", "token")
            for record_id, record in self._store.list(kind)
            if record["expires_ns"] < now_ns
        }
        if gone:
            self._store.commit(Diff(removed=gone))
        return len(gone)

    def _make(
        self, kind: str, actor_id: str, name: str, scopes: frozenset[str], lifetime_s: int
    ) -> tuple[str, TokenInfo]:
        record_id, secret = new_id(self._clock.now_ns()), secrets.token_urlsafe(32)
        record = {
            "actor": actor_id,
            "name": name,
            "scopes": sorted(scopes),
            "secret_sha256": _digest(secret),
            "made_ns": self._clock.now_ns(),
            "expires_ns": self._expiry(lifetime_s),
        }
        self._store.commit(Diff(added={diff_key(kind, record_id): record}))
        return f"{record_id}.{secret}", _info(record_id, record)

    def _expiry(self, lifetime_s: int) -> int:
        return self._clock.now_ns() + lifetime_s * _NS_PER_S


def _info(record_id: str, record: dict[str, Any]) -> TokenInfo:
    return TokenInfo(record_id, record["name"], record["scopes"], record["made_ns"], record["expires_ns"])


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
