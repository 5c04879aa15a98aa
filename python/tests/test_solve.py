"""steady.solve: every kind of matrix, what is proven, and the same bits as the command's."""

import fractions
import json
import os
import subprocess

import numpy as np
import pytest
import scipy.sparse as sp
from chains import EXAMPLES, eliminated, queue

import steady

GENERATOR, EXACT = queue()
PROGRAM = os.environ.get("STEADY_PROGRAM")


def close(result, exact=EXACT):
    assert result.status == "solved" and result.error is not None and result.error_reason == ""
    assert abs(result.distribution - exact).sum() / 2 <= result.error + 1e-16 * len(exact)
    assert result.error < 1e-10


@pytest.mark.parametrize("make", [sp.csr_array, sp.csc_array, sp.coo_array, sp.csr_matrix, sp.csc_matrix, sp.coo_matrix,
                                  sp.lil_array, sp.dok_array, sp.dia_array, sp.bsr_array, lambda q: q.toarray(),
                                  lambda q: q.toarray().tolist(), lambda q: np.asfortranarray(q.toarray())])
def test_every_kind_of_matrix(make):
    close(steady.solve(make(GENERATOR)))


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.longdouble, np.int64, np.int8])
def test_every_type_of_numbers(dtype):
    generator, exact = queue(8, 1, 2)
    for matrix in (generator.astype(dtype), generator.toarray().astype(dtype)):
        close(steady.solve(matrix), exact)


def test_wide_indices_and_columns_out_of_order():
    wide = sp.csr_array((GENERATOR.data, GENERATOR.indices.astype(np.int64), GENERATOR.indptr.astype(np.int64)))
    close(steady.solve(wide))
    data, indices = GENERATOR.data.copy(), GENERATOR.indices.copy()
    for a, b in zip(GENERATOR.indptr, GENERATOR.indptr[1:]):
        data[a:b], indices[a:b] = data[a:b][::-1].copy(), indices[a:b][::-1].copy()
    close(steady.solve(sp.csr_array((data, indices, GENERATOR.indptr))))


def test_entries_at_the_same_place_are_added():
    halves = sp.coo_array(GENERATOR)
    twice = sp.coo_array((np.r_[halves.data, halves.data] / 2, (np.r_[halves.row, halves.row], np.r_[halves.col, halves.col])))
    close(steady.solve(twice))
    doubled = sp.csr_array(GENERATOR)
    start = 2 * doubled.indptr
    close(steady.solve(sp.csr_array((np.repeat(doubled.data / 2, 2), np.repeat(doubled.indices, 2), start))))


def test_transposed():
    close(steady.solve(GENERATOR.T.tocsr(), transposed=True))
    close(steady.solve(GENERATOR.T.tocsc(), transposed=True))
    with pytest.raises(steady.Error, match="transposed"):
        steady.solve(GENERATOR.T)


def test_kinds():
    rates = GENERATOR - sp.diags_array(GENERATOR.diagonal())
    close(steady.solve(rates))
    steps = sp.eye_array(len(EXACT)) + GENERATOR / 2
    model = steady.solve(steps).model
    assert model.kind == "dtmc" and "probabilities of a dtmc" in model.notes[0]
    close(steady.solve(steps))
    close(steady.solve(steps, kind="ctmc"))


def test_exact_fractions():
    random = np.random.default_rng(3)
    whole = random.integers(1, 50, (7, 7))
    rows = [[fractions.Fraction(int(x), int(row.sum())) for x in row] for row in whole]
    exact = np.array([float(x) for x in eliminated(rows)])
    rates = whole.astype(float)
    result = steady.solve(rates / rates.sum(axis=1, keepdims=True))
    assert result.model.kind == "dtmc"
    assert abs(result.distribution - exact).sum() < 1e-15


def test_awkward_chains():
    assert steady.solve([[0.0]]).distribution.tolist() == [1]
    assert steady.solve([[0, 1], [1, 0]], kind="dtmc").distribution.tolist() == [0.5, 0.5]
    ends = steady.solve([[0, 0.25, 0.75], [0, 1, 0], [0, 0, 1]], kind="dtmc")
    assert ends.distribution.tolist() == [0, 0.25, 0.75]
    assert [end["probability"] for end in ends.report["ends"]] == [0.25, 0.75]
    stiff = steady.solve(np.array([[-1e-12, 1e-12], [1e6, -1e6]]))
    assert abs(stiff.distribution[1] / (1e-12 / (1e6 + 1e-12)) - 1) < 1e-12


def test_data_frame():
    pandas = pytest.importorskip("pandas")
    names = [f"place {i}" for i in range(len(EXACT))]
    frame = pandas.DataFrame(GENERATOR.toarray(), index=names, columns=names)
    result = steady.solve(frame)
    close(result)
    assert result.to_series()["place 3"] == result.distribution[3]
    close(steady.solve(frame[names[::-1]]))  # columns in another order
    close(steady.solve(pandas.DataFrame.sparse.from_spmatrix(sp.csr_matrix(GENERATOR), index=names, columns=names)))
    with pytest.raises(steady.Error, match="row 'place 0' has no column"):
        steady.solve(frame.rename(columns={"place 0": "start"}))
    with pytest.raises(steady.Error, match="row 'a' is there twice"):
        steady.solve(pandas.DataFrame([[0, 1], [1, 0]], index=["a", "a"], columns=["a", "b"]))


def test_the_distribution_is_no_copy_and_lives_on():
    result = steady.solve(GENERATOR)
    pi = result.distribution
    assert not pi.flags.owndata and not pi.flags.writeable and pi.dtype == np.float64
    assert pi.__array_interface__["data"] == result._core.distribution.__array_interface__["data"]
    del result
    assert abs(pi - EXACT).sum() < 1e-12


def test_properties_and_what_is_proven_of_them():
    model = steady.read(EXAMPLES / "fms.prism", constants={"n": 2})
    result = steady.solve(model, properties=['R{"productivity"}=? [ S ]', "S<0.5 [ P1=0 ]"], error=1e-10)
    rate, rare = result.measures
    assert rate.bound is not None and rate.bound < 1e-8 and float(rate) == rate.value
    assert rare.property == "S<0.5 [ P1=0 ]" and rare.value in (True, False)
    assert result.measures['R{"productivity"}=? [ S ]'] is rate
    with pytest.raises(KeyError, match="0 measures"):
        result.measures["no such"]
    assert [m.name for m in steady.solve(model).measures] == ["productivity"]


def test_no_digit_that_is_not_proven():
    below = steady.Measure.of({"name": "x", "kind": "label", "property": "", "value": None, "status": "below",
                               "lower": 0.0, "upper": 1e-20, "bound": 1e-20, "bound_relative": None})
    assert below.value is None and str(below) == below.digits == "below 1e-20, no digit proven"
    rough = steady.Measure("x", "label", "", None, 0.1, None, lower=0.126, upper=0.254, status="below")
    words = str(rough).split()
    assert words[0] == "between" and float(words[1]) <= 0.126 and float(words[3].rstrip(",")) >= 0.254
    with pytest.raises(steady.Error, match="no digit"):
        float(below)


def test_digits_are_those_of_the_commands_report():
    result = steady.solve(EXAMPLES / "fms.prism", constants="n=2")
    measure = result.measures["productivity"]
    assert f"productivity  {measure}\n" in str(result) and str(measure).startswith(measure.digits + " +- ")
    rough = steady.Measure("x", "label", "", 0.123456789, 1e-4, None)
    assert (rough.digits, str(rough)) == ("0.123", "0.123 +- 0.00056")
    relative = steady.solve(EXAMPLES / "fms.prism", constants="n=2", accuracy="relative")
    measure = relative.measures["productivity"]
    assert "relative, proven" in str(measure) and f"productivity  {measure.digits} +- " in str(relative)


def test_a_bound_is_rounded_up():
    result = steady.solve(GENERATOR)
    result.error = 1.249e-13
    assert "error at most 1.3e-13" in repr(result) and "at most 1.3e-13, proven" in result._repr_html_()
    assert "1.3e-13" in repr(steady.Experiment([], [()], [result]))


def test_no_proof():
    result = steady.solve(GENERATOR, no_certify=True)
    assert result.error is None and result.converged and "error unknown" in repr(result)
    with pytest.raises(steady.Error, match="no_certify stands against"):
        steady.solve(GENERATOR, no_certify=True, error=1e-9)


def test_what_is_not_reached_is_a_warning():
    with pytest.warns(steady.NotReached, match="not converged"):
        result = steady.solve(GENERATOR, method="power", max_iterations=3)
    assert not result.converged and result.status == "not converged"
    assert result.report["solver"]["tried"][0]["outcome"] == "iteration limit"
    assert abs(result.distribution.sum() - 1) < 1e-12


def test_guess(tmp_path):
    np.save(tmp_path / "guess.npy", EXACT)
    close(steady.solve(GENERATOR, method="power", guess=tmp_path / "guess.npy"))


def test_report_and_reprs():
    result = steady.solve(GENERATOR)
    assert "51 states" in str(result) and "error      at most" in str(result)
    assert result.report["error_bound"]["total_variation"] == result.error
    assert "<caption>matrix</caption>" in result._repr_html_() and "at most" in result._repr_html_()
    assert result.history.dtype.names == ("iterations", "seconds", "residual", "method")


@pytest.mark.skipif(PROGRAM is None, reason="STEADY_PROGRAM does not name the command")
@pytest.mark.parametrize("options", [{}, {"threads": 2}, {"method": "power"}, {"method": "gmres"}, {"accuracy": "relative"},
                                     {"error": 1e-13}])
def test_same_bits_as_the_command(tmp_path, options):
    model = steady.read(EXAMPLES / "fms.prism", constants={"n": 2})
    sp.save_npz(tmp_path / "q.npz", sp.csr_matrix(model.generator))
    words = [text for name, value in options.items() for text in (f"--{name}", str(value))]
    subprocess.run([PROGRAM, "solve", "q.npz", "-q", "--output", "pi.npy", "--json", "r.json", *words], cwd=tmp_path,
                   check=True, capture_output=True)
    report = json.loads((tmp_path / "r.json").read_text())
    theirs = np.load(tmp_path / "pi.npy")
    for chain in (tmp_path / "q.npz", model.generator):
        ours = steady.solve(chain, **options)
        assert ours.distribution.tobytes() == theirs.tobytes()
        assert ours.residual == report["solver"]["residual"]
        assert ours.report["measures"] == report["measures"]
        assert ours.report["error_bound"] == report["error_bound"]
