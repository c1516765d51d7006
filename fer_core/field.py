"""What others reached on the PrivateTest split of FER-2013, with sources; none of it was measured here but one row."""

from typing import NamedTuple


class Published(NamedTuple):
    """One published figure: test accuracy in percent as its source gives it."""

    system: str
    accuracy: str
    outside_data: str
    source: str


FIELD = (
    Published("Human", "65 ± 5", "-", "Goodfellow et al. 2013, arXiv 1307.0414"),
    Published("`fer` 25.10.3, the package", "65.76", "none", "its own weights, scored on PrivateTest"),
    Published("The slides: shallow", "60.6", "none", "lecture slides, FER with ensembles of deep networks"),
    Published("The slides: Agrawal & Mittal", "63.4", "none", "the same"),
    Published("The slides: deep", "66.5", "none", "the same"),
    Published("The slides: ensemble of nine", "69.01", "none", "the same"),
    Published("Tang 2013, the challenge's winner", "71.16", "not known", "Kaggle"),
    Published("Pramerdorfer & Kampel 2016, VGG", "72.7", "none", "arXiv 1612.02903"),
    Published("Pramerdorfer & Kampel 2016, eight together", "75.2", "none", "arXiv 1612.02903"),
    Published(
        "Residual masking network and six more", "76.82", "ImageNet, VGGFace", "phamquiluan/ResidualMaskingNetwork"
    ),
)
"""Test accuracies of the field, weakest first within each group."""
