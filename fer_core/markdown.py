"""The figures as Markdown: docs/results.md whole, and the table of the README."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fer_core.artifacts import Artifacts
from fer_core.ensemble import COMBINERS, WEIGHTINGS
from fer_core.errors import FerError
from fer_core.field import FIELD
from fer_core.report import report

BEGIN, END = "<!-- results -->", "<!-- /results -->"
README, RESULTS = Path("README.md"), Path("docs", "results.md")


def percent(share: float | None, digits: int = 1) -> str:
    """Return a share as a percentage without the sign, a dash for None."""
    return "-" if share is None else f"{100 * share:.{digits}f}"


def interval(bounds: Sequence[float]) -> str:
    """Return an interval of shares as percentages."""
    return f"{percent(bounds[0])} to {percent(bounds[1])}"


def p_value(p: float) -> str:
    """Return a p-value with two significant digits."""
    return "< 0.0001" if p < 1e-4 else f"{p:.2g}"


def nats(loss: float | None) -> str:
    """Return a loss or a score with three digits, a dash for None."""
    return "-" if loss is None else f"{loss:.3f}"


def table(header: Sequence[str], rows: Sequence[Sequence[str]], *, left: int = 1) -> str:
    """Return a Markdown table; the first `left` columns are text, the others numbers."""
    rule = ["---" if i < left else "---:" for i in range(len(header))]
    return "\n".join("| " + " | ".join(row) + " |" for row in (header, rule, *rows))


def scheme(figures: dict[str, Any]) -> str:
    """Name weighting and combiner as a person reads them."""
    return f"{WEIGHTINGS[figures['weighting']].title.lower()}, {COMBINERS[figures['combiner']].title.lower()}"


def chosen_sentence(found: dict[str, Any]) -> str:
    """Return the headline with everything that makes it honest."""
    chosen, test, without = found["chosen"], found["chosen"]["mcnemar"], found["chosen"]["without_twins"]
    text = (
        f"Chosen on PublicTest: {', '.join(chosen['members'])} ({scheme(chosen)}). PrivateTest accuracy "
        f"**{percent(chosen['accuracy'], 2)}%** (95% interval {interval(chosen['interval'])}), "
    )
    if chosen["members"] == [found["best_member"]]:
        text += "one member alone, which no ensemble beats there. "
    else:
        text += (
            f"{100 * chosen['gain']:+.2f} points on {test['against']}, the best member: where just one of the two is "
            f"right, the ensemble is on {test['only_ensemble']} images and the member on {test['only_member']} "
            f"(exact McNemar p {p_value(test['p'])}). "
        )
    return text + (
        f"Without the {chosen['images'] - without['images']} images that have a twin in Training: "
        f"{percent(without['accuracy'], 2)}% ({interval(without['interval'])}), "
        f"{100 * chosen['gain_without_twins']:+.2f} points."
    )


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
    return table(header, rows) + "\n\n" + chosen_sentence(found)


def _members(found: dict[str, Any]) -> str:
    header = ["member", "parameters", "MMACs", "PublicTest, one view", "full", "PrivateTest, one view", "full"]
    header += ["95% interval", "without twins", "macro-F1", "NLL", "Brier", "ECE", "minutes"]
    rows = [
        [
            m["name"],
            f"{m['parameters']:,}",
            f"{m['macs'] / 1e6:.0f}",
            *(percent(m[split][kind]) for split in ("valid", "test") for kind in ("one_view", "full")),
            interval(m["interval"]),
            percent(m["without_twins"]["accuracy"]),
            percent(m["macro_f1"]),
            nats(m["nll"]),
            nats(m["brier"]),
            percent(m["ece"]),
            f"{m['wall_seconds'] / 60:.0f}",
        ]
        for m in found["members"]
    ]
    return table(header, rows)


def _ensembles(ensembles: Sequence[dict[str, Any]]) -> str:
    header = ["weighting, combiner", "PublicTest", "out of fold", "PrivateTest", "95% interval", "gain", "McNemar p"]
    header += ["without twins", "macro-F1", "NLL", "Brier", "ECE"]
    rows = [
        [
            scheme(e),
            percent(e["valid_accuracy"]),
            percent(e["valid_out_of_fold"]),
            percent(e["accuracy"], 2),
            interval(e["interval"]),
            f"{100 * e['gain']:+.2f}",
            p_value(e["mcnemar"]["p"]),
            percent(e["without_twins"]["accuracy"]),
            percent(e["macro_f1"]),
            nats(e["nll"]),
            nats(e["brier"]),
            percent(e["ece"]),
        ]
        for e in ensembles
    ]
    return table(header, rows)


def results(found: dict[str, Any]) -> str:
    """Return docs/results.md."""
    logged = [[s["date"], f"`{s['commit'][:12]}`", ", ".join(s["members"])] for s in found["scorings"]]
    parts = [
        "# Results",
        "Written by `python -m fer_core report --update` from `artifacts/` alone "
        f"(manifest `{found['fingerprint'][:12]}`); do not edit.",
        "Networks are fitted on Training; epoch, weights, subset, scheme and the best member are chosen on PublicTest. "
        f"PrivateTest ({found['chosen']['images']:,} images) is scored once for each release and chooses nothing.",
        "All figures but parameters, MMACs (millions of multiply-accumulates of one view), NLL (nats), Brier score "
        "(0 to 2) and minutes of training are percentages; intervals are Wilson's at 95%, gains are points against the "
        "best member, and McNemar's test is exact. A full score averages the member's probabilities over all "
        "test-time views.",
        "## The chosen ensemble",
        chosen_sentence(found),
        _ensembles([found["chosen"]]),
        "## Members",
        _members(found),
        f"The best member is **{found['best_member']}**.",
        "## All members together",
        _ensembles(found["ensembles"]),
        "Weights that are fitted on PublicTest flatter PublicTest: the out-of-fold accuracy refits them on four "
        "fifths of it and scores the last. A dash for NLL: some image's true class has no vote at all.",
        "## The field",
        table(["system", "test accuracy, %", "outside data", "source"], [list(row) for row in FIELD], left=4),
        "## Scorings of PrivateTest",
        table(["date", "commit", "members"], logged, left=3),
    ]
    return "\n\n".join(parts) + "\n"


def markdown_summary(artifacts: Artifacts) -> str:
    """Return the README's table of results, from the artifacts."""
    return summary(report(artifacts))


def with_summary(readme: str, found: dict[str, Any]) -> str:
    """Return the README with its table of results made anew between the two markers."""
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise FerError(f"the README has no place for the results: the lines {BEGIN} and {END}.")
    return f"{before}{BEGIN}\n{summary(found)}\n{END}{after}"


def stale(project: Path, found: dict[str, Any]) -> dict[Path, str]:
    """Return what README.md and docs/results.md of a project have to hold, of those that hold something else.

    Raises FerError when the README is not there or has no markers.
    """
    readme = project / README
    try:
        wanted = {readme: with_summary(readme.read_text(encoding="utf-8"), found), project / RESULTS: results(found)}
    except OSError as error:
        raise FerError(f"{readme} cannot be read: {error.strerror}; run this in a checkout of the project.") from error
    return {
        path: text for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text
    }


def update(project: Path, found: dict[str, Any]) -> list[Path]:
    """Rewrite docs/results.md and the README's table where they are stale; return the files that changed."""
    changed = stale(project, found)
    for path, text in changed.items():
        path.parent.mkdir(exist_ok=True)
        temporary = path.with_name(path.name + ".tmp")
        try:
            temporary.write_text(text, encoding="utf-8", newline="\n")
            os.replace(temporary, path)
        except OSError as error:
            raise FerError(f"{path} cannot be written: {error.strerror}.") from error
        finally:
            temporary.unlink(missing_ok=True)
    return list(changed)
