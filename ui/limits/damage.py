"""What the page Limits shows of damaged images: words, one figure, and a table of all members."""

import plotly.graph_objects as go  # type: ignore[import-untyped]
from plotly.subplots import make_subplots  # type: ignore[import-untyped]

from fer_core.artifacts import Robustness, Withstood
from fer_core.artifacts.robustness import ALL, CHOSEN
from fer_core.emotions import COLOURS
from fer_core.figures.theme import symbol_of
from fer_core.format import percent, points
from ui.kit.theme import ink, layout, two_lines

NOT_MEASURED = (
    "These artifacts hold no figures for damaged images. To measure them, run: "
    "`python benchmarks/corruptions.py --write`"
)
EXPLAINED = (
    "Points of accuracy that each damage takes away. Noise: by its standard deviation, an image goes from 0 to 1. "
    "Blur: Gaussian. JPEG: by its quality. 24 px: reduced to half the side and enlarged again. Covered: by a grey bar."
)
ENSEMBLES = {CHOSEN: "the chosen ensemble", ALL: "the ensemble of all members"}


def shown(found: Robustness | None) -> Withstood | None:
    """Return what the words and the figure are about: the chosen ensemble, else all members, else any member."""
    if found is None or not found.damages:
        return None
    return found.of(CHOSEN) or found.of(ALL) or next(iter(found.systems), None)


def words(found: Robustness, system: Withstood) -> str:
    """Say what the worst damage costs, where answers go, and how much members lose."""
    accuracy, lost, sad = found.accuracy(system), found.lost(system), found.sad(system)
    worst = max(range(len(lost)), key=lost.__getitem__)
    saddest = max(range(len(sad)), key=sad.__getitem__)
    text = (
        "Photos are often noisier, softer or more compressed than FER-2013. Damaged at fixed strengths, in the manner "
        f"of [Hendrycks & Dietterich 2019](https://arxiv.org/abs/1903.12261), {found.images:,} PublicTest images show "
        f"what that costs. Undamaged, in one view, {_called(system)} is right on **{percent(accuracy[0])}%** of them. "
        f"{_begun(found.damages[worst])} costs it most: **{percent(lost[worst])} points**."
    )
    if saddest:
        text += (
            f"\n\nA damaged image is not answered at random: under {found.conditions[saddest]}, "
            f"**{percent(sad[saddest])}%** of the answers are sad, beside {percent(sad[0])}% undamaged."
        )
    means = {one.name: sum(found.lost(one)) / len(lost) for one in _members(found)}
    if len(means) > 1:
        least, most = min(means, key=means.__getitem__), max(means, key=means.__getitem__)
        text += (
            f"\n\nOver all damages, {_called(system)} loses {percent(sum(lost) / len(lost))} points on average. Of the "
            f"members, {least} loses least ({percent(means[least])}) and {most} most ({percent(means[most])})."
        )
    return text


def figure(found: Robustness, system: Withstood) -> go.Figure:
    """Show accuracy under each damage, of the ensemble and of members, and how often the ensemble answers sad."""
    colours, rows = ink(), list(found.conditions)
    lost = found.lost(system)
    worst = max(range(len(lost)), key=lost.__getitem__)
    short = "the ensemble" if system.name in ENSEMBLES else system.name
    title = f"{_begun(found.damages[worst])} costs {short} {percent(lost[worst])} points"
    title += f"<br><span style='font-weight:400'>large: {_called(system)}, small: members</span>"
    drawn = make_subplots(rows=1, cols=2, shared_yaxes=True, horizontal_spacing=0.05, column_widths=[0.66, 0.34])
    members = _members(found)
    names = [one.name for one in members]
    for one in members:
        drawn.add_scatter(
            x=[100 * share for share in found.accuracy(one)],
            y=rows,
            mode="markers",
            marker={"size": 7, "color": colours.faint, "symbol": symbol_of(names, one.name)},
            hovertemplate=f"{one.name}: %{{x:.1f}}% right, %{{y}}<extra></extra>",
            row=1,
            col=1,
        )
    accuracy, sad = found.accuracy(system), found.sad(system)
    drawn.add_scatter(
        x=[100 * share for share in accuracy],
        y=rows,
        mode="markers+text",
        marker={"size": 13, "color": colours.accent},
        text=[percent(share) for share in accuracy],
        textposition="top center",
        textfont={"color": colours.text},
        cliponaxis=False,
        hovertemplate=f"{_called(system)}: %{{x:.1f}}% right, %{{y}}<extra></extra>",
        row=1,
        col=1,
    )
    drawn.add_bar(
        x=[100 * share for share in sad],
        y=rows,
        orientation="h",
        marker={"color": COLOURS["sad"]},
        text=[percent(share, 0) for share in sad],
        textposition="outside",
        textfont={"color": colours.text},
        cliponaxis=False,
        hovertemplate="%{x:.1f}% answered sad, %{y}<extra></extra>",
        row=1,
        col=2,
    )
    every = [share for one in (*members, system) for share in found.accuracy(one)]
    drawn.update_xaxes(range=[100 * min(every) - 5, 100 * max(every) + 7], nticks=5, title="right, %", col=1)
    drawn.update_xaxes(range=[0, 135 * max(*sad, 0.01)], nticks=3, title="answered sad, %", col=2)
    drawn.update_yaxes(range=[len(rows) - 0.5, -0.75])
    return two_lines(layout(drawn, title, 440))


def table(found: Robustness) -> dict[str, list[str]]:
    """Return the columns of the table: accuracy undamaged, what each damage takes, and their mean."""
    lost = [found.lost(one) for one in found.systems]
    columns = {
        "": [one.name for one in found.systems],
        "undamaged, %": [percent(found.accuracy(one)[0]) for one in found.systems],
        "mean": [points(-sum(some) / len(some)) for some in lost],
    }
    return columns | {name: [points(-some[at]) for some in lost] for at, name in enumerate(found.damages)}


def left_out(found: Robustness) -> str:
    """Name members that have other weights than those that were measured; empty where there are none."""
    if not found.stale:
        return ""
    return f"Measured with other weights, so left out: {', '.join(found.stale)}."


def _members(found: Robustness) -> list[Withstood]:
    return [one for one in found.systems if one.name not in ENSEMBLES]


def _called(system: Withstood) -> str:
    return ENSEMBLES.get(system.name, system.name)


def _begun(name: str) -> str:
    return name[0].upper() + name[1:]
