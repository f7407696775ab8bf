"""A small asyncua server: in the test's own process, or as a program that can be killed."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from asyncua import Server, ua, uamethod
from asyncua.common.callback import CallbackType
from asyncua.crypto.permission_rules import User, UserRole
from asyncua.server.user_managers import UserManager

URI = "urn:xushi:test:peer"


class OneUser(UserManager):
    def get_user(
        self, iserver: Any, username: Any = None, password: Any = None, certificate: Any = None
    ) -> User | None:
        if username is None:
            return None
        return User(role=UserRole.Admin, name=username) if (username, password) == ("line", "secret-1") else None


async def make_server(
    port: int, folder: Path | None = None, policies: list[Any] | None = None, has_users: bool = False
) -> Server:
    server = Server(user_manager=OneUser() if has_users else None)
    await server.init()
    server.set_endpoint(f"opc.tcp://127.0.0.1:{port}/")
    if policies is not None:
        server.set_security_policy(policies)
    if folder is not None:
        await server.set_application_uri("urn:xushi:test:server")
        from asyncua.crypto.cert_gen import setup_self_signed_certificate
        from cryptography.x509.oid import ExtendedKeyUsageOID

        key, certificate = folder / "server.pem", folder / "server.der"
        await setup_self_signed_certificate(
            key, certificate, "urn:xushi:test:server", "localhost", [ExtendedKeyUsageOID.SERVER_AUTH], {}
        )
        await server.load_certificate(str(certificate))
        await server.load_private_key(str(key))
    await server.register_namespace("urn:another")
    index = await server.register_namespace(URI)
    plant = await server.nodes.objects.add_object(ua.NodeId("Plant", index), "Plant")
    values: list[tuple[str, Any, ua.VariantType]] = [
        ("Double", 1.5, ua.VariantType.Double),
        ("Double2", 2.5, ua.VariantType.Double),
        ("Float", 0.25, ua.VariantType.Float),
        ("Int32", -7, ua.VariantType.Int32),
        ("UInt64", 2**63 + 5, ua.VariantType.UInt64),
        ("Bool", True, ua.VariantType.Boolean),
        ("String", "头部", ua.VariantType.String),
        ("Time", datetime(2026, 11, 21, 8, 0, tzinfo=UTC), ua.VariantType.DateTime),
        ("Array", [1.0, 2.0, 3.0], ua.VariantType.Double),
        ("Strings", ["a", "b"], ua.VariantType.String),
        ("Text", ua.LocalizedText("Läuft", "de"), ua.VariantType.LocalizedText),
        ("Byte", 3, ua.VariantType.Byte),
    ]
    for name, value, type in values:
        node = await plant.add_variable(ua.NodeId(name, index), name, value, type)
        await node.set_writable()
    count = await plant.add_variable(ua.NodeId("ReadOnly", index), "ReadOnly", 0, ua.VariantType.Int64)
    assert count

    @uamethod
    def scale(parent: Any, x: float, times: int) -> Any:
        return x * times

    await plant.add_method(
        ua.NodeId("Scale", index),
        "Scale",
        scale,
        [ua.VariantType.Double, ua.VariantType.Int32],
        [ua.VariantType.Double],
    )
    return server


LOADED = 50


async def keep_writes(server: Server, taken: Path) -> None:
    """Offer a variable to write, and add each value that a client writes to a file, before the client is answered."""
    plant = server.get_node(ua.NodeId("Plant", 3))
    node = await plant.add_variable(ua.NodeId("Set", 3), "Set", 0.0, ua.VariantType.Double)
    await node.set_writable()

    def keep(event: Any, dispatcher: Any) -> None:
        for one in event.request_params.NodesToWrite if event.is_external else ():
            with taken.open("a", encoding="utf-8") as file:
                file.write(f"{one.Value.Value.Value}\n")

    server.subscribe_server_callback(CallbackType.PostWrite, keep)


async def load(server: Server) -> None:
    """Write a number that only ever grows to each of fifty variables, fifty times a second."""
    plant = server.get_node(ua.NodeId("Plant", 3))
    names = [f"L{n}" for n in range(LOADED)]
    nodes = [await plant.add_variable(ua.NodeId(name, 3), name, 0.0, ua.VariantType.Double) for name in names]
    while True:
        moment = datetime.now(UTC)
        for node in nodes:
            value = ua.Variant(moment.timestamp(), ua.VariantType.Double)
            await server.write_attribute_value(node.nodeid, ua.DataValue(value, SourceTimestamp=moment))
        await asyncio.sleep(0.02)


async def main(port: int, is_loaded: bool, taken: str = "") -> None:
    server = await make_server(port)
    if taken:
        await keep_writes(server, Path(taken))
    loading = asyncio.create_task(load(server)) if is_loaded else None
    async with server:
        await asyncio.sleep(0.1 if is_loaded else 0)
        print("ready", flush=True)
        await (loading or asyncio.Event().wait())


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), "load" in sys.argv, *sys.argv[3:4]))
