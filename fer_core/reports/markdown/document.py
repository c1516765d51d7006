"""docs/results.md, and keeping it, README.md and documents that are generated in part in step with the artifacts."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fer_core.artifacts import Artifacts
from fer_core.atomic import write_atomically
from fer_core.errors import FerError
from fer_core.format import commit, exploratory, percent, table
from fer_core.published import FIELD
from fer_core.reports.markdown import tables
from fer_core.reports.markdown.headline import story, summary
from fer_core.reports.markdown.laboratory import lessons
from fer_core.reports.markdown.tables import measured, robustness_section


def results(found: dict[str, Any]) -> str:
    """Return docs/results.md."""
    logged = [[s["date"], commit(s["commit"]), ", ".join(s["members"])] for s in found["scorings"]]
    parts = [
        "# Results",
        "Written by `python -m fer_core report --update` from `artifacts/` alone "
        f"(manifest `{found['fingerprint'][:12]}`); do not edit.",
        "Networks are fitted on Training; epoch, weights, subset, scheme and the best member are chosen on PublicTest. "
        f"PrivateTest ({found['chosen']['images']:,} images) is scored once for each release and chooses nothing.",
        "All figures but parameters, MMACs (millions of multiply-accumulates of one view), p-values, NLL (nats) and "
        "Brier score (0 to 2) are percentages; intervals are Wilson's at 95%, gains are points over the best member, "
        "and McNemar's test against it is exact. A full score averages the member's probabilities over all "
        "test-time views.",
        "## The chosen ensemble",
        story(found),
        tables.ensembles([found["chosen"]]),
        "## Members",
        tables.members(found),
        exploratory(),
        f"The best member is **{found['best_member']}**, by PublicTest. How good the members' probabilities are:",
        tables.probabilities(found),
        "### How they were made",
        tables.making(found),
        *_replaced_teachers(found),
        "## All members together",
        tables.ensembles(found["ensembles"]),
        exploratory(),
        "Weights that are fitted on PublicTest make its accuracy optimistic. The out-of-fold accuracy refits them on "
        "four fifths of it and scores the last. A dash for NLL: some image's true class has no vote at all.",
        "## How alike the members are",
        tables.alike(found),
        "Error correlation, disagreement (exactly one of two members is right) and double faults are means over all "
        "pairs of members. An ensemble gains most from members of equal strength whose errors are unrelated.",
        "## Label quality",
        *_label_quality(found),
        "## Damaged images",
        *robustness_section(found["robustness"]),
        "## The field",
        table(["system", "test accuracy, %", "outside data", "source"], [list(row) for row in FIELD], left=4),
        "## Scorings of PrivateTest",
        table(["date", "commit", "members"], logged, left=3),
    ]
    return "\n\n".join(parts) + "\n"


def _replaced_teachers(found: dict[str, Any]) -> list[str]:
    """Return the note below the stars of `tables.making`, if there are any."""
    if all(teacher["current"] for member in found["members"] for teacher in member["teachers"]):
        return []
    return ["\\* The teacher's weights are not among these artifacts: they were replaced since, or never collected."]


def _label_quality(found: dict[str, Any]) -> list[str]:
    """Return the section on label quality, one sentence where there are no votes."""
    quality = found["label_quality"]
    if quality is None:
        return [
            "These artifacts hold no FER+ votes, so there are no figures for the quality of the labels. A data set "
            "packed with `--ferplus fer2013new.csv` has them."
        ]
    none = quality["agreed"] - quality["agreed_on_an_emotion"]
    apart = f", {none} of them on none of the seven emotions, where no decision is right" if none else ""
    limit = quality["labels"]["agreed_crowd"]["share"]
    reading = [
        "Where nearly everybody agrees, FER-2013's own label says the same on "
        f"{percent(limit)}% of the images, so a system that always gives the crowd's answer would score no more than "
        f"that against the labels. The further the last share of a row lies above the one before it, the more of the "
        f"counted errors are errors of the labels. These figures choose nothing."
    ]
    return [
        "Ten people relabelled each image for FER+ (Barsoum et al. 2016). Their plurality is one of the seven "
        f"emotions on {quality['with_plurality']:,} of {quality['images']:,} PrivateTest images; on the others two "
        "emotions tie, or contempt, unknown or not-a-face has as many votes. At least nine of ten agree on "
        f"{quality['agreed']:,} images{apart}.",
        tables.label_quality(found),
        *(reading if limit is not None else []),
    ]


def parts(artifacts: Artifacts) -> dict[Path, tuple[str, str]]:
    """Return, by path, the name of the generated part and its content."""
    return {
        Path("docs", "laboratory.md"): ("lessons", lessons(artifacts)),
        Path("docs", "saliency.md"): ("measured", measured(artifacts.saliency())),
    }


BEGIN, END = "<!-- results -->", "<!-- /results -->"
README, RESULTS = Path("README.md"), Path("docs", "results.md")
NO_PARTS: Mapping[Path, tuple[str, str]] = {}


def with_summary(readme: str, found: dict[str, Any]) -> str:
    """Return the README with its table of results made anew between the two markers."""
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise FerError(f"the README has no place for the results: the lines {BEGIN} and {END}.")
    return f"{before}{BEGIN}\n{summary(found)}\n{END}{after}"


def between(text: str, name: str, content: str) -> str:
    """Return a document with what stands between `<!-- NAME -->` and `<!-- /NAME -->` made anew."""
    before, begin, rest = text.partition(f"<!-- {name} -->\n")
    _, end, after = rest.partition(f"<!-- /{name} -->")
    if not begin or not end:
        raise FerError(f"there is no place for what is generated: the lines <!-- {name} --> and <!-- /{name} -->.")
    return f"{before}{begin}{content}\n{end}{after}"


def stale(project: Path, found: dict[str, Any], parts: Mapping[Path, tuple[str, str]] = NO_PARTS) -> dict[Path, str]:
    """Return what README.md and the documents of a project have to hold, of those that hold something else.

    parts : of further documents that are generated in part, by path: the name of the part and its content
    Raises FerError when a document is not there or has no markers.
    """
    readme = project / README
    try:
        wanted = {readme: with_summary(readme.read_text(encoding="utf-8"), found), project / RESULTS: results(found)}
    except OSError as error:
        raise FerError(f"{readme} cannot be read: {error.strerror}; run this in a checkout of the project.") from error
    for path, (name, content) in parts.items():
        wanted[project / path] = between((project / path).read_text(encoding="utf-8"), name, content)
    return {
        path: text for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text
    }


def update(project: Path, found: dict[str, Any], parts: Mapping[Path, tuple[str, str]] = NO_PARTS) -> list[Path]:
    """Rewrite docs/results.md, the README's table and parts where they are stale; return the files that changed."""
    changed = stale(project, found, parts)
    for path, text in changed.items():
        write_atomically(path, text.encode())
    return list(changed)
