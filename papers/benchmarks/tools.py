"""The tools of the certified table. Each answers a question with a value and its seconds, or says why not.

A tool is a function here and a line in OTHERS.
"""
from __future__ import annotations

import json
import pathlib
import re
import shutil
import subprocess
import time
from dataclasses import dataclass

from paper import Program
from questions import Question

HERE = pathlib.Path(__file__).resolve().parent
STORM_PYTHON = HERE.parent.parent / "build" / "storm" / "bin" / "python"  # made by ./run
LIMIT = 5  # seconds for one question


@dataclass(frozen=True)
class Answer:
    value: float | None
    seconds: float | None = None
    note: str = ""  # why there is no value


@dataclass(frozen=True)
class Certified:
    """steady's answer: |value - right| <= bound, rounding included; `bound` is None where nothing was proven."""

    states: int
    transitions: int
    value: float
    bound: float | None
    seconds: float


def certified(program: Program, question: Question) -> Certified | None:
    """None where the model, or the property, is refused."""
    jani = question.file.suffix == ".jani"
    asked = [] if jani else ["--prop", question.property]
    report = program.solve(question.file, *question.options(), *asked, "--error", "1e-12", "--time-limit", "60")
    measures = [m for m in report.get("measures", []) if not jani or m["name"] == question.property]
    if not measures or not isinstance(measures[0]["value"], (int, float)):
        return None
    model = report["model"]
    return Certified(model["states"], model["transitions"], measures[0]["value"], measures[0]["bound"], report["seconds"]["total"])


def finished(command: list[str]) -> subprocess.CompletedProcess | Answer:
    """What the command printed; an Answer where it failed or ran past the limit."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT)
    except subprocess.TimeoutExpired:
        return Answer(None, note=f"over {LIMIT} s")
    if done.returncode != 0:
        return Answer(None, note="failed")
    return done


def unread(question: Question, formats: set[str]) -> Answer | None:
    """The answer of a tool that reads files of these formats, and models of finitely many states, to another question."""
    if question.truncate:
        return Answer(None, note="no largest state")
    if question.file.suffix not in formats:
        return Answer(None, note=f"does not read {question.file.suffix}")
    return None


def storm(environment: str):
    def answer(question: Question) -> Answer:
        if refusal := unread(question, {".prism", ".sm", ".pm", ".jani"}):
            return refusal
        if not STORM_PYTHON.exists():
            return Answer(None, note="not installed")
        done = finished([str(STORM_PYTHON), str(HERE / "storm_value.py"), str(question.file), question.constants,
                         question.property, environment])
        if isinstance(done, Answer):
            return done
        said = json.loads(done.stdout.splitlines()[-1])
        return Answer(said["value"], said["seconds"])
    return answer


def prism(question: Question) -> Answer:
    """PRISM with its defaults, where `prism` is in the path; its seconds are those of the whole command."""
    if refusal := unread(question, {".prism", ".sm", ".pm"}):
        return refusal
    program = shutil.which("prism")
    if program is None:
        return Answer(None, note="not installed")
    constants = ["-const", question.constants] if question.constants else []
    start = time.perf_counter()
    done = finished([program, str(question.file), *constants, "-pf", question.property])
    if isinstance(done, Answer):
        return done
    found = re.search(r"^Result: ([0-9.Ee+-]+)", done.stdout, re.MULTILINE)
    return Answer(float(found.group(1)), time.perf_counter() - start) if found else Answer(None, note="failed")


OTHERS = {"Storm": storm("default"), "Storm, sound": storm("sound"), "PRISM": prism}
