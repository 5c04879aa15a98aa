"""Matrices of Python's packages as chains."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp

from ._load import _core
from ._core import Error
from .options import Choices


def model_of(matrix: Any, choices: Choices, name: str = "matrix") -> tuple[Any, Any]:
    """The core's model of a matrix, and the names of its states or None.

    Takes a SciPy sparse matrix or array, whatever NumPy makes an array of, or a DataFrame whose rows and columns have
    the same names. Raises Error, with the row, for what is no chain.
    """
    refuse_device_arrays(matrix)
    names = None
    if _is_frame(matrix):
        matrix, names = _from_frame(matrix, name)
    if not sp.issparse(matrix):
        matrix = _from_dense(matrix, name)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise Error(f"{name}: {' x '.join(map(str, matrix.shape))}: a chain's matrix is square")
    if matrix.shape[0] == 0:
        raise Error(f"{name}: 0 rows: a chain has at least one state")
    if matrix.format not in ("csr", "csc"):
        matrix = matrix.tocsr()
    return _core.from_arrays(*_indices(matrix), _real(matrix.data, name), matrix.format == "csc", name, choices), names


def refuse_device_arrays(array: Any) -> None:
    """Raises Error for an array on a GPU: this package computes on the host."""
    device = getattr(array, "device", None)
    on_device = hasattr(array, "__cuda_array_interface__") or getattr(device, "type", "cpu") not in ("cpu", None)
    if on_device or type(array).__module__.split(".")[0] == "cupyx":
        kind = f"{type(array).__module__.split('.')[0]}.{type(array).__name__}"
        raise Error(f"a {kind} on a GPU: this package was built without CUDA; copy it to the host first")


def _is_frame(matrix: Any) -> bool:
    return type(matrix).__module__.split(".")[0] == "pandas" and hasattr(matrix, "columns")


def _from_frame(frame: Any, name: str) -> tuple[Any, Any]:
    """Its numbers with columns in the order of rows, and that order."""
    for what, index in (("row", frame.index), ("column", frame.columns)):
        if not index.is_unique:
            raise Error(f"{name}: {what} {index[index.duplicated()][0]!r} is there twice")
    if not frame.index.equals(frame.columns):
        for row in frame.index.difference(frame.columns, sort=False):
            raise Error(f"{name}: row {row!r} has no column of that name")
        for column in frame.columns.difference(frame.index, sort=False):
            raise Error(f"{name}: column {column!r} has no row of that name")
        frame = frame[frame.index]
    if all(hasattr(dtype, "fill_value") for dtype in frame.dtypes):
        return frame.sparse.to_coo(), frame.index
    return frame.to_numpy(), frame.index


def _from_dense(matrix: Any, name: str) -> Any:
    try:
        dense = np.asarray(matrix)
    except (TypeError, ValueError) as error:
        raise Error(f"{name}: {error}") from None
    if dense.dtype.kind not in "biuf":
        raise Error(f"{name}: numbers of type {dense.dtype}: rates are real")
    if dense.ndim != 2 or dense.shape[0] != dense.shape[1]:
        raise Error(f"{name}: {' x '.join(map(str, dense.shape)) or 'no rows'}: a chain's matrix is square")
    return sp.csr_array(dense.astype(np.float64, copy=False))


def _real(data: np.ndarray, name: str) -> np.ndarray:
    if data.dtype.kind not in "biuf":
        raise Error(f"{name}: numbers of type {data.dtype}: rates are real")
    return np.ascontiguousarray(data, dtype=np.float64)


def _indices(matrix: Any) -> tuple[np.ndarray, np.ndarray]:
    """Starts and indices, both of 32 or both of 64 bits."""
    wide = matrix.indptr.dtype.itemsize > 4 or matrix.indices.dtype.itemsize > 4
    dtype = np.int64 if wide else np.int32
    return (np.ascontiguousarray(matrix.indptr, dtype=dtype), np.ascontiguousarray(matrix.indices, dtype=dtype))
