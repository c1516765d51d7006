"""Where each architecture comes from, for pages that show it without building it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Family:
    """One architecture in words.

    title : what people call it; paper : authors and year; arxiv : the paper's number there, None if it is not there
    special : one sentence on what sets it apart
    """

    title: str
    paper: str
    arxiv: str | None
    special: str


FAMILIES: dict[str, Family] = {
    "shallow": Family(
        "Shallow CNN",
        "Alizadeh & Fazel 2017",
        "1704.06756",
        "Two convolutions with large kernels see the whole face, and one fully connected layer decides.",
    ),
    "deep": Family(
        "Deep CNN",
        "Alizadeh & Fazel 2017",
        "1704.06756",
        "Four convolutions and two fully connected layers: twice the depth of the shallow network.",
    ),
    "agrawal": Family(
        "8×8-kernel CNN",
        "Agrawal & Mittal 2020, The Visual Computer 36",
        None,
        "Sixteen convolutions with unusually large kernels halve the face down to one pixel; none is fully connected.",
    ),
    "mini_xception": Family(
        "Mini-Xception",
        "Arriaga, Valdenegro-Toro & Ploeger 2017",
        "1710.07557",
        "Each channel is filtered by itself and then mixed with the others, which saves most of the multiplications.",
    ),
    "vgg": Family(
        "VGG",
        "Simonyan & Zisserman 2014",
        "1409.1556",
        "Small 3×3 kernels one after the other; channels double each time that the side is halved.",
    ),
    "inception": Family(
        "Inception",
        "Szegedy et al. 2014",
        "1409.4842",
        "Every block looks at several scales side by side and keeps what each of them finds.",
    ),
    "resnet": Family(
        "Pre-activation ResNet",
        "He et al. 2016",
        "1603.05027",
        "Each block adds a correction to its input, and a gate decides how much each channel counts.",
    ),
    "densenet": Family(
        "DenseNet",
        "Huang et al. 2017",
        "1608.06993",
        "Every layer sees the maps of all layers before it in its block and adds only a few of its own.",
    ),
    "crnn": Family(
        "Convolutional recurrent network",
        "Shi, Bai & Yao 2015",
        "1507.05717",
        "Convolutions find features, and a recurrent layer reads them row by row, from brow to chin and back.",
    ),
}
"""Every architecture of `fer_core.models.MODELS`, by the same names."""
