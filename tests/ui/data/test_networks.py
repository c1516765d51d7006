"""The one door to PyTorch: what it opens at run time is what the type checker is told."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from ui.data import networks


def _told() -> dict[str, str]:
    """Return what the type checker is told each name is."""
    tree = ast.parse(Path(networks.__file__).read_text(encoding="utf-8"))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    found: dict[str, str] = {}
    for node in block.body:
        if isinstance(node, ast.ImportFrom):
            found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.asname or alias.name: alias.name for alias in node.names}
    return found


def test_every_name_is_what_the_type_checker_is_told() -> None:
    assert _told() == networks.MODULES
    for name, module in networks.MODULES.items():
        assert getattr(networks, name).__name__ == module


def test_no_other_name_is_there() -> None:
    with pytest.raises(AttributeError):
        _ = networks.torchvision


def test_the_door_is_closed_until_somebody_knocks() -> None:
    asked = "import sys; import ui.data.networks; print(sorted({'torch', 'captum', 'cv2', 'PIL'} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
