"""The grammar of links: how a setting, and one that is pinned, are written into a link of the explorer, and read.

Reading raises ValueError, in words for who gave the link.  A command passes them on; a page, which has to show
something, falls back to its default for that one value.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from urllib.parse import parse_qsl, quote, urlsplit

from fer_core.ensemble import COMBINERS, LARGEST_WEIGHT, WEIGHTINGS, Setting
from fer_core.ensemble.weightings import known

NOBODY = "none"
"""What stands for no member at all."""
TWINS = {"with": True, "without": False}


def query_of(
    everyone: Sequence[str], setting: Setting, weights: Mapping[str, float] | None = None, pin: Setting | None = None
) -> dict[str, str]:
    """Return the query parameters that show a setting of these members.

    weights : the slider of every member, for "manual" weights; by default those of the setting, and 1 for others
    """
    query = {
        "members": ",".join(setting.members) or NOBODY,
        "weights": setting.weighting,
        "combine": setting.combiner,
        "on": setting.split,
        "twins": "with" if setting.twins else "without",
    }
    if setting.weighting == "manual":
        given = weights or dict(zip(setting.members, setting.manual, strict=True))
        query["manual"] = _numbers([given.get(name, 1.0) for name in everyone])
    if pin is not None:
        query["pin"] = pin_text(pin)
    return query


def pin_text(pin: Setting) -> str:
    """Return a pinned setting as a link holds it; the images that it is scored on are not part of it."""
    parts = [",".join(pin.members), pin.weighting, pin.combiner]
    return "~".join(parts + ([_numbers(pin.manual)] if pin.manual else []))


def _numbers(values: Iterable[float]) -> str:
    return ",".join(f"{value:g}" for value in values)


def to_query(everyone: Sequence[str], setting: Setting, pin: Setting | None = None) -> str:
    """Return the query, as text, that shows a setting of these members in the explorer."""
    query = query_of(everyone, setting, pin=pin)
    return "&".join(f"{key}={quote(value, safe=',~')}" for key, value in query.items())


def from_link(link: str, everyone: Sequence[str]) -> tuple[Setting, Setting | None]:
    """Read a link of the explorer, or what stands in it after the question mark: the setting and what is pinned as A.

    everyone : all members.  Raises ValueError, in words for who gave the link, where it names what there is not.
    """
    text = urlsplit(link).query if "?" in link else link
    query = dict(parse_qsl(text, keep_blank_values=True))
    if "members" not in query:
        raise ValueError("it names no members; copy it with the button Copy link")
    weighting, combiner = query.get("weights", "equal"), query.get("combine", "mean_probability")
    split, twins = query.get("on", "test"), query.get("twins", "with")
    if split not in ("valid", "test") or twins not in TWINS:
        raise ValueError("on has to be 'valid' or 'test', and twins 'with' or 'without'")
    names = members_of(query["members"], everyone)
    manual: tuple[float, ...] = ()
    if weighting == "manual":
        given = weights_of(query.get("manual", ",".join(["1"] * len(everyone))), len(everyone))
        manual = tuple(given[list(everyone).index(name)] for name in names)
    setting = checked(Setting(names, weighting, combiner, manual, split, TWINS[twins]))
    pin = pin_of(query["pin"], everyone) if query.get("pin") else None
    return setting, None if pin is None else replace(pin, split=setting.split, twins=setting.twins)


def pin_of(text: str, everyone: Sequence[str]) -> Setting:
    """Read a pinned setting; it stands on PrivateTest, with its twins, until somebody says otherwise."""
    names, weighting, combiner, *more = text.split("~") if text.count("~") in (2, 3) else ("", "", "")
    members = members_of(names, everyone)
    if len(members) < len(names.split(",")):
        raise ValueError("a member is pinned twice")
    return checked(Setting(members, weighting, combiner, weights_of(more[0], len(members)) if more else ()))


def members_of(text: str, everyone: Sequence[str]) -> tuple[str, ...]:
    """Read names with commas between them, and put them in order."""
    asked = [name.strip() for name in text.split(",")]
    unknown = [name for name in asked if name not in everyone]
    if unknown:
        raise ValueError(f"there is no member {unknown[0]!r}, only {', '.join(everyone)}")
    return tuple(name for name in everyone if name in asked)


def weights_of(text: str, count: int) -> tuple[float, ...]:
    """Read that many weights with commas between them."""
    try:
        weights = tuple(float(part) for part in text.split(","))
    except ValueError:
        weights = ()
    if len(weights) != count or not all(math.isfinite(weight) and 0 <= weight <= LARGEST_WEIGHT for weight in weights):
        raise ValueError(f"expected {count} weights from 0 to {LARGEST_WEIGHT:g}, one a member, got {text!r}")
    return weights


def checked(setting: Setting) -> Setting:
    """Return a setting whose names are in the registries and whose weights are not all zero."""
    known(WEIGHTINGS, "weights", setting.weighting)
    known(COMBINERS, "combine", setting.combiner)
    if (setting.weighting == "manual") != bool(setting.manual):
        raise ValueError("weights of your own belong to the weighting 'manual'")
    if setting.manual and not any(setting.manual):
        raise ValueError("every weight is zero")
    return setting
