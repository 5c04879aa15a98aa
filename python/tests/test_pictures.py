"""Plots and the notebook in examples/."""

import numpy as np
import pytest
from chains import EXAMPLES, ROOT, queue

import steady

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")


@pytest.fixture(autouse=True)
def closed():
    yield
    matplotlib.pyplot.close("all")


def test_distribution():
    result = steady.solve(queue(10)[0])
    bars = result.plot("distribution").patches
    assert [bar.get_height() for bar in bars] == list(result.distribution)
    points = steady.solve(queue(500)[0]).plot("distribution").lines[0]
    assert len(points.get_ydata()) == 501


def test_marginals_and_history():
    result = steady.solve(EXAMPLES / "fms.prism", constants="n=2", method="gmres")
    axes = result.plot()
    assert len(axes) == 2 + len(result.model.states.dtype.names)
    heights = [bar.get_height() for bar in result.plot("P1").patches]
    assert abs(sum(heights) - 1) < 1e-12 and len(heights) == 3
    history = result.plot("history")
    assert history.get_yscale() == "log" and history.lines[0].get_label() == "gmres"
    assert len(history.lines[0].get_xdata()) == np.count_nonzero(result.history["residual"] > 0)
    with pytest.raises(steady.Error, match="'height' is none of distribution, "):
        result.plot("height")


def test_names_of_states():
    pandas = pytest.importorskip("pandas")
    names = ["sun", "rain"]
    axes = steady.solve(pandas.DataFrame([[0.9, 0.1], [0.5, 0.5]], index=names, columns=names)).plot("distribution")
    assert [label.get_text() for label in axes.get_xticklabels()] == names


def test_experiment():
    table = steady.experiment(EXAMPLES / "fms.prism", {"n": range(1, 3)})
    line = table.plot("productivity").lines[0]
    assert list(line.get_xdata()) == [1, 2]
    assert list(line.get_ydata()) == [r.measures["productivity"].value for r in table.results]
    assert len(table.plot()) == len(table.measures)
    with pytest.raises(steady.Error, match="'cost' is none of productivity"):
        table.plot("cost")
    with pytest.raises(steady.Error, match="no constant varies"):
        steady.experiment(EXAMPLES / "fms.prism", {"n": 1}).plot()


def test_notebook():
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    notebook = nbformat.read(ROOT / "examples" / "python.ipynb", as_version=4)
    nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(ROOT)}}).execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert sum("image/png" in output.get("data", {}) for output in outputs) == 4
    assert not any(output.output_type == "error" for output in outputs)
