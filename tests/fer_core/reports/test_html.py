"""The HTML report: complete, the numbers of the explorer, and inert whatever names it holds."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from fer_core.artifacts import open_artifacts
from fer_core.emotions import EMOTIONS
from fer_core.ensemble import COMBINERS, WEIGHTINGS, Setting, choose, out_of_fold_accuracy
from fer_core.format import interval, p_value, percent, points
from fer_core.links import from_link
from fer_core.reports.html import Subject, html_report, subject_of
from fer_core.reports.html.drawn import Drawn
from fer_core.reports.html.formulas import mathml
from fer_core.reports.html.page import environment, page
from fer_core.reports.html.parts import Table
from fer_core.reports.summary import explorer_alone, explorer_of
from tests.covering import EACH
from tests.html_reports import HOSTILE, Parsed, of_artifacts, of_names
from tests.own_members import alone, joining
from tests.pages import opened, use_shared
from tests.synthetic import COMMIT, ROSTER, write_artifacts

DATE = datetime(2026, 1, 2, 4, 5, tzinfo=timezone(timedelta(hours=1)))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_artifacts(tmp_path_factory.mktemp("report") / "artifacts")


@pytest.fixture(scope="module")
def subject(root: Path) -> Subject:
    return of_artifacts(root)


@pytest.fixture(scope="module")
def usual(subject: Subject) -> Setting:
    return Setting(subject.explorer.members, "categorical")


def test_it_is_whole_and_asks_for_nothing(subject: Subject, usual: Setting) -> None:
    content = html_report(subject, usual, Setting(ROSTER[:1]))
    parsed = Parsed(content)
    assert parsed.elements[0] == ("html", {"lang": "en"})
    for tag, attributes in parsed.elements:
        assert not {"src", "srcset", "data", "poster", "action", "background", "onload", "onerror"} & set(attributes)
        if "href" in attributes:
            assert (tag, attributes["href"]) == ("link", "data:,")
    assert not {"img", "iframe", "object", "embed", "base", "video", "audio"} & {tag for tag, _ in parsed.elements}
    styles = " ".join(text for tag, text in parsed.texts if tag == "style")
    assert not re.search(r"url\(|@import|https?:", styles)
    policy = next(a["content"] for t, a in parsed.elements if a.get("http-equiv") == "Content-Security-Policy")
    assert policy
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert not re.search(r"http|\*|unsafe-eval|script-src[^;]*unsafe-inline", policy)
    assert content.count("plotly.js v") == 1
    assert max(map(len, content.split("<main>")[1].split("</main>")[0].splitlines())) < 2_000_000


def test_headings_are_in_order_and_every_figure_and_table_has_its_title(subject: Subject, usual: Setting) -> None:
    parsed = Parsed(html_report(subject, usual))
    levels = [int(tag[1]) for tag, _ in parsed.elements if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    counts = {tag: sum(t == tag for t, _ in parsed.elements) for tag in ("figure", "figcaption", "table", "caption")}
    assert counts["figure"] == counts["figcaption"] == 6
    assert counts["table"] == counts["caption"] >= 8
    ids = [attributes["id"] for _, attributes in parsed.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    labelled = [attributes["aria-labelledby"] for _, attributes in parsed.elements if "aria-labelledby" in attributes]
    assert set(labelled) <= set(ids)
    assert ("noscript", {}) in parsed.elements


@pytest.mark.parametrize(("split", "twins"), [("test", False), ("valid", True)])
def test_numbers_are_those_of_the_explorer(subject: Subject, split: str, twins: bool) -> None:
    explorer = subject.explorer
    setting, pin = Setting(ROSTER, "accuracy", "hard_vote", split=split, twins=twins), Setting(ROSTER[:2])
    parsed = Parsed(html_report(subject, setting, pin))
    text, found = parsed.text(), explorer.recompute(setting)
    other = explorer.recompute(replace(setting, twins=not twins))
    held = explorer.compare(replace(pin, split=split, twins=twins), setting)
    for value in (
        f"{percent(found.accuracy)} %",
        interval(found.interval),
        f"{percent(other.accuracy)} ({interval(other.interval)})",
        points(found.gain, 2),
        p_value(found.mcnemar.p),
        percent(found.macro_f1),
        percent(found.ece),
        f"{found.brier:.3f}",
        percent(out_of_fold_accuracy(explorer, ROSTER, "accuracy", "hard_vote")),
        f"{points(held.gain, 2)} points over A (95% {points(held.interval[0])} to {points(held.interval[1])}",
        f"p {p_value(held.mcnemar.p)}",
        f"{found.correct:,} of {found.n:,}",
    ):
        assert " ".join(value.split()) in text.replace("  ", " "), value
    for c, emotion in enumerate(EMOTIONS):
        row = " ".join(f"{count:,}" for count in found.confusion[c])
        assert f"{emotion} {row}" in text
        counts = found.confusion
        precision = percent(counts[c, c] / counts[:, c].sum())
        assert (
            f"{emotion} {counts[c].sum():,} {percent(found.recalls[c])} {precision} {points(found.recall_gain[c])}"
            in text
        )
    for name, valid in explorer.valid_accuracy.items():
        test = explorer.recompute(Setting((name,)))
        apart = explorer.recompute(Setting((name,), twins=False))
        row = f"{name} on {percent(valid)} {percent(test.accuracy)} {interval(test.interval)} {percent(apart.accuracy)}"
        assert row in text


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        (Setting(ROSTER), "fixed without looking at PrivateTest"),
        (Setting(ROSTER[:2]), "Exploratory: this setting was picked with PrivateTest in view"),
        (Setting(ROSTER, "manual", manual=(1, 1, 2)), "Exploratory"),
        (Setting(ROSTER, split="valid"), "so its figures are optimistic"),
    ],
)
def test_it_says_what_its_figures_are_worth(subject: Subject, setting: Setting, words: str) -> None:
    text = Parsed(html_report(subject, setting)).text()
    assert words in text
    assert ("p against it, exploratory" in text) != words.startswith("fixed")


def test_it_tells_where_everything_comes_from(subject: Subject, usual: Setting, root: Path) -> None:
    artifacts = open_artifacts(root)
    parsed = Parsed(html_report(subject, usual, date=DATE))
    text = parsed.text()
    assert "2026-01-02 03:05 UTC" in text
    for value in (
        artifacts.fingerprint,
        *artifacts.weights(),
        COMMIT,
        "2026-01-02",
        np.__version__,
        "once for each release",
    ):
        assert value in text
    said = parsed.script("configuration-data")
    assert json.loads(" ".join(data for tag, data in parsed.texts if tag == "pre")) == said
    assert said["artifacts"] == artifacts.fingerprint
    assert from_link(said["link"], ROSTER) == (usual, None)


def test_it_depends_on_its_date_and_its_arguments_alone(subject: Subject, usual: Setting) -> None:
    first, second = (html_report(subject, usual, Setting(ROSTER), date=DATE) for _ in range(2))
    assert first == second
    later = html_report(subject, usual, Setting(ROSTER), date=DATE.astimezone(UTC) + timedelta(days=1))
    assert later.replace("2026-01-03", "2026-01-02") == first


@pytest.mark.parametrize(("weighting", "combiner"), EACH)
def test_every_scheme_has_its_report(subject: Subject, weighting: str, combiner: str) -> None:
    manual = (1.0, 0.0, 2.0) if weighting == "manual" else ()
    parsed = Parsed(html_report(subject, Setting(ROSTER, weighting, combiner, manual)))
    maths = sum(tag == "math" for tag, _ in parsed.elements)
    assert maths == (2 if COMBINERS[combiner].weighs else 1)
    figures = parsed.script("figures-data")
    assert list(figures) == ["line", "recall", "confusion", "weights", "order", "reliability"]
    assert all(set(themes) == {"light", "dark"} for themes in figures.values())


@pytest.mark.parametrize("name", [*COMBINERS, *WEIGHTINGS])
def test_every_formula_is_mathml_without_a_trace_of_tex(name: str) -> None:
    made = mathml((COMBINERS | WEIGHTINGS)[name].formula)  # type: ignore[operator]
    assert "\\" not in made
    Parsed(made)


def test_one_member_alone(subject: Subject) -> None:
    best = subject.explorer.best_member
    text = Parsed(html_report(subject, Setting((best,)))).text()
    assert f"{best} alone, the best member" in text
    assert "McNemar p against it" not in text
    assert "This setting is A." in Parsed(html_report(subject, Setting((best,)), Setting((best,)))).text()


def test_hostile_names_are_text_and_nothing_else() -> None:
    members, classes = tuple(f"{name}{i}" for i, name in enumerate(HOSTILE)), (*HOSTILE, "plain")
    subject = of_names(members, classes)
    content = html_report(subject, Setting(members, "categorical"), Setting(members[:2]), date=DATE)
    parsed, harmless = (
        Parsed(content),
        Parsed(
            html_report(
                of_names(tuple("abcdef"), tuple("tuvwxyz")),
                Setting(tuple("abcdef"), "categorical"),
                Setting(tuple("ab")),
                date=DATE,
            )
        ),
    )
    assert [tag for tag, _ in parsed.elements] == [tag for tag, _ in harmless.elements]
    for name in members:
        assert " ".join(name.split()) in parsed.text()
    assert parsed.script("configuration-data")["members"] == list(members)
    drawn = json.dumps(parsed.script("figures-data"))
    assert not re.search(r"<(?!extra>|/extra>)", drawn), "Plotly reads some HTML"


def test_json_in_a_page_holds_no_sign_that_ends_it() -> None:
    figure = Drawn("a", "b", 100, {"light": json.dumps({"x": "</script>\u2028"}), "dark": "{}"})
    content = page("t", [figure], {"x": "<!--</script>\u2029&"})
    parsed = Parsed(content)
    assert parsed.script("figures-data")["a"]["light"] == {"x": "</script>\u2028"}
    assert parsed.script("configuration-data") == {"x": "<!--</script>\u2029&"}


def test_cells_are_escaped() -> None:
    table = environment().get_template("macros.html").module.table  # type: ignore[attr-defined]
    made = table(Table("<b>", ["<b>", '"><b>'], [["<b>", "<b>" * 20]], note="<b>"))
    assert made.count("&lt;b&gt;") == 26
    assert "<b>" not in made


def test_members_of_ones_own_stand_beside_the_others(root: Path) -> None:
    artifacts, extra = open_artifacts(root), joining(root)
    explorer = explorer_of(artifacts, extras=[extra])
    subject = subject_of(artifacts, explorer, choose(explorer).setting, [extra])
    text = Parsed(html_report(subject, Setting(explorer.members))).text()
    assert f"uploaded, {extra.file}, SHA-256 {extra.sha256}" in text
    assert re.search(r"own 1 on [\d.]+ [\d.]+ [\d.]+ to [\d.]+ [\d.]+ – ", text)


@pytest.mark.parametrize("classes", [2, 10, 120])
def test_members_that_stand_alone_are_told_of_in_plain_words(classes: int) -> None:
    extra = alone(classes, rows=4 * classes + 40)
    explorer = explorer_alone(extra)
    subject = subject_of(None, explorer, choose(explorer).setting, [extra])
    assert subject.fingerprint is None
    text = Parsed(html_report(subject, Setting(explorer.members, "accuracy"))).text()
    assert not re.search(r"\b(PublicTest|PrivateTest|emotions?|faces?|images?|twins?|Training)\b", text)
    assert extra.sha256 in text
    assert ("commonest confusions" in text) == (classes > 40)


def test_the_page_ensemble_gives_it(monkeypatch: pytest.MonkeyPatch) -> None:
    use_shared(monkeypatch)
    at = opened("ensemble", members="deep,shallow", pin="deep~equal~median")
    labels = [button.proto.label for button in at.get("download_button")]
    assert {"Report, HTML", "Predictions, CSV", "Configuration, JSON"} <= set(labels)
