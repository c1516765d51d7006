"""Speed and memory: the recompute with NumPy alone; its modules `faces` and `training` need torch."""

from fer_core.bench.recompute import IMAGES, MEMBERS, bench, sklearn_recompute, synthetic
from fer_core.bench.timing import Bench, Timing, measure

__all__ = ["IMAGES", "MEMBERS", "Bench", "Timing", "bench", "measure", "sklearn_recompute", "synthetic"]
