import importlib
import pkgutil

import pytest
import torch
from torch import nn

import fer_core.models
from fer_core.models import MODELS, SPECS, Member, Preprocessing, arguments_of, build
from fer_core.models.agrawal import Agrawal, SameConv2d, same_padding
from fer_core.models.member import even_light
from fer_core.training.recipes import RECIPES
from fer_core.training.runs import macs

ACTIVATIONS = (nn.ReLU, nn.GELU, nn.SiLU, nn.ELU, nn.LeakyReLU, nn.Sigmoid, nn.Tanh, nn.Hardswish)


@pytest.fixture(params=sorted(MODELS))
def member(request: pytest.FixtureRequest) -> Member:
    torch.manual_seed(0)
    return build(request.param).eval()


def test_every_member_is_declared_by_the_file_of_its_name() -> None:
    found = []
    for file in pkgutil.iter_modules(fer_core.models.__path__):
        module = importlib.import_module(f"fer_core.models.{file.name}")
        found += [(file.name, kind) for kind in vars(module).values() if _is_network(kind, module.__name__)]
    assert sorted((spec.name, spec.network) for spec in SPECS) == found
    assert len(MODELS) == len(RECIPES) == len(SPECS), "two members have one name"


def _is_network(kind: object, module: str) -> bool:
    return isinstance(kind, type) and issubclass(kind, Member) and kind is not Member and kind.__module__ == module


def test_the_roster_keeps_its_limits() -> None:
    members = [build(name).eval() for name in MODELS]
    parameters = [sum(p.numel() for p in member.parameters()) for member in members]
    assert len(members) == 9
    assert max(parameters) <= 8e6
    assert sum(parameters) <= 40e6
    assert sum(map(macs, members)) <= 3e9


def test_forward_is_head_of_features_of_prepared(member: Member) -> None:
    images = torch.rand(3, 1, 48, 48)
    with torch.no_grad():
        logits = member(images)
        features = member.forward_features(member.prepare(images))
        parts = member.forward_head(features)
    assert logits.shape == (3, 7)
    assert features.ndim == 4
    assert torch.isfinite(logits).all()
    torch.testing.assert_close(logits, parts)


def test_every_parameter_gets_a_gradient(member: Member) -> None:
    member.train()
    member(torch.rand(8, 1, 48, 48)).logsumexp(1).sum().backward()
    assert [name for name, p in member.named_parameters() if p.grad is None] == []


def test_each_activation_runs_once(member: Member) -> None:
    calls: dict[nn.Module, int] = {}
    found = [module for module in member.modules() if isinstance(module, ACTIVATIONS)]
    for module in found:
        module.register_forward_hook(lambda m, i, o: calls.__setitem__(m, calls.get(m, 0) + 1))
    with torch.no_grad():
        member(torch.rand(1, 1, 48, 48))
    assert found
    assert all(calls.get(module) == 1 for module in found)


def test_a_card_rebuilds_the_member(member: Member) -> None:
    name = next(name for name, made in MODELS.items() if made is type(member))
    again = build(name, preprocessing=member.preprocessing.as_dict())
    again.load_state_dict(member.state_dict(), strict=True)
    images = torch.rand(2, 1, 48, 48)
    with torch.no_grad():
        torch.testing.assert_close(again.eval()(images), member(images))


@pytest.mark.parametrize("shape", [(2, 48, 48), (2, 3, 48, 48), (2, 1, 44, 44)])
def test_another_shape_is_refused(member: Member, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="images: expected shape"):
        member(torch.rand(shape))


@pytest.mark.parametrize("name", sorted(MODELS))
def test_a_card_holds_the_defaults_too(name: str) -> None:
    arguments = arguments_of(name)
    assert None not in arguments.values()
    assert "preprocessing" not in arguments
    shapes = [tuple(p.shape) for p in build(name).parameters()]
    assert [tuple(p.shape) for p in build(name, **arguments).parameters()] == shapes


def test_an_unknown_architecture_or_argument_is_refused() -> None:
    with pytest.raises(ValueError, match="architecture: expected one of"):
        build("transformer")
    with pytest.raises(ValueError, match="arguments: shallow does not take"):
        build("shallow", depth=3)
    with pytest.raises(ValueError, match="crop: expected 1 to 48"):
        Preprocessing(crop=60)


def test_offsets_cover_corners_and_centre() -> None:
    assert list(Preprocessing(crop=44).offsets()) == [(t, f) for t in (0, 2, 4) for f in (0, 2, 4)]
    assert list(Preprocessing(crop=48).offsets()) == [(0, 0)]


def test_shallow_and_deep_have_the_slides_layers() -> None:
    for name, convolutions, connected in (("shallow", 2, 1), ("deep", 4, 2)):
        modules = list(build(name).modules())
        assert sum(isinstance(m, nn.Conv2d) for m in modules) == convolutions
        # One more linear map leads to the softmax.
        assert sum(isinstance(m, nn.Linear) for m in modules) == connected + 1
        assert sum(isinstance(m, nn.MaxPool2d) for m in modules) >= 2
        assert any(isinstance(m, nn.Dropout) for m in modules)


def test_agrawal_is_the_table_of_the_slides() -> None:
    table = [(8, width, stride) for width in (32, 32, 32, 16, 16, 16, 8) for stride in (1, 2)]
    table += [(8, 8, 1), (7, 7, 1)]
    member = build("agrawal")
    layers = [m for m in member.modules() if isinstance(m, SameConv2d)]
    assert [(m.conv.kernel_size[0], m.conv.out_channels, m.conv.stride[0]) for m in layers] == table
    assert member.preprocessing.size == 64
    kinds = [type(m) for m in member.modules() if isinstance(m, nn.BatchNorm2d | nn.ReLU)]
    assert kinds == [nn.BatchNorm2d, nn.ReLU] * 8


def test_agrawal_halves_down_to_one_pixel_and_keeps_its_last_relu() -> None:
    member = build("agrawal").eval()
    assert isinstance(member, Agrawal)
    sizes: list[int] = []
    for module in member.modules():
        if isinstance(module, SameConv2d):
            module.register_forward_hook(lambda m, i, o: sizes.append(o.shape[-1]))
    with torch.no_grad():
        logits = member(torch.rand(4, 1, 48, 48))
    assert sizes == [64, 32, 32, 16, 16, 8, 8, 4, 4, 2, 2, 1, 1, 1, 1, 1]
    assert (logits >= 0).all()


@pytest.mark.parametrize("size", [1, 2, 5, 32, 64])
@pytest.mark.parametrize("kernel", [7, 8])
@pytest.mark.parametrize("stride", [1, 2])
def test_same_padding_gives_the_ceiling(size: int, kernel: int, stride: int) -> None:
    before, after = same_padding(size, kernel, stride)
    assert (size + before + after - kernel) // stride + 1 == -(-size // stride)
    assert 0 <= after - before <= 1


def test_even_light_takes_a_shadow_away() -> None:
    """Half of the brightness on one side of a face changes what the network sees by little."""
    torch.manual_seed(0)
    face = torch.nn.functional.interpolate(torch.rand(1, 1, 12, 12), size=48, mode="bilinear") * 0.6 + 0.3
    shadow = face * torch.linspace(0.5, 1, 48)
    plain, even = Preprocessing(), Preprocessing(window=13, mean=0.0, std=1.0)

    def change(preprocessing: Preprocessing) -> float:
        member = Member(preprocessing)
        before, after = member.prepare(face), member.prepare(shadow)
        return float((before - after).std() / before.std())

    assert change(even) < change(plain) / 3
    assert even_light(torch.full((1, 1, 48, 48), 0.7), 13).abs().max() < 1e-3


@pytest.mark.parametrize("window", [-3, 1, 2, 12, 97])
def test_a_window_that_has_no_middle_pixel_is_refused(window: int) -> None:
    with pytest.raises(ValueError, match="window: expected 0 or an odd number"):
        Preprocessing(window=window)


def test_a_card_rebuilds_a_member_with_even_light() -> None:
    torch.manual_seed(0)
    member = build("vgg", widths=(4, 4, 8, 8), preprocessing=Preprocessing(window=13).as_dict()).eval()
    assert member.preprocessing.window == 13
    plain = build("vgg", widths=(4, 4, 8, 8)).eval()
    plain.load_state_dict(member.state_dict())
    images = torch.rand(2, 1, 48, 48)
    assert not torch.allclose(member(images), plain(images))
