"""What others reached on the PrivateTest split of FER-2013, with sources; one row was measured here, and says so."""

from typing import NamedTuple


class Published(NamedTuple):
    """One published figure: test accuracy in percent as its source gives it, and what else was trained on."""

    system: str
    accuracy: str
    outside_data: str
    source: str


SLIDES = "lecture slides, FER with ensembles of deep networks"

FIELD = (
    Published("Human", "65 ± 5", "-", "Goodfellow et al. 2013, arXiv 1307.0414"),
    Published("The slides: shallow CNN", "60.6", "none", SLIDES),
    Published("The slides: Agrawal & Mittal", "63.4", "none", SLIDES),
    Published("The slides: deep CNN", "66.5", "none", SLIDES),
    Published("The slides: best ensemble of nine", "69.01", "none", SLIDES),
    Published("`fer` 25.10.3", "65.76 (64.10 without twins)", "none", "its own weights, scored here on PrivateTest"),
    Published("Tang 2013, the challenge's winner", "71.16", "not known", "Kaggle"),
    Published("Pramerdorfer & Kampel 2016, Inception", "71.6", "none", "arXiv 1612.02903"),
    Published("Pramerdorfer & Kampel 2016, ResNet", "72.4", "none", "arXiv 1612.02903"),
    Published("Pramerdorfer & Kampel 2016, VGG", "72.7", "none", "arXiv 1612.02903"),
    Published("Pramerdorfer & Kampel 2016, eight together", "75.2", "none", "arXiv 1612.02903"),
    Published("WuJie, VGG19", "73.11, best epoch on the test set", "none", "its repository"),
    Published("LetheSec, ResNet18", "73.70, best epoch on the test set", "none", "its repository"),
    Published("Khaireddin & Chen 2021, VGG", "73.28, and that is PublicTest", "none", "arXiv 2105.03588, usef-kh/fer"),
    Published("Residual masking network", "74.14", "ImageNet, VGGFace", "phamquiluan/ResidualMaskingNetwork"),
    Published(
        "Residual masking network and six more", "76.82", "ImageNet, VGGFace", "phamquiluan/ResidualMaskingNetwork"
    ),
    Published("EmoNeXt-XL", "76.12", "ImageNet-22k", "yelboudouri/EmoNeXt"),
    Published(
        "ResEmoteNet",
        "79.79 claimed, its weights give 71.57",
        "augmented before splitting",
        "ArnabKumarRoy02/ResEmoteNet, issues 13, 47 and 49",
    ),
)
"""Test accuracies of the field."""
