"""Links of the explorer: the part of them that says which setting is shown, and which one is pinned."""

import math
from collections.abc import Sequence
from urllib.parse import parse_qsl, quote, urlsplit

from fer_core.ensemble import COMBINERS, LARGEST_WEIGHT, WEIGHTINGS, Setting
from fer_core.ensemble.weightings import known

TWINS = {"with": True, "without": False}


def to_query(everyone: Sequence[str], setting: Setting, pin: Setting | None = None) -> str:
    """Return the query that shows a setting of these members in the explorer."""
    query = {
        "members": ",".join(setting.members),
        "weights": setting.weighting,
        "combine": setting.combiner,
        "on": setting.split,
        "twins": "with" if setting.twins else "without",
    }
    if setting.weighting == "manual":
        given = dict(zip(setting.members, setting.manual, strict=True))
        query["manual"] = ",".join(f"{given.get(name, 1.0):g}" for name in everyone)
    if pin is not None:
        parts = [",".join(pin.members), pin.weighting, pin.combiner]
        query["pin"] = "~".join(parts + ([",".join(f"{weight:g}" for weight in pin.manual)] if pin.manual else []))
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
    return setting, _pin(query["pin"], everyone, setting) if query.get("pin") else None


def _pin(text: str, everyone: Sequence[str], setting: Setting) -> Setting:
    names, weighting, combiner, *more = text.split("~") if text.count("~") in (2, 3) else ("", "", "")
    members = members_of(names, everyone)
    manual = weights_of(more[0], len(members)) if more else ()
    return checked(Setting(members, weighting, combiner, manual, setting.split, setting.twins))


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
