"""Certificates through the doors: held until a person decides, undoable, durable, and only by an administrator."""

from __future__ import annotations

from pathlib import Path

import pytest

from xushi.connectors import CertificateFolder, describe_certificate
from xushi.kernel import SystemClock
from xushi.remote import Remote, RemoteError
from xushi.runtime import Platform
from xushi.testing import served


def met(folder: Path, place: str = "10.0.0.5:4840") -> str:
    """Have a server's certificate held as the connector does it; return its fingerprint."""
    other = CertificateFolder(folder / "other")
    path, _ = other.ensure_own(SystemClock().now_ns())
    der = path.read_bytes()
    CertificateFolder(folder / "connectors" / "opcua").hold(der, place, SystemClock().now_ns())
    return describe_certificate(der).fingerprint


def test_a_held_certificate_is_trusted_taken_back_rejected_and_survives_a_restart(tmp_path: Path) -> None:
    fingerprint = met(tmp_path)
    folder = CertificateFolder(tmp_path / "connectors" / "opcua")
    with served(tmp_path) as one:
        (shown,) = one.remote.get("/api/certificates")["servers"]
        assert (shown["card"]["fingerprint"], shown["place"], shown["state"]) == (fingerprint, "10.0.0.5:4840", "held")
        assert folder.decisions() == {}
        outcome = one.remote.post(f"/api/certificates/{fingerprint}/trust")
        assert folder.decisions() == {fingerprint: "trusted"}
        one.remote.undo(outcome["command_id"])
        assert folder.decisions() == {}
        assert one.remote.get("/api/certificates")["servers"][0]["state"] == "held"
        one.remote.run("certificates.reject", {"fingerprint": fingerprint.upper()})
        assert folder.decisions() == {fingerprint: "rejected"}
    (tmp_path / "connectors" / "opcua" / "decisions.json").unlink()
    with Platform.open(tmp_path) as platform:
        assert folder.decisions() == {fingerprint: "rejected"}
        assert [one.state for one in platform.certificates.servers()] == ["rejected"]


def test_nobody_but_an_administrator_decides_and_nothing_unknown_is_trusted(tmp_path: Path) -> None:
    fingerprint = met(tmp_path)
    with served(tmp_path) as one:
        weak = Remote(one.running.base_url, one.token("view", "device:write", "twin:write"))
        for path in (f"/api/certificates/{fingerprint}/trust", "/api/certificates/renew"):
            with pytest.raises(RemoteError) as refused:
                weak.post(path)
            assert refused.value.params["status"] == 403
        with pytest.raises(RemoteError) as unknown:
            one.remote.run("certificates.trust", {"fingerprint": "0" * 64})
        assert unknown.value.code == "runtime.certificate_unknown"
        with pytest.raises(RemoteError):
            one.remote.run("certificates.trust", {"fingerprint": "../../etc/passwd"})


def test_our_own_certificate_is_handed_out_and_renewed(tmp_path: Path) -> None:
    with served(tmp_path) as one:
        assert one.remote.get("/api/certificates")["own"] is None
        outcome = one.remote.post("/api/certificates/renew")
        first = one.remote.get("/api/certificates")["own"]
        assert outcome["effects"][0]["after"] == first["fingerprint"]
        assert first["key"] == "RSA 2048"
        dry = one.remote.run("certificates.renew", {}, dry_run=True)
        assert dry["state"] == "planned"
        assert one.remote.get("/api/certificates")["own"] == first
