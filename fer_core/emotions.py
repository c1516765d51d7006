"""The seven classes of FER-2013, the names of its splits, and the colours of the classes."""

EMOTIONS = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
"""Class names in the order of the FER-2013 codes 0 to 6."""

COLOURS = {
    "angry": "#D55E00",
    "disgust": "#009E73",
    "fear": "#CC79A7",
    "happy": "#E69F00",
    "sad": "#0072B2",
    "surprise": "#56B4E9",
    "neutral": "#999999",
}
"""Colours that the colour-blind tell apart (Okabe & Ito 2008), the same in every chart."""

SPLITS = ("train", "valid", "test")
"""Short names of the three splits."""

SCORED = {"valid": "PublicTest", "test": "PrivateTest"}
"""The splits that members are scored on, as FER-2013 calls them."""
USAGES = {"train": "Training", **SCORED}
"""What the FER-2013 challenge calls each split."""

SIDE = 48
"""Width and height of a FER-2013 image in pixels."""
