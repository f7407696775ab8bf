"""Secures an OPC UA client before it connects: policy, mode, certificates, and how it signs in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from asyncua import ua
from asyncua.client.client import Client
from asyncua.crypto import security_policies

from ._certificates import APPLICATION_URI, CertificateFolder, fingerprint_of

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
    """The server, or we ourselves, will not have this connection as it is configured.

    Attributes:
        text: message code that says it, a key of `connectors/messages.json`.
    """

    text = "connectors.server_refused"


class CertificateUnknown(SecurityRefused):
    """Nobody has said yet that the server's certificate is to be trusted."""

    text = "connectors.certificate_unknown"


class CertificateRejected(SecurityRefused):
    """A person has said that the server's certificate is not to be trusted."""

    text = "connectors.certificate_rejected"


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
    """Prepare `client` for the link's security mode, policy and sign-in; to be called before it connects.

    No name, password or signature is sent to a server whose certificate is not trusted.

    Raises:
        SecurityRefused: the mode or policy is not known here.
        CertificateUnknown, CertificateRejected: the server's certificate is not trusted.
    """
    certificates = CertificateFolder(folder)
    client.application_uri = APPLICATION_URI
    await _sign_in(client, security, certificates, now_ns)
    mode, policy = security_words(security)
    if not mode:
        return
    if mode not in _MODES or policy not in _POLICIES:
        raise SecurityRefused(
            f"security mode {security.get('mode')!r} with policy {security.get('policy')!r} is not supported"
        )
    certificate, key = certificates.ensure_own(now_ns)
    await client.set_security(_POLICIES[policy], certificate, key, mode=_MODES[mode])
    check_trusted(certificates, str(client.server_url.netloc), bytes(client.security_policy.peer_certificate), now_ns)


async def _sign_in(client: Client, security: dict[str, Any], certificates: CertificateFolder, now_ns: int) -> None:
    """Have the client sign in by user name, or by certificate: its own, or the files that the operator names."""
    if security.get("username"):
        client.set_user(str(security["username"]))
        client.set_password(str(security.get("password", "")))
    elif security.get("user_certificate_file") or "certificate" in str(security.get("user_token", "")).lower():
        own_certificate, own_key = certificates.ensure_own(now_ns)
        await client.load_client_certificate(str(security.get("user_certificate_file") or own_certificate))
        await client.load_private_key(Path(security.get("user_key_file") or own_key))


def check_trusted(certificates: CertificateFolder, place: str, der: bytes, now_ns: int) -> None:
    """Let a trusted certificate (DER) pass; hold an unknown one for a person to decide on.

    Trust is in the very certificate, by its fingerprint, wherever it is met; one that has ended since is still
    the one that a person trusted, and its end is shown beside it.

    Raises:
        CertificateUnknown, CertificateRejected: it is not trusted.
    """
    fingerprint = fingerprint_of(der)
    decision = certificates.decisions().get(fingerprint)
    if decision == "trusted":
        return
    if decision == "rejected":
        raise CertificateRejected(f"{place} · SHA-256 {fingerprint}")
    certificates.hold(der, place, now_ns)
    raise CertificateUnknown(f"{place} · SHA-256 {fingerprint}")
