"""The installation's own key: signs what leaves the platform, so that an outsider can check it offline."""

from __future__ import annotations

import base64
import hashlib
import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from xushi.kernel import XushiError


class InstallationKey:
    """An Ed25519 key (RFC 8032) in a file that only its owner may read; made where there is none."""

    def __init__(self, path: Path) -> None:
        """Open or make the key.

        Raises:
            XushiError: `trust.key_unreadable`.
        """
        try:
            if not path.exists():
                _make(path)
            key = load_pem_private_key(path.read_bytes(), None)
        except (OSError, ValueError) as error:
            raise XushiError("trust.key_unreadable", path=str(path), reason=str(error)) from error
        if not isinstance(key, Ed25519PrivateKey):
            raise XushiError("trust.key_unreadable", path=str(path), reason="not an Ed25519 key")
        self._key = key
        raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.public = base64.b64encode(raw).decode()
        self.fingerprint = fingerprint(self.public)

    def sign(self, content: bytes) -> str:
        """Return the signature of `content`, base64."""
        return base64.b64encode(self._key.sign(content)).decode()


def fingerprint(public: str) -> str:
    """Return the fingerprint of a public key (base64 of its 32 bytes): 16 groups of four hex digits."""
    digest = hashlib.sha256(base64.b64decode(public)).hexdigest()
    return "-".join(digest[i : i + 4] for i in range(0, 64, 4))


def check_signature(public: str, signature: str, content: bytes) -> bool:
    """Tell whether `signature` was made over `content` by the key; never raises."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public, validate=True))
        key.verify(base64.b64decode(signature, validate=True), content)
    except (InvalidSignature, ValueError):
        return False
    return True


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    fresh = path.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
