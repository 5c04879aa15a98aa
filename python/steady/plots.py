"""Pictures of results, by matplotlib."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ._core import Error

if TYPE_CHECKING:
    from .experiments import Experiment
    from .results import Result

_MOST_BARS = 60  # more are drawn as a line


def _axes(count: int) -> Any:
    from matplotlib import pyplot

    columns = min(count, 3)
    rows = -(-count // columns)
    figure, axes = pyplot.subplots(rows, columns, figsize=(4.4 * columns, 3.2 * rows), squeeze=False, layout="constrained")
    for ax in axes.flat[count:]:
        ax.set_axis_off()
    return axes.flat[:count]


def plot(result: Result, what: str | None = None, ax: Any = None) -> Any:
    """As Result.plot()."""
    variables = result.model.states.dtype.names or ()
    all_of_them = ["distribution", *variables, *(["history"] if len(result.history) else [])]
    if what is not None and what not in (*all_of_them, "history"):
        raise Error(f"plot: {what!r} is none of {', '.join(all_of_them)}")
    if what is None:
        axes = _axes(len(all_of_them))
        for one, place in zip(all_of_them, axes):
            plot(result, one, place)
        return axes
    ax = ax if ax is not None else _axes(1)[0]
    if what == "history":
        _plot_history(result, ax)
    elif what == "distribution":
        _plot_distribution(result, ax)
    else:
        _plot_marginal(result, what, ax)
    return ax


def _whole_numbers(ax: Any) -> None:
    """Ticks of the horizontal axis at whole numbers alone."""
    from matplotlib.ticker import MaxNLocator

    ax.xaxis.set_major_locator(MaxNLocator(integer=True))


def _plot_distribution(result: Result, ax: Any) -> None:
    pi = result.distribution
    if len(pi) <= _MOST_BARS:
        names = result.model.state_names
        ax.bar([str(name) for name in names] if names is not None else np.arange(len(pi)), pi)
        if names is not None:
            ax.tick_params(axis="x", rotation=90 if len(pi) > 8 else 0)
    else:
        ax.plot(np.arange(len(pi)), pi, ".", markersize=2, rasterized=True)
        ax.set_yscale("log")
    ax.set(title="distribution", xlabel="state", ylabel="probability")


def _plot_marginal(result: Result, variable: str, ax: Any) -> None:
    values, of_state = np.unique(result.model.states[variable], return_inverse=True)
    probability = np.bincount(of_state, weights=result.distribution)
    if values.dtype == np.bool_:
        ax.bar(["false" if not v else "true" for v in values], probability)
    elif len(values) <= _MOST_BARS:
        ax.bar(values, probability)
        _whole_numbers(ax)
    else:
        ax.plot(values, probability)
    ax.set(title=variable, xlabel=variable, ylabel="probability")


def _plot_history(result: Result, ax: Any) -> None:
    history = result.history
    known = history["residual"] > 0  # what a logarithmic axis has
    seconds, residual, method = (history[key][known] for key in ("seconds", "residual", "method"))
    for one in dict.fromkeys(method):
        ax.plot(seconds[method == one], residual[method == one], ".-", label=one)
    ax.set_yscale("log")
    ax.axhline(max(result.residual, 1e-18), color="0.6", linewidth=1, label="reported")
    ax.legend()
    ax.set(title="convergence", xlabel="seconds", ylabel="residual")


def plot_experiment(table: Experiment, measure: str | None, x: str | None, ax: Any) -> Any:
    """As Experiment.plot()."""
    if not table.names:
        raise Error("plot: no constant varies")
    x = x if x is not None else table.names[-1]
    for asked, known in ((x, table.names), (measure, table.measures)):
        if asked is not None and asked not in known:
            raise Error(f"plot: {asked!r} is none of {', '.join(known)}")
    if measure is None:
        axes = _axes(len(table.measures))
        for one, place in zip(table.measures, axes):
            plot_experiment(table, one, x, place)
        return axes
    ax = ax if ax is not None else _axes(1)[0]
    at, which = table.names.index(x), table.measures.index(measure)
    others = [name for name in table.names if name != x]
    lines: dict[tuple[Any, ...], list[tuple[Any, Any]]] = {}
    for setting, result in zip(table.settings, table.results):
        value = result.measures[which].value
        lines.setdefault(setting[:at] + setting[at + 1:], []).append((setting[at], np.nan if value is None else value))
    for rest, points in lines.items():
        label = ", ".join(f"{name}={value}" for name, value in zip(others, rest))
        ax.plot(*zip(*points), "o-", label=label or None)
    if others:
        ax.legend()
    if all(isinstance(setting[at], (int, np.integer)) for setting in table.settings):
        _whole_numbers(ax)
    ax.set(title=measure, xlabel=x, ylabel=measure)
    return ax
