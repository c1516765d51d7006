"""Damage in training."""

from dataclasses import replace

import pytest
import torch

from fer_core.recipe import Recipe
from fer_core.training.augment import DAMAGES, corrupt

FACES = torch.nn.functional.interpolate(
    torch.rand(16, 1, 12, 12, generator=torch.Generator().manual_seed(0)), size=48, mode="bicubic"
).clamp(0, 1)


@pytest.mark.parametrize("name", DAMAGES)
def test_each_kind_hits_its_share_and_stays_in_range(name: str) -> None:
    faces = FACES.repeat(64, 1, 1, 1)
    recipe = replace(Recipe(), **{name: 0.25})
    out = corrupt(faces, recipe, torch.Generator().manual_seed(1))
    changed = (out != faces).flatten(1).any(1).float().mean()
    assert 0.2 < changed < 0.3
    assert out.shape == faces.shape
    assert out.dtype == torch.float32
    assert 0 <= out.min() <= out.max() <= 1
    again = corrupt(faces, recipe, torch.Generator().manual_seed(1))
    assert torch.equal(out, again)


def test_without_damage_nothing_is_drawn() -> None:
    """So that a run of a recipe without damage goes on as it was begun."""
    generator = torch.Generator().manual_seed(1)
    before = generator.get_state()
    assert corrupt(FACES, Recipe(), generator) is FACES
    assert torch.equal(generator.get_state(), before)


def detail(images: torch.Tensor) -> float:
    return float((images.diff(dim=2).square().mean() + images.diff(dim=3).square().mean()).sqrt())


def test_each_kind_does_what_its_name_says() -> None:
    generator = torch.Generator().manual_seed(2)
    out = {name: damage(FACES, generator) for name, damage in DAMAGES.items()}
    assert detail(out["blur"]) < detail(FACES)
    assert detail(out["shrink"]) < detail(FACES)
    assert detail(out["noise"]) > detail(FACES)
    assert 0.001 < (out["jpeg"] - FACES).abs().mean() < 0.2
    covered = (out["cover"] != FACES).flatten(1).float().mean(1)
    assert ((covered > 0.3) & (covered < 0.6)).all()
    rims = set()
    for image, face in zip(out["cover"], FACES, strict=True):
        hit = (image != face)[0]
        assert torch.unique(image[0][hit]).numel() == 1
        rims |= {side for side, line in enumerate((hit[0], hit[-1], hit[:, 0], hit[:, -1])) if line.all()}
    assert rims == {0, 1, 2, 3}
