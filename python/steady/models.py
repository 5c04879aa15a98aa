"""Models: from files and matrices, to files, and what they are."""

from __future__ import annotations

import json
import os
from typing import Any

import numpy as np
import scipy.sparse as sp

from ._load import _core
from .matrices import model_of
from .options import Choices, choices_of, require_no_model_options, require_of_reading


class Model:
    """A Markov chain, with what its states and its labels mean. Made by :func:`read`; many threads may use it at once.

    Attributes
    ----------
    name : str
        Path of the file, or "matrix".
    kind : str
        "ctmc" or "dtmc".
    transitions : int
        Pairs of states with a positive rate or probability, self-loops included.
    constants : dict
        Those that were set from outside.
    labels : dict of str to ndarray of bool, shape (n,)
        Where each label holds.
    rewards : dict of str to ndarray of float, shape (n,)
        What is earned in each state, per unit of time of a ctmc and per step of a dtmc.
    exit_rate : ndarray of float, shape (n,)
        The sum of each state's rates to other states.
    notes : list of str
        What a user should know of how it was read.
    state_names : sequence or None
        Of a DataFrame, its index.
    """

    def __init__(self, core: Any, state_names: Any = None):
        self._core = core
        self.state_names = state_names
        self.name: str = core.name
        self.kind: str = core.kind
        self.transitions: int = core.transitions
        self.constants: dict[str, Any] = core.constants
        self.notes: list[str] = core.notes

    def __len__(self) -> int:
        """Number of states, n."""
        return self._core.size

    def __repr__(self) -> str:
        constants = "".join(f" {name}={value}" for name, value in self.constants.items())
        return f"<steady.Model {self.name}{constants}: {self.kind}, {len(self):,} states, {self.transitions:,} transitions>"

    @property
    def labels(self) -> dict[str, np.ndarray]:
        return {name: holds.view(np.bool_) for name, holds in self._core.labels.items()}

    @property
    def rewards(self) -> dict[str, np.ndarray]:
        return self._core.rewards

    @property
    def exit_rate(self) -> np.ndarray:
        return self._core.exit_rate

    @property
    def inflow(self) -> sp.csr_array:
        """What flows into each state: entry (i, j) is the rate or probability from j to i; without self-loops.

        Its values are the model's own, not to be written to.
        """
        return self._matrix(*self._core.inflow())

    @property
    def outgoing(self) -> sp.csr_array:
        """What leaves each state: entry (i, j) is the rate or probability from i to j; self-loops on the diagonal."""
        return self._matrix(*self._core.outgoing())

    @property
    def generator(self) -> sp.csr_array:
        """The generator Q, of a dtmc P - I: outgoing rates without self-loops, and minus their sums on the diagonal."""
        return (self.inflow.T - sp.diags_array(self.exit_rate)).tocsr()

    def _matrix(self, start: np.ndarray, column: np.ndarray, value: np.ndarray) -> sp.csr_array:
        narrow = start[-1] < 2**31
        start = start.astype(np.int32) if narrow else start.view(np.int64)
        column = column.view(np.int32) if narrow else column.astype(np.int64)
        return sp.csr_array((value, column, start), shape=(len(self), len(self)))

    @property
    def states(self) -> StateTable:
        """What the states are: one row a state, one column a variable of the model, or a column ``name`` where the file
        names its states; no columns where there is neither."""
        if names := self._core.state_names:
            return np.array(names).view([("name", f"U{max(map(len, names))}")]).view(StateTable)
        variables = self._core.variables
        table = np.empty(len(self), dtype=[(name, np.bool_ if boolean else np.int64) for name, boolean in variables])
        for k, (name, _) in enumerate(variables):
            table[name] = self._core.values(k)
        return table.view(StateTable)


class StateTable(np.ndarray):
    """A structured array of the variables' values in each state, or of the states' names."""

    def to_pandas(self) -> Any:
        """The same as a pandas.DataFrame. Raises ImportError where pandas is missing."""
        import pandas

        return pandas.DataFrame({name: np.asarray(self[name]) for name in self.dtype.names or ()}, index=range(len(self)))


class Info(dict):
    """What :func:`info` found: the keys of ``steady info --json``, which docs/result.schema.json describes."""

    def __init__(self, values: dict[str, Any], text: str):
        super().__init__(values)
        self._text = text

    def __repr__(self) -> str:
        return self._text


def read(path: str | os.PathLike[str], **options: Any) -> Model:
    """A model from a file of any format that is read: PRISM language and explicit files, Storm's
    drn, umb, mtx, npz, npy, csv and tsv, aut.

    Parameters
    ----------
    path : str or path
    **options
        As of ``steady solve``: ``constants={"n": 5}`` (or "n=5"), ``kind`` ("ctmc" or "dtmc") and ``transposed`` of
        matrix files and tables, ``layout`` ("edges" or "matrix") of tables, ``initial`` (a state, "uniform" or a file), ``from_`` (the format), ``rates`` ("interval") and
        ``rates_within`` for proofs, ``memory_limit`` in GiB, ``threads``.

    Raises
    ------
    Error
        With file and line, for bad input.
    MachineError
        Where memory is missing.
    """
    choices = choices_of(options)
    require_of_reading(choices)
    return from_file(path, os.fspath(path), choices)


def from_file(path: str | os.PathLike[str], name: str, choices: Choices) -> Model:
    """The model in the file, which reports call by the name."""
    return Model(_core.read(os.fspath(path), name, choices))


def as_model(model: Any, choices: Choices, both: tuple[str, ...] = ()) -> Model:
    """A Model as it is; else the model in a file or a matrix, read as the choices say.

    Raises Error where an option of reading, but for `both`, is given with a Model.
    """
    if isinstance(model, Model):
        require_no_model_options(choices, both)
        return model
    if isinstance(model, (str, os.PathLike)):
        return from_file(model, os.fspath(model), choices)
    return Model(*model_of(model, choices))


def only_read(model: Any, options: dict[str, Any]) -> Model:
    """As as_model(), of what is not solved."""
    choices = choices_of(options)
    require_of_reading(choices)
    return as_model(model, choices)


def info(model: Any, **options: Any) -> Info:
    """Size, structure, bytes of each storage and estimated memory of a solve.

    Parameters
    ----------
    model : Model, path or matrix
        As of :func:`steady.solve`; `options` as of :func:`read`.
    """
    text, values = _core.info(only_read(model, options)._core)
    return Info(json.loads(values), text)


def convert(model: Any, path: str | os.PathLike[str], to: str = "", **options: Any) -> list[str]:
    """Writes a model in another format, whole or not at all.

    Parameters
    ----------
    model : Model, path or matrix
        As of :func:`steady.solve`; `options` as of :func:`read`.
    path : str or path
        Its extension says the format (tra, pexp, drn, umb, mtx, csv, tsv, aut), unless `to` does; .gz or .xz compresses.

    Returns
    -------
    list of str
        Notes: what the format could not hold.

    Raises
    ------
    Error
        For a format that is not written, or one that cannot hold the model.
    """
    return _core.write(only_read(model, options)._core, os.fspath(path), to)
