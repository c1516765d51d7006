"""The one door to PyTorch and what else the explorer does without: each module is imported when it is first asked for.

A static import would make every visitor's server load PyTorch, and fail where it is not installed.
"""

import importlib
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import cv2 as cv2
    from PIL import Image as Image

    from fer_core import inference as inference
    from fer_core import saliency as saliency
    from fer_core.inference import logits as logits
    from fer_core.photo import copies as copies
    from fer_core.photo import decode as decode
    from fer_core.photo import detect as detect
    from fer_core.photo import framing as framing
    from fer_core.photo import predict as predict
    from fer_core.photo import quality as quality
    from fer_core.saliency import arguments as arguments
    from fer_core.saliency import draw as maps
    from fer_core.saliency import path as path
    from fer_core.saliency import trust as trust

    __all__ = ["maps"]

MODULES = {
    "cv2": "cv2",
    "Image": "PIL.Image",
    "inference": "fer_core.inference",
    "saliency": "fer_core.saliency",
    "logits": "fer_core.inference.logits",
    "copies": "fer_core.photo.copies",
    "decode": "fer_core.photo.decode",
    "detect": "fer_core.photo.detect",
    "framing": "fer_core.photo.framing",
    "predict": "fer_core.photo.predict",
    "quality": "fer_core.photo.quality",
    "arguments": "fer_core.saliency.arguments",
    "maps": "fer_core.saliency.draw",
    "path": "fer_core.saliency.path",
    "trust": "fer_core.saliency.trust",
}
"""Where each is; a test holds it to what the type checker is told above."""


def __getattr__(name: str) -> Any:
    if name not in MODULES:
        raise AttributeError(name)
    return importlib.import_module(MODULES[name])


def installed(*packages: str) -> bool:
    """Tell whether packages are installed, without importing them."""
    return all(find_spec(name) is not None for name in packages)
