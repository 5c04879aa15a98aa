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


def require_no_model_options(choices: Choices) -> None:
    """Raises Error where an option of reading is given with a model that has been read."""
    both = {"const", "memory-limit"}
    for name, _ in choices:
        if name in _core.model_options and name not in both:
            raise Error(f"{name.replace('-', '_')} is of reading a model, and this one has been read")
