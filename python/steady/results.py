"""Solving: a model in, its long-run distribution and what is proven of it out."""

from __future__ import annotations

import html
import json
import math
import sys
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Callable

import numpy as np

from ._load import _core
from ._core import Error
from .models import Model, as_model
from .options import choices_of
from .progress import Progress, observer_of


class NotReached(UserWarning):
    """A solve has not converged, or a bound that was asked for is not proven."""


@dataclass(frozen=True)
class Measure:
    """A long-run average, and what is proven of it.

    Attributes
    ----------
    name, kind, property : str
        The property's own name, else the reward's or label's; "reward", "throughput", "label" or "property"; its text.
    value : float, bool or None
        None where no digit is proven (status "below"), where a comparison is undecided, where it is infinite, or where
        there are several values (status "range" or "print").
    bound : float or None
        Proven: the exact value is no further from `value`. None where nothing is proven.
    bound_relative : float or None
        Proven: that, relative to the exact value.
    lower, upper : float or None
        Where no digit is proven: the exact value lies between them.
    status : str or None
        "below", "undecided", "infinite", "-infinite", "range", "print", or None for a plain value.
    values : list or None
        Of "range" its two ends, of "print" each state's value; None where no digit of it is proven.
    bounds : list or None
        Of "range", where an end has no proven digit: between which numbers each of the two lies.
    relative : bool
        Whether `bound` is of a relative proof, which counts digits from the number itself, however small.
    sensitivities : list of dict or None
        With ``sensitivity=["mu"]``: of each of these constants derivative and elasticity, as in docs/result.schema.json.
    """

    name: str
    kind: str
    property: str
    value: float | bool | None
    bound: float | None
    bound_relative: float | None
    lower: float | None = None
    upper: float | None = None
    status: str | None = None
    values: list[Any] | None = None
    bounds: list[list[float]] | None = None
    long_run_average: float | None = None
    sensitivities: list[dict[str, Any]] | None = None
    relative: bool = False

    def __float__(self) -> float:
        if self.value is None:
            raise Error(f"{self.name}: no digit of it is known ({self})")
        return float(self.value)

    def __str__(self) -> str:
        if self.status == "below":
            return _core.between(self.lower, self.upper)
        if self.value is None:
            return str(self.values) if self.values is not None else str(self.status)
        if isinstance(self.value, bool) or self.bound is None:
            return str(self.value)
        return _core.figure_text(self.value, self.bound, self.relative)

    @property
    def digits(self) -> str:
        """The digits that are proven, at most 12, or 17 by a relative proof; all where nothing is; else as str()."""
        if isinstance(self.value, float) and self.bound is not None:
            return _core.figure_digits(self.value, self.bound, self.relative)
        return str(self)

    @classmethod
    def of(cls, report: dict[str, Any], relative: bool = False) -> Measure:
        """From an element of the report's "measures"."""
        return cls(**{key: value for key, value in report.items() if key in cls.__dataclass_fields__}, relative=relative)


class Measures(tuple):
    """Measures in their order; also by name: ``r.measures["throughput"]``."""

    def __getitem__(self, key: Any) -> Any:
        if not isinstance(key, str):
            return super().__getitem__(key)
        found = [m for m in self if key in (m.name, m.property)]
        if len(found) == 1:
            return found[0]
        raise KeyError(f"{len(found)} measures are called {key!r}; there is: {', '.join(m.name for m in self)}")


class Result:
    """What :func:`solve` found. ``print(r)`` is the report of ``steady solve``.

    Attributes
    ----------
    distribution : ndarray of float, shape (n,)
        The long-run probability of every state; not to be written to.
    error : float or None
        Proven: no set of states has a probability further than this (total variation) from the exact one. None where
        nothing is proven; `error_reason` says why.
    error_reason : str
        Why nothing, or not what was asked for, is proven; "" where that is no question.
    residual : float
        ``||pi Q||_1 / max exit rate`` of a ctmc, ``||pi P - pi||_1`` of a dtmc.
    converged : bool
        Whether the residual is at most the tolerance, or as small as doubles make it.
    status : str
        "solved", "not converged", "not known" or "not proven", as in docs/result.schema.json.
    measures : Measures
        The answers: of the properties that were asked, else of every reward and label.
    interrupted : bool
        Whether Ctrl-C stopped the solve: this is the best iterate by then.
    history : ndarray of (iterations, seconds, residual, method)
        Every residual that was measured.
    model : Model
        What was solved.
    """

    def __init__(self, model: Model, core: Any):
        self._core = core
        self.model = model
        self.distribution: np.ndarray = core.distribution
        self.residual: float = core.residual
        self.converged: bool = core.converged
        self.error: float | None = core.error if math.isfinite(core.error) else None
        self.error_reason: str = core.reason
        self.interrupted: bool = core.interrupted
        #: Everything, as ``steady solve --json`` writes it: docs/result.schema.json describes every key.
        self.report: dict[str, Any] = json.loads(core.json())
        self.status: str = self.report["status"]
        relative = bool(self.report["relative"] and self.report["relative"]["proven"])
        self.measures = Measures(Measure.of(one, relative) for one in self.report["measures"])

    @property
    def history(self) -> np.ndarray:
        types = [("iterations", np.int64), ("seconds", float), ("residual", float), ("method", "U32")]
        return np.array(self._core.history, dtype=types)

    def __str__(self) -> str:
        return self._core.text()

    def __repr__(self) -> str:
        proven = "error unknown" if self.error is None else f"error at most {_core.upward(self.error)}"
        return f"<steady.Result {self.status}: {len(self.distribution):,} states, residual {self.residual:.2g}, {proven}>"

    def __iter__(self) -> Iterator[Measure]:
        return iter(self.measures)

    def _repr_html_(self) -> str:
        error = "unknown: " + self.error_reason if self.error is None else f"at most {_core.upward(self.error)}, proven"
        facts = [("status", self.status), ("states", f"{len(self.distribution):,}"),
                 ("residual", f"{self.residual:.2g}"), ("error (total variation)", error)]
        rows = facts + [(m.name, str(m)) for m in self.measures]
        cells = "".join(f"<tr><th style='text-align:left'>{html.escape(name)}</th>"
                        f"<td style='text-align:left'>{html.escape(value)}</td></tr>" for name, value in rows)
        return f"<table><caption>{html.escape(self.model.name)}</caption>{cells}</table>"

    def to_series(self) -> Any:
        """The distribution as a pandas.Series, by the states' names or variables. Raises ImportError without pandas."""
        import pandas

        index = self.model.state_names
        if index is None:
            table = self.model.states
            names = table.dtype.names or ()
            index = pandas.MultiIndex.from_frame(table.to_pandas()) if names else None
        return pandas.Series(self.distribution, index=index, name="probability")

    def plot(self, what: str | None = None, ax: Any = None) -> Any:
        """Draws the distribution, a variable's distribution, or how the residual fell.

        Parameters
        ----------
        what : str, optional
            "distribution", "history", or the name of a variable; by default all of them, one beside the other.
        ax : matplotlib axes, optional
            Where to draw; only with `what`.

        Returns
        -------
        matplotlib axes, or an array of them

        Raises
        ------
        Error
            For what is none of these.
        ImportError
            Without matplotlib.
        """
        from .plots import plot

        return plot(self, what, ax)


def solve(model: Any, *, progress: bool | Callable[[Progress], Any] | None = None, **options: Any) -> Result:
    """The long-run distribution of a Markov chain, with a proven bound on its error.

    Parameters
    ----------
    model : Model, path, or matrix
        A matrix is a SciPy sparse matrix or array, a dense array, or a DataFrame with the same names of rows and
        columns, of shape (n, n) and any real type: a generator, rates or probabilities, which is detected. Row i holds
        what leaves state i; with ``transposed=True`` what flows into it.
    progress : callable or bool, optional
        Called with a :class:`steady.progress.Progress`; what it raises ends the solve. True shows a bar, False none;
        by default a bar appears after two seconds where standard error is a terminal or a notebook.
    **options
        Those of ``steady solve``, with ``_`` for ``-``. Most used: ``properties`` (a text in the PRISM language, or a
        list of them), ``tolerance`` (of the residual), ``error`` (total variation to be proven), ``relative`` (relative
        error of every measure to be proven), ``no_certify`` (no proof), ``sensitivity`` (names of constants), ``method``, ``threads``, ``time_limit`` in
        seconds (of reading, solving and proof together), ``memory_limit`` in GiB, ``guess`` (a solution's file); of what is read those of :func:`read`.

    Returns
    -------
    Result
        Also where it has not converged or is not proven as asked; then with a warning, :class:`NotReached`.

    Raises
    ------
    Error
        For bad input: what is no chain with its row, a wrong property with its column, an unknown option.
    MachineError
        Where memory, threads, the device or, while the model is read, the time limit do not suffice.

    Notes
    -----
    Ctrl-C stops with the best iterate. Other threads of Python run meanwhile, also other solves. The result has the
    same bits as the command's, whatever the number of threads.
    """
    return solve_beside(model, None, [], progress, options)


def solve_beside(model: Any, neighbours: _core.Neighbours | None, place: list[float],
                 progress: bool | Callable[[Progress], Any] | None, options: dict[str, Any]) -> Result:
    """:func:`solve`, in a grid from the answers beside that place, which it joins; without `neighbours` from nothing."""
    choices = choices_of(options)
    begin = time.monotonic()
    known = as_model(model, choices, both=("const", "memory-limit"))
    observer, end = observer_of(progress, float(options.get("tolerance") or 1e-12))
    try:
        answer = _core.solve(known._core, choices, " ".join(sys.argv), time.monotonic() - begin, observer, neighbours, place)
    finally:
        end()
    result = Result(known, answer)
    if not answer.reliable:
        _warn(result)
    return result


def _warn(result: Result) -> None:
    reason = f"; {result.error_reason}" if result.error_reason else ""
    warnings.warn(f"{result.status}: the residual is {result.residual:.2g}{reason}", NotReached, stacklevel=4)
