"""Keeps certificates: our own, those of servers that wait for a person's decision, and what was decided."""

from __future__ import annotations

import hashlib
import os
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

APPLICATION_URI = "urn:xushi:client"
OWN_VALID = timedelta(days=730)
RENEW_BEFORE = timedelta(days=30)
MOST_HELD = 100  # a server that shows another one each time must not fill the disk

Decision: TypeAlias = Literal["trusted", "rejected"]


class CertificateInfo(msgspec.Struct, frozen=True):
    """What a person needs to recognise a certificate.

    Attributes:
        fingerprint: SHA-256 of the DER form, 64 hexadecimal digits.
        thumbprint: SHA-1 of the same, which OPC UA tools show (OPC 10000-4, 6.1.2).
        application_uri: first URI among its alternative names; empty where there is none.
        valid_from_ns, valid_until_ns: ns since the Unix epoch, UTC.
        key: sort and size of the key, e.g. `RSA 2048`.
    """

    fingerprint: str
    thumbprint: str
    subject: str
    issuer: str
    application_uri: str
    valid_from_ns: int
    valid_until_ns: int
    key: str


class HeldCertificate(msgspec.Struct, frozen=True):
    """A server's certificate that nobody has decided on yet."""

    der: bytes
    place: str
    first_seen_ns: int


def fingerprint_of(der: bytes) -> str:
    """Return the SHA-256 fingerprint of a certificate in DER form."""
    return hashlib.sha256(der).hexdigest()


def describe_certificate(der: bytes) -> CertificateInfo:
    """Return what a certificate says of itself.

    Raises:
        ValueError: it is no certificate.
    """
    found = x509.load_der_x509_certificate(der)
    return CertificateInfo(
        fingerprint=fingerprint_of(der),
        thumbprint=hashlib.sha1(der, usedforsecurity=False).hexdigest(),
        subject=found.subject.rfc4514_string()[:500],
        issuer=found.issuer.rfc4514_string()[:500],
        application_uri=_application_uri(found),
        valid_from_ns=_ns(found.not_valid_before_utc),
        valid_until_ns=_ns(found.not_valid_after_utc),
        key=_key_name(found.public_key()),
    )


def _application_uri(certificate: x509.Certificate) -> str:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return ""
    return next(iter(names.get_values_for_type(x509.UniformResourceIdentifier)), "")[:500]


def _ns(moment: datetime) -> int:
    return int(moment.timestamp()) * 1_000_000_000


def _key_name(key: object) -> str:
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.curve.name
    return type(key).__name__


class CertificateFolder:
    """The certificates of one connector: `own.der`, `own.pem`, `held/`, `decisions.json`.

    The decisions are a copy of what the record store holds, written for connectors to read.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.own_certificate = folder / "own.der"
        self.own_key = folder / "own.pem"

    # Servers' certificates

    def decisions(self) -> dict[str, Decision]:
        """Return what was decided, by fingerprint."""
        try:
            return msgspec.json.decode((self._folder / "decisions.json").read_bytes(), type=dict[str, Decision])
        except (FileNotFoundError, msgspec.MsgspecError):
            return {}  # nothing readable means: nothing is trusted

    def write_decisions(self, decisions: dict[str, Decision]) -> None:
        """Replace what was decided."""
        if decisions != self.decisions():
            _write(self._folder / "decisions.json", msgspec.json.encode(decisions))

    def hold(self, der: bytes, place: str, now_ns: int) -> None:
        """Keep an unknown server's certificate for a person to decide on; the oldest make room."""
        path = self._folder / "held" / f"{fingerprint_of(der)}.json"
        if path.exists():
            return
        _write(path, msgspec.json.encode(HeldCertificate(der, place[:300], now_ns)))
        for old in sorted(path.parent.glob("*.json"), key=lambda one: one.stat().st_mtime_ns)[:-MOST_HELD]:
            old.unlink(missing_ok=True)

    def held(self) -> dict[str, HeldCertificate]:
        """Return every certificate that was met without being trusted, by fingerprint."""
        found: dict[str, HeldCertificate] = {}
        for path in sorted((self._folder / "held").glob("*.json")):
            try:
                found[path.stem] = msgspec.json.decode(path.read_bytes(), type=HeldCertificate)
            except (OSError, msgspec.MsgspecError):
                continue
        return found

    # Our own

    def own(self) -> CertificateInfo | None:
        """Return our own certificate; None before it was first needed."""
        try:
            return describe_certificate(self.own_certificate.read_bytes())
        except (FileNotFoundError, ValueError):
            return None

    def ensure_own(self, now_ns: int) -> tuple[Path, Path]:
        """Return the files of certificate and key; they are made at first need and anew 30 days before they end."""
        own = self.own()
        ends_soon_ns = now_ns + int(RENEW_BEFORE.total_seconds()) * 1_000_000_000
        if own is None or not self.own_key.exists() or own.valid_until_ns < ends_soon_ns:
            self.renew_own(now_ns)
        return self.own_certificate, self.own_key

    def renew_own(self, now_ns: int) -> CertificateInfo:
        """Make a certificate and key of our own in place of the present ones (OPC 10000-6, 6.2.2)."""
        key = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
        start = datetime.fromtimestamp(now_ns // 1_000_000_000, UTC)
        name = x509.Name(
            [x509.NameAttribute(NameOID.COMMON_NAME, "Xushi"), x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Xushi")]
        )
        certificate = (
            x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(start - timedelta(hours=1))  # a server's clock may be a little behind
            .not_valid_after(start + OWN_VALID)
            .add_extension(
                x509.SubjectAlternativeName(
                    [x509.UniformResourceIdentifier(APPLICATION_URI), x509.DNSName(_host_name())]
                ),
                critical=False,
            )
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()),
                critical=False,
            )
            .add_extension(
                x509.KeyUsage(
                    digital_signature=True,
                    content_commitment=True,
                    key_encipherment=True,
                    data_encipherment=True,
                    key_agreement=False,
                    key_cert_sign=True,
                    crl_sign=False,
                    encipher_only=False,
                    decipher_only=False,
                ),
                critical=True,
            )
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
            .sign(key, hashes.SHA256())
        )
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        _write(self.own_key, private, 0o600)
        _write(self.own_certificate, certificate.public_bytes(serialization.Encoding.DER))
        return describe_certificate(self.own_certificate.read_bytes())


def _host_name() -> str:
    name = socket.gethostname() or "localhost"
    return name if name.isascii() and len(name) <= 253 else "localhost"


def _write(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Write a file as a whole or not at all, and on the disk before this returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
