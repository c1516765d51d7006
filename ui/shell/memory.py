"""How the server's process gives back memory that visitors' pages let go."""

import ctypes
from contextlib import suppress

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
"""Numbers of two parameters in glibc's malloc.h."""
LARGE = 4 * 2**20
"""Bytes from which a block is a photo's rather than a network's, and goes back to the system as soon as it is freed."""


def return_large_blocks() -> None:
    """Let the C library return large blocks to the system at once, and keep little at the end of its heaps.

    Streamlit runs a page in a thread of its own each time, and glibc gives threads up to eight heaps a core.  After
    some large blocks were freed it takes blocks of up to 32 MB from these heaps and lets each keep up to 64 MB, so that
    photos let the process grow although nothing of them is kept.  Other C libraries lack the call and need none.
    """
    with suppress(OSError, AttributeError, TypeError):
        library = ctypes.CDLL(None)
        library.mallopt(M_MMAP_THRESHOLD, LARGE)
        library.mallopt(M_TRIM_THRESHOLD, LARGE)
