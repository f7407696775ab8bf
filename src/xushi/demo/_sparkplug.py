"""The Sparkplug B payload as a protobuf message, described at run time (Sparkplug 3.0, chapter 6.4)."""

from __future__ import annotations

from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

_Field = descriptor_pb2.FieldDescriptorProto
INT64, DOUBLE, BOOLEAN, STRING = 4, 10, 11, 12  # Sparkplug data types
UINT64 = 8

_PROPERTY = (
    ("type", 1, _Field.TYPE_UINT32, ""),
    ("is_null", 2, _Field.TYPE_BOOL, ""),
    ("int_value", 3, _Field.TYPE_UINT32, "value"),
    ("long_value", 4, _Field.TYPE_UINT64, "value"),
    ("float_value", 5, _Field.TYPE_FLOAT, "value"),
    ("double_value", 6, _Field.TYPE_DOUBLE, "value"),
    ("boolean_value", 7, _Field.TYPE_BOOL, "value"),
    ("string_value", 8, _Field.TYPE_STRING, "value"),
)
_METRIC = (
    ("name", 1, _Field.TYPE_STRING, ""),
    ("alias", 2, _Field.TYPE_UINT64, ""),
    ("timestamp", 3, _Field.TYPE_UINT64, ""),
    ("datatype", 4, _Field.TYPE_UINT32, ""),
    ("is_historical", 5, _Field.TYPE_BOOL, ""),
    ("is_transient", 6, _Field.TYPE_BOOL, ""),
    ("is_null", 7, _Field.TYPE_BOOL, ""),
    ("int_value", 10, _Field.TYPE_UINT32, "value"),
    ("long_value", 11, _Field.TYPE_UINT64, "value"),
    ("float_value", 12, _Field.TYPE_FLOAT, "value"),
    ("double_value", 13, _Field.TYPE_DOUBLE, "value"),
    ("boolean_value", 14, _Field.TYPE_BOOL, "value"),
    ("string_value", 15, _Field.TYPE_STRING, "value"),
)
_PAYLOAD = (
    ("timestamp", 1, _Field.TYPE_UINT64, ""),
    ("seq", 3, _Field.TYPE_UINT64, ""),
    ("uuid", 4, _Field.TYPE_STRING, ""),
)


def _message(file: Any, name: str, fields: tuple[tuple[str, int, int, str], ...]) -> Any:
    message = file.message_type.add(name=name)
    for field, number, kind, group in fields:
        made = message.field.add(name=field, number=number, type=kind, label=_Field.LABEL_OPTIONAL)
        if group:
            if not message.oneof_decl:
                message.oneof_decl.add(name=group)
            made.oneof_index = 0
    return message


def _nested(message: Any, name: str, number: int, kind: str, *, many: bool) -> None:
    label = _Field.LABEL_REPEATED if many else _Field.LABEL_OPTIONAL
    message.field.add(name=name, number=number, type=_Field.TYPE_MESSAGE, label=label, type_name=f".xushi.demo.{kind}")


def _build() -> Any:
    file = descriptor_pb2.FileDescriptorProto(
        name="xushi/demo/sparkplug_b.proto", package="xushi.demo", syntax="proto2"
    )
    _message(file, "PropertyValue", _PROPERTY)
    properties = _message(file, "PropertySet", ())
    properties.field.add(name="keys", number=1, type=_Field.TYPE_STRING, label=_Field.LABEL_REPEATED)
    _nested(properties, "values", 2, "PropertyValue", many=True)
    metric = _message(file, "Metric", _METRIC)
    _nested(metric, "properties", 9, "PropertySet", many=False)
    payload = _message(file, "Payload", _PAYLOAD)
    _nested(payload, "metrics", 2, "Metric", many=True)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("xushi.demo.Payload"))


Payload: Any = _build()


def put_value(metric: Any, datatype: int, value: Any) -> None:
    """Sets a metric's value by its data type; signed 64-bit integers travel as two's complement."""
    if datatype == DOUBLE:
        metric.double_value = value
    elif datatype in (INT64, UINT64):
        metric.long_value = int(value) & 0xFFFFFFFFFFFFFFFF
    elif datatype == BOOLEAN:
        metric.boolean_value = bool(value)
    else:
        metric.string_value = str(value)


def get_value(metric: Any) -> Any:
    """A metric's value; None when it carries none."""
    field = metric.WhichOneof("value")
    return getattr(metric, field) if field is not None else None
