"""The headline: one sentence, and the README's table."""

from typing import Any

from fer_core.artifacts import Artifacts
from fer_core.format import interval, percent, scheme, table
from fer_core.reports.markdown.story import equal_of, verdict
from fer_core.reports.summary import report


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
