"""The certified table as a picture: each value's error against the seconds that it took, each tool a colour and a shape.

    picture.py FOLDER    reads certified.json there, writes certified.svg
"""
from __future__ import annotations

import json
import pathlib
import sys

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402  (after the choice of back end)

STYLES = [("#0072b2", "o"), ("#d55e00", "^"), ("#009e73", "+"), ("#cc79a7", "D")]
LEAST = 1e-17  # errors below are drawn here


def series(records: list[dict]) -> dict[str, list[tuple[float, float]]]:
    """Label -> (seconds, relative error) of each value."""
    points = {"steady: proven bound": [(r["seconds"], r["bound"] / abs(r["value"])) for r in records if r["bound"] is not None]}
    for tool in (key.removesuffix(": error") for key in records[0] if key.endswith(": error")):
        found = [(r[f"{tool}: seconds"], r[f"{tool}: error"] / abs(r["value"])) for r in records if r[f"{tool}: error"] is not None]
        if found:
            points[f"{tool}: true error"] = found
    return points


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    records = json.loads((folder / "certified.json").read_text(encoding="utf-8"))
    matplotlib.rcParams["svg.hashsalt"] = "certified"  # the same picture from the same numbers
    figure, axes = plt.subplots(figsize=(8, 5))
    for (label, points), (colour, shape) in zip(series(records).items(), STYLES):
        axes.loglog([seconds for seconds, _ in points], [max(error, LEAST) for _, error in points], shape, color=colour,
                    markerfacecolor="none", linestyle="none", label=label)
    axes.set_xlabel("seconds, from file to value")
    axes.set_ylabel("relative error of the value")
    axes.grid(True, which="major", alpha=0.3)
    axes.legend()
    figure.savefig(folder / "certified.svg", bbox_inches="tight", metadata={"Date": None})


if __name__ == "__main__":
    main()
