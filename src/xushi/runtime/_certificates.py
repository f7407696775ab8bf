"""Who is trusted: servers' certificates that wait for a person, what was decided, and our own certificate."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from xushi.connectors import CertificateFolder, CertificateInfo, Decision, describe_certificate
from xushi.kernel import Change, Clock, Command, CommandContext, Diff, RecordStore, XushiError, diff_key

_Fingerprint = Annotated[str, msgspec.Meta(pattern="^[0-9a-fA-F]{64}$")]


class CertificateParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The certificate to decide on, by its SHA-256 fingerprint (64 hexadecimal digits)."""

    fingerprint: _Fingerprint


class RenewParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing: there is one certificate of our own."""


class ServerCertificate(msgspec.Struct, frozen=True):
    """A server's certificate, where it was met, and what was decided."""

    info: CertificateInfo
    place: str
    first_seen_ns: int
    state: Literal["held", "trusted", "rejected"]


class CertificateShelf:
    """Joins the decisions of the record store with what the connectors have met.

    The store is the truth; the connectors read a file that is written from it at the start and after each change.
    """

    def __init__(self, store: RecordStore, folder: Path, clock: Clock) -> None:
        self._store = store
        self._folder = CertificateFolder(folder)
        self._clock = clock

    def adopt(self) -> None:
        """Hand the connectors what was decided."""
        decisions: dict[str, Decision] = {
            fingerprint: record["decision"] for fingerprint, record in self._store.list("certificate")
        }
        self._folder.write_decisions(decisions)

    def servers(self) -> list[ServerCertificate]:
        """Every server's certificate: those that wait first, then the newest."""
        found: dict[str, ServerCertificate] = {}
        for fingerprint, held in self._folder.held().items():
            try:
                info = describe_certificate(held.der)
            except ValueError:
                continue
            found[fingerprint] = ServerCertificate(info, held.place, held.first_seen_ns, "held")
        for fingerprint, record in self._store.list("certificate"):
            info = describe_certificate(base64.b64decode(record["der"]))
            found[fingerprint] = ServerCertificate(info, record["place"], record["first_seen_ns"], record["decision"])
        return sorted(found.values(), key=lambda one: (one.state != "held", -one.first_seen_ns))

    def decided(self, fingerprint: str, decision: Decision) -> Change:
        """Return the change that a decision is. Raises ``runtime.certificate_unknown``."""
        before = self._store.get("certificate", fingerprint)
        held = self._folder.held().get(fingerprint)
        if before is not None:
            after = {**before, "decision": decision}
        elif held is not None:
            der = base64.b64encode(held.der).decode()
            after = {"decision": decision, "place": held.place, "first_seen_ns": held.first_seen_ns, "der": der}
        else:
            raise XushiError("runtime.certificate_unknown", fingerprint=fingerprint)
        info = describe_certificate(base64.b64decode(after["der"]))
        key = diff_key("certificate", fingerprint)
        if before is None:
            diff = Diff(added={key: after})
        else:
            diff = Diff(updated={key: (before, after)}) if before != after else Diff()
        return Change(
            diff=diff,
            summary={
                "fingerprint": fingerprint, "decision": decision, "subject": info.subject, "place": after["place"],
            },
        )  # fmt: skip

    def own(self) -> CertificateInfo | None:
        """Our own certificate; None before it was first needed."""
        return self._folder.own()

    def own_der(self) -> bytes:
        """Our own certificate in DER form, made now where there is none, for a server to trust."""
        return self._folder.ensure_own(self._clock.now_ns())[0].read_bytes()

    def renew_own(self) -> CertificateInfo:
        """Make a new certificate and key of our own."""
        return self._folder.renew_own(self._clock.now_ns())


def certificate_commands() -> list[Command]:
    """The commands of this room."""
    return [
        Command(
            name="certificates.trust",
            params=CertificateParams,
            right="admin",
            title={"en": "Trust a certificate", "zh-CN": "信任证书"},
            summary={
                "en": "Lets Xushi connect to servers that show this certificate.",
                "zh-CN": "允许虚实连接到出示此证书的服务器。",
            },
            prepare=_trust,
        ),
        Command(
            name="certificates.reject",
            params=CertificateParams,
            right="admin",
            title={"en": "Reject a certificate", "zh-CN": "拒绝证书"},
            summary={
                "en": "Keeps Xushi from connecting to servers that show this certificate.",
                "zh-CN": "禁止虚实连接到出示此证书的服务器。",
            },
            prepare=_reject,
        ),
        Command(
            name="certificates.renew",
            params=RenewParams,
            right="admin",
            title={"en": "Renew our own certificate", "zh-CN": "更新自身证书"},
            summary={
                "en": "Makes a new certificate and key; servers have to trust the new one.",
                "zh-CN": "生成新的证书和密钥；服务器需要重新信任新证书。",
            },
            prepare=_renew,
            is_undoable=False,
        ),
    ]


def _trust(context: CommandContext, params: CertificateParams) -> Change:
    shelf: CertificateShelf = context.services["certificates"]
    return shelf.decided(params.fingerprint.lower(), "trusted")


def _reject(context: CommandContext, params: CertificateParams) -> Change:
    shelf: CertificateShelf = context.services["certificates"]
    return shelf.decided(params.fingerprint.lower(), "rejected")


@dataclass(frozen=True)
class _Renew:
    """The making of the new certificate, done after the intention is on disk."""

    shelf: CertificateShelf
    before: str

    def describe(self) -> dict[str, Any]:
        return {"kind": "certificate", "before": self.before}

    async def apply(self) -> dict[str, Any]:
        return {**self.describe(), "after": self.shelf.renew_own().fingerprint}


def _renew(context: CommandContext, params: RenewParams) -> Change:
    shelf: CertificateShelf = context.services["certificates"]
    own = shelf.own()
    before = own.fingerprint if own is not None else ""
    return Change(effects=(_Renew(shelf, before),), summary={"before": before})
