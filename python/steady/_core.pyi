"""The extension module, which the package wraps."""

from collections.abc import Callable
from typing import Any

import numpy as np

Choices = list[tuple[str, str]]
Numbers = np.ndarray

__version__: str
model_options: list[str]  # of what is read
solve_options: list[str]  # of how it is solved
answer_options: list[str]  # of what is asked, and how it is proven

class Error(ValueError):
    """Bad input: one line with the file and the place, or the row."""

class MachineError(RuntimeError):
    """Memory, disk, threads or a device do not suffice."""

class Model:
    name: str
    kind: str
    size: int
    transitions: int
    notes: list[str]
    constants: dict[str, int | float | bool]
    variables: list[tuple[str, bool]]
    state_names: list[str]
    labels: dict[str, Numbers]
    rewards: dict[str, Numbers]
    exit_rate: Numbers
    def values(self, variable: int) -> Numbers: ...
    def inflow(self) -> tuple[Numbers, Numbers, Numbers]: ...
    def outgoing(self) -> tuple[Numbers, Numbers, Numbers]: ...

class Neighbours:
    """Answers of a grid, from which the next one's solve and proof begin. For one thread at a time."""

class Answer:
    distribution: Numbers
    converged: bool
    residual: float
    error: float
    reason: str
    reliable: bool
    interrupted: bool
    history: list[tuple[int, float, float, str]]
    def text(self) -> str: ...
    def json(self) -> str: ...

def read(path: str, name: str, choices: Choices) -> Model: ...
def from_arrays(start: Numbers, index: Numbers, value: Numbers, columns: bool, name: str, choices: Choices) -> Model: ...
def write(model: Model, path: str, to: str) -> list[str]: ...
def info(model: Model) -> tuple[str, str]: ...
def solve(model: Model, choices: Choices, command: str, spent: float, progress: Callable[..., Any] | None,
          neighbours: Neighbours | None, place: list[float]) -> Answer: ...
def figure_text(value: float, bound: float, relative: bool) -> str: ...
def figure_digits(value: float, bound: float, relative: bool) -> str: ...
def between(lower: float, upper: float) -> str: ...
def upward(bound: float) -> str: ...
def components(model: Model, choices: Choices) -> tuple[list[Numbers], Numbers, bool, float]: ...
def verify(model: Model, distribution: Numbers, error: float | None, relative: float | None) -> str: ...
