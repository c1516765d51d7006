"""The figures as Markdown: docs/results.md whole, and the table of the README."""

from collections.abc import Sequence
from typing import Any

from fer_core.artifacts import Artifacts
from fer_core.ensemble import COMBINERS, WEIGHTINGS
from fer_core.errors import FerError
from fer_core.field import FIELD
from fer_core.report import report

BEGIN, END = "<!-- results -->", "<!-- /results -->"


def percent(share: float | None, digits: int = 1) -> str:
    """Return a share as a percentage without the sign, a dash for None."""
    return "-" if share is None else f"{100 * share:.{digits}f}"


def interval(bounds: Sequence[float]) -> str:
    """Return an interval of shares as percentages."""
    return f"{percent(bounds[0])} to {percent(bounds[1])}"


def p_value(p: float) -> str:
    """Return a p-value with two significant digits."""
    return "< 0.0001" if p < 1e-4 else f"{p:.2g}"


def table(header: Sequence[str], rows: Sequence[Sequence[str]], *, left: int = 1) -> str:
    """Return a Markdown table; the first `left` columns are text, the others numbers."""
    rule = ["---" if i < left else "---:" for i in range(len(header))]
    return "\n".join("| " + " | ".join(row) + " |" for row in (header, rule, *rows))


def scheme(figures: dict[str, Any]) -> str:
    """Name weighting and combiner as a person reads them."""
    return f"{WEIGHTINGS[figures['weighting']].title.lower()}, {COMBINERS[figures['combiner']].title.lower()}"


def chosen_sentence(found: dict[str, Any]) -> str:
    """Return the headline with everything that makes it honest."""
    chosen, test = found["chosen"], found["chosen"]["mcnemar"]
    return (
        f"Chosen on PublicTest: {', '.join(chosen['members'])} ({scheme(chosen)}). PrivateTest accuracy "
        f"**{percent(chosen['accuracy'], 2)}%** (95% interval {interval(chosen['interval'])}), "
        f"{100 * chosen['gain']:+.2f} points on {test['against']}, the best member; of the images on which the two "
        f"differ the ensemble is right on {test['only_ensemble']} and the member on {test['only_member']} "
        f"(exact McNemar p {p_value(test['p'])}). Without the images that have a twin in Training: "
        f"{percent(chosen['without_twins']['accuracy'], 2)}% ({interval(chosen['without_twins']['interval'])})."
    )


def _short_rows(found: dict[str, Any]) -> list[list[str]]:
    rows = [
        [
            member["name"],
            f"{member['parameters'] / 1e6:.2f} M",
            percent(member["valid"]["full"]),
            percent(member["test"]["full"]),
            interval(member["interval"]),
            percent(member["without_twins"]["accuracy"]),
        ]
        for member in found["members"]
    ]
    chosen = found["chosen"]
    parameters = sum(m["parameters"] for m in found["members"] if m["name"] in chosen["members"])
    last = [
        "ensemble",
        f"{parameters / 1e6:.2f} M",
        percent(chosen["valid_accuracy"]),
        percent(chosen["accuracy"]),
        interval(chosen["interval"]),
        percent(chosen["without_twins"]["accuracy"]),
    ]
    return [*rows, [f"**{cell}**" for cell in last]]


def summary(found: dict[str, Any]) -> str:
    """Return the README's table of results."""
    header = ["", "parameters", "PublicTest, %", "PrivateTest, %", "95% interval", "without twins, %"]
    return table(header, _short_rows(found)) + "\n\n" + chosen_sentence(found)


def _members(found: dict[str, Any]) -> str:
    header = ["member", "parameters", "MMACs", "PublicTest 1 view", "full", "PrivateTest 1 view", "full"]
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
            "-" if m["nll"] is None else f"{m['nll']:.3f}",
            f"{m['brier']:.3f}",
            percent(m["ece"]),
            f"{m['wall_seconds'] / 60:.0f}",
        ]
        for m in found["members"]
    ]
    return table(header, rows)


def _ensembles(found: dict[str, Any]) -> str:
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
            "-" if e["nll"] is None else f"{e['nll']:.3f}",
            f"{e['brier']:.3f}",
            percent(e["ece"]),
        ]
        for e in found["ensembles"]
    ]
    return table(header, rows)


def results(artifacts: Artifacts) -> str:
    """Return docs/results.md."""
    found = report(artifacts)
    logged = [[s["date"], f"`{s['commit'][:12]}`", ", ".join(s["members"])] for s in found["scorings"]]
    parts = [
        "# Results",
        "Written by `python -m fer_core report --update` from `artifacts/` alone; do not edit.",
        "Networks are fitted on Training. Epoch, weights, subset, scheme and the best member are chosen on PublicTest. "
        "PrivateTest (3,589 images) chooses nothing. All figures but parameters, MMACs (one view), NLL (nats), Brier "
        "score and minutes are percentages; gains are points against the best member; intervals are Wilson's.",
        "## The chosen ensemble",
        chosen_sentence(found),
        "## Members",
        _members(found),
        f"The best member is **{found['best_member']}**.",
        "## All members together",
        _ensembles(found),
        "Weights that are fitted on PublicTest flatter PublicTest: their out-of-fold accuracy refits them on four "
        "fifths of it and scores the last. A dash for NLL: some true class has no vote at all.",
        "## The field",
        table(["system", "test accuracy, %", "outside data", "source"], [list(row) for row in FIELD], left=4),
        "## Scorings of PrivateTest",
        table(["date", "commit", "members"], logged, left=3),
    ]
    return "\n\n".join(parts) + "\n"


def with_summary(readme: str, found: dict[str, Any]) -> str:
    """Return the README with its table of results made anew between the two markers."""
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise FerError(f"the README has no place for the results: the lines {BEGIN} and {END}.")
    return f"{before}{BEGIN}\n{summary(found)}\n{END}{after}"
