"""The plant's OPC UA server: one object per machine, values with plant time, set-points, methods."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from asyncua import Server, ua
from asyncua.crypto.cert_gen import setup_self_signed_certificate
from asyncua.crypto.permission_rules import User
from asyncua.server.address_space import AttributeService
from cryptography.x509.oid import ExtendedKeyUsageOID

from xushi.demo._line import LINE, NAMESPACE, Machine, Signal, Text
from xushi.demo._line_methods import methods_of
from xushi.demo._opcua_nodes import NodeTree, variant_of, zero_of
from xushi.demo._physics import PlantModel
from xushi.demo._values import Change

APPLICATION_URI = "urn:xushi:demo:plant:server"
_NODE_SIGNALS = {s.key: s for s in LINE.signals if s.protocol == "opcua"}
_POLICIES = [
    ua.SecurityPolicyType.NoSecurity,
    ua.SecurityPolicyType.Basic256Sha256_Sign,
    ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt,
]


class OpcUaFace:
    """Serves the model at `opc.tcp://host:port/`; `written` counts values put into the address space."""

    def __init__(self, model: PlantModel, host: str, port: int, data: Path) -> None:
        self.written = 0
        self._model = model
        self._url = f"opc.tcp://{host}:{port}/"
        self._data = data
        self._server = Server()
        self._targets: dict[str, tuple[ua.NodeId, Signal]] = {}
        self._echoes: dict[str, list[tuple[ua.NodeId, str]]] = {}

    async def start(self) -> None:
        server = self._server
        server.name = "Xushi demo plant"
        server.product_uri = NAMESPACE
        server.manufacturer_name = "Xushi"
        await server.init()
        await server.set_application_uri(APPLICATION_URI)
        server.allow_remote_admin(False)
        server.set_endpoint(self._url)
        server.set_security_policy(_POLICIES)
        await self._load_certificate()
        index = await server.register_namespace(NAMESPACE)
        tree = NodeTree(server, index)
        await tree.build(LINE.machines, _NODE_SIGNALS.values(), self._model.values.current)
        for machine in LINE.machines:
            await self._add_methods(tree, machine)
        self._targets = {key: (tree.node_id(signal.address), signal) for key, signal in _NODE_SIGNALS.items()}
        self._echoes = tree.echoes
        await self._publish_all()
        server.iserver.attribute_service = _CheckedWrites(server.iserver.attribute_service, self._model, index)
        await server.start()

    async def stop(self) -> None:
        await self._server.stop()

    async def publish(self, changes: Iterable[Change]) -> None:
        """Writes changes into the address space, each with the plant's time as its source time.

        The address space is written directly, without the session and service layers around it, which would
        cost several times as much.
        """
        write = self._server.iserver.aspace.write_attribute_value
        server_time = datetime.now(UTC)
        value_attribute = ua.AttributeIds.Value
        for key, at_ns, value in changes:
            target = self._targets.get(key)
            if target is None:
                continue
            node_id, signal = target
            source_time = datetime.fromtimestamp(at_ns / 1e9, UTC)
            status = await write(
                node_id,
                value_attribute,
                ua.DataValue(variant_of(signal, value), SourceTimestamp=source_time, ServerTimestamp=server_time),
            )
            status.check()
            self.written += 1
            for echo_id, kind in self._echoes.get(key, ()):
                variant = _echo(signal.labels, value) if kind == "text" else ua.Variant(value, ua.VariantType.UInt32)
                await write(
                    echo_id,
                    value_attribute,
                    ua.DataValue(variant, SourceTimestamp=source_time, ServerTimestamp=server_time),
                )

    async def _publish_all(self) -> None:
        """Gives every node the plant's time from the start, also those whose value never changes."""
        current, at_ns = self._model.values.current, self._model.loop.now_ns
        await self.publish((key, at_ns, current.get(key, zero_of(signal))) for key, signal in _NODE_SIGNALS.items())
        self.written = 0

    async def _load_certificate(self) -> None:
        self._data.mkdir(parents=True, exist_ok=True)
        key, certificate = self._data / "opcua-key.pem", self._data / "opcua-certificate.der"
        await setup_self_signed_certificate(
            key,
            certificate,
            APPLICATION_URI,
            socket.gethostname(),
            [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH],
            {"countryName": "CN", "organizationName": "Xushi", "commonName": "Xushi demo plant"},
        )
        key.chmod(0o600)
        await self._server.load_certificate(certificate)
        await self._server.load_private_key(key)

    async def _add_methods(self, tree: NodeTree, machine: Machine) -> None:
        for method in methods_of(machine):
            await tree.add_method(machine, method, self._method(machine.id, method))

    def _method(self, machine_id: str, method: str) -> Callable[..., Any]:
        def call(parent: Any, *arguments: Any) -> Any:
            if not self._model.call(machine_id, method, tuple(one.Value for one in arguments)):
                return ua.StatusCode(ua.StatusCodes.BadInvalidState)
            return []

        return call


class _CheckedWrites:
    """The server's attribute service; client writes go to the physics, and only within their limits."""

    def __init__(self, inner: AttributeService, model: PlantModel, index: int) -> None:
        self.read = inner.read
        self._inner, self._model, self._index = inner, model, index
        self._writable = {s.address: s for s in _NODE_SIGNALS.values() if s.writable}

    async def write(self, params: ua.WriteParameters, user: User) -> list[ua.StatusCode]:
        return [await self._write_one(each, user) for each in params.NodesToWrite]

    async def _write_one(self, each: ua.WriteValue, user: User) -> ua.StatusCode:
        signal = None
        if each.NodeId.NamespaceIndex == self._index and each.AttributeId == ua.AttributeIds.Value:
            signal = self._writable.get(str(each.NodeId.Identifier))
        if signal is None:
            (status,) = await self._inner.write(ua.WriteParameters(NodesToWrite=[each]), user)
            return status
        value = each.Value.Value.Value if each.Value.Value is not None else None
        if not isinstance(value, int | float) or isinstance(value, bool):
            return ua.StatusCode(ua.StatusCodes.BadTypeMismatch)
        if not self._model.write(signal.key, float(value)):
            return ua.StatusCode(ua.StatusCodes.BadOutOfRange)
        # The accepted value comes back to every subscriber through the plant's own change list.
        return ua.StatusCode(ua.StatusCodes.Good)


def _echo(labels: tuple[Text, ...], value: int) -> ua.Variant:
    return ua.Variant(ua.LocalizedText(labels[value].en, "en"), ua.VariantType.LocalizedText)
