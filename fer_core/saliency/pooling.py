"""Max pooling as DeepLift needs it.

Captum 0.9 hooks the tensor between two layers.  Where a max pooling stands directly behind a ReLU, both hooks sit on
the same tensor, the one that was registered first is given the gradient before the other has replaced it, and the map
is wrong without an error (convergence delta 0.4 for `shallow`; 2e-6 with a copy between them).  And its rule sends
contributions back by unpooling, which is wrong where windows overlap.
"""

from torch import Tensor, nn
from torch.nn import functional as F

FAR_BELOW = -1e4
"""What is padded with: less than any activation, yet finite, since a difference of infinities is no number."""


class Copy(nn.Module):
    """The same values in a tensor of their own."""

    def forward(self, x: Tensor) -> Tensor:
        """Return a copy."""
        return x.clone()


class Windows(nn.Module):
    """Windows side by side: `[N,C,h,w]` -> `[N,C,h',w'*k*k]`, each window a run of k*k values."""

    def __init__(self, kernel: int, stride: int, padding: int) -> None:
        super().__init__()
        self.kernel, self.stride, self.padding = kernel, stride, padding

    def forward(self, x: Tensor) -> Tensor:
        """Pad and cut."""
        padded = F.pad(x, (self.padding,) * 4, value=FAR_BELOW)
        cut = padded.unfold(2, self.kernel, self.stride).unfold(3, self.kernel, self.stride)
        return cut.reshape(*cut.shape[:3], -1).contiguous()


def _same(pool: nn.MaxPool2d) -> nn.Module:
    """Return modules that compute what a max pooling does, and that DeepLift's rule is right for."""
    kernel, stride, padding = pool.kernel_size, pool.stride, pool.padding
    if not (isinstance(kernel, int) and isinstance(stride, int) and isinstance(padding, int)):
        raise ValueError("pool: expected square windows")
    if kernel == stride and not padding:
        return nn.Sequential(Copy(), nn.MaxPool2d(kernel), Copy())
    row = nn.MaxPool2d((1, kernel * kernel))
    return nn.Sequential(Windows(kernel, stride, padding), row, Copy())


def separate_pooling(network: nn.Module) -> None:
    """Replace every max pooling within a network, in place, by modules that compute the same."""
    for parent in list(network.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, nn.MaxPool2d):
                parent.add_module(name, _same(child).train(child.training))
