"""Builds the Sparkplug B message classes at run time from the field numbers of the standard (3.0, 6.4.1).

The classes come from a description in Python, in a descriptor pool of their own: no generated file, no
compiler, and no clash with another program's copy of the same messages.
"""

from __future__ import annotations

from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

_PACKAGE = "xushi.sparkplug"
_Field = descriptor_pb2.FieldDescriptorProto

_TYPES = {
    "string": _Field.TYPE_STRING,
    "bytes": _Field.TYPE_BYTES,
    "bool": _Field.TYPE_BOOL,
    "uint32": _Field.TYPE_UINT32,
    "uint64": _Field.TYPE_UINT64,
    "float": _Field.TYPE_FLOAT,
    "double": _Field.TYPE_DOUBLE,
}

# message: fields as (number, name, type, is repeated, belongs to the `value` choice)
_MESSAGES: dict[str, tuple[tuple[int, str, str, bool, bool], ...]] = {
    "Payload": (
        (1, "timestamp", "uint64", False, False),
        (2, "metrics", "Metric", True, False),
        (3, "seq", "uint64", False, False),
        (4, "uuid", "string", False, False),
        (5, "body", "bytes", False, False),
    ),
    "Metric": (
        (1, "name", "string", False, False),
        (2, "alias", "uint64", False, False),
        (3, "timestamp", "uint64", False, False),
        (4, "datatype", "uint32", False, False),
        (5, "is_historical", "bool", False, False),
        (6, "is_transient", "bool", False, False),
        (7, "is_null", "bool", False, False),
        (8, "metadata", "MetaData", False, False),
        (9, "properties", "PropertySet", False, False),
        (10, "int_value", "uint32", False, True),
        (11, "long_value", "uint64", False, True),
        (12, "float_value", "float", False, True),
        (13, "double_value", "double", False, True),
        (14, "boolean_value", "bool", False, True),
        (15, "string_value", "string", False, True),
        (16, "bytes_value", "bytes", False, True),
        (17, "dataset_value", "bytes", False, True),  # kept shut: a data set or template is no signal
        (18, "template_value", "bytes", False, True),
    ),
    "MetaData": (
        (1, "is_multi_part", "bool", False, False),
        (2, "content_type", "string", False, False),
        (3, "size", "uint64", False, False),
        (4, "seq", "uint64", False, False),
        (5, "file_name", "string", False, False),
        (6, "file_type", "string", False, False),
        (7, "md5", "string", False, False),
        (8, "description", "string", False, False),
    ),
    "PropertySet": (
        (1, "keys", "string", True, False),
        (2, "values", "PropertyValue", True, False),
    ),
    "PropertyValue": (
        (1, "type", "uint32", False, False),
        (2, "is_null", "bool", False, False),
        (3, "int_value", "uint32", False, True),
        (4, "long_value", "uint64", False, True),
        (5, "float_value", "float", False, True),
        (6, "double_value", "double", False, True),
        (7, "boolean_value", "bool", False, True),
        (8, "string_value", "string", False, True),
    ),
}


def _build() -> tuple[Any, Any]:
    file = descriptor_pb2.FileDescriptorProto(name="xushi/sparkplug.proto", package=_PACKAGE, syntax="proto2")
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        if any(is_choice for *_, is_choice in fields):
            message.oneof_decl.add(name="value")
        for number, field_name, type_name, is_repeated, is_choice in fields:
            field = message.field.add(
                name=field_name,
                number=number,
                label=_Field.LABEL_REPEATED if is_repeated else _Field.LABEL_OPTIONAL,
            )
            if type_name in _TYPES:
                field.type = _TYPES[type_name]
            else:
                field.type = _Field.TYPE_MESSAGE
                field.type_name = f".{_PACKAGE}.{type_name}"
            if is_choice:
                field.oneof_index = 0
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    payload = message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.Payload"))
    metric = message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.Metric"))
    return payload, metric


PayloadMessage, MetricMessage = _build()
