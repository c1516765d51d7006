"""`python -m fer_core explain --benchmark` and `--mean`: what is known of members' maps, written to the artifacts."""

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import typer

from fer_core.artifacts import (
    MEAN_SALIENCY,
    SALIENCY,
    MeanSaliency,
    SaliencyTable,
    add_files,
    npz,
    open_artifacts,
)
from fer_core.cli.terminal import image_bar
from fer_core.dataset import Split, find
from fer_core.emotions import EMOTIONS
from fer_core.saliency import ATTRIBUTIONS, Explainer, benchmark, mean
from fer_core.saliency.score import Tick
from fer_core.saliency.trust import UNCHANGED


def _start(root: Path, data: Path | None) -> tuple[Explainer, Split]:
    artifacts = open_artifacts(root)
    return Explainer(artifacts), find(data, known=artifacts.rows()).split("valid")


def _each(explainer: Explainer, title: str, passes: Mapping[str, int], measure: Callable[[str, Tick], None]) -> float:
    """Measure one member after the other and return the seconds; passes : images through each one's network."""
    macs = {name: explainer.artifacts.card(name).macs for name in passes}  # so that the time left is told about right
    began = time.perf_counter()
    with image_bar(title, sum(passes[name] * macs[name] for name in passes)) as advance:
        for name in passes:
            measure(name, lambda images, cost=macs[name]: advance(images * cost))  # type: ignore[misc]
    return time.perf_counter() - began


def write_benchmark(root: Path, data: Path | None, *, limit: int | None, everything: bool, as_json: bool) -> None:
    """Measure every method for the members whose entries are missing or stale; each is written when it is done.

    limit : images of a trial of all members, which is printed and not written; everything : measure current ones too
    """
    explainer, part = _start(root, data)
    members = explainer.artifacts.manifest.members
    digests = dict(zip(members, explainer.artifacts.weights(), strict=True))
    images = part.images[benchmark.spread(len(part.images), limit or benchmark.IMAGES)]
    names = members if limit or everything else benchmark.outdated(explainer, len(images))
    subjects = {
        name: explainer.member(name) for name in names
    }  # now: the files may be replaced before it is their turn
    methods = {name: benchmark.served(subject) for name, subject in subjects.items()}
    tables = []

    def measure(name: str, tick: Tick) -> None:
        found = benchmark.benchmark(subjects[name], images, explainer.surroundings, tick=tick)
        new = SaliencyTable(len(images), tuple(found), (), UNCHANGED, {name: digests[name]})
        tables.append(new)
        if limit is None:
            add_files(root, lambda present: {SALIENCY: benchmark.merged(present, new).to_json().encode()})

    sizes = {name: benchmark.passes(methods[name], len(images)) for name in names}
    seconds = _each(explainer, "Benchmark", sizes, measure)
    if limit is None:
        table = open_artifacts(root).saliency()
        assert table is not None
    else:
        entries = tuple(entry for one in tables for entry in one.entries)
        table = SaliencyTable(len(images), entries, (), UNCHANGED, digests)
    if as_json:
        typer.echo(table.to_json(), nl=False)
        return
    for line in _lines(table):
        typer.echo(line)
    if limit is None:
        typer.echo(f"{len(names)} of {len(members)} members were measured.  Written to {root / SALIENCY}.")
        return
    whole = sum(benchmark.passes(methods[name], benchmark.IMAGES) for name in names) / sum(sizes.values())
    typer.echo(
        f"A trial on {len(images)} images, not written: {seconds:.0f} s; "
        f"{benchmark.IMAGES} images take about {whole * seconds / 60:.0f} minutes."
    )


def _lines(table: SaliencyTable) -> list[str]:
    """Say what each method is worth over all members."""
    lines = [f"{'':22}{'gain':>7}{'above 0':>9}{'infidelity':>12}{'sensitivity':>13}{'shuffled':>10}{'ms':>7}"]
    for method in ATTRIBUTIONS:
        rows = [entry for entry in table.entries if entry.method == method]
        if not rows:
            continue
        gain, missed, cost = (
            np.mean([getattr(e, key) for e in rows]) for key in ("gain", "infidelity", "milliseconds")
        )
        steady, kept = (
            [value for entry in rows if (value := getattr(entry, key)) is not None]
            for key in ("sensitivity", "randomised")
        )
        above = f"{sum(entry.low > 0 for entry in rows)} of {len(rows)}"
        shown = [f"{np.mean(values):.2f}" if values else "-" for values in (steady, kept)]
        mark = "  hardly depends on the weights" if kept and np.mean(kept) >= table.unchanged else ""
        lines.append(f"{method:22}{gain:+7.3f}{above:>9}{missed:12.2f}{shown[0]:>13}{shown[1]:>10}{cost:7.0f}{mark}")
    return lines


def write_mean(root: Path, data: Path | None, *, limit: int | None, everything: bool, as_json: bool) -> None:
    """Average the maps of the members whose averages are missing or stale; options as for the benchmark.

    limit : images of each emotion
    """
    explainer, part = _start(root, data)
    members = explainer.artifacts.manifest.members
    digests = dict(zip(members, explainer.artifacts.weights(), strict=True))
    of_each = mean.picked(part.labels, limit or mean.IMAGES)
    rows, counts = np.concatenate(of_each), np.array([len(at) for at in of_each])
    names = members if limit or everything else mean.outdated(explainer, counts)
    subjects = {name: explainer.member(name) for name in names}

    def measure(name: str, tick: Tick) -> None:
        maps = mean.mean_maps(subjects[name], part.images[rows], part.labels[rows], explainer.surroundings, tick=tick)
        new = MeanSaliency(mean.METHODS, (name,), counts, maps[:, None], (), {name: digests[name]})
        if limit is None:
            add_files(root, lambda present: {MEAN_SALIENCY: npz(mean.merged(present, new).arrays())})

    seconds = _each(explainer, "Mean maps", dict.fromkeys(names, mean.passes(len(rows))), measure)
    each = {emotion: int(count) for emotion, count in zip(EMOTIONS, counts, strict=True)}
    if as_json:
        typer.echo(json.dumps({"methods": mean.METHODS, "measured": list(names), "images": each}, indent=2))
        return
    typer.echo(f"{', '.join(mean.METHODS)} of {len(names)} of {len(members)} members over {len(rows):,} images.")
    if limit is None:
        typer.echo(f"Written to {root / MEAN_SALIENCY}.")
        return
    whole = sum(len(at) for at in mean.picked(part.labels, mean.IMAGES)) / len(rows)
    typer.echo(f"A trial, not written: {seconds:.0f} s; all take about {whole * seconds / 60:.0f} minutes.")
