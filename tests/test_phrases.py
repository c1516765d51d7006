"""What people read is in plain English: the app, messages and documents hold no phrase of forbidden_phrases.toml."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FORBIDDEN: dict[str, str] = tomllib.loads(
    Path(__file__).with_name("forbidden_phrases.toml").read_text(encoding="utf-8")
)
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
TEMPLATES = [*sorted((ROOT / "fer_core").rglob("*.html")), *sorted((ROOT / "ui").rglob("*.js"))]
MODULES = [
    ROOT / "streamlit_app.py",
    *(file for name in ("ui", "fer_core", "pages") for file in (ROOT / name).rglob("*.py")),
]


def literals(source: str) -> Iterator[tuple[int, str]]:
    """Yield line and text of each string of a program that is no docstring; what an f-string inserts is {}."""
    tree = ast.parse(source)
    inner = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            inner |= {id(value) for value in node.values}
            yield node.lineno, "".join(str(v.value) if isinstance(v, ast.Constant) else "{}" for v in node.values)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inner:
            yield node.lineno, node.value


def found(text: str) -> list[str]:
    """Return what is forbidden in a text, with what to write instead."""
    plain = " ".join(text.split())
    return [
        f"{match[0]!r}: write {instead}"
        for phrase, instead in FORBIDDEN.items()
        if (match := re.search(rf"\b(?:{phrase})", plain, re.IGNORECASE)) and _whole(plain, match)
    ]


def _whole(text: str, match: re.Match[str]) -> bool:
    """Tell whether a match ends with its word."""
    return not (match[0][-1:].isalnum() and text[match.end() : match.end() + 1].isalnum())


@pytest.mark.parametrize("file", [*DOCUMENTS, *TEMPLATES], ids=lambda file: file.name)
def test_documents_are_in_plain_english(file: Path) -> None:
    assert found(file.read_text(encoding="utf-8")) == []


def test_the_app_and_all_messages_are_in_plain_english() -> None:
    wrong = [
        f"{file.relative_to(ROOT)}, line {line}, {fault}"
        for file in MODULES
        for line, text in literals(file.read_text(encoding="utf-8"))
        if not re.fullmatch(r"[a-z_]*", text)  # keys, which links and widgets hold
        for fault in found(text)
    ]
    assert not wrong, "\n".join(wrong)


def test_the_check_finds_a_phrase_across_lines_and_parts_of_a_string() -> None:
    source = 'def f(x):\n    """Weigh it."""\n    return f"{x} points " f"on {x}, too\\n sure" + "held against"\n'
    assert [line for line, text in literals(source) if found(text)] == [3, 3]
    assert [fault.split(":")[0] for _, text in literals(source) for fault in found(text)] == [
        "'points on '",
        "'too sure'",
        "'held against'",
    ]
    assert found("It loses 3 points on average, more than a weighty one") == []
