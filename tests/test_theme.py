"""Colours are stated once, in `fer_core.figures.ink`; what cannot read them from there is held to them here."""

import re
import tomllib
from pathlib import Path

import pytest

from fer_core.figures import DARK, LIGHT, Ink
from ui.kit import headline
from ui.kit.theme import PALETTE

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize(("name", "colours"), [("light", LIGHT), ("dark", DARK)])
def test_streamlits_theme_has_the_colours_of_the_figures(name: str, colours: Ink) -> None:
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"][name]
    assert theme["primaryColor"] == colours.accent
    assert theme["backgroundColor"] == colours.paper
    assert theme["textColor"] == colours.text


def test_the_icon_has_the_accent() -> None:
    assert LIGHT.accent in (ROOT / "ui" / "shell" / "icon.svg").read_text(encoding="utf-8")


def test_the_style_of_every_page_defines_each_colour_that_style_sheets_use() -> None:
    assert headline.STYLE.startswith(f"<style>{PALETTE}")
    defined = set(re.findall(r"(--fer-[\w-]+):", PALETTE))
    used = {
        name
        for file in (ROOT / "ui").rglob("*.py")
        for name in re.findall(r"var\((--fer-[\w-]+)\)", file.read_text(encoding="utf-8"))
    }
    assert used == defined


def test_no_page_repeats_a_colour_of_the_theme() -> None:
    colours = {colour for ink in (LIGHT, DARK) for colour in (ink.accent, ink.faint, ink.text)}
    for file in (ROOT / "ui").rglob("*.py"):
        assert not colours & set(re.findall(r"#[0-9A-Fa-f]{6}\b", file.read_text(encoding="utf-8"))), file
