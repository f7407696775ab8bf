"""Encrypts the secrets of a backup with a passphrase: scrypt and AES-256-GCM."""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from xushi.backups._manifest import Lock
from xushi.kernel import XushiError

_ABOUT = b"xushi-backup/1 secrets"
_MOST_WORK = 1 << 20  # n · r of scrypt: a forged archive may not make us work for minutes


def new_lock() -> Lock:
    """Return a fresh salt and nonce."""
    return Lock(os.urandom(16).hex(), os.urandom(12).hex())


def lock_up(content: bytes, passphrase: str, lock: Lock) -> bytes:
    """Return `content` encrypted and authenticated."""
    return AESGCM(_key(passphrase, lock)).encrypt(bytes.fromhex(lock.nonce), content, _ABOUT)


def unlock(content: bytes, passphrase: str, lock: Lock) -> bytes:
    """Return the content.

    Raises:
        XushiError: `backups.passphrase_missing`, `backups.passphrase_wrong`.
    """
    if not passphrase:
        raise XushiError("backups.passphrase_missing")
    try:
        return AESGCM(_key(passphrase, lock)).decrypt(bytes.fromhex(lock.nonce), content, _ABOUT)
    except (InvalidTag, ValueError) as error:
        raise XushiError("backups.passphrase_wrong") from error


def _key(passphrase: str, lock: Lock) -> bytes:
    if not (lock.n >= 2 and lock.n * lock.r <= _MOST_WORK and 1 <= lock.p <= 4):
        raise XushiError("backups.hostile", reason="the passphrase would take minutes to check")
    return Scrypt(salt=bytes.fromhex(lock.salt), length=32, n=lock.n, r=lock.r, p=lock.p).derive(passphrase.encode())
