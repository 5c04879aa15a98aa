"""The steady state (stationary, long-run distribution) of large Markov chains, with proven error bounds.

>>> import steady
>>> r = steady.solve([[-1.0, 1.0], [2.0, -2.0]])
>>> r.distribution
array([0.66666667, 0.33333333])

A matrix holds a state's outgoing rates or probabilities in its row. What the command line calls ``--time-limit 5`` is
``time_limit=5`` here; docs/cli.md describes every option.
"""

from . import _load  # first: it loads the extension module
from ._core import Error, MachineError, __version__
from .bridges import (from_stormpy, from_umbi, stationary_distribution, stationary_distributions)
from .experiments import Experiment, experiment
from .models import Info, Model, convert, info, read
from .results import Measure, Measures, NotReached, Result, solve
from .verdicts import Verdict, verify

__all__ = ["Error", "Experiment", "Info", "MachineError", "Measure", "Measures", "Model", "NotReached", "Result",
           "Verdict", "__version__", "convert", "experiment", "from_stormpy", "from_umbi", "info", "read", "solve",
           "stationary_distribution", "stationary_distributions", "verify"]
