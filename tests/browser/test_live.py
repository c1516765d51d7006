"""The upper part of Ensemble: what the browser computes is what Python does, at once, and little is sent for it."""

import base64
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Route, expect

from fer_core.artifacts import open_artifacts
from fer_core.ensemble import Explorer, Setting, best_subset
from fer_core.ensemble.explorer import SPLITS
from fer_core.reports.summary import explorer_of
from tests.browser.conftest import Visit
from tests.browser.test_explorer import box
from tests.synthetic import NINE, write_artifacts
from ui.ensemble.bulk import FITTED, log_probabilities, probabilities
from ui.ensemble.controls import NAME

pytestmark = pytest.mark.browser

AGREE = """async ({module, parts, schemes, best, members, classes, fitted}) => {
    const {partOf, decide, recompute} = await import(module);
    const bytes = text => Uint8Array.from(atob(text), letter => letter.charCodeAt(0)).buffer;
    const read = {};
    for (const [split, {images, probabilities, logs}] of Object.entries(parts)) {
        read[split] = partOf(bytes(probabilities), members, images, classes, fitted);
        read[split].logs = new Float64Array(bytes(logs));
    }
    return schemes.map(({split, ...scheme}) => {
        const {n, won, lost, counts, bestRight, accuracies} = recompute(read[split], scheme, best);
        return {n, won, lost, counts: [...counts], bestRight, accuracies, labels: [...decide(read[split], scheme)]};
    });
}"""
WIRE = ("framesent", "framereceived")
COMBINERS = ("mean_probability", "mean_log_probability", "hard_vote")


def other(classes: int, *, rows: int = 90, members: int = 5) -> Explorer:
    """Return members that say few different things, of which many tie."""
    rng = np.random.RandomState(classes)
    names, logits, labels, twins = [f"m{i}" for i in range(members)], {}, {}, {}
    for split in SPLITS:
        said = rng.randint(1, 4, (members, rows, classes)) / 8
        said[1] = said[0][:, rng.permutation(classes)]
        logits[split], labels[split] = np.log(said).astype(np.float32), rng.randint(0, classes, rows)
        twins[split] = rng.rand(rows) < 0.2
    return Explorer(names, logits, labels, twins, classes=[f"c{i}" for i in range(classes)])


def settings(explorer: Explorer, count: int) -> list[Setting]:
    """Return every scheme that a browser computes, on both splits, over members and weights that chance chooses."""
    rng, found = np.random.RandomState(7), []
    for i in range(count):
        members = tuple(name for name in explorer.members if rng.rand() < 0.6) or explorer.members[:1]
        weighting = (*FITTED, "manual")[i % 5]
        manual = tuple((rng.randint(0, 41, len(members)) / 20).tolist()) if weighting == "manual" else ()
        manual = manual and (*manual[:-1], manual[-1] or 1.0)
        combiner, split = COMBINERS[i // 5 % 3], SPLITS[i // 15 % 2]
        found.append(Setting(members, weighting, combiner, manual, split, twins=i // 30 % 2 == 0))
    return found


def scheme(explorer: Explorer, setting: Setting) -> dict[str, Any]:
    """Return a setting as the browser holds it."""
    manual = dict(zip(setting.members, setting.manual, strict=False))
    return {
        "on": explorer.positions(setting.members),
        "weighting": setting.weighting,
        "manual": [manual.get(name, 1.0) for name in explorer.members],
        "combiner": setting.combiner,
        "split": setting.split,
        "twins": setting.twins,
    }


@pytest.fixture(scope="module")
def nine(tmp_path_factory: pytest.TempPathFactory) -> Explorer:
    folder = write_artifacts(tmp_path_factory.mktemp("nine") / "artifacts", members=NINE, n=400)
    return explorer_of(open_artifacts(folder))


@pytest.mark.parametrize("classes", [7, 2, 10, 130])
def test_the_browser_decides_as_python_does(visit: Visit, nine: Explorer, classes: int) -> None:
    explorer = nine if classes == 7 else other(classes)
    asked = settings(explorer, 300 if classes == 7 else 120)
    assert {(s.weighting, s.combiner, s.split, s.twins) for s in asked} == {
        (w, c, s, t) for w in (*FITTED, "manual") for c in COMBINERS for s in SPLITS for t in (True, False)
    }
    page = visit.open("/ensemble")
    parts = {
        split: {
            "images": len(explorer.part(split).labels),
            "probabilities": base64.b64encode(probabilities(explorer, split)).decode(),
            "logs": base64.b64encode(log_probabilities(explorer, split)).decode(),
        }
        for split in SPLITS
    }
    given = {
        "module": f"{visit.url}/_stcore/bidi-components/{NAME}/recompute.js",
        "parts": parts,
        "schemes": [scheme(explorer, setting) for setting in asked],
        "best": explorer.members.index(explorer.best_member),
        "members": len(explorer.members),
        "classes": classes,
        "fitted": FITTED,
    }
    for setting, found in zip(asked, page.evaluate(AGREE, given), strict=True):
        outcome = explorer.recompute(setting)
        assert found["labels"] == outcome.decision.labels.tolist(), setting
        assert found["counts"] == outcome.confusion.ravel().tolist()
        assert (found["n"], found["won"], found["lost"]) == (
            outcome.n,
            outcome.mcnemar.only_first,
            outcome.mcnemar.only_second,
        )
        assert found["accuracies"] == list(outcome.member_accuracy.values())
        alone = explorer.recompute(replace(setting, members=(explorer.best_member,), weighting="equal", manual=()))
        assert found["bestRight"] == np.diag(alone.confusion).tolist()


TURN = """async (most) => {
    const slider = document.querySelector('.live-members input[type=range]'), live = document.querySelector('.live');
    let turned = 0, painted = 0, changed = false;
    const watch = new MutationObserver(() => { changed = true });
    const all = {subtree: true, childList: true, characterData: true, attributes: true};
    watch.observe(live.querySelector('.live-matrix'), all);
    for (const began = performance.now(); performance.now() - began < most; turned++) {
        slider.value = turned % 2 ? 0 : 2;
        slider.dispatchEvent(new Event('input', {bubbles: true}));
        await new Promise(requestAnimationFrame);
        await new Promise(done => setTimeout(done));
        painted += changed;
        changed = false;
    }
    return {turned, painted, sent: live.dataset.settled === ''};
}"""


def test_every_frame_of_a_weight_that_is_dragged_is_painted(visit: Visit) -> None:
    page = visit.open("/ensemble?members=shallow,deep&weights=manual&manual=1,1,1")
    visit.settled()
    before = page.locator(".live").get_attribute("data-settled")
    found = page.evaluate(TURN, 1000)
    assert found["turned"] > 5
    assert found["painted"] >= found["turned"] - 2
    assert found["sent"]  # nothing was settled meanwhile: the setting goes to Python once, at rest
    visit.settled()
    assert page.locator(".live").get_attribute("data-settled") not in (before, "")
    assert visit.errors == []


def test_a_slider_moves_the_number_by_keys_and_the_address_follows(visit: Visit, artifacts: Path) -> None:
    page = visit.open("/ensemble?members=shallow,deep&weights=manual&manual=1,1,1")
    visit.settled()
    slider = page.get_by_role("slider", name="Weight of shallow")
    slider.focus()
    for _ in range(8):
        slider.press("ArrowLeft")
    manual = (0.6, 1.0)
    expected = explorer_of(open_artifacts(artifacts)).recompute(Setting(("shallow", "deep"), "manual", manual=manual))
    expect(page.locator(".live .fer-big b")).to_contain_text(f"{100 * expected.accuracy:.1f}")
    page.wait_for_url(lambda url: "manual=0.6%2C1%2C1" in url)
    visit.settled()
    expect(page.get_by_role("status")).to_contain_text(f"{100 * expected.accuracy:.1f}% accuracy")
    assert page.get_by_role("slider", name="Weight of agrawal").is_disabled()


def test_what_the_browser_cannot_compute_comes_from_python(visit: Visit, artifacts: Path) -> None:
    page, explorer = visit.open("/ensemble"), explorer_of(open_artifacts(artifacts))
    everyone = explorer.members
    for combiner, weighting in (("median", "equal"), ("median", "caruana"), ("stacking", "caruana")):
        page.get_by_label("Combine by").select_option(combiner)
        if combiner != "stacking":
            page.get_by_label("Weights", exact=True).select_option(weighting)
        wanted = explorer.recompute(Setting(everyone, weighting, combiner))
        expect(page.locator(".live .fer-big b")).to_contain_text(f"{100 * wanted.accuracy:.1f}")
        expect(page.locator(".live")).to_have_attribute("aria-busy", "false")
    assert page.get_by_label("Weights", exact=True).is_disabled()
    assert visit.errors == []


def test_python_has_the_last_word(visit: Visit, artifacts: Path) -> None:
    def spoil(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=bytes(len(answer.body())))

    visit.page.route("**/media/*.bin", spoil)
    page, explorer = visit.open("/ensemble"), explorer_of(open_artifacts(artifacts))
    box(page, "shallow").click()
    wanted = f"{100 * explorer.recompute(Setting(explorer.members[1:])).accuracy:.1f}"
    visit.settled()
    expect(page.locator(".live .fer-big b")).to_contain_text(wanted)
    assert page.locator(".live-matrix tbody td").first.inner_text() != "100"


def test_best_subset_sets_the_controls(visit: Visit, artifacts: Path) -> None:
    page, explorer = visit.open("/ensemble?members=none&weights=accuracy"), explorer_of(open_artifacts(artifacts))
    wanted = best_subset(explorer, "accuracy", "mean_probability").setting.members
    page.get_by_role("button", name="Best subset").click()
    for name in explorer.members:
        expect(box(page, name)).to_be_checked(checked=name in wanted)
    page.get_by_role("button", name="None").click()
    expect(page.locator(".live .fer-big")).to_contain_text("No member is switched on.")
    page.get_by_role("button", name="All").click()
    visit.settled()
    assert page.locator(".live-buttons").inner_text().startswith("Members\n3 of 3")


def test_a_click_sends_little(visit: Visit) -> None:
    sizes: list[int] = []
    visit.page.on("websocket", lambda socket: [socket.on(e, lambda d: sizes.append(len(d))) for e in WIRE])
    page = visit.open("/ensemble")
    visit.settled()
    first = sum(sizes)
    for name in ("shallow", "deep", "shallow", "deep"):
        box(page, name).click()
        page.wait_for_timeout(300)
        visit.settled()
    page.wait_for_timeout(500)
    assert 0 < (sum(sizes) - first) / 4 < 20_000
