"""How far a solve has come: for a callback, or as a bar on a terminal or in a notebook."""

from __future__ import annotations

import math
import sys
from typing import Any, Callable, NamedTuple


class Progress(NamedTuple):
    """What a callback is told, at most ten times a second."""

    work: str  #: "solving", "proving an error bound"
    method: str | None  #: that runs; None where none does
    iterations: int  #: of the method
    residual: float | None  #: as measured now, in the units of the tolerance
    seconds: float  #: since the call


class Bar:
    """A line on standard error, from `patience` seconds on: how much of the way, on a logarithmic scale, the residual
    has gone from where it was first seen to the tolerance."""

    def __init__(self, tolerance: float, patience: float = 2.0, stream: Any = None):
        self._tolerance = tolerance
        self._patience = patience
        self._stream = stream or sys.stderr
        self._first: float | None = None
        self._width = 0

    def __call__(self, p: Progress) -> None:
        if p.residual is not None and p.residual > 0 and self._first is None:
            self._first = p.residual
        if p.seconds < self._patience:
            return
        line = p.work
        if p.method is not None and p.residual is not None:
            line = f"{p.method} |{self._bar(p.residual)}| iteration {p.iterations}, residual {p.residual:.2g}"
        self._write(f"{line}, {p.seconds:.0f} s")

    def _bar(self, residual: float) -> str:
        whole = math.log(max((self._first or 1) / self._tolerance, 1 + 1e-9))
        share = math.log(max(self._first or 1, 1e-300) / max(residual, 1e-300)) / whole
        filled = round(20 * min(max(share, 0.0), 1.0))
        return "█" * filled + " " * (20 - filled)

    def _write(self, line: str) -> None:
        self._stream.write("\r" + line.ljust(self._width))
        self._stream.flush()
        self._width = len(line)

    def close(self) -> None:
        """Takes the line away."""
        if self._width:
            self._write("")
            self._stream.write("\r")
            self._stream.flush()


def _shown_by_default() -> bool:
    """Whether somebody looks at standard error."""
    return sys.stderr is not None and (sys.stderr.isatty() or "ipykernel" in sys.modules)


def observer_of(progress: bool | Callable[[Progress], Any] | None, tolerance: float) -> tuple[Any, Callable[[], None]]:
    """What the core calls, or None; and what ends it."""
    if callable(progress):
        return (lambda *told: progress(Progress(*told))), lambda: None
    if progress is False or (progress is None and not _shown_by_default()):
        return None, lambda: None
    bar = Bar(tolerance, patience=0.0 if progress else 2.0)
    return (lambda *told: bar(Progress(*told))), bar.close
