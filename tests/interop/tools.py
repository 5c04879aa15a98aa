"""What each tool reads and writes: for every format a function, and how exact its numbers are."""
from __future__ import annotations

import dataclasses
import gzip
import pathlib
import typing

import scipy.io
import scipy.sparse
import stormpy
import stormpy.io
import stormvogel.umbi
import umbi.ats.ats_to_umb
from chain import Chain

DECIMALS_OF_DRN = 1e-9  # Storm writes ten digits
ROUNDING = 1e-15  # of UMB, where a rate is stored as an exit rate and a probability, and of Storm's decimals


@dataclasses.dataclass
class Format:
    """`read` gives a tool's own model, `write` takes one; either is None where the tool has none."""

    tool: str
    extension: str
    read: typing.Callable | None
    write: typing.Callable | None
    chain: typing.Callable  # the tool's model as a Chain
    tolerance: float = 0.0  # of what the tool writes
    tolerance_read: float = 0.0


def storm_chain(model) -> Chain:
    kind = "ctmc" if model.model_type == stormpy.developer.storage.ModelType.CTMC else "dtmc"
    states = range(model.nr_states)
    rates = {(state, entry.column): entry.value for state in states for entry in model.transition_matrix.get_row(state)
             if entry.value}
    rewards = {}
    for name, reward in model.reward_models.items():
        values = list(reward.state_rewards) if reward.has_state_rewards else [0.0] * model.nr_states
        if reward.has_state_action_rewards:
            often = list(model.exit_rates) if kind == "ctmc" else [1.0] * model.nr_states
            values = [value + rate * action for value, rate, action in zip(values, often, reward.state_action_rewards)]
        rewards[name] = values
    labels = {name: set(model.labeling.get_states(name)) for name in model.labeling.get_labels()}
    return Chain(kind, model.nr_states, rates, {name: held for name, held in labels.items() if held}, rewards)


def umbi_chain(ats) -> Chain:
    timed = ats.time == umbi.ats.TimeType.STOCHASTIC
    rates = {}
    for state in ats.states:
        for choice in ats.get_state_choices(state):
            for branch in ats.get_choice_branches(choice):
                pair = (state, ats.branch_to_target[branch])
                rates[pair] = float(ats.branch_to_probability[branch]) * (ats.state_to_exit_rate[state] if timed else 1.0)
    labels = {name: {state for state, holds in enumerate(ats.get_ap_annotation(name).state_values) if holds}
              for name in ats.ap_annotation_names}
    labels["init"] = set(ats.initial_states)
    rewards = {name: [float(value) for value in ats.get_reward_annotation(name).state_values]
               for name in ats.reward_annotation_names}
    return Chain("ctmc" if timed else "dtmc", len(ats.states), rates, {n: held for n, held in labels.items() if held}, rewards)


def stormvogel_chain(model) -> Chain:
    number = {state: index for index, state in enumerate(model.states)}
    rates, labels = {}, {}
    for state, source in number.items():
        for _, branch in state.choices:
            for rate, target in branch:
                rates[source, number[target]] = float(rate)
        for label in state.labels:
            labels.setdefault(label, set()).add(source)
    rewards = {reward.name: [float(reward.rewards.get(state, 0)) for state in model.states] for reward in model.rewards}
    return Chain(model.model_type.name.lower(), len(number), rates, labels, rewards)


def matrix_chain(matrix) -> Chain:
    """A generator or a matrix of probabilities, told apart by its row sums."""
    matrix = scipy.sparse.coo_array(matrix)
    kind = "ctmc" if abs(matrix.sum(axis=1)).max() < 0.5 else "dtmc"
    rates = {(int(row), int(column)): float(value) for row, column, value in zip(*matrix.coords, matrix.data)
             if value and (kind == "dtmc" or row != column)}
    return Chain(kind, matrix.shape[0], rates)


def write_compressed_matrix(matrix, path: pathlib.Path) -> None:
    with gzip.open(path, "wb") as file:
        scipy.io.mmwrite(file, matrix, symmetry="general")


def write_umb(compression: str):
    options = stormpy.io.UmbExportOptions()
    options.compression = stormpy.io.CompressionMode.__members__[compression]
    return lambda model, path: stormpy.io.export_to_umb(model, path, options=options)


def storm_formats() -> list[Format]:
    drn = [Format("Storm", extension, stormpy.build_model_from_drn, stormpy.io.export_to_drn, storm_chain, DECIMALS_OF_DRN,
                  ROUNDING)
           for extension in (".drn", ".drn.gz", ".drn.xz")]
    umb = [Format("Storm", extension, stormpy.build_model_from_umb, write_umb(compression), storm_chain, ROUNDING,
                  ROUNDING)
           for extension, compression in ((".umb", "NO_COMPRESSION"), (".umb.gz", "GZIP"), (".umb.xz", "XZ"))]
    explicit = Format("Storm", ".tra", lambda path: stormpy.build_model_from_explicit(path, path.with_suffix(".lab")), None,
                      storm_chain)
    return drn + umb + [explicit]


FORMATS = [
    *storm_formats(),
    Format("umbi", ".umb", umbi.ats.ats_to_umb.read, umbi.ats.ats_to_umb.write, umbi_chain, ROUNDING, ROUNDING),
    Format("stormvogel", ".umb", stormvogel.umbi.read_from_umb, stormvogel.umbi.write_to_umb, stormvogel_chain,
           ROUNDING, ROUNDING),
    Format("SciPy", ".mtx", scipy.io.mmread, lambda matrix, path: scipy.io.mmwrite(path, matrix, symmetry="general"),
           matrix_chain),
    Format("SciPy", ".mtx.gz", scipy.io.mmread, write_compressed_matrix, matrix_chain),
    Format("SciPy", ".npz", None, lambda matrix, path: scipy.sparse.save_npz(path, scipy.sparse.csr_array(matrix)), matrix_chain),
]
