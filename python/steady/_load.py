"""Loads the extension module with threads that sleep while they wait for each other."""

import os

_SPIN = "GOMP_SPINCOUNT"
_ours = "OMP_WAIT_POLICY" not in os.environ and _SPIN not in os.environ
if _ours:  # OpenMP reads it when it is loaded; other programs that this one starts are not to see it
    os.environ[_SPIN] = "1000"
try:
    from . import _core
finally:
    if _ours:
        del os.environ[_SPIN]

__all__ = ["_core"]
