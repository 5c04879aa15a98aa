"""report.html from result.json: one page with tables and plots, readable without a network.

    report.py FOLDER
"""
from __future__ import annotations

import collections
import html
import io
import json
import math
import pathlib
import sys

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402  (after the choice of back end)

STYLE = """
body { font: 15px/1.5 sans-serif; max-width: 1100px; margin: 2em auto; padding: 0 1em; color: #222; }
table { border-collapse: collapse; font-size: 13px; margin: 1em 0; }
td, th { border: 1px solid #ccc; padding: 2px 8px; text-align: right; } th { background: #f3f3f3; }
td:first-child, th:first-child { text-align: left; } .bad { color: #a00; } .best { font-weight: bold; }
svg { max-width: 100%; height: auto; } figure { margin: 1.5em 0; } figcaption { color: #555; }
.wide { overflow-x: auto; }
"""


def write(path: pathlib.Path, result: dict) -> None:
    sections = [machine(result), solve_tables(result["solves"]), profile(result["solves"]), curves(result["histories"]),
                end_to_end(result["solves"]), scaling(result["solves"]), peers(result["solves"], result["peers"]),
                kernels(result["kernels"])]
    text = ("<!doctype html><html lang='en'><head><meta charset='utf-8'><title>steady: benchmarks</title>"
            f"<style>{STYLE}</style></head><body><h1>steady: benchmarks</h1>{''.join(sections)}</body></html>")
    path.write_text(text, encoding="utf-8")


def table(header: list[str], rows: list[list[str]]) -> str:
    """Cells are HTML already."""
    head = "".join(f"<th>{cell}</th>" for cell in header)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<div class='wide'><table><tr>{head}</tr>{body}</table></div>"


def figure(fig, caption: str) -> str:
    buffer = io.StringIO()
    fig.savefig(buffer, format="svg", bbox_inches="tight")
    plt.close(fig)
    text = buffer.getvalue()
    return f"<figure>{text[text.index('<svg'):]}<figcaption>{html.escape(caption)}</figcaption></figure>"


def machine(result: dict) -> str:
    rows = [[html.escape(k), html.escape(str(v))] for k, v in result["machine"].items()]
    rows += [["command", html.escape(" ".join(result["command"]))], ["seconds in all", f"{result['seconds']:.0f}"]]
    return "<h2>Machine</h2>" + table(["what", "value"], rows)


def group(rows: list[dict], key: str) -> dict[str, list[dict]]:
    groups = collections.defaultdict(list)
    for row in rows:
        groups[row[key]].append(row)
    return groups


def main_rows(rows: list[dict]) -> list[dict]:
    """The methods on the CPU with all threads and the storage that `auto` takes."""
    return [r for r in rows if "," not in r["setting"]]


def cell(row: dict, best: float) -> str:
    if row["status"] != "converged":
        return f"<span class='bad' title='{html.escape(str(row.get('reason', '')))}'>{row['status']}</span>"
    mark = " class='best'" if row["median"] <= best else ""
    return f"<span{mark}>{row['median']:.3g}</span> <small>[{row['least']:.2g}, {row['most']:.2g}]</small>"


def solve_tables(rows: list[dict]) -> str:
    """Seconds of structure, set-up and solve: median [least, most]."""
    text = "<h2>Solves</h2><p>Seconds to a true residual of 1e-10, without loading: median [least, most]; bold: the least.</p>"
    settings = list(dict.fromkeys(r["setting"] for r in rows))
    body = []
    for model, seen in group(rows, "model").items():
        by_setting = {r["setting"]: r for r in seen}
        done = [r["median"] for r in main_rows(seen) if r["status"] == "converged"]
        best = min(done, default=math.inf)
        body.append([f"{html.escape(model)} ({seen[0]['states']:,})"] +
                    [cell(by_setting[s], best) if s in by_setting else "" for s in settings])
    text += table(["model (states)"] + settings, body)
    fig, axis = plt.subplots(figsize=(10, 4.5))
    models = list(group(rows, "model"))
    methods = list(dict.fromkeys(r["setting"] for r in main_rows(rows)))
    width = 0.8 / max(len(methods), 1)
    for k, method in enumerate(methods):
        points = [(models.index(r["model"]) + k * width, r) for r in rows if r["setting"] == method and r["status"] == "converged"]
        axis.bar([x for x, _ in points], [r["median"] for _, r in points], width,
                 yerr=[[r["median"] - r["least"] for _, r in points], [r["most"] - r["median"] for _, r in points]],
                 label=method, error_kw={"lw": 0.7})
    axis.set_yscale("log")
    axis.set_xticks([i + 0.4 for i in range(len(models))], models, rotation=60, ha="right", fontsize=8)
    axis.set_ylabel("seconds")
    axis.legend(fontsize=7, ncol=3)
    return text + figure(fig, "Time to solve, with the least and most of the runs. A missing bar: not converged in the time limit.")


def profile(rows: list[dict]) -> str:
    """Performance profile: Dolan and More, Mathematical Programming 91 (2002)."""
    models = group(main_rows(rows), "model")
    ratios = collections.defaultdict(list)
    for seen in models.values():
        best = min((r["median"] for r in seen if r["status"] == "converged"), default=None)
        for r in seen:
            ratios[r["setting"]].append(r["median"] / best if best and r["status"] == "converged" else math.inf)
    fig, axis = plt.subplots(figsize=(8, 4.5))
    for setting, values in ratios.items():
        values = sorted(values)
        finite = [v for v in values if math.isfinite(v)]
        x = [1.0] + finite + [1e4]
        y = [sum(v <= t for v in values) / len(models) for t in x]
        axis.step(x, y, where="post", label=setting, lw=2.5 if setting == "auto" else 1)
    axis.set_xscale("log")
    axis.set_xlim(1, 1000)
    axis.set_ylim(0, 1.02)
    axis.set_xlabel("time over the best time")
    axis.set_ylabel("share of the models")
    axis.legend(fontsize=7)
    return "<h2>Performance profile</h2>" + figure(fig, "For each method the share of models that it solves within a factor of the fastest.")


def curves(histories: list[dict]) -> str:
    models = group(histories, "model")
    if not models:
        return ""
    columns = 2
    fig, axes = plt.subplots(math.ceil(len(models) / columns), columns, figsize=(11, 3.6 * math.ceil(len(models) / columns)),
                             squeeze=False)
    for axis, (model, seen) in zip(axes.flat, models.items()):
        for curve in seen:
            if curve["points"]:
                axis.plot(*zip(*curve["points"]), label=curve["setting"], lw=2 if curve["setting"] == "auto" else 1)
        axis.set_yscale("log")
        axis.set_title(model, fontsize=9)
        axis.set_xlabel("seconds", fontsize=8)
        axis.set_ylabel("true residual", fontsize=8)
    axes.flat[0].legend(fontsize=6)
    for axis in list(axes.flat)[len(models):]:
        axis.axis("off")
    fig.tight_layout()
    return "<h2>Convergence</h2>" + figure(fig, "True residual against time.")


def end_to_end(rows: list[dict]) -> str:
    parts = ["load", "structure", "setup", "solve"]
    body = []
    for row in rows:
        if row["setting"] == "auto" and row.get("seconds"):
            seconds, total = row["seconds"], row["seconds"]["total"]
            body.append([html.escape(row["model"])] + [f"{seconds[p]:.3f} ({100 * seconds[p] / total:.0f} %)" for p in parts] +
                        [f"{total:.3f}", f"{row['peak_kib'] / 1024:.0f}"])
    return "<h2>From the model file to the measures</h2>" + table(["model"] + parts + ["total s", "peak MiB"], body)


def fit(points: list[tuple[float, float]]) -> tuple[float, float]:
    """Least squares in logarithms: exponent and factor."""
    xs, ys = [math.log(x) for x, _ in points], [math.log(y) for _, y in points]
    mx, my = sum(xs) / len(xs), sum(ys) / len(ys)
    exponent = sum((x - mx) * (y - my) for x, y in zip(xs, ys)) / sum((x - mx) ** 2 for x in xs)
    return exponent, math.exp(my - exponent * mx)


def scaling(rows: list[dict]) -> str:
    families = {f: sorted((r for r in seen if r["setting"] == "auto" and r["status"] == "converged"), key=lambda r: r["states"])
                for f, seen in group(rows, "family").items()}
    families = {f: seen for f, seen in families.items() if len({r["states"] for r in seen}) >= 3}
    if not families:
        return ""
    fig, (left, right) = plt.subplots(1, 2, figsize=(11, 4.2))
    body = []
    for family, seen in families.items():
        times, memory = [(r["states"], r["median"]) for r in seen], [(r["states"], max(r["peak_kib"], 1)) for r in seen]
        left.loglog(*zip(*times), "o-", label=family)
        right.loglog(*zip(*[(n, kib / 1024) for n, kib in memory]), "o-", label=family)
        exponent, factor = fit(times)
        growth = (memory[-1][1] - memory[0][1]) * 1024 / (memory[-1][0] - memory[0][0])  # bytes a state
        body.append([family, f"{len(seen)}", f"{exponent:.2f}", f"{factor * 1e9 ** exponent / 3600:,.1f}",
                     f"{factor * 1e10 ** exponent / 3600:,.1f}", f"{growth:.0f}", f"{growth * 1e9 / 2**30:,.0f}",
                     "no" if 1e10 > 2**32 else ""])
    for axis, name in ((left, "seconds"), (right, "peak MiB")):
        axis.set_xlabel("states")
        axis.set_ylabel(name)
        axis.legend(fontsize=7)
    text = table(["family", "sizes", "exponent of time", "hours at 10^9", "hours at 10^10", "bytes a state", "GiB at 10^9",
                  "10^10 fits"], body)
    return ("<h2>Scaling</h2>" + figure(fig, "Cost of a solve with default options against states.") + text +
            "<p>Straight lines through logarithms, carried far beyond what was measured: orders of magnitude, no promises. "
            "What breaks first: memory, of the state space and the matrix as it is loaded; then the 32-bit state numbers, at "
            "4.29 * 10^9 states.</p>")


def peers(rows: list[dict], others: list[dict]) -> str:
    if not others:
        return ""
    own = {r["model"]: r for r in rows if r["setting"] == "auto"}
    body = []
    for row in others:
        mine = own.get(row["model"])
        ratio = whole = ""
        if mine and mine["status"] == row["status"] == "converged" and row.get("median"):
            ratio = f"{row['median'] / mine['median']:.2f}"
            if row.get("assembly"):
                whole = f"{(row['median'] + row['assembly']) / mine['median']:.2f}"
        body.append([html.escape(row["model"]), row["peer"], html.escape(row["method"]), str(row.get("processes", "")),
                     row["status"] if row["status"] == "converged" else f"<span class='bad'>{html.escape(row['status'])}</span>",
                     f"{row['residual']:.1e}" if row.get("residual") is not None else "",
                     f"{row['median']:.3g}" if row.get("median") else "",
                     f"{row['assembly']:.2g}" if row.get("assembly") else "",
                     f"{mine['median']:.3g}" if mine and mine["status"] == "converged" else "", ratio, whole])
    note = ("The same chain, tolerance and true residual; loading is not counted. steady's seconds begin with the chain in "
            "memory: they hold the search for its structure and the making of its matrices. The others' begin with their "
            "matrix assembled, but for the last column, in which its assembly from the same chain counts.")
    return f"<h2>Other programs</h2><p>{note}</p>" + table(
        ["model", "program", "method", "processes", "status", "residual", "seconds", "assembly", "steady auto",
         "theirs / ours", "with assembly"], body)


def kernels(found: dict) -> str:
    if "benchmarks" not in found:
        return f"<h2>Kernels</h2><p>{html.escape(found.get('reason', 'not measured'))}</p>"
    body, points = [], []
    for run in found["benchmarks"]:
        if run.get("run_type") == "aggregate":
            continue
        if run.get("error_occurred"):
            body.append([html.escape(run["name"]), f"<span class='bad'>{html.escape(run['error_message'])}</span>", "", "", "", ""])
            continue
        body.append([html.escape(run["name"]), f"{run['real_time']:.3g} {run['time_unit']}", f"{run['transitions']:.3g}",
                     f"{run['bytes'] / 1e9:.1f}", f"{100 * run['copy']:.0f} %", f"{run['B/state']:.1f}"])
        points.append((run["transitions"] / run["bytes"], run["transitions"], run["bytes"] / run["copy"], run["name"]))
    text = "<h2>Kernels</h2>" + table(["benchmark", "time", "transitions/s", "GB/s", "of a copy", "B/state"], body)
    if points:
        fig, axis = plt.subplots(figsize=(8, 4.5))
        for kernel in dict.fromkeys(p[3].split("/")[3] for p in points):
            own = [p for p in points if p[3].split("/")[3] == kernel]
            axis.loglog([p[0] for p in own], [p[1] for p in own], "o", label=kernel, ms=4)
        span = [min(p[0] for p in points), max(p[0] for p in points)]
        for bandwidth in sorted({round(p[2] / 1e9) for p in points}):
            axis.loglog(span, [bandwidth * 1e9 * x for x in span], "k--", lw=0.7)
        axis.set_xlabel("transitions a byte")
        axis.set_ylabel("transitions a second")
        axis.legend(fontsize=7)
        text += figure(fig, "Roofline: transitions a second against transitions a byte; dashed: the bandwidth of a copy.")
    return text


if __name__ == "__main__":
    results = pathlib.Path(sys.argv[1])
    write(results / "report.html", json.loads((results / "result.json").read_text(encoding="utf-8")))
