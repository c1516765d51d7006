"""The headline: whether an ensemble beats its best member, why it does or does not, and what to try next."""

from collections.abc import Mapping
from typing import Any

from fer_core.artifacts import Artifacts
from fer_core.ensemble import Outcome
from fer_core.format import interval, p_value, percent, points, scheme, table
from fer_core.reports.summary import report

USUAL = 0.05
"""The p-value below which a difference is usually called statistically significant."""
UNEQUAL = 0.01
"""A share by which members are weaker than the best on average from which on that is why they do not help."""
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def counted(number: int) -> str:
    """Return a number as it stands in a sentence."""
    return NUMBERS[number] if number < len(NUMBERS) else f"{number:,}"


def significant(gain: float, p: float) -> bool:
    """Tell whether an ensemble is better than its best member by more than chance usually gives."""
    return gain > 0 and p < USUAL


def verdict(gain: float, p: float) -> str:
    """Say how sure a difference from the best member is."""
    if gain == 0:
        return "There is no difference to test."
    sure = "is" if p < USUAL else "is not"
    return f"This difference {sure} statistically significant (exact McNemar p {p_value(p)})."


def reason(gain: float, best: str, own: Mapping[str, float], *, valid: str = "PublicTest") -> str:
    """Say why an ensemble stands where it does beside its best member, and what to try next where it is not above it.

    own : what each of its members reaches on the same images, a share; valid : what the split is called that chooses
    """
    if gain > 0:
        return "Members make different errors, so many an error is outvoted."
    if best not in own:
        return f"{best} is not among its members. Try next: switch {best} on."
    others = [value for name, value in own.items() if name != best]
    behind = own[best] - sum(others) / len(others)
    if behind >= UNEQUAL:
        who = f"the other {counted(len(others))} are" if len(others) > 1 else "the other one is"
        average = " on average" if len(others) > 1 else ""
        return (
            f"The members are unequal: {who} {points(behind).lstrip('+')} points weaker{average}, and together "
            f"{'they outvote' if len(others) > 1 else 'it outweighs'} {best} where it alone is right. Try next: switch "
            f"off members that are weak on {valid}, or weight them by accuracy."
        )
    return (
        "The members are about equally strong but make the same errors. Try next: combine members that differ more, "
        "by the page Who adds what."
    )


def below(outcome: Outcome, *, valid: str = "PublicTest") -> str:
    """Say why an ensemble does not beat its best member, and what to try next; nothing where it does."""
    if len(outcome.setting.members) == 1 or outcome.gain > 0:
        return ""
    own = {name: outcome.member_accuracy[name] for name in outcome.setting.members}
    return reason(outcome.gain, outcome.best_member, own, valid=valid)


def equal_sentence(outcome: Outcome, *, valid: str = "PublicTest") -> str:
    """Tell of all members at equal weight; nothing of one alone."""
    best, members = outcome.best_member, outcome.setting.members
    if len(members) == 1:
        return ""
    own = {name: outcome.member_accuracy[name] for name in members}
    return _equal(outcome.accuracy, outcome.gain, outcome.mcnemar.p, best, own, valid=valid)


def equal_of(found: Mapping[str, Any]) -> str:
    """Tell the same from the figures of a report."""
    equal = next(e for e in found["ensembles"] if (e["weighting"], e["combiner"]) == ("equal", "mean_probability"))
    if len(equal["members"]) == 1:
        return ""
    own = {m["name"]: m["accuracy"] for m in found["members"]}
    return _equal(equal["accuracy"], equal["gain"], equal["mcnemar"]["p"], found["best_member"], own)


def _equal(
    accuracy: float, gain: float, p: float, best: str, own: Mapping[str, float], *, valid: str = "PublicTest"
) -> str:
    place = f"{points(abs(gain), 2).lstrip('+')} points {'above' if gain > 0 else 'below'} {best}"
    if gain == 0:
        place = f"level with {best}"
    everyone = "Both members" if len(own) == 2 else f"All {counted(len(own))} members"
    return (
        f"{everyone} at equal weight are right on {percent(accuracy, 2)}%, {place}. {verdict(gain, p)} "
        f"{reason(gain, best, own, valid=valid)}"
    )


def chosen_sentence(found: dict[str, Any]) -> str:
    """Return the headline with everything that makes it honest."""
    chosen, test, without = found["chosen"], found["chosen"]["mcnemar"], found["chosen"]["without_twins"]
    text = (
        f"Chosen on PublicTest: {', '.join(chosen['members'])} ({scheme(chosen)}). PrivateTest accuracy "
        f"**{percent(chosen['accuracy'], 2)}%** (95% interval {interval(chosen['interval'])}), "
    )
    if chosen["members"] == [found["best_member"]]:
        text += "one member alone, which no ensemble beats on PublicTest. "
    else:
        text += (
            f"{100 * chosen['gain']:+.2f} points over {test['against']}, the best member: where just one of the two is "
            f"right, the ensemble is on {test['only_ensemble']} images and the member on {test['only_member']}. "
            f"{verdict(chosen['gain'], test['p'])} "
        )
    return text + (
        f"Without the {chosen['images'] - without['images']} images that have a twin in Training: "
        f"{percent(without['accuracy'], 2)}% ({interval(without['interval'])}), "
        f"{100 * chosen['gain_without_twins']:+.2f} points."
    )


def story(found: dict[str, Any]) -> str:
    """Return the headline and, after it, what all members at equal weight reach and why."""
    return "\n\n".join(part for part in (chosen_sentence(found), equal_of(found)) if part)


def summary(found: dict[str, Any]) -> str:
    """Return the README's table of results."""
    header = ["", "parameters", "PublicTest, %", "PrivateTest, %", "95% interval", "without twins, %"]

    def row(name: str, parameters: int, valid: float, figures: dict[str, Any]) -> list[str]:
        numbers = (percent(valid), percent(figures["accuracy"]), interval(figures["interval"]))
        return [name, f"{parameters / 1e6:.2f} M", *numbers, percent(figures["without_twins"]["accuracy"])]

    rows = [row(m["name"], m["parameters"], m["valid"]["full"], m) for m in found["members"]]
    chosen = found["chosen"]
    if len(chosen["members"]) > 1:
        parameters = sum(m["parameters"] for m in found["members"] if m["name"] in chosen["members"])
        last = row("ensemble", parameters, chosen["valid_accuracy"], chosen)
        rows.append([f"**{cell}**" for cell in last])
    return table(header, rows) + "\n\n" + story(found)


def markdown_summary(artifacts: Artifacts) -> str:
    """Return the README's table of results, from the artifacts."""
    return summary(report(artifacts))
