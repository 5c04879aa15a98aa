"""Is a distribution right? Whoever computed it is not asked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from ._load import _core
from ._core import Error
from .matrices import refuse_device_arrays
from .models import only_read


@dataclass(frozen=True)
class Verdict:
    """What :func:`verify` found; true where the distribution is proven as asked.

    Attributes
    ----------
    verdict : str
        "proven", "not_proven" or "refuted".
    reason : str
        Why, in words.
    error_bound : float or None
        Proven: no set of states has a probability further than this from the exact one.
    relative_error_bound : float or None
        Proven: no state's number is further than this from the exact one, relative to that.
    residual : float
        Of the numbers scaled to sum 1.
    mass : float
        Their sum.
    negative_entries : int
        How many are below 0.
    """

    verdict: str
    reason: str
    error_bound: float | None
    relative_error_bound: float | None
    residual: float
    mass: float
    negative_entries: int

    def __bool__(self) -> bool:
        return self.verdict == "proven"


def verify(model: Any, distribution: Any, *, error: float | None = None, relative: float | None = None,
           **options: Any) -> Verdict:
    """Proves or refutes a distribution.

    Parameters
    ----------
    model : Model, path or matrix
        As of :func:`steady.solve`; `options` as of :func:`steady.read`.
    distribution : array_like of float, shape (n,)
        One number a state.
    error : float, optional
        Total variation that has to be proven; 1e-8 where `relative` is not given either.
    relative : float, optional
        Relative error of each state's probability that has to be proven.

    Raises
    ------
    Error
        Where the distribution is of another size or has what is no finite number.
    """
    for name, value in (("error", error), ("relative", relative)):
        if value is not None and not value > 0:
            raise Error(f"{name} must be above 0, got {value}")
    refuse_device_arrays(distribution)
    values = np.ascontiguousarray(distribution, dtype=np.float64)
    if values.ndim != 1:
        raise Error(f"distribution: {values.ndim} dimensions, and it has one: the state")
    found = json.loads(_core.verify(only_read(model, options)._core, values, error, relative))
    return Verdict(**{key: found[key] for key in Verdict.__dataclass_fields__})
