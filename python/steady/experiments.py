"""Many solves of one model: a table of the answers, and how they depend on a constant."""

from __future__ import annotations

import html
import itertools
import os
from collections.abc import Iterable, Mapping
from typing import Any

from ._load import _core
from ._core import Error
from .results import Result, solve_beside


class Experiment:
    """What :func:`experiment` found, one row a solve.

    Attributes
    ----------
    names : list of str
        The constants that vary.
    settings : list of tuple
        Their values, a row each.
    results : list of Result
    """

    def __init__(self, names: list[str], settings: list[tuple[Any, ...]], results: list[Result]):
        self.names = names
        self.settings = settings
        self.results = results

    @property
    def measures(self) -> list[str]:
        """The measures' names."""
        return [m.name for m in self.results[0].measures] if self.results else []

    @property
    def columns(self) -> list[str]:
        """What the table has: constants, states, measures, residual, error."""
        return [*self.names, "states", *self.measures, "residual", "error"]

    @property
    def rows(self) -> list[tuple[Any, ...]]:
        """The table: one tuple a solve, in the order of `columns`; a measure that is not known is None."""
        return [(*setting, len(r.distribution), *(m.value for m in r.measures), r.residual, r.error)
                for setting, r in zip(self.settings, self.results)]

    def __len__(self) -> int:
        return len(self.results)

    def __repr__(self) -> str:
        lines = [self.columns, *self._texts()]
        widths = [max(len(line[c]) for line in lines) for c in range(len(self.columns))]
        return "\n".join("  ".join(text.ljust(width) for text, width in zip(line, widths)).rstrip() for line in lines)

    def _repr_html_(self) -> str:
        def row(tag: str, values: Iterable[str]) -> str:
            return "<tr>" + "".join(f"<{tag}>{html.escape(text)}</{tag}>" for text in values) + "</tr>"

        return "<table>" + row("th", self.columns) + "".join(row("td", r) for r in self._texts()) + "</table>"

    def _texts(self) -> list[list[str]]:
        """The table in words, with no digit that is not proven."""
        return [[*map(str, setting), str(len(r.distribution)), *(m.digits for m in r.measures), f"{r.residual:.2g}",
                 "unknown" if r.error is None else _core.upward(r.error)] for setting, r in zip(self.settings, self.results)]

    def to_pandas(self) -> Any:
        """The table as a pandas.DataFrame. Raises ImportError without pandas."""
        import pandas

        return pandas.DataFrame(self.rows, columns=self.columns)

    def plot(self, measure: str | None = None, x: str | None = None, ax: Any = None) -> Any:
        """Draws measures over a constant, one line for each combination of the others.

        Parameters
        ----------
        measure : str, optional
            One of `measures`; by default each, one beside the other.
        x : str, optional
            The constant on the horizontal axis; by default the last that varies.
        ax : matplotlib axes, optional
            Where to draw; only with `measure`.

        Returns
        -------
        matplotlib axes, or an array of them
        """
        from .plots import plot_experiment

        return plot_experiment(self, measure, x, ax)


def place_of(values: Iterable[Any]) -> list[float] | None:
    """The values as numbers; None where one is none."""
    try:
        return [float(value) for value in values]
    except (TypeError, ValueError):
        return None


def experiment(path: str | os.PathLike[str], constants: Mapping[str, Any], **options: Any) -> Experiment:
    """Solves a model for every combination of its constants' values.

    Where the states stay the same, each solve and proof begins with the answers before it: with the last constant's
    values in order, most of all. So the bits may differ from those of :func:`steady.solve`; what is proven of them holds
    as ever. Values that are no numbers are solved for by themselves.

    Parameters
    ----------
    path : str or path
        A PRISM model.
    constants : dict
        Of each constant a value, or a range, list or array of values: ``{"n": range(1, 6)}``.
    **options
        As of :func:`steady.solve`.

    Raises
    ------
    Error
        As :func:`steady.solve`, with the constants that it was about; where no constant has a value.
    KeyboardInterrupt
        At Ctrl-C, once the solve that it stops has ended.
    """
    values = {name: list(v) if isinstance(v, Iterable) and not isinstance(v, str) else [v]
              for name, v in constants.items()}
    empty = [name for name, v in values.items() if not v]
    if empty:
        raise Error(f"constants: {empty[0]} has no value")
    names = [name for name, v in values.items() if len(v) > 1]
    settings, results, neighbours = [], [], _core.Neighbours()
    progress = options.pop("progress", None)
    for combination in itertools.product(*values.values()):
        chosen = dict(zip(values, combination))
        try:
            place = place_of(chosen[name] for name in names)
            results.append(solve_beside(path, None if place is None else neighbours, place or [], progress,
                                        {**options, "constants": chosen or None}))
        except Error as error:
            raise Error(f"with {', '.join(f'{k}={v}' for k, v in chosen.items())}: {error}") from None
        if results[-1].interrupted:
            raise KeyboardInterrupt
        settings.append(tuple(chosen[name] for name in names))
    return Experiment(names, settings, results)
