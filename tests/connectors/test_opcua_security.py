"""Secured sessions against asyncua's server: every policy and mode, sign-in, and whom we trust."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from asyncua import Server, ua
from asyncua.crypto.permission_rules import User, UserRole
from asyncua.server.user_managers import UserManager

from xushi.connectors import CertificateFolder, Link, Point, describe_certificate
from xushi.connectors._certificates import MOST_HELD
from xushi.connectors._opcua import OpcuaConnector
from xushi.kernel import SystemClock
from xushi.signals import Kind
from xushi.testing import free_port

sys.path.insert(0, str(Path(__file__).parent))
from opcua_peer import URI, make_server

POLICIES = {
    "Basic256Sha256": ("Basic256Sha256_Sign", "Basic256Sha256_SignAndEncrypt"),
    "Aes128Sha256RsaOaep": ("Aes128Sha256RsaOaep_Sign", "Aes128Sha256RsaOaep_SignAndEncrypt"),
    "Aes256Sha256RsaPss": ("Aes256Sha256RsaPss_Sign", "Aes256Sha256RsaPss_SignAndEncrypt"),
}
DAY_NS = 86_400_000_000_000


class Gate(UserManager):
    """Lets one user name in, and whoever shows a certificate; remembers what was shown."""

    def __init__(self) -> None:
        self.passwords: list[str] = []
        self.certificates: list[bytes] = []

    def get_user(self, iserver: Any, username: Any = None, password: Any = None, certificate: Any = None) -> Any:
        if username is None:
            self.certificates.append(bytes(certificate or b""))
            return User(role=UserRole.Admin, name="by certificate") if certificate else None
        self.passwords.append(password)
        return User(role=UserRole.Admin, name=username) if (username, password) == ("line", "secret-1") else None


@asynccontextmanager
async def secured(folder: Path, *names: str, port: int = 0) -> AsyncIterator[tuple[Server, Gate, str]]:
    folder.mkdir(exist_ok=True)  # noqa: ASYNC240
    port = port or free_port()
    server = await make_server(port, folder, [getattr(ua.SecurityPolicyType, name) for name in names], has_users=True)
    gate = Gate()
    server.iserver.user_manager = gate
    server.set_identity_tokens([ua.UserNameIdentityToken, ua.X509IdentityToken])
    async with server:
        yield server, gate, f"opc.tcp://127.0.0.1:{port}/"


@asynccontextmanager
async def running(
    folder: Path, gathered: Any, url: str, handle: int, state: str, **security: Any
) -> AsyncIterator[Any]:
    connector = OpcuaConnector(folder, SystemClock())
    point = Point(handle, "Double", f"nsu={URI};s=Double", Kind.DOUBLE, True)
    task = asyncio.create_task(
        connector.run(Link("test", "opcua", url, security, (point,)), gathered.sink, gathered.listen)
    )
    try:
        await gathered.until_state(state)
        yield connector, point
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def trust_all(folder: Path) -> CertificateFolder:
    certificates = CertificateFolder(folder / "opcua")
    certificates.write_decisions(dict.fromkeys(certificates.held(), "trusted"))
    return certificates


@pytest.mark.parametrize("mode", ["Sign", "SignAndEncrypt"])
@pytest.mark.parametrize("policy", list(POLICIES))
async def test_an_unknown_server_is_held_and_once_trusted_read_and_written(
    tmp_path, gathered, define, policy, mode
) -> None:
    (handle,) = define(("Double", Kind.DOUBLE))
    security = {"mode": mode, "policy": policy, "username": "line", "password": "secret-1"}
    async with secured(tmp_path / "peer", *POLICIES[policy]) as (_, gate, url):
        async with running(tmp_path, gathered, url, handle, "refused", **security):
            assert gathered.statuses[-1].text == "connectors.certificate_unknown"
            (fingerprint,) = CertificateFolder(tmp_path / "opcua").held()
            assert fingerprint in gathered.statuses[-1].error
            assert not gate.passwords
            assert not gathered.rows
            trust_all(tmp_path)
            await gathered.until_state("live")
        async with running(tmp_path, gathered, url, handle, "live", **security) as (connector, point):
            await gathered.until(lambda: gathered.values(handle)[-1:] == [1.5])
            assert (await connector.write(point, 4.5)).is_good
            await gathered.until(lambda: gathered.values(handle)[-1:] == [4.5])
        async with running(tmp_path, gathered, url, handle, "refused", **{**security, "password": "wrong"}):
            assert gathered.statuses[-1].text == "connectors.server_refused"


async def test_a_certificate_signs_in_where_the_link_says_so(tmp_path, gathered, define) -> None:
    (handle,) = define(("Double", Kind.DOUBLE))
    security = {"mode": "SignAndEncrypt", "policy": "Basic256Sha256", "user_token": "Certificate"}
    async with secured(tmp_path / "peer", *POLICIES["Basic256Sha256"]) as (_, gate, url):
        async with running(tmp_path, gathered, url, handle, "refused", **security):
            trust_all(tmp_path)
            await gathered.until(lambda: gathered.values(handle) == [1.5])
        assert gate.certificates
        assert gate.certificates[0] == CertificateFolder(tmp_path / "opcua").own_certificate.read_bytes()


async def test_a_rejected_server_and_one_that_changes_its_certificate_are_refused(tmp_path, gathered, define) -> None:
    (handle,) = define(("Double", Kind.DOUBLE))
    port = free_port()
    security = {
        "policy": "http://opcfoundation.org/UA/SecurityPolicy#Basic256Sha256",
        "username": "line",
        "password": "secret-1",
    }
    certificates = CertificateFolder(tmp_path / "opcua")
    async with secured(tmp_path / "one", *POLICIES["Basic256Sha256"], port=port) as (_, gate, url):
        async with running(tmp_path, gathered, url, handle, "refused", **security):
            (first,) = certificates.held()
        certificates.write_decisions({first: "rejected"})
        async with running(tmp_path, gathered, url, handle, "refused", **security):
            assert gathered.statuses[-1].text == "connectors.certificate_rejected"
        assert not gate.passwords
        certificates.write_decisions({first: "trusted"})
        async with running(tmp_path, gathered, url, handle, "live", **security):
            pass
    async with secured(tmp_path / "two", *POLICIES["Basic256Sha256"], port=port) as (_, gate, url):
        async with running(tmp_path, gathered, url, handle, "refused", **security):
            assert gathered.statuses[-1].text == "connectors.certificate_unknown"
            assert len(certificates.held()) == 2
        assert not gate.passwords


async def test_a_mode_that_is_not_known_is_refused_before_anything_is_sent(tmp_path, gathered, define) -> None:
    (handle,) = define(("Double", Kind.DOUBLE))
    async with running(tmp_path, gathered, "opc.tcp://127.0.0.1:9/", handle, "refused", mode="Sign", policy="Basic128"):
        assert "Basic128" in gathered.statuses[-1].error


def test_our_certificate_is_made_once_and_anew_before_it_ends(tmp_path) -> None:
    certificates = CertificateFolder(tmp_path)
    now_ns = 1_795_248_000_000_000_000
    assert certificates.own() is None
    path, key = certificates.ensure_own(now_ns)
    first = describe_certificate(path.read_bytes())
    assert first.application_uri == "urn:xushi:client"
    assert key.stat().st_mode & 0o077 == 0
    certificates.ensure_own(first.valid_until_ns - 31 * DAY_NS)
    assert certificates.own() == first
    certificates.ensure_own(first.valid_until_ns - 29 * DAY_NS)
    renewed = certificates.own()
    assert renewed is not None
    assert renewed.fingerprint != first.fingerprint
    assert renewed.valid_until_ns > first.valid_until_ns


def test_certificates_that_wait_do_not_fill_the_disk_and_a_broken_file_trusts_nobody(tmp_path) -> None:
    certificates = CertificateFolder(tmp_path)
    for number in range(MOST_HELD + 20):
        certificates.hold(number.to_bytes(4, "big"), "h:4840", number)
    assert len(certificates.held()) == MOST_HELD
    certificates.write_decisions({"a": "trusted"})
    (tmp_path / "decisions.json").write_bytes(b'{"a": "tru')
    assert certificates.decisions() == {}
