"""What a visitor has chosen on one page, as a link holds it and as the page's controls do."""

import math
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any, ClassVar, Self


class PageChoice:
    """Base of what one page adds to a link: a frozen dataclass whose fields all have defaults.

    PREFIX : of the widget key of each field's control
    WORDS : what a field of text may say; LIMITS : between what a field of numbers may lie
    MEMBER, MEMBERS : fields that name one member (or say something of WORDS), and that name any number of them
    QUERY : query parameters that are not called as their field is; no two pages may share one
    """

    PREFIX: ClassVar[str]
    WORDS: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    LIMITS: ClassVar[Mapping[str, tuple[float, float]]] = {}
    MEMBER: ClassVar[tuple[str, ...]] = ()
    MEMBERS: ClassVar[tuple[str, ...]] = ()
    QUERY: ClassVar[Mapping[str, str]] = {}

    @classmethod
    def defaults(cls) -> dict[str, Any]:
        """Return every field's default."""
        return {field.name: field.default for field in fields(cls)}  # type: ignore[arg-type]

    @classmethod
    def parameter(cls, name: str) -> str:
        """Return the query parameter of a field."""
        return cls.QUERY.get(name, name)

    def to_query(self) -> dict[str, str]:
        """Return what differs from the default as query parameters."""
        values = {name: (getattr(self, name), default) for name, default in self.defaults().items()}
        return {self.parameter(name): _text(value) for name, (value, default) in values.items() if value != default}

    @classmethod
    def from_query(cls, query: Mapping[str, str], members: tuple[str, ...]) -> Self:
        """Read query parameters; what means nothing falls back to the default, silently."""
        found = {
            name: cls._read(name, default, query[cls.parameter(name)], members)
            for name, default in cls.defaults().items()
            if cls.parameter(name) in query
        }
        return cls(**{name: value for name, value in found.items() if value is not None}).tidy()

    @classmethod
    def _read(cls, name: str, default: object, text: str, members: tuple[str, ...]) -> Any:
        """Read one field; None for what means nothing."""
        if name in cls.MEMBERS:
            asked = set(text.split(","))
            return tuple(member for member in members if member in asked)
        if name in cls.MEMBER:
            return text if text in (*cls.WORDS.get(name, ()), *members) else None
        if name in cls.WORDS:
            return text if text in cls.WORDS[name] else None
        if isinstance(default, bool):
            return {"yes": True, "no": False}.get(text)
        return _within(cls.LIMITS[name], type(default), text)

    def tidy(self) -> Self:
        """Return it without what contradicts itself."""
        return self

    def control_values(self, on: tuple[str, ...]) -> dict[str, object]:
        """Return the value of every control by its widget key; on : the members that are switched on."""
        return {f"{self.PREFIX}{name}": getattr(self, name) for name in self.defaults()}

    def taken(self, state: Mapping[Any, Any], known: tuple[str, ...], on: tuple[str, ...]) -> Self:
        """Return what the controls now say; a control that is not drawn, or says nothing, leaves what was before.

        known : all members; on : those that are switched on
        """
        asked = {name: state.get(f"{self.PREFIX}{name}") for name in self.defaults()}
        found: Self = replace(self, **{name: value for name, value in asked.items() if value is not None})  # type: ignore[type-var]
        return found.tidy()


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ",".join(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _within(limits: tuple[float, float], kind: Callable[[str], Any], text: str) -> Any:
    """Read a number; None for what is none, or beyond its limits."""
    low, high = limits
    try:
        value = kind(text) if len(text) <= 10 else math.nan
    except ValueError:
        return None
    return value if low <= value <= high else None
