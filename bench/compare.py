"""What changed between two folders of results: medians with their spread; no verdict where the spreads overlap."""
from __future__ import annotations

import json
import pathlib


def load(folder: pathlib.Path) -> dict:
    return json.loads((folder / "result.json").read_text(encoding="utf-8"))


def keyed(result: dict) -> dict[tuple[str, str], dict]:
    return {(row["model"], row["setting"]): row for row in result["solves"]}


def describe(old_folder: pathlib.Path, new_folder: pathlib.Path) -> str:
    old, new = load(old_folder), load(new_folder)
    lines = []
    for key in ("cpu", "gpu", "steady"):
        if old["machine"].get(key) != new["machine"].get(key):
            lines.append(f"{key} differs: {old['machine'].get(key)} / {new['machine'].get(key)}")
    before, after = keyed(old), keyed(new)
    lines.append(f"{'model':24} {'setting':36} {'old s':>24} {'new s':>24} {'old/new':>8}  verdict")
    for key in sorted(before.keys() & after.keys()):
        lines.append(line(key, before[key], after[key]))
    for name, missing in (("only in old", before.keys() - after.keys()), ("only in new", after.keys() - before.keys())):
        if missing:
            lines.append(f"{name}: {', '.join(' / '.join(key) for key in sorted(missing))}")
    return "\n".join(lines)


def line(key: tuple[str, str], old: dict, new: dict) -> str:
    model, setting = key
    if old["status"] != new["status"]:
        return f"{model:24} {setting:36} {old['status']:>24} {new['status']:>24} {'':8}  status changed"
    if old["status"] != "converged":
        return f"{model:24} {setting:36} {old['status']:>24} {new['status']:>24} {'':8}  -"
    return (f"{model:24} {setting:36} {spread(old):>24} {spread(new):>24} {old['median'] / new['median']:8.2f}  "
            f"{verdict(old, new)}")


def spread(row: dict) -> str:
    return f"{row['median']:.3g} [{row['least']:.3g}, {row['most']:.3g}]"


def verdict(old: dict, new: dict) -> str:
    if min(old["runs"], new["runs"]) < 2:
        return "one run"
    if new["most"] < old["least"]:
        return "faster"
    if new["least"] > old["most"]:
        return "slower"
    return "within the spread"
