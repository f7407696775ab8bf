"""Lets compiled code hold a whole `World` by one pointer, and write `w.machines[m].phase` for what is behind it.

Handing some forty arrays from function to function costs a hundred times the work they do. So the addresses and shapes
of the arrays stand in one table, and the compiler is taught that an attribute of the handle is the array at that place.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.datamodel import register_default
from numba.core.datamodel.models import ArrayModel, OpaqueModel
from numba.core.extending import intrinsic
from numba.core.imputils import impl_ret_borrowed, lower_builtin, lower_getattr_generic
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.np.arrayobj import make_array, populate_array
from numba.np.numpy_support import from_dtype

from . import _layout as layout
from ._layout import World

_ROW = 3  # address, length, and length of the second axis
_DTYPES: dict[str, Any] = {
    "plant": layout.PLANT, "machines": layout.MACHINES, "operations": layout.OPERATIONS, "inputs": layout.INPUTS,
    "makes": layout.MAKES, "routes": layout.ROUTES, "shares": layout.SHARES, "dists": layout.DISTRIBUTIONS,
    "modes": layout.MODES, "setups": layout.SETUPS, "buffers": layout.BUFFERS, "parts": layout.PARTS,
    "sinks": layout.SINKS, "orders": layout.ORDERS, "crews": layout.CREWS, "calendars": layout.CALENDARS,
    "vehicles": layout.VEHICLES, "transports": layout.TRANSPORTS, "roads": layout.ROADS, "zones": layout.ZONES,
    "times": np.float64, "values": np.float64, "changes_s": np.float64, "state_s": np.float64, "ahead": np.float64,
    "vehicle_s": np.float64, "way_m": np.float64, "samples": np.float64, "winners": np.int64, "consumers": np.int64,
    "priorities": np.int64, "dirty": np.int64, "next_road": np.int64, "streams": np.uint32, "keys": np.uint64,
    "stop": np.int8,
}  # fmt: skip
_TWO_AXES = ("state_s", "ahead", "vehicle_s", "way_m", "samples", "next_road", "streams")


class WorldType(types.Opaque):
    """The type of the handle in compiled code."""

    def __init__(self) -> None:
        super().__init__(name="XushiWorld")


_HANDLE = WorldType()
register_default(WorldType)(OpaqueModel)


class PlainArray(types.Array):
    """An array whose indices are never negative: no test for counting from the end at each access."""


register_default(PlainArray)(ArrayModel)


def _array_type(name: str) -> Any:
    return PlainArray(from_dtype(np.dtype(_DTYPES[name])), 2 if name in _TWO_AXES else 1, "C")


def _place(context: Any, builder: Any, array_type: Any, array: Any, index_type: Any, index: Any) -> Any:
    """Return the address of an element; the index is a number or a pair."""
    rows = make_array(array_type)(context, builder, array)
    if isinstance(index_type, types.BaseTuple):  # type: ignore[attr-defined]
        numbers = cgutils.unpack_tuple(builder, index, 2)
        row, column = (
            context.cast(builder, number, kind, types.intp) for number, kind in zip(numbers, index_type, strict=True)
        )
        width = builder.extract_value(rows.shape, 1)
        return builder.gep(rows.data, [builder.add(builder.mul(row, width), column)])
    return builder.gep(rows.data, [context.cast(builder, index, index_type, types.intp)])


def _get(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    """Return a number, or a record: its address."""
    array_type, index_type = signature.args
    place = _place(context, builder, array_type, arguments[0], index_type, arguments[1])
    return place if isinstance(array_type.dtype, types.Record) else builder.load(place)


def _set(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    array_type, index_type, value_type = signature.args
    place = _place(context, builder, array_type, arguments[0], index_type, arguments[1])
    builder.store(context.cast(builder, arguments[2], value_type, array_type.dtype), place)
    return context.get_dummy_value()


for _index in (types.Integer, types.BaseTuple):  # type: ignore[attr-defined]
    lower_builtin(operator.getitem, PlainArray, _index)(_get)
    lower_builtin(operator.setitem, PlainArray, _index, types.Any)(_set)


@infer_getattr
class _WorldAttributes(AttributeTemplate):  # type: ignore[misc]
    key = WorldType

    def generic_resolve(self, handle: Any, attribute: str) -> Any:
        return _array_type(attribute) if attribute in _DTYPES else None


@lower_getattr_generic(WorldType)  # type: ignore[untyped-decorator]
def _load_array(context: Any, builder: Any, handle_type: Any, handle: Any, attribute: str) -> Any:
    """Build the array from its row in the table; it owns nothing, so nothing is counted."""
    array_type = _array_type(attribute)
    word = ir.IntType(64)
    table = builder.bitcast(handle, word.as_pointer())
    row = World._fields.index(attribute) * _ROW
    numbers = []
    for k in range(1 + array_type.ndim):
        number = builder.load(builder.gep(table, [ir.Constant(word, row + k)]))
        number.set_metadata("invariant.load", builder.module.add_metadata([]))  # so it is read once, not at each use
        numbers.append(number)
    item = context.get_abi_sizeof(context.get_data_type(array_type.dtype))
    strides = [ir.Constant(word, item)]
    if array_type.ndim == 2:
        strides.insert(0, builder.mul(numbers[2], ir.Constant(word, item)))
    array = make_array(array_type)(context, builder)
    data = builder.inttoptr(numbers[0], context.get_value_type(array_type.dtype).as_pointer())
    if isinstance(array_type.dtype, types.Record):
        data = builder.inttoptr(numbers[0], context.get_data_type(array_type.dtype).as_pointer())
    populate_array(
        array,
        data=data,
        shape=cgutils.pack_array(builder, numbers[1:]),
        strides=cgutils.pack_array(builder, strides),
        itemsize=ir.Constant(word, item),
        meminfo=None,
    )
    return impl_ret_borrowed(context, builder, array_type, array._getvalue())


def _world_at(typingcontext: Any, address: Any) -> Any:
    """Return, in compiled code, the handle of the table at an address."""

    def cast(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], context.get_value_type(_HANDLE))

    return _HANDLE(types.intp), cast


world_at: Any = intrinsic(_world_at)


def table_of(world: World) -> Any:
    """Return the table of a world; it must live as long as its address is used.

    Raises:
        TypeError: an array has another type or order than the kernel was compiled for.
    """
    table = np.zeros((len(World._fields), _ROW), np.int64)
    for row, (name, array) in enumerate(zip(World._fields, world, strict=True)):
        if array.dtype != np.dtype(_DTYPES[name]) or not array.flags.c_contiguous:
            raise TypeError(name)
        table[row] = array.ctypes.data, len(array), array.shape[-1]
    return table
