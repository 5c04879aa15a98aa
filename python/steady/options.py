"""Keyword arguments as the options of the command line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ._load import _core
from ._core import Error

#: What the command line calls otherwise.
_RENAMED = {"constants": "const", "properties": "prop"}
_LISTS = {"properties", "sensitivity", "state_rewards", "transition_rewards"}

Choices = list[tuple[str, str]]


def text_of(value: Any) -> str:
    """A value as the command line has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):  # {"n": 5} is n=5
        return ",".join(f"{name}={text_of(one)}" for name, one in value.items())
    if hasattr(value, "item"):  # a number of numpy's
        return text_of(value.item())
    return repr(value) if isinstance(value, float) else str(value)


def choices_of(options: Mapping[str, Any]) -> Choices:
    """Names and values; what is None is left out."""
    choices: Choices = []
    for name, value in options.items():
        if value is None:
            continue
        if name.endswith("_"):  # from_: from is a word of Python's
            name = name[:-1]
        several = [value] if name not in _LISTS or isinstance(value, str) or not isinstance(value, Iterable) else value
        choices += [(_RENAMED.get(name, name).replace("_", "-"), text_of(one)) for one in several]
    return choices


def require_of_reading(choices: Choices) -> None:
    """Raises Error for an option that means nothing to a model that is only read."""
    others = {*_core.solve_options, *_core.answer_options} - {"threads"}
    _require_none_of(others, choices, "is of solving a model, and this one is only read")


def require_of_solving(choices: Choices) -> None:
    """Raises Error for an option of what is asked and proven, where neither is."""
    _require_none_of(_core.answer_options, choices, "means nothing here: nothing is asked but the distribution, and no proof made")


def require_no_model_options(choices: Choices, both: Iterable[str] = ()) -> None:
    """Raises Error where an option of reading, but for `both`, is given with a model that has been read."""
    _require_none_of({*_core.model_options} - {*both}, choices, "is of reading a model, and this one has been read")


def _require_none_of(others: Iterable[str], choices: Choices, why: str) -> None:
    for name, _ in choices:
        if name in others:
            raise Error(f"{name.replace('-', '_')} {why}")
