"""Figures of what each member adds."""

import numpy as np
import plotly.graph_objects as go  # type: ignore[import-untyped]
from numpy.typing import NDArray
from plotly.subplots import make_subplots  # type: ignore[import-untyped]

from fer_core.ensemble.subsets.contributions import banzhaf, by_place, interactions, leave_one_out, shapley, synergy
from ui.diversity.data import Game
from ui.diversity.pairs import WRITTEN
from ui.diversity.wording import first_of, pair_of, plain, rows_of, signed
from ui.kit.labels import beginning
from ui.kit.theme import LIGHT, SYMBOLS, ink, layout, two_lines

BELOW, ABOVE = ("#E8A06A", "#8A4A16"), ("#7DB8E0", "#1F5C8C")
"""Ends of the scale for what is below and above zero, on light and on dark paper; text is readable on all of it."""


def adds(game: Game) -> go.Figure:
    """Show each member's Shapley value against an equal share, and beside it Banzhaf's and leave-one-out."""
    unit, colours, shares = game.unit, ink(), shapley(game.values)
    equal, order = float(shares.mean()), np.argsort(shares, kind="stable")
    names = [game.names[i] for i in order]
    hover = f"%{{y}}: %{{customdata:.{unit.digits + 1}f}} {unit.name}<extra>%{{fullData.name}}</extra>"
    figure = make_subplots(rows=1, cols=2, shared_yaxes=True, horizontal_spacing=0.04, column_widths=[0.56, 0.44])
    figure.add_bar(
        x=(shares - equal)[order],
        y=names,
        orientation="h",
        marker={"color": colours.accent},
        text=[plain(share, unit.digits) for share in shares[order]],
        textposition="outside",
        cliponaxis=False,
        customdata=shares[order],
        name="Shapley",
        hovertemplate=hover,
        row=1,
        col=1,
    )
    for name, values, symbol in (
        ("Banzhaf", banzhaf(game.values), "circle-open"),
        ("leave one out", leave_one_out(game.values), "circle"),
    ):
        figure.add_scatter(
            x=values[order],
            y=names,
            mode="markers",
            marker={"symbol": symbol, "size": 10, "color": colours.text, "line": {"width": 2}},
            customdata=values[order],
            name=name,
            hovertemplate=hover,
            row=1,
            col=2,
        )
    reach = 1.7 * max(float(np.abs(shares - equal).max()), 10.0**-unit.digits)
    figure.update_xaxes(range=[-reach, reach], title=f"Shapley, {unit.name},<br>bar: from the mean", col=1, nticks=5)
    figure.update_xaxes(title=f"○ Banzhaf, {unit.name}<br>● leave one out", col=2, nticks=4)
    figure.update_xaxes(zeroline=True, zerolinecolor=colours.faint)
    figure.update_yaxes(type="category", tickvals=names, ticktext=rows_of([game.glyphs[i] for i in order], names))
    return two_lines(layout(figure, _adds_title(game, shares), 170 + 30 * game.rows))


def _adds_title(game: Game, shares: NDArray[np.float64]) -> str:
    unit, total = game.unit, plain(float(shares.sum()), game.unit.digits)
    (most, several, high), (least, many, low) = first_of(game.names, shares), first_of(game.names, shares, most=False)
    if high - low <= 10.0**-unit.digits / 2:
        return f"All add the same: {plain(high, unit.digits)} of {total} {unit.name} each"
    return (
        f"{most} add{'' if several else 's'} most: {plain(high, unit.digits)} of {total} {unit.name}<br>"
        f"{least} add{'' if many else 's'} least: {plain(low, unit.digits)}"
    )


def places(game: Game) -> go.Figure:
    """Show what each member adds when it joins second, third, ..., last."""
    unit, colours, added = game.unit, ink(), by_place(game.values)[:, 1:]
    members, mean = len(added), added.mean(axis=0)
    first, lowest = int(added[:, 0].argmax()), int(added[:, -1].argmin())
    figure = go.Figure()
    for i in sorted(range(members), key=lambda i: i in (first, lowest)):
        told = i in (first, lowest)
        # Lines fall, so that the left end of the highest and the right end of the lowest have room for a name.
        texts, where = [""] * (members - 1), ["top right"] * (members - 1)
        if i == lowest:
            texts[-1], where[-1] = beginning(game.names[i]), "bottom left"
        if i == first:
            texts[0], where[0] = beginning(game.names[i]), "top right"
        figure.add_scatter(
            x=list(range(2, members + 1)),
            y=added[i],
            mode="lines+markers+text",
            line={"color": colours.accent if told else colours.faint, "width": 2.5 if told else 1},
            marker={"symbol": SYMBOLS[game.glyphs[i]], "size": 9, "color": colours.text if told else colours.faint},
            text=texts,
            textposition=where,
            textfont={"color": colours.text, "size": 13},
            cliponaxis=False,
            hovertemplate=f"{game.names[i]} joins as number %{{x}}: %{{y:+.{unit.digits}f}} {unit.name}<extra></extra>",
        )
    second, last = (plain(float(value), unit.digits) for value in (mean[0], mean[-1]))
    title = f"Joining second adds {second} {unit.name} on average"
    if members > 2:
        title += f",<br>joining last {last}"
    figure.update_xaxes(title="joins as number", tickmode="linear", dtick=1, range=[1.8, members + 0.3])
    figure.update_yaxes(title=f"adds, {unit.name}", zeroline=True, zerolinecolor=colours.text)
    return two_lines(layout(figure, title, 170 + 30 * game.rows))


def together(game: Game) -> go.Figure:
    """Show which pairs of members replace each other and which complement each other."""
    unit, index, found = game.unit, interactions(game.values), synergy(game.values)
    members, dark = len(found), ink() is not LIGHT
    shown = np.where(np.eye(members, dtype=bool), np.nan, found)
    names, cells = list(game.names), members <= WRITTEN
    reach = max(float(np.nanmax(np.abs(shown))), 10.0**-unit.digits)
    figure = go.Figure(
        go.Heatmap(
            z=shown,
            x=list(range(members)),
            y=names,
            text=[["" if np.isnan(v) else signed(unit.small * v, unit.small_digits) for v in row] for row in shown],
            texttemplate="%{text}" if cells else None,
            textfont={"color": ink().text, "size": 11},
            customdata=np.dstack([index, [[f"{b} and {a}" for a in game.names] for b in game.names]]),
            colorscale=[[0, BELOW[dark]], [0.5, ink().paper], [1, ABOVE[dark]]],
            zmin=-reach,
            zmax=reach,
            showscale=False,
            xgap=2,
            ygap=2,
            hoverongaps=False,
            hovertemplate=f"%{{customdata[1]}}: %{{z:+.{unit.digits + 1}f}} {unit.name}, "
            f"the whole index %{{customdata[0]:+.{unit.digits}f}}<extra></extra>",
        )
    )
    figure.update_xaxes(
        tickvals=list(range(members)),
        ticktext=list(game.glyphs),
        title=f"interaction, {unit.small_name}<br>(below zero: each replaces the other)",
        showgrid=False,
    )
    figure.update_yaxes(
        autorange="reversed", type="category", showgrid=False, tickvals=names, ticktext=rows_of(game.glyphs, names)
    )
    return two_lines(layout(figure, _together_title(game, found), 170 + 30 * game.rows))


def _together_title(game: Game, found: NDArray[np.float64]) -> str:
    """Name the pair with the least and the pair with the most interaction."""
    upper, unit = np.triu_indices(len(found), 1), game.unit
    values = found[upper]
    pairs = [pair_of(game.names[i], game.names[j]) for i, j in zip(*upper, strict=True)]
    least, most = int(values.argmin()), int(values.argmax())
    low, high = (signed(float(values[at]), unit.digits) for at in (least, most))
    kind = "replace each other" if values[least] < 0 else "help each other"
    if len(pairs) == 1:
        return f"The two {kind}: {low} {unit.name}"
    if values[most] - values[least] <= 10.0**-unit.digits / 2:
        return f"All pairs interact alike: {low} {unit.name}"
    first = "Most redundant" if values[least] < 0 else "Least complementary"
    second = "Most complementary" if values[most] > 0 else "Least redundant"
    return f"{first}: {pairs[least]} {low}<br>{second}: {pairs[most]} {high}"
