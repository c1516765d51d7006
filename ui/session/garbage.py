"""When Python looks for garbage: what a visitor let go is gone by the next run, and modules slow no click."""

import gc
import sys

MANY = 50
"""Modules that were loaded since the last time, from which it is worth setting them aside."""
_modules = 0
_let_go = False


def let_go() -> None:
    """Note that something of a visitor was let go, which may be part of a cycle that was set aside."""
    global _let_go
    _let_go = True


def set_modules_aside() -> None:
    """Keep what the process has loaded out of Python's garbage collections; called once a run.

    Streamlit collects after every run, and looks through each object of each loaded module: about 40 ms a click, and
    several times that once PyTorch is there.
    """
    if _let_go or len(sys.modules) >= _modules + MANY:
        collect()


def collect() -> None:
    """Collect garbage everywhere, then set aside what is left."""
    global _modules, _let_go
    _modules, _let_go = len(sys.modules), False
    gc.unfreeze()
    gc.collect()
    gc.freeze()
