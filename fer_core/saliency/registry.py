"""All methods by the name that links, artifacts and the command line use."""

from fer_core.saliency.cam import CAMS
from fer_core.saliency.gradients import GRADIENTS
from fer_core.saliency.method import Attribution
from fer_core.saliency.perturbation import PERTURBATIONS
from fer_core.saliency.propagation import PROPAGATIONS

ATTRIBUTIONS: dict[str, Attribution] = {**GRADIENTS, **PROPAGATIONS, **CAMS, **PERTURBATIONS}
"""Every method, in the order in which they are offered."""
