"""A setting as data, to be read by a program."""

from typing import Any

from fer_core.ensemble import Setting, planned
from fer_core.links import to_query
from fer_core.reports.html.subject import Subject


def configuration(subject: Subject, setting: Setting, pin: Setting | None = None) -> dict[str, Any]:
    """Return a setting, and what was pinned, as JSON holds it; `link` restores both in the explorer."""
    return {
        "members": list(setting.members),
        "weighting": setting.weighting,
        "combiner": setting.combiner,
        "manual": dict(zip(setting.members, setting.manual, strict=False)),
        "split": subject.words.splits[setting.split],
        "twins": setting.twins,
        "planned": planned(setting, everyone=subject.explorer.members, chosen=subject.chosen),
        "pin": None if pin is None else _pinned(pin),
        "link": f"?{to_query(subject.explorer.members, setting, pin)}",
        "artifacts": subject.fingerprint,
        "own": [{"file": extra.file, "sha256": extra.sha256} for extra in subject.files],
    }


def _pinned(pin: Setting) -> dict[str, Any]:
    manual = dict(zip(pin.members, pin.manual, strict=False))
    return {"members": list(pin.members), "weighting": pin.weighting, "combiner": pin.combiner, "manual": manual}
