"""What the numbers of one member are: probabilities, percent, or logits."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fer_core.ensemble import log_softmax
from fer_core.errors import BadExtra

Array = NDArray[np.float64]
SURE = 1e-7
"""What a probability of zero is raised to: about the least that float32 tells from it beside one."""
LEAST = -1e5
"""A log-probability below this says no more than this, and float32 may not hold it."""
UNIT = 5e-3
"""How far from one a row of probabilities may sum, which is what float16 costs."""
DIGITS, MOST_OFF = (2, 3, 4), 0.1
"""Decimals to which probabilities may have been rounded, and how far from one a row may then sum at the most."""
NOISE = 1e-6
"""How far below zero a probability may lie by rounding."""
TOTALS = {1: "", 100: " percent"}
"""What rows of probabilities sum to."""
SAY = "name the arrays '..._logits' (in a CSV, add a column 'kind' that says logits) if these are logits"


@dataclass
class Numbers:
    """Numbers of one member and split, and what messages call them.

    values : float64 [N,C]; kind : "logits" or "probabilities", None where the file does not say
    member, of : the member, and " of " and the split, or nothing; remarks : sentences, which may be added to
    """

    values: Array
    kind: str | None
    file: str
    member: str
    of: str
    remarks: dict[str, None] = field(default_factory=dict)

    def logs(self) -> Array:
        """Return log-probabilities float64 [N,C]; raises BadExtra for numbers that are neither of the three."""
        odd = np.isnan(self.values) | np.isposinf(self.values)
        if odd.any():
            row = int(np.flatnonzero(odd.any(axis=1))[0])
            raise self._bad(f"gives {'NaN' if np.isnan(self.values[row]).any() else 'infinity'} in {self._row(row)}")
        if self.kind == "logits":
            return self._of_logits()
        for total in TOTALS:
            if self._sums_to(total):
                return self._of_probabilities(total)
        if self.kind == "probabilities":
            sums = self.values.sum(axis=1)
            total = self._meant() or 1
            off = (np.abs(sums - total) >= self._tolerance(total)) | (self.values.min(axis=1) < -NOISE * total)
            row = int(np.flatnonzero(off)[0])
            low = float(self.values[row].min())
            if low < -NOISE * total:
                raise self._bad(f"gives {self._row(row)} a probability of {low:.4g}, below 0")
            raise BadExtra(
                f"{self.file}: the probabilities of {self.member} in {self._row(row)} sum to {sums[row]:.4g}, not to "
                f"{total}."
            )
        self._refuse_unclear()
        return self._of_logits()

    def _bad(self, fault: str) -> BadExtra:
        return BadExtra(f"{self.file}: {self.member} {fault}.")

    def _row(self, row: int) -> str:
        return f"row {row}{self.of}"

    def _sums_to(self, total: int) -> bool:
        """Tell whether every row is of shares of a total, but for rounding."""
        off = np.abs(self.values.sum(axis=1) - total).max()
        if self.values.min() < -NOISE * total or off > MOST_OFF * total:
            return False
        return bool(off < UNIT * total or off < self._tolerance(total))

    def _tolerance(self, total: int) -> float:
        """Return how far from a total rows may sum: more where all numbers were rounded to few decimals."""
        for digits in DIGITS:
            unit = total / 10.0**digits
            scaled = self.values / unit
            if (np.abs(scaled - scaled.round()) < 0.02).all():
                return max(total * UNIT, min(total * MOST_OFF, 0.5001 * unit * int(self.values.shape[1])))
        return total * UNIT

    def _meant(self) -> int | None:
        """Return the total that most rows of numbers of zero and more sum to, None if there is none."""
        middle = float(np.median(self.values.sum(axis=1)))
        return next((total for total in TOTALS if abs(middle - total) < self._tolerance(total)), None)

    def _of_probabilities(self, total: int) -> Array:
        if total == 100:
            self.remarks[f"What {self.member} says sums to 100 in each row, so it is taken as percent."] = None
        shares = self.values / total
        if np.abs(shares.sum(axis=1) - 1).max() >= UNIT:
            self.remarks["Rounded probabilities were scaled so that each row sums to 1."] = None
        if shares.min() < SURE:
            self.remarks[f"Probabilities below {SURE:g} were raised to that, so that their logarithms are finite."] = (
                None
            )
        return log_softmax(np.log(np.maximum(shares, SURE)))

    def _of_logits(self) -> Array:
        logits = self.values
        if np.isneginf(logits).any():
            self.remarks["Logits of minus infinity were raised, so that all probabilities are above zero."] = None
            most = logits.max(axis=1, keepdims=True)
            if np.isneginf(most).any():
                raise self._bad(f"gives no class any probability in some row{self.of}")
            logits = np.maximum(logits, most + np.log(SURE))
        with np.errstate(over="ignore"):
            return np.maximum(log_softmax(logits), LEAST)

    def _refuse_unclear(self) -> None:
        """Raise BadExtra for numbers that the file calls nothing and that may be logits or something else."""
        low, high, sums = float(self.values.min()), float(self.values.max()), self.values.sum(axis=1)
        total = self._meant()
        if low < 0:
            if total is not None and np.abs(sums - total).max() < self._tolerance(total):
                raise self._bad(f"sums to {total} in every row, but goes down to {low:.3g}; {SAY}")
            return
        if total is not None:
            row = int(np.abs(sums - total).argmax())
            raise self._bad(f"sums to {total} in most rows, but to {sums[row]:.4g} in {self._row(row)}; {SAY}")
        if 0 < high <= 1 + UNIT:
            raise BadExtra(f"{self.file}: what {self.member} says lies between 0 and 1 but does not sum to 1; {SAY}.")
        if sums.max() > 0 and np.ptp(sums) < UNIT * sums.max():
            raise self._bad(f"sums to {sums[0]:.4g} in every row; divide by that if these are shares of it, or {SAY}")
        if np.abs(np.exp(-self.values).sum(axis=1) - 1).max() < UNIT:
            raise self._bad(f"says negated logarithms of probabilities; save them without the minus, or {SAY}")
        if high > 0:
            self.remarks[
                f"What {self.member} says is never below 0 and has no constant sum, so it is taken as logits."
            ] = None
