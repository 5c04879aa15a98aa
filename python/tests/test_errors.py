"""Every mistake is one message with the place, and an Error, which is a ValueError."""

import numpy as np
import pytest
import scipy.sparse as sp
from chains import EXAMPLES, queue

import steady

MATRICES = [
    (np.ones((2, 3)), "matrix: 2 x 3: a chain's matrix is square"),
    (np.ones(3), "matrix: 3: a chain's matrix is square"),
    (3.0, "a chain's matrix is square"),
    (np.zeros((0, 0)), "0 rows: a chain has at least one state"),
    (sp.csr_array((3, 4)), "matrix: 3 x 4: a chain's matrix is square"),
    (sp.csr_array((0, 0)), "0 rows"),
    ([[0, 1], [np.nan, 0]], "matrix: row 1, column 0: nan is not finite"),
    ([[0, np.inf], [1, 0]], "matrix: row 0, column 1: inf is not finite"),
    ([[0, 1], [-0.5, 0.5]], "matrix: row 1, column 0: -0.5 is negative"),
    (sp.csc_array([[0, 1], [-0.5, 0.5]]), "matrix: row 1, column 0: -0.5 is negative"),
    ([[-1.0, 1.0], [2.0, -3.0]], "row 1 sums to -1 and not to 0"),
    ([[0.5, 0.501], [0.5, 0.5]], "row 0 sums to 1.001"),
    (np.array([[0, 1j], [1, 0]]), "type complex128: rates are real"),
    (np.array([["a", "b"], ["c", "d"]]), "rates are real"),
    (sp.csr_array([[0, 1j], [1, 0]]), "type complex128: rates are real"),
    ([[1, 2], [3]], "matrix: "),
    (None, "rates are real"),
]


@pytest.mark.parametrize("matrix, message", MATRICES)
def test_matrices(matrix, message):
    with pytest.raises(steady.Error) as raised:
        steady.solve(matrix)
    assert message in str(raised.value) and isinstance(raised.value, ValueError)


def test_damaged_indices():
    for indices, start in (([0, 7], [0, 1, 2]), ([0, -1], [0, 1, 2]), ([1, 0], [0, 2, 1]), ([1, 0], [1, 1, 2])):
        damaged = sp.csr_array([[0.0, 1.0], [1.0, 0.0]])
        damaged.indices[:], damaged.indptr[:] = indices, start
        with pytest.raises(steady.Error, match="matrix: (row|the first row start)"):
            steady.solve(damaged)


def test_options():
    generator, _ = queue(5)
    for options, message in [({"tolerance": 5}, "tolerance must be above 0 and below 1, got 5"),
                             ({"tolerance": "small"}, "tolerance must be a number, got 'small'"),
                             ({"method": "magic"}, 'method "magic" is not built; there is: auto'),
                             ({"colour": "red"}, "there is no option colour; there is: from"),
                             ({"kind": "mdp"}, 'kind "mdp" is not built; there is: ctmc, dtmc'),
                             ({"transposed": "maybe"}, "transposed must be true or false"),
                             ({"constants": {"n": 5}}, "matrix: const means nothing to a matrix file"),
                             ({"from_": "mtx"}, "matrix: from is of a file"),
                             ({"threads": -1}, "threads must be"),
                             ({"properties": "S=? [ x>0 ]"}, "x"),
                             ({"accuracy": "absolute", "relative": 1e-3}, "stands against")]:
        with pytest.raises(steady.Error) as raised:
            steady.solve(generator, **options)
        assert message in str(raised.value) and "--" not in str(raised.value)


def test_options_of_reading_for_a_model_that_is_read():
    model = steady.read(EXAMPLES / "fms.prism", constants="n=1")
    with pytest.raises(steady.Error, match="kind is of reading a model"):
        steady.solve(model, kind="ctmc")


def test_options_that_mean_nothing_to_a_call(tmp_path):
    generator, pi = queue(5)
    model = steady.read(EXAMPLES / "fms.prism", constants="n=1")
    steps = np.array([[0.5, 0.5], [0.25, 0.75]])
    for call, message in [(lambda: steady.read(EXAMPLES / "fms.prism", constants="n=1", time_limit=5), "time_limit is of solving"),
                          (lambda: steady.read(EXAMPLES / "fms.prism", constants="n=1", error=1e-9), "error is of solving"),
                          (lambda: steady.info(generator, method="gth"), "method is of solving"),
                          (lambda: steady.info(model, constants="n=2"), "const is of reading a model"),
                          (lambda: steady.convert(generator, tmp_path / "q.mtx", properties="S=? [ true ]"), "prop is of solving"),
                          (lambda: steady.verify(generator, pi, certify=True), "certify is of solving"),
                          (lambda: steady.verify(model, [1.0], kind="ctmc"), "kind is of reading a model"),
                          (lambda: steady.stationary_distribution(steps, error=1e-9), "error means nothing here"),
                          (lambda: steady.stationary_distributions(steps, guess="pi.npy"), "guess means nothing here"),
                          (lambda: steady.stationary_distribution(model, constants="n=2"), "const is of reading a model")]:
        with pytest.raises(steady.Error) as raised:
            call()
        assert message in str(raised.value)
    assert len(steady.read(EXAMPLES / "fms.prism", constants="n=1", threads=1, memory_limit=1)) == len(model)


def test_the_limit_on_memory_holds_for_stationary_distributions():
    model = steady.read(EXAMPLES / "fms.prism", constants="n=4")
    with pytest.raises(steady.MachineError, match="memory"):
        steady.stationary_distribution(model, memory_limit=1e-4)


def test_files(tmp_path):
    with pytest.raises(steady.Error, match="no_such.prism"):
        steady.read("no_such.prism")
    (tmp_path / "wrong.prism").write_text("ctmc\nmodule m x : [0..1] init 5; endmodule\n")
    with pytest.raises(steady.Error, match=r"wrong.prism:2"):
        steady.solve(tmp_path / "wrong.prism")
    with pytest.raises(steady.Error, match="n"):
        steady.read(EXAMPLES / "fms.prism")
    with pytest.raises(steady.Error, match="not written"):
        steady.convert([[0, 1], [1, 0]], tmp_path / "out.xyz")


def test_machine():
    generator, _ = queue(1000)
    with pytest.raises(steady.MachineError, match="the limit on memory"):
        steady.solve(generator, memory_limit=1e-5)
    with pytest.raises(steady.MachineError):
        steady.solve(generator, device="cuda")


def test_arrays_on_a_gpu_are_refused_by_name():
    class Array:
        __cuda_array_interface__ = {}

    Array.__module__ = "cupy"
    for call in (lambda: steady.solve(Array()), lambda: steady.verify([[0, 1], [1, 0]], Array())):
        with pytest.raises(steady.Error, match="a cupy.Array on a GPU: this package was built without CUDA"):
            call()


def test_verify():
    generator, exact = queue(5)
    for p, message in ((exact[:3], "3"), (np.full(6, np.nan), "nan"), (np.ones((6, 6)), "2 dimensions")):
        with pytest.raises(steady.Error, match=message):
            steady.verify(generator, p)
    with pytest.raises(steady.Error, match="error must be above 0"):
        steady.verify(generator, exact, error=-1.0)
