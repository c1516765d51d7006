"""The report: figures of the logits themselves, in JSON, in Markdown and on a terminal."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, brier_score_loss, f1_score, log_loss

from fer_core.artifacts import Artifacts, open_artifacts
from fer_core.ensemble import (
    COMBINERS,
    WEIGHTINGS,
    Explorer,
    Setting,
    choose,
    out_of_fold_accuracy,
    ranked_subsets,
    schemes,
    searchable,
)
from fer_core.errors import ArtifactDamaged
from fer_core.format import p_value, percent
from fer_core.published import FIELD
from fer_core.reports.markdown import markdown_summary, results, summary
from fer_core.reports.markdown.tables import alike
from fer_core.reports.summary import alike_figures, explorer_of, report
from tests.synthetic import COMMIT, ROSTER, write_artifacts

# The figures


def test_members_have_the_figures_of_their_logits_and_cards(artifacts: Artifacts, found: dict[str, Any]) -> None:
    cached, valid = artifacts.logits("test"), artifacts.logits("valid")
    keep = artifacts.twin_index("test") < 0
    explorer, best = explorer_of(artifacts), found["best_member"]
    assert [member["name"] for member in found["members"]] == list(ROSTER)
    for m, member in enumerate(found["members"]):
        probabilities = np.exp(cached.logits[m].astype(float))
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        predicted, card = probabilities.argmax(axis=1), artifacts.card(member["name"])
        assert member["test"]["full"] == member["accuracy"] == pytest.approx(accuracy_score(cached.labels, predicted))
        assert member["valid"]["full"] == pytest.approx((valid.logits[m].argmax(axis=1) == valid.labels).mean())
        for split in ("valid", "test"):
            assert member[split]["one_view"] == card.accuracy(split, full=False)
            assert member[split]["full"] == card.accuracy(split)
        assert (member["parameters"], member["macs"]) == (card.parameters, card.macs)
        assert member["macro_f1"] == pytest.approx(f1_score(cached.labels, predicted, average="macro"))
        assert member["nll"] == pytest.approx(log_loss(cached.labels, probabilities))
        brier = brier_score_loss(cached.labels, probabilities, scale_by_half=False)
        assert member["brier"] == pytest.approx(brier)
        without = member["without_twins"]
        assert without["images"] == keep.sum() < member["images"] == 400
        assert without["accuracy"] == pytest.approx((predicted == cached.labels)[keep].mean())
        assert member["gain"] == pytest.approx(member["accuracy"] - explorer.recompute(Setting((best,))).accuracy)
        alone, shown = explorer.recompute(Setting((member["name"],))), member["mcnemar"]
        if member["name"] == best:
            assert shown is None
        else:
            only = (alone.mcnemar.only_first, alone.mcnemar.only_second)
            assert (shown["against"], shown["p"]) == (best, alone.mcnemar.p)
            assert (shown["only_member"], shown["only_best"]) == only
        for figures in (member, without):
            assert figures["interval"][0] < figures["accuracy"] < figures["interval"][1]
    assert found["best_member"] == max(found["members"], key=lambda member: float(member["valid"]["full"]))["name"]


def test_ensembles_are_every_scheme_over_all_members_with_the_page_s_figures(
    artifacts: Artifacts, found: dict[str, Any]
) -> None:
    explorer = explorer_of(artifacts)
    told = [(e["weighting"], e["combiner"]) for e in found["ensembles"]]
    assert told == schemes()
    assert {weighting for weighting, _ in told} == set(WEIGHTINGS) - {"manual"}
    assert {combiner for _, combiner in told} == set(COMBINERS)
    for e in (*found["ensembles"], found["chosen"]):
        members = tuple(e["members"])
        assert e is found["chosen"] or members == ROSTER
        setting = Setting(members, e["weighting"], e["combiner"])
        shown = explorer.recompute(setting)
        assert (e["images"], e["accuracy"], tuple(e["interval"])) == (shown.n, shown.accuracy, shown.interval)
        assert (e["macro_f1"], e["brier"], e["ece"], e["gain"]) == (
            shown.macro_f1,
            shown.brier,
            shown.ece,
            shown.gain,
        )
        assert e["nll"] == (None if np.isnan(shown.nll) else shown.nll)
        assert e["mcnemar"] == {
            "against": shown.best_member,
            "only_ensemble": shown.mcnemar.only_first,
            "only_member": shown.mcnemar.only_second,
            "p": shown.mcnemar.p,
        }
        without = explorer.recompute(Setting(members, e["weighting"], e["combiner"], twins=False))
        assert e["without_twins"]["accuracy"] == without.accuracy
        assert e["gain_without_twins"] == without.gain
        if WEIGHTINGS[e["weighting"]].fitted or COMBINERS[e["combiner"]].fit is not None:
            assert e["valid_out_of_fold"] == out_of_fold_accuracy(explorer, members, e["weighting"], e["combiner"])
        else:
            assert e["valid_out_of_fold"] is None


def test_the_chosen_ensemble_is_best_on_public_test_whatever_private_test_says(
    artifacts: Artifacts, found: dict[str, Any]
) -> None:
    explorer = explorer_of(artifacts)
    best = max(ranked_subsets(explorer, *scheme)[0].valid_accuracy for scheme in searchable())
    chosen = found["chosen"]
    assert (chosen["valid_out_of_fold"] or chosen["valid_accuracy"]) == best


def test_choosing_does_not_look_at_private_test(artifacts: Artifacts, found: dict[str, Any]) -> None:
    parts = {split: artifacts.logits(split) for split in ("valid", "test")}
    logits = {"valid": parts["valid"].logits, "test": parts["test"].logits[:, ::-1]}
    setting = choose(Explorer(ROSTER, logits, {split: part.labels for split, part in parts.items()})).setting
    chosen = found["chosen"]
    assert [*setting.members] == chosen["members"]
    assert (setting.weighting, setting.combiner) == (chosen["weighting"], chosen["combiner"])


def test_scorings_and_protocol_are_the_manifest_s(artifacts: Artifacts, found: dict[str, Any]) -> None:
    assert found["scorings"] == [{"date": "2026-01-02", "commit": COMMIT, "members": list(ROSTER)}]
    assert found["protocol"] == artifacts.manifest.protocol
    assert found["fingerprint"] == artifacts.fingerprint


def test_one_member_alone_reports(tmp_path: Path) -> None:
    found = report(open_artifacts(write_artifacts(tmp_path / "artifacts", members=("deep",), n=200)))
    assert found["chosen"]["members"] == ["deep"]
    assert found["chosen"]["gain"] == 0
    assert "one member alone" in results(found)
    assert "**ensemble**" not in summary(found)


def test_damage_is_refused_by_name(tmp_path: Path) -> None:
    root = write_artifacts(tmp_path / "artifacts", n=100)
    (root / "twins.npz").write_bytes(b"x")
    with pytest.raises(ArtifactDamaged, match=r"twins\.npz"):
        report(open_artifacts(root))


# Markdown


def test_results_hold_every_figure_and_the_field(found: dict[str, Any]) -> None:
    text = results(found)
    chosen = found["chosen"]
    for part in ("## The chosen ensemble", "## Members", "## All members together", "## The field", "## Scorings"):
        assert part in text
    for figures in (*found["members"], *found["ensembles"], chosen):
        low, high = figures["interval"]
        assert f"{100 * low:.1f} to {100 * high:.1f}" in text
    assert f"**{100 * chosen['accuracy']:.2f}%**" in text
    assert f"{100 * chosen['gain']:+.2f} points over {found['best_member']}" in text
    assert f"Without the {chosen['images'] - chosen['without_twins']['images']} images" in text
    assert f"| 2026-01-02 | `{COMMIT[:12]}` | shallow, deep, agrawal |" in text
    for row in FIELD:
        assert f"| {row.system} | {row.accuracy} | {row.outside_data} | {row.source} |" in text
    assert text.endswith("|\n")
    assert not re.search(r"\bnan\b|None", text)


def test_every_markdown_table_is_even(found: dict[str, Any]) -> None:
    blocks = re.findall(r"(?:^\|.*\n)+", f"{results(found)}\n{summary(found)}\n", re.MULTILINE)
    assert len(blocks) == 10
    for block in blocks:
        widths = {line.count("|") for line in block.splitlines()}
        assert len(widths) == 1
        assert len(block.splitlines()) > 2


def test_the_summary_names_members_and_the_ensemble(artifacts: Artifacts, found: dict[str, Any]) -> None:
    text = markdown_summary(artifacts)
    assert text == summary(found)
    rows = [line.split("|")[1].strip() for line in text.splitlines() if line.startswith("|")]
    assert rows[2:] == [*ROSTER, "**ensemble**"]


@pytest.mark.parametrize(
    ("shown", "words"),
    [(percent(0.7061), "70.6"), (percent(None), "-"), (percent(0.70614, 2), "70.61"), (p_value(0.00003), "< 0.0001")],
)
def test_numbers_have_sensible_digits(shown: str, words: str) -> None:
    assert shown == words
    assert (p_value(0.03141), p_value(1.0)) == ("0.031", "1")


def test_the_report_says_how_alike_members_err() -> None:
    """Against a plain loop over pairs."""
    rng = np.random.RandomState(3)
    labels = {split: np.arange(70) % 7 for split in ("valid", "test")}
    logits = {split: rng.randn(3, 70, 7).astype(np.float32) + 2 * np.eye(7)[labels[split]] for split in labels}
    explorer = Explorer(("a", "b", "c"), {k: v.astype(np.float32) for k, v in logits.items()}, labels)
    found = alike_figures(explorer, "test")
    right = logits["test"].argmax(2) == labels["test"]
    loops = [np.corrcoef(right[i], right[j])[0, 1] for i in range(3) for j in range(i)]
    assert found["error_correlation"] == pytest.approx(np.mean(loops))
    differ = [np.mean(right[i] != right[j]) for i in range(3) for j in range(i)]
    assert found["disagreement"] == pytest.approx(np.mean(differ))
    both = [np.mean(~right[i] & ~right[j]) for i in range(3) for j in range(i)]
    assert found["double_fault"] == pytest.approx(np.mean(both))
    accuracies = right.mean(1)
    assert (found["weakest_accuracy"], found["best_accuracy"]) == (min(accuracies), max(accuracies))
    alone = alike_figures(Explorer(("a",), {k: v[:1].astype(np.float32) for k, v in logits.items()}, labels), "test")
    assert alone["error_correlation"] is None
    assert "| - |" in alike({"alike": {"test": alone}})
