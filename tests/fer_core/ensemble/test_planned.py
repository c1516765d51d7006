"""Two settings were planned; the p-value of every other one is marked as exploratory wherever it stands."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from fer_core.artifacts import open_artifacts
from fer_core.ensemble import COMBINERS, WEIGHTINGS, Setting, choose, planned, schemes
from fer_core.format import MARK
from fer_core.reports.html import configuration, html_report, subject_of
from fer_core.reports.markdown import results
from fer_core.reports.summary import explorer_of, report
from tests.html_reports import Parsed
from tests.pages import opened, use
from tests.synthetic import ROSTER, write_artifacts

EQUAL = ("equal", "mean_probability")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_artifacts(tmp_path_factory.mktemp("planned"))


@pytest.fixture(scope="module")
def found(root: Path) -> dict[str, Any]:
    return report(open_artifacts(root))


def test_of_all_schemes_over_all_members_one_is_planned_beside_the_chosen_one(root: Path) -> None:
    explorer = explorer_of(open_artifacts(root))
    chosen = choose(explorer).setting
    assert chosen.members != ROSTER or (chosen.weighting, chosen.combiner) != EQUAL  # else there is but one to tell of

    def told(setting: Setting) -> bool:
        return planned(setting, everyone=ROSTER, chosen=chosen)

    weightings = [name for name, entry in WEIGHTINGS.items() if entry.fit is not None]
    every = [Setting(ROSTER, weighting, combiner) for weighting in weightings for combiner in COMBINERS]
    assert {(s.weighting, s.combiner) for s in every} >= set(schemes())
    assert [s for s in every if told(s)] == [s for s in every if s in (Setting(ROSTER), replace(chosen, split="test"))]
    assert told(replace(chosen, split="test"))
    assert told(Setting(ROSTER[::-1]))  # the order of members is no other setting
    for other in (
        Setting(ROSTER, split="valid"),
        Setting(ROSTER, "manual", manual=(1.0,) * len(ROSTER)),
        Setting(ROSTER[:1]),
        Setting(ROSTER[:2], "accuracy", "hard_vote"),
    ):
        assert not told(other)


def test_weights_that_the_rule_ignores_make_no_other_setting() -> None:
    chosen = Setting(ROSTER, "equal", "knora", split="valid")
    assert planned(Setting(ROSTER, "accuracy", "knora"), everyone=ROSTER, chosen=chosen)


def test_reports_mark_every_p_value_that_was_not_planned(root: Path, found: dict[str, Any]) -> None:
    chosen = found["chosen"]
    plan = {(*EQUAL, ROSTER), (chosen["weighting"], chosen["combiner"], tuple(chosen["members"]))}
    for e in (*found["ensembles"], chosen):
        assert e["planned"] == ((e["weighting"], e["combiner"], tuple(e["members"])) in plan)
    text = results(found)
    for heading, rows in (("## The chosen ensemble", [chosen]), ("## All members together", found["ensembles"])):
        section = text.split(heading)[1].split("\n## ")[0]
        lines = [line.split(" | ") for line in section.splitlines() if line.startswith("| ")][2:]
        assert [line[6].endswith(MARK) for line in lines] == [not row["planned"] for row in rows]
    assert text.count(f"{MARK} Exploratory. Two settings were planned") == 2


@pytest.mark.parametrize(
    ("setting", "plan"),
    [(Setting(ROSTER), True), (Setting(ROSTER, "accuracy"), False), (Setting(ROSTER, split="valid"), False)],
)
def test_the_html_report_and_its_configuration_say_so(root: Path, setting: Setting, plan: bool) -> None:
    artifacts = open_artifacts(root)
    explorer = explorer_of(artifacts)
    subject = subject_of(artifacts, explorer, choose(explorer).setting)
    assert ("p against it, exploratory" in Parsed(html_report(subject, setting)).text()) != plan
    assert configuration(subject, setting)["planned"] == plan


@pytest.mark.parametrize(("weights", "name"), [("equal", "McNemar p"), ("accuracy", "p, exploratory")])
def test_pages_call_it_what_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, weights: str, name: str) -> None:
    use(tmp_path, monkeypatch)
    for page in ("ensemble", "gain", "labels", "schemes"):
        at: AppTest = opened(page, weights=weights)
        facts = re.findall("<em>(McNemar p|p, exploratory)</em>", " ".join(html.body for html in at.get("html")))
        assert facts == [name], page
