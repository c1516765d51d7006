"""Speed and memory: the recompute with NumPy alone; its modules `faces` and `training` need torch."""

from fer_core.bench.recompute import IMAGES, MEMBERS, Bench, Timing, bench, measure, sklearn_recompute, synthetic

__all__ = ["IMAGES", "MEMBERS", "Bench", "Timing", "bench", "measure", "sklearn_recompute", "synthetic"]
