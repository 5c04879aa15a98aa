"""Bridges to other packages, against the packages themselves."""

import pathlib

import numpy as np
import pytest
import scipy.sparse as sp
from chains import EXAMPLES, queue

import steady
from steady import bridges

REDUCIBLE = np.array([[0.5, 0.25, 0.25, 0, 0], [0, 0.5, 0.5, 0, 0], [0, 1, 0, 0, 0], [0, 0, 0, 0, 1.0], [0, 0, 0, 1.0, 0]])


def stochastic(n, seed=5):
    random = np.random.default_rng(seed)
    rows = sp.random_array((n, n), density=8 / n, random_state=random) + sp.eye_array(n) + sp.eye_array(n, k=1) + sp.eye_array(n, k=1 - n)
    return sp.csr_array(sp.diags_array(1 / rows.sum(axis=1)) @ rows)


@pytest.mark.parametrize("name, constants", [("fms.prism", "n=2"), ("kanban.prism", "t=2"), ("tandem.prism", "c=4")])
def test_stormpy(name, constants):
    stormpy = pytest.importorskip("stormpy")
    from stormpy import analysis

    program = stormpy.parse_prism_program(str(EXAMPLES / name), prism_compatibility=True)
    program, _ = stormpy.instantiate_constants(program, constants)
    theirs = stormpy.build_model(program)
    ours = steady.from_stormpy(theirs)
    assert (len(ours), ours.transitions, ours.kind) == (theirs.nr_states, theirs.nr_transitions, "ctmc")
    assert np.allclose(ours.exit_rate + ours.outgoing.diagonal(), theirs.exit_rates, rtol=1e-14)
    assert set(ours.labels) >= set(theirs.labeling.get_labels()) and set(ours.rewards) == set(theirs.reward_models)
    result, direct = steady.solve(ours), steady.solve(EXAMPLES / name, constants=constants)
    for reward in ours.rewards:
        assert abs(float(result.measures[reward]) / float(direct.measures[reward]) - 1) < 1e-9
    assert np.allclose(analysis.compute_steady_state_distribution(theirs).get_value_vector(), result.distribution, atol=1e-5)


def test_stormpy_refuses_decisions(tmp_path):
    stormpy = pytest.importorskip("stormpy")
    (tmp_path / "m.nm").write_text("mdp\nmodule m x:[0..1] init 0; [] x=0 -> (x'=1); [] x=0 -> (x'=0); [] x=1 -> (x'=0); endmodule\n")
    model = stormpy.build_model(stormpy.parse_prism_program(str(tmp_path / "m.nm")))
    with pytest.raises(steady.Error, match="Markov chain|choices|nondeterministic|player"):
        steady.from_stormpy(model)


def test_umbi():
    ats_module = pytest.importorskip("umbi").ats
    ats = ats_module.ExplicitAts()
    ats.time = ats_module.TimeType.DISCRETE
    ats.num_players = 0
    for state in range(3):
        ats.add_state()
        choice = ats.add_state_choice(state=state)
        choice.add_branch(target=(state + 1) % 3, prob=(state + 1) / 4)
        choice.add_branch(target=state, prob=(3 - state) / 4)
    ats.num_initial_states = 1
    ats.set_initial_states([0])
    annotation = ats.add_ap_annotation(name="last", alias="last")
    annotation.set_state_values([False, False, True])
    ats.validate()
    result = steady.solve(steady.from_umbi(ats))
    assert np.allclose(result.distribution, np.array([6, 3, 2]) / 11, rtol=1e-14)
    assert abs(float(result.measures["last"]) - 2 / 11) < 1e-14
    assert result.report["model"]["file"] == "umbi model" and "model      umbi model:" in str(result)
    with pytest.raises(steady.Error, match="error is of solving"):
        steady.from_umbi(ats, error=1e-9)


def test_the_file_between_is_not_named():
    """By itself: the packages may not be here."""
    text = "%%MatrixMarket matrix coordinate real general\n2 2 2\n1 2 1\n2 1 {}\n"
    model = bridges._through_file(lambda path: pathlib.Path(path).write_text(text.format(1)), ".mtx", "their model", {})
    assert model.name == "their model" and "model      their model: dtmc" in str(steady.solve(model))
    with pytest.raises(steady.Error, match="^their model:4: row 2, column 1: -1 is negative$"):
        bridges._through_file(lambda path: pathlib.Path(path).write_text(text.format(-1)), ".mtx", "their model", {})


def test_quantecon():
    quantecon = pytest.importorskip("quantecon")
    for p in (REDUCIBLE, stochastic(200).toarray()):
        theirs = quantecon.MarkovChain(p).stationary_distributions
        assert np.allclose(steady.stationary_distributions(p), theirs, atol=1e-12)


def test_pydtmc():
    pydtmc = pytest.importorskip("pydtmc")
    for p in (REDUCIBLE, stochastic(40).toarray()):
        theirs = pydtmc.MarkovChain(p).pi
        assert np.allclose(sorted(map(tuple, steady.stationary_distributions(p))), sorted(map(tuple, theirs)), atol=1e-9)


def test_pygpcca():
    pygpcca = pytest.importorskip("pygpcca")
    p = stochastic(1500)
    assert np.allclose(steady.stationary_distribution(p), pygpcca.stationary_distribution(p.toarray()), atol=1e-12)


def test_stationary_distributions():
    both = steady.stationary_distributions(REDUCIBLE)
    assert np.allclose(both, [[0, 2 / 3, 1 / 3, 0, 0], [0, 0, 0, 0.5, 0.5]], atol=1e-15)
    assert both[0, 0] == 0 and steady.stationary_distributions([[1.0]]).tolist() == [[1.0]]
    with pytest.raises(steady.Error, match="2 recurrent classes"):
        steady.stationary_distribution(REDUCIBLE)
    generator, exact = queue()
    assert abs(steady.stationary_distribution(generator) - exact).sum() < 1e-11
    with pytest.warns(steady.NotReached):
        steady.stationary_distributions(stochastic(3000), method="power", max_iterations=1)
