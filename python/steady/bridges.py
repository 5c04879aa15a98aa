"""Models of other packages, and calls that take the place of theirs.

Nothing here imports the other package but for the call that is made: each is asked to write its model in a format that
:func:`steady.read` takes.
"""

from __future__ import annotations

import pathlib
import tempfile
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from ._load import _core
from ._core import Error
from .models import Model, as_model, from_file
from .options import choices_of, require_of_reading, require_of_solving
from .results import NotReached


def _through_file(write: Callable[[str], Any], suffix: str, name: str, options: dict[str, Any]) -> Model:
    """The model in the file that write() makes."""
    with tempfile.TemporaryDirectory(prefix="steady-") as folder:
        path = pathlib.Path(folder) / f"model{suffix}"
        write(str(path))
        choices = choices_of(options)
        require_of_reading(choices)
        try:
            return from_file(path, name, choices)
        except Error as error:
            raise Error(str(error).replace(str(path), name)) from None


def from_stormpy(model: Any, **options: Any) -> Model:
    """A sparse model of stormpy 2: states in its order, with its labels, rewards and state valuations.

    Parameters
    ----------
    model : stormpy SparseCtmc or SparseDtmc
        What stormpy.build_model() gives.
    **options
        As of :func:`steady.read`.

    Raises
    ------
    Error
        For a model that is no Markov chain, such as an mdp.
    """
    import stormpy.io

    return _through_file(lambda path: stormpy.io.export_to_umb(model, path), ".umb", "stormpy model", options)


def from_umbi(ats: Any, **options: Any) -> Model:
    """A transition system of umbi 0.2: states in its order, with its labels, rewards and valuations.

    Parameters
    ----------
    ats : umbi.ats.ExplicitAts
        A Markov chain: no player, one choice a state.
    **options
        As of :func:`steady.read`.

    Raises
    ------
    Error
        For a transition system that is no Markov chain.
    """
    import umbi.ats

    return _through_file(lambda path: umbi.ats.write(ats, path), ".umb", "umbi model", options)


def _components(matrix: Any, options: dict[str, Any]) -> tuple[list[np.ndarray], np.ndarray]:
    """The states of each bottom component, and the probability of each state within its own, 0 in transient ones."""
    choices = choices_of(options)
    require_of_solving(choices)
    model = as_model(matrix, choices, both=("memory-limit",))
    states, within, converged, residual = _core.components(model._core, choices)
    if not converged:
        warnings.warn(f"not converged: the residual is {residual:.2g}", NotReached, stacklevel=3)
    return states, within


def stationary_distributions(matrix: Any, **options: Any) -> np.ndarray:
    """The stationary distribution of every bottom component (recurrent class), a row each.

    Takes the place of ``quantecon.MarkovChain(P).stationary_distributions`` and ``pydtmc.MarkovChain(P).pi``, for large
    sparse chains, too. Each has the residual that ``tolerance`` asks for, and no proof: :func:`steady.solve` of one gives
    that.

    Parameters
    ----------
    matrix : matrix, Model or path
        As of :func:`steady.solve`; `options` as well, but for those of properties and proofs, which are an Error.

    Returns
    -------
    ndarray of float, shape (components, n)
        The components in the order of their first states. As dense as theirs: 8 bytes times components times n.

    Raises
    ------
    Error
        For bad input.

    Warns
    -----
    NotReached
        Where the tolerance is not reached.
    """
    states, within = _components(matrix, options)
    distributions = np.zeros((len(states), len(within)))
    for row, of_component in zip(distributions, states):
        row[of_component] = within[of_component]
    return distributions


def stationary_distribution(matrix: Any, **options: Any) -> np.ndarray:
    """The stationary distribution of a transition matrix with one recurrent class.

    Takes the place of ``pygpcca.stationary_distribution(P)``, of which CellRank's estimators make use, for large sparse
    row-stochastic matrices.

    Parameters
    ----------
    matrix : matrix, Model or path
        As of :func:`steady.solve`; `options` as well, but for those of properties and proofs, which are an Error.

    Returns
    -------
    ndarray of float, shape (n,)
        Not negative, with sum 1, and 0 in transient states.

    Raises
    ------
    Error
        For bad input, and where there are several recurrent classes: then there are several stationary distributions.
    """
    states, within = _components(matrix, options)
    if len(states) != 1:
        raise Error(f"{len(states)} recurrent classes, each with a stationary distribution: "
                    "stationary_distributions() has them all")
    return within
