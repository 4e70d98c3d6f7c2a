"""How much memory a web process holds."""

import ctypes

M_ARENA_MAX = -8  # the number of this setting in glibc's malloc.h


def share_one_heap() -> None:
    """Let all threads of this process, and of those it starts, take memory from one heap.

    By default glibc gives every thread a heap of its own, against waiting that Python's lock
    rules out anyway; four threads then hold some 5 MB that nobody uses. Must run before the
    threads begin. Elsewhere than with glibc this does nothing.
    """
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is not None:
        set_option(M_ARENA_MAX, 1)
