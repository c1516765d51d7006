"""Which settings were planned before PrivateTest was scored, so that their p-values can be taken as they are."""

from collections.abc import Sequence

from fer_core.ensemble.combiners import COMBINERS
from fer_core.ensemble.outcome import Setting


def planned(setting: Setting, *, everyone: Sequence[str], chosen: Setting) -> bool:
    """Tell whether a setting is one of the two planned ones, which are scored on "test"; any other is exploratory.

    They are the one that is chosen on "valid", and all members at equal weight with mean probability.  Which of them
    is meant does not depend on the order of members, nor on weights that the combiner ignores.

    everyone : all members; chosen : the setting that is best on "valid"
    """
    if setting.split != "test":
        return False
    return _identity(setting) in (_identity(chosen), _identity(Setting(tuple(everyone))))


def _identity(setting: Setting) -> tuple[object, ...]:
    """Return what makes a setting the one it is; weights set by hand are never those of a plan."""
    weighting = setting.weighting if COMBINERS[setting.combiner].weighs or setting.weighting == "manual" else None
    return frozenset(setting.members), weighting, setting.combiner
