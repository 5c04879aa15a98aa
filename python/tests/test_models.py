"""Models: what they hold, and what becomes of them in other formats."""

import numpy as np
import pytest
import scipy.sparse as sp
from chains import EXAMPLES, queue

import steady


@pytest.fixture(scope="module")
def fms():
    return steady.read(EXAMPLES / "fms.prism", constants={"n": 2})


def test_matrices(fms):
    inflow, outgoing = fms.inflow, fms.outgoing
    assert inflow.shape == outgoing.shape == (len(fms), len(fms)) == (810, 810)
    loops = sp.diags_array(outgoing.diagonal())
    assert abs(inflow.T - (outgoing - loops)).max() == 0
    assert outgoing.nnz == fms.transitions
    assert np.allclose(fms.exit_rate, inflow.sum(axis=0), rtol=1e-15)
    assert abs(fms.generator.sum(axis=1)).max() <= 1e-15 * fms.exit_rate.max()
    pi = steady.solve(fms).distribution
    assert abs(pi @ fms.generator).sum() < 1e-11 * fms.exit_rate.max()


def test_inflow_is_the_models_own(fms):
    assert not fms.inflow.data.flags.owndata and not fms.inflow.data.flags.writeable
    start, _, value = fms._core.inflow()
    assert fms.inflow.data.__array_interface__["data"][0] == value.__array_interface__["data"][0] and start[-1] == len(value)


def test_states(fms):
    table = fms.states
    assert table.shape == (810,) and "P1" in table.dtype.names
    first = [f"{table[name][0]}" for name in table.dtype.names]
    assert steady.solve(fms, top=810).report["top"][0]["values"].keys() == set(table.dtype.names)
    assert first == [str(v) for v in table[0]]
    frame = pytest.importorskip("pandas") and table.to_pandas()
    assert list(frame.columns) == list(table.dtype.names) and len(frame) == 810
    assert len({tuple(row) for row in table.tolist()}) == 810  # each state once
    assert steady.read(EXAMPLES / "birth_death.mtx").states.dtype.names in (None, ())


def test_names_of_states(tmp_path):
    machine = steady.read(EXAMPLES / "machine.csv")
    assert machine.states.dtype.names == ("name",)
    assert machine.states["name"].tolist() == ["new", "worn", "broken", "in repair"]
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(machine.generator.toarray(), index=machine.states["name"], columns=machine.states["name"])
    frame.to_csv(tmp_path / "frame.csv")
    again = steady.read(tmp_path / "frame.csv")
    assert again.states["name"].tolist() == machine.states["name"].tolist()
    assert abs(again.generator - machine.generator).max() == 0
    answer = steady.solve(again, properties=['"repair": S=? [ "in repair" ]'])
    assert abs(answer.measures["repair"].value - 0.1) < 1e-12


def test_labels_rewards_constants(fms):
    assert fms.labels["init"].dtype == np.bool_ and fms.labels["init"].sum() == 1
    assert fms.rewards["productivity"].shape == (810,)
    assert fms.constants == {"n": 2} and fms.kind == "ctmc" and "n=2" in repr(fms)
    pi = steady.solve(fms).distribution
    measure = steady.solve(fms).measures["productivity"]
    assert abs(measure.value - pi @ fms.rewards["productivity"]) <= 1e-12 * measure.value


@pytest.mark.parametrize("extension", ["tra", "pexp", "drn", "umb", "mtx", "csv", "tsv.xz", "aut", "umb.gz"])
def test_convert_and_read_again(fms, tmp_path, extension):
    path = tmp_path / f"fms.{extension}"
    assert isinstance(steady.convert(fms, path), list)
    again = steady.read(path)
    rounded = 1e-15 if "umb" in extension else 0  # which holds probabilities and exit rates
    assert abs(again.generator - fms.generator).max() <= rounded * fms.exit_rate.max()
    one, other = steady.solve(again), steady.solve(fms)
    assert 0 < one.error + other.error < 1e-11
    assert abs(one.distribution - other.distribution).sum() <= 2 * (one.error + other.error)


def test_convert_a_matrix(tmp_path):
    generator, _ = queue(9)
    steady.convert(generator, tmp_path / "q.mtx")
    assert abs(steady.read(tmp_path / "q.mtx").generator - generator).max() == 0


def test_info(fms):
    found = steady.info(fms)
    assert found["model"]["states"] == 810 and found["structure"]["components"] == 1
    assert {s["name"] for s in found["storages"]} >= {"csr", "sell"} and "storage csr" in repr(found)
    assert steady.info(queue(5)[0])["model"]["transitions"] == 10


def test_verify():
    generator, exact = queue()
    proven = steady.verify(generator, exact)
    assert proven and proven.error_bound < 1e-12 and abs(proven.mass - 1) < 1e-14
    wrong = exact.copy()
    wrong[0] += 1e-3
    refuted = steady.verify(generator, wrong)
    assert not refuted and refuted.verdict == "refuted" and "away from a distribution" in refuted.reason
    assert steady.verify(generator, exact, relative=1e-10).relative_error_bound < 1e-10
    assert not steady.verify(generator, exact * (1 + 1e-6), relative=1e-9)


def test_uncertain_rates():
    generator, exact = queue(5)
    model = steady.solve(generator, rates_within=1e-3)
    assert model.report["error_bound"]["rates_within"] == 1e-3 and model.error > 1e-5
    assert steady.verify(generator, exact, error=0.1, rates_within=1e-3).error_bound > 1e-5


def test_sensitivities_and_times_until_a_target(tmp_path):
    path = tmp_path / "machine.prism"
    path.write_text("""ctmc
const double mu = 2;
module machine
  x : [0..1] init 0;
  [] x=0 -> 1 : (x'=1);
  [] x=1 -> mu : (x'=0);
endmodule
rewards "down" x=1 : 1; endrewards
""")
    measure = steady.solve(path, sensitivity=["mu"]).measures["down"]
    assert abs(measure.value - 1 / 3) < 1e-15
    (by,) = measure.sensitivities
    assert by["constant"] == "mu" and abs(by["derivative"] + 1 / 9) < 1e-12
    (time,) = steady.solve(path, properties="T=? [ F x=1 ]").measures
    assert abs(float(time) - 1) < 1e-12
    (from_steady,) = steady.solve(path, properties="T=? [ F x=1 ]", from_steady=True).measures
    assert abs(float(from_steady) - 2 / 3) < 1e-12


def test_experiment(fms):
    table = steady.experiment(EXAMPLES / "fms.prism", {"n": range(1, 4)})
    assert table.names == ["n"] and [row[:2] for row in table.rows] == [(1, 54), (2, 810), (3, 6520)]
    assert table.results[1].distribution.tobytes() == steady.solve(fms).distribution.tobytes()
    assert f"{table.results[1].measures['productivity'].digits} " in repr(table)
    assert table.columns[2] == "productivity" and "6520" in repr(table) and "<td>810</td>" in table._repr_html_()
    assert list(pytest.importorskip("pandas") and table.to_pandas()["states"]) == [54, 810, 6520]
    with pytest.raises(steady.Error, match="with n=-1"):
        steady.experiment(EXAMPLES / "fms.prism", {"n": [1, -1]})
    with pytest.raises(steady.Error, match="n has no value"):
        steady.experiment(EXAMPLES / "fms.prism", {"n": []})


def test_an_experiment_begins_from_the_answers_beside_it():
    rates = [0.015, 0.016, 0.017]
    options = {"n": 4, "unload": rates}
    table = steady.experiment(EXAMPLES / "fms.prism", options, properties='R{"productivity"}=? [ S ]')
    assert table.names == ["unload"] and [row[:2] for row in table.rows] == [(rate, 35910) for rate in rates]
    for rate, near in zip(rates, table.results):
        alone = steady.solve(EXAMPLES / "fms.prism", constants={"n": 4, "unload": rate},
                             properties='R{"productivity"}=? [ S ]')
        assert abs(near.distribution - alone.distribution).sum() / 2 <= near.error + alone.error
        (value,), (other,) = near.measures, alone.measures
        assert abs(value.value - other.value) <= value.bound + other.bound
        if rate == rates[0]:
            assert near.distribution.tobytes() == alone.distribution.tobytes()
        else:
            assert near.report["solver"]["matrix_passes"] < alone.report["solver"]["matrix_passes"]


@pytest.mark.parametrize("values", [[True, False], ["true", "false"]])
def test_an_experiment_over_a_truth_value(tmp_path, values):
    path = tmp_path / "m.prism"
    path.write_text("ctmc\nconst bool fast;\nmodule m\n x : [0..1];\n [] x=0 -> (fast ? 2 : 1) : (x'=1);\n"
                    " [] x=1 -> 1 : (x'=0);\nendmodule\n")
    quick, slow = steady.experiment(path, {"fast": values}).results
    assert abs(quick.distribution - [1 / 3, 2 / 3]).max() < 1e-15 and abs(slow.distribution - 1 / 2).max() < 1e-15
