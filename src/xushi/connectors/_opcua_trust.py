"""Keeps our own OPC UA certificate and remembers the certificate of each server since it was first met."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import msgspec
from asyncua import ua
from asyncua.client.client import Client
from asyncua.crypto import security_policies

APPLICATION_URI = "urn:xushi:client"

_POLICIES: dict[str, Any] = {
    "basic256sha256": security_policies.SecurityPolicyBasic256Sha256,
    "aes128sha256rsaoaep": security_policies.SecurityPolicyAes128Sha256RsaOaep,
    "aes256sha256rsapss": security_policies.SecurityPolicyAes256Sha256RsaPss,
}
_MODES = {
    "sign": ua.MessageSecurityMode.Sign,
    "signandencrypt": ua.MessageSecurityMode.SignAndEncrypt,
}


class SecurityRefused(Exception):
    """The server, or we ourselves, will not have this connection as it is configured."""


class CertificateChanged(SecurityRefused):
    """The server shows another certificate than when it was first met."""

    def __init__(self, path: Path, before: str, now: str) -> None:
        super().__init__(f"fingerprint {now[:16]}… in place of {before[:16]}…; kept in {path}")


class KnownServer(msgspec.Struct, frozen=True):
    """A server certificate as it was first met."""

    fingerprint: str
    endpoint: str
    first_seen_ns: int


def security_words(security: dict[str, Any]) -> tuple[str, str]:
    """Return mode and policy of a link's security, in small letters without signs; empty where there is none.

    Accepts names and the policy URIs of OPC 10000-7 (`http://opcfoundation.org/UA/SecurityPolicy#Basic256Sha256`).
    """

    def plain(word: Any) -> str:
        return "".join(c for c in str(word or "").rpartition("#")[2].lower() if c.isalnum())

    mode, policy = plain(security.get("mode")), plain(security.get("policy"))
    if mode in ("none", "") and policy in ("none", ""):
        return "", ""
    return mode or "signandencrypt", policy or "basic256sha256"


async def secure(client: Client, security: dict[str, Any], folder: Path, now_ns: int) -> None:
    """Prepare `client` for the link's security mode and policy; to be called before it connects.

    Raises:
        SecurityRefused: the mode or policy is not known here.
        CertificateChanged: the server's certificate is not the one that was first met.
    """
    mode, policy = security_words(security)
    if not mode:
        return
    if mode not in _MODES or policy not in _POLICIES:
        raise SecurityRefused(
            f"security mode {security.get('mode')!r} with policy {security.get('policy')!r} is not supported"
        )
    client.application_uri = APPLICATION_URI
    certificate, key = folder / "client.der", folder / "client.pem"
    await client.setup_self_signed_certificate(key, certificate, {"organizationName": "Xushi"})
    key.chmod(0o600)
    await client.set_security(_POLICIES[policy], certificate, key, mode=_MODES[mode])
    presented = client.security_policy.peer_certificate
    if presented:
        check_known(folder, str(client.server_url.netloc), bytes(presented), now_ns)


def check_known(folder: Path, place: str, certificate: bytes, now_ns: int) -> str:
    """Remember the certificate (DER) of the server at `place`, or compare it; return its SHA-256 fingerprint.

    Raises:
        CertificateChanged: it is not the one that was first met.
    """
    fingerprint = hashlib.sha256(certificate).hexdigest()
    name = "".join(c if c.isalnum() or c in ".-" else "_" for c in place)
    path = folder / "servers" / f"{name}.json"
    if path.exists():
        known = msgspec.json.decode(path.read_bytes(), type=KnownServer)
        if known.fingerprint != fingerprint:
            raise CertificateChanged(path, known.fingerprint, fingerprint)
        return fingerprint
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    with fresh.open("wb") as file:
        file.write(msgspec.json.encode(KnownServer(fingerprint, place, now_ns)))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    return fingerprint
