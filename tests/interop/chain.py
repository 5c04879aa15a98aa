"""A chain as each tool holds it, brought into one form, and what differs between two of them."""
from __future__ import annotations

import dataclasses
import pathlib
import re


@dataclasses.dataclass
class Chain:
    """States are numbers from 0; a reward is the long-run reward of a unit of time (ctmc) or step (dtmc) in each state."""

    kind: str  # ctmc, dtmc
    states: int
    rates: dict[tuple[int, int], float]  # probabilities of a dtmc
    labels: dict[str, set[int]] | None = None  # None: the format has none
    rewards: dict[str, list[float]] | None = None


def close(one: float, other: float, tolerance: float) -> bool:
    return abs(one - other) <= tolerance * max(abs(one), abs(other))


def difference(one: Chain, other: Chain, tolerance: float) -> str:
    """The first thing in which two chains differ, in words, or nothing; numbers may differ by a relative tolerance."""
    if one.kind != other.kind:
        return f"{one.kind} or {other.kind}"
    if one.states != other.states:
        return f"{one.states} or {other.states} states"
    if one.rates.keys() != other.rates.keys():
        return f"{len(one.rates)} or {len(other.rates)} transitions"
    if any(not close(rate, other.rates[pair], tolerance) for pair, rate in one.rates.items()):
        return "rates"
    if one.labels is not None and other.labels is not None and one.labels != other.labels:
        return "labels " + ", ".join(sorted(name for name in one.labels.keys() | other.labels.keys()
                                            if one.labels.get(name) != other.labels.get(name)))
    if one.rewards is not None and other.rewards is not None:
        ours, theirs = named(one.rewards), named(other.rewards)
        if ours.keys() != theirs.keys():
            return f"names of rewards: {sorted(ours)} or {sorted(theirs)}"
        if any(not close(a, b, tolerance) for name in ours for a, b in zip(ours[name], theirs[name], strict=True)):
            return "rewards"
    return ""


def named(rewards: dict[str, list[float]]) -> dict[str, list[float]]:
    """A reward without a name is stored under one of these where the format wants a name."""
    return {"" if name in ("unnamed", "default") else name: values for name, values in rewards.items()}


def without_loops(chain: Chain) -> Chain:
    """What a generator can hold of a ctmc: no self-loops, labels or rewards; of a dtmc all of its probabilities."""
    rates = {pair: rate for pair, rate in chain.rates.items() if chain.kind == "dtmc" or pair[0] != pair[1]}
    return Chain(chain.kind, chain.states, rates)


def read_drn(path: pathlib.Path) -> Chain:
    """The .drn file that steady writes."""
    head, body = path.read_text(encoding="utf-8").split("@model\n")
    kind = re.search(r"@type: (\w+)", head)[1].lower()
    names = re.search(r"@reward_models\n(.*)\n", head)[1].split(" ")[:-1]  # a space follows each; one may be empty
    states = int(re.search(r"@nr_states\n(\d+)", head)[1])
    chain = Chain(kind, states, {}, {}, {name: [0.0] * states for name in names})
    for line in body.splitlines():
        if line.startswith("state "):
            found = re.fullmatch(r"state (\d+)(?: !\S+)?(?: \[(.*?)\])?(.*)", line)
            source = int(found[1])
            for name, value in zip(names, (found[2] or "").split(",")):
                chain.rewards[name][source] = float(value)
            for label in re.findall(r'"[^"]*"|\S+', found[3]):
                chain.labels.setdefault(label.strip('"'), set()).add(source)
        elif " : " in line:
            target, rate = line.split(" : ")
            chain.rates[source, int(target)] = float(rate)
    return chain
