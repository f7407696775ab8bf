"""The commands of the server as Python methods, made from its command table: `plant.commands.scene.move(…)`."""

from __future__ import annotations

import html
import inspect
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from xushi.kernel import XushiError, pair_text

from ._rehearsal import as_shown
from ._words import word

if TYPE_CHECKING:
    from ._line import Line
    from ._plant import Plant

_TYPES: dict[str, Any] = {
    "string": str,
    "number": float,
    "integer": int,
    "boolean": bool,
    "array": list,
    "object": dict,
}
_OWN = ("dry_run", "propose", "reason")


class Outcome(dict[str, Any]):
    """What became of a command, as the server told it; shows itself in a notebook."""

    def __init__(self, plant: Line, told: dict[str, Any]) -> None:
        super().__init__(told)
        self._plant = plant

    @property
    def is_done(self) -> bool:
        """Whether it took effect and was confirmed."""
        return bool(self["state"] == "done")

    def undo(self) -> Outcome:
        """Take it back."""
        return self._plant.undo(self["command_id"])

    def wait(self, timeout_s: float = 600.0) -> Any:
        """Wait for the job that the command began; see `Plant.wait`. Forecasts and the like show themselves."""
        job = next((effect["job"] for effect in self["effects"] if effect.get("job")), None)
        return as_shown(self["command"], self._plant.wait(job, timeout_s), self._plant.remote.language)

    def _repr_html_(self) -> str:
        error = self.get("error") or {}
        rows = {"command": self["command"], "state": self["state"], **self.get("summary", {})}
        rows |= {key: error[key] for key in ("what", "why", "next") if error.get(key)}
        cells = "".join(f"<tr><th>{_cell(key)}</th><td>{_cell(value)}</td></tr>" for key, value in rows.items())
        return f"<table>{cells}</table>"


class CommandMethod:
    """One command as a callable with signature and docstring."""

    def __init__(self, plant: Plant, info: dict[str, Any]) -> None:
        self._plant = plant
        self.info = info
        language = plant.remote.language
        title, summary = (_text(info[part], language) for part in ("title", "summary"))
        self.__name__ = info["name"].rpartition(".")[2]
        self.__qualname__ = info["name"]
        self._fields = _fields(info["params"])
        told = {name: part["help"] or part["type"] for name, part in self._fields.items()}
        told |= {name: word(f"command-{name.replace('_', '-')}", language) for name in _OWN if name not in told}
        lines = [
            pair_text(title, summary, language),
            "",
            pair_text(word("command-args", language), "", language).rstrip(),
        ]
        lines += [f"    {name}: {what}" for name, what in told.items()]
        lines += ["", word("command-right", language).format(right=info["right"])]
        self.__doc__ = "\n".join(lines)
        self.__signature__ = _signature(self._fields)

    def __call__(self, *given: Any, **named: Any) -> Outcome:
        """Run the command; what it refuses is raised as a XushiError."""
        bound = self.__signature__.bind(*given, **named).arguments
        own = {name: bound.pop(name) for name in _OWN if name in bound and name not in self._fields}
        params = {name: value for name, value in bound.items() if value is not None}
        reason = own.get("reason", "")
        if own.get("propose"):
            wish = {"command": self.info["name"], "params": params, "why": reason}
            return self._plant.run("proposal.make", wish, reason=reason)
        return self._plant.run(self.info["name"], params, dry_run=own.get("dry_run", False), reason=reason)

    def __repr__(self) -> str:
        return f"<command {self.info['name']}{self.__signature__}>"

    def _repr_html_(self) -> str:
        head = self.info["name"] + str(self.__signature__)
        return f"<pre>{html.escape(head)}\n\n{html.escape(self.__doc__ or '')}</pre>"


class CommandGroup:
    """The commands of one room, by name."""

    def __init__(self, name: str, methods: dict[str, CommandMethod]) -> None:
        self._name = name
        self._methods = methods

    def __getattr__(self, name: str) -> CommandMethod:
        try:
            return self._methods[name]
        except KeyError:
            raise AttributeError(f"{self._name} has no command {name!r}; it has {', '.join(self._methods)}") from None

    def __dir__(self) -> list[str]:
        return sorted(self._methods)

    def __iter__(self) -> Iterator[CommandMethod]:
        return iter(self._methods.values())

    def __repr__(self) -> str:
        return f"<commands {self._name}: {', '.join(self._methods)}>"


class Commands:
    """Every command: `commands.room.verb(…)`, or `commands["room.verb"](…)`."""

    def __init__(self, plant: Plant, infos: list[dict[str, Any]]) -> None:
        self._all = {info["name"]: CommandMethod(plant, info) for info in infos}
        groups: dict[str, dict[str, CommandMethod]] = {}
        for name, method in self._all.items():
            room, _, verb = name.rpartition(".")
            groups.setdefault(room.replace(".", "_"), {})[verb] = method
        self._groups = {room: CommandGroup(room, methods) for room, methods in groups.items()}

    def __getattr__(self, name: str) -> CommandGroup:
        try:
            return self._groups[name]
        except KeyError:
            raise AttributeError(f"there are no commands {name!r}; there are {', '.join(self._groups)}") from None

    def __getitem__(self, name: str) -> CommandMethod:
        if name not in self._all:
            raise XushiError("sdk.command_unknown", name=name, known=", ".join(self._all))
        return self._all[name]

    def __contains__(self, name: object) -> bool:
        return name in self._all

    def __iter__(self) -> Iterator[CommandMethod]:
        return iter(self._all.values())

    def __len__(self) -> int:
        return len(self._all)

    def __dir__(self) -> list[str]:
        return sorted(self._groups)

    def __repr__(self) -> str:
        return f"<{len(self._all)} commands: {', '.join(self._all)}>"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td><code>{html.escape(name)}</code></td><td>{html.escape((method.__doc__ or '').splitlines()[0])}"
            f"</td><td>{html.escape(method.info['right'])}</td></tr>"
            for name, method in self._all.items()
        )
        return f"<table>{rows}</table>"


def _fields(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    definitions = schema.get("$defs", {})

    def resolved(part: dict[str, Any]) -> dict[str, Any]:
        return dict(definitions.get(str(part.get("$ref", "")).rpartition("/")[2], part))

    whole = resolved(schema)
    needed = set(whole.get("required", ()))
    found = {}
    for name, raw in whole.get("properties", {}).items():
        part = resolved(raw)
        kinds = [one.get("type") for one in part.get("anyOf", [part]) if one.get("type") != "null"]
        kind = kinds[0] if len(kinds) == 1 and isinstance(kinds[0], str) else "any"
        found[name] = {
            "type": kind, "help": part.get("description", ""),
            "is_needed": name in needed, "default": part.get("default"),
        }  # fmt: skip
    return dict(sorted(found.items(), key=lambda item: not item[1]["is_needed"]))


def _signature(fields: dict[str, dict[str, Any]]) -> inspect.Signature:
    parameters = [
        inspect.Parameter(
            name,
            inspect.Parameter.POSITIONAL_OR_KEYWORD,
            default=inspect.Parameter.empty if field["is_needed"] else field["default"],
            annotation=_TYPES.get(field["type"], Any),
        )
        for name, field in fields.items()
        if name.isidentifier()
    ]
    own = (("dry_run", False, bool), ("propose", False, bool), ("reason", "", str))
    parameters += [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
        for name, default, kind in own
        if name not in fields
    ]
    return inspect.Signature(parameters, return_annotation=Outcome)


def _text(texts: dict[str, str], language: str) -> str:
    return texts.get(language, texts["en"])


def _cell(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return html.escape(text[:300])
