"""Places: what stands where in the 3D world, which twin it shows, and how live signals move it."""

from __future__ import annotations

import math
from typing import Any, Literal, TypeAlias

import msgspec

from xushi.kernel import Record, XushiError

Vector: TypeAlias = tuple[float, float, float]
Quaternion: TypeAlias = tuple[float, float, float, float]
Category: TypeAlias = Literal["station", "agv", "conveyor", "rack", "robot", "building", "utility", "product", "other"]
Axis: TypeAlias = Literal["x", "y", "z"]

LARGEST_COORDINATE_M = 100_000.0


class ShowState(msgspec.Struct, frozen=True, tag_field="kind", tag="state"):
    """Shows a machine's state: `signal` is an OPC 40001-1 MachineryItemState, `detail` the reason."""

    signal: str
    detail: str | None = None


class Turn(msgspec.Struct, frozen=True, tag_field="kind", tag="turn"):
    """Turns a node: angle in rad = value · factor + offset."""

    node: str
    axis: Axis
    signal: str
    factor: float = 1.0
    offset: float = 0.0


class Slide(msgspec.Struct, frozen=True, tag_field="kind", tag="slide"):
    """Slides a node: distance in m = value · factor + offset."""

    node: str
    axis: Axis
    signal: str
    factor: float = 1.0
    offset: float = 0.0


class PlayClip(msgspec.Struct, frozen=True, tag_field="kind", tag="clip"):
    """Shows the instant of an animation clip that a progress signal (0…1) names."""

    clip: str
    signal: str


class FollowPose(msgspec.Struct, frozen=True, tag_field="kind", tag="pose"):
    """Drives the place by a reported pose: `x`, `y` in m and `theta` in rad of the plant frame (VDA 5050)."""

    x: str
    y: str
    theta: str


class Carry(msgspec.Struct, frozen=True, tag_field="kind", tag="carry"):
    """Shows models[stage] at a node while the signal `item` holds a serial number."""

    node: str
    item: str
    stage: str
    models: tuple[str, ...] = ()


class Flow(msgspec.Struct, frozen=True, tag_field="kind", tag="flow"):
    """Shows items on a path: array signals of positions (0…1) and of stages."""

    positions: str
    stages: str
    path: tuple[Vector, ...]
    models: tuple[str, ...] = ()


class Light(msgspec.Struct, frozen=True, tag_field="kind", tag="light"):
    """Lights a node while a Boolean signal is true."""

    node: str
    signal: str


class Label(msgspec.Struct, frozen=True, tag_field="kind", tag="label"):
    """Writes a signal's value beside the place."""

    signal: str


Behaviour: TypeAlias = ShowState | Turn | Slide | PlayClip | FollowPose | Carry | Flow | Light | Label


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """One thing in the world. Frame as in glTF 2.0 (3.4): right-handed, Y up, metres.

    Attributes:
        shell: id of the twin it shows; None for scenery.
        model: SHA-256 of its glTF binary; None for an empty group.
        rotation: unit quaternion x, y, z, w relative to the parent place.
    """

    id: str
    name: dict[str, str]
    parent: str | None = None
    shell: str | None = None
    model: str | None = None
    position: Vector = (0.0, 0.0, 0.0)
    rotation: Quaternion = (0.0, 0.0, 0.0, 1.0)
    scale: Vector = (1.0, 1.0, 1.0)
    category: Category = "other"
    behaviours: tuple[Behaviour, ...] = ()


def place_record(place: Place) -> Record:
    """Return a place as the plain JSON that the record store keeps."""
    record: dict[str, Any] = msgspec.to_builtins(place)
    return record


def read_place(record: Record) -> Place:
    """Return the place of a record.

    Raises:
        XushiError: `scene.place_invalid` with the field and the reason.
    """
    try:
        return msgspec.convert(record, Place)
    except msgspec.ValidationError as error:
        raise XushiError("scene.place_invalid", reason=str(error)) from error


def check_vector(values: tuple[float, ...], field: str) -> None:
    """Refuse numbers that no plant has.

    Raises:
        XushiError: `scene.number_invalid` for infinity, NaN, or more than 100 km.
    """
    for value in values:
        if not math.isfinite(value) or abs(value) > LARGEST_COORDINATE_M:
            raise XushiError("scene.number_invalid", field=field, value=value)


def unit_quaternion(rotation: Quaternion) -> Quaternion:
    """Return the rotation scaled to length 1.

    Raises:
        XushiError: `scene.number_invalid` where it has no direction.
    """
    check_vector(rotation, "rotation")
    length = math.sqrt(sum(part * part for part in rotation))
    if length < 1e-9:
        raise XushiError("scene.number_invalid", field="rotation", value=0)
    x, y, z, w = (part / length for part in rotation)
    return (x, y, z, w)


def from_plant_frame(x_m: float, y_m: float, z_m: float, rotation_z_rad: float) -> tuple[Vector, Quaternion]:
    """Return (position, rotation) in the scene's frame for a pose of the plant's frame.

    The plant's frame has x east, y north, z up; the scene's has x east, y up, z south. A turn about
    the plant's z is a turn about the scene's y by the same angle.
    """
    half = rotation_z_rad / 2
    return (x_m, z_m, -y_m), (0.0, math.sin(half), 0.0, math.cos(half))
