"""Other threads run while a chain is solved; callbacks see it; Ctrl-C and exceptions end it."""

import io
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import scipy.sparse as sp
from chains import EXAMPLES, queue, slow_walk

import steady
from steady import _core
from steady.progress import Bar, Progress


def test_several_solves_in_threads():
    model = steady.read(EXAMPLES / "fms.prism", constants={"n": 2})
    alone = steady.solve(model).distribution.tobytes()
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda _: steady.solve(model, threads=1).distribution.tobytes(), range(8)))
    assert set(together) == {alone}


def test_python_runs_meanwhile():
    inside, seen = threading.Event(), threading.Event()

    def other():
        inside.wait()
        seen.set()

    thread = threading.Thread(target=other)
    thread.start()

    def progress(p: Progress):  # goes on only when the other thread has run
        inside.set()
        assert seen.wait(60)

    with pytest.warns(steady.NotReached):
        steady.solve(slow_walk(400), method="power", max_iterations=2000, progress=progress)
    thread.join()
    assert seen.is_set()


def test_progress_is_told():
    told = []
    with pytest.warns(steady.NotReached):
        steady.solve(slow_walk(400), method="power", max_iterations=5000, progress=told.append)
    assert told[0].work == "solving" and all(isinstance(p, Progress) for p in told)
    with_residual = [p for p in told if p.residual is not None]
    assert all(p.method == "power" and p.residual > 0 for p in with_residual)


def test_an_exception_of_the_callback_ends_the_solve():
    def progress(p):
        raise LookupError("enough")

    with pytest.raises(LookupError, match="enough"):
        steady.solve(queue()[0], progress=progress)


def test_ctrl_c_in_the_callback_leaves_the_best_iterate():
    def progress(p):
        if p.residual is not None:
            signal.raise_signal(signal.SIGINT)

    with pytest.warns(steady.NotReached, match="not converged"):
        result = steady.solve(slow_walk(50_000), method="power", progress=progress)
    assert result.report["solver"]["tried"][-1]["outcome"] == "interrupted"
    assert abs(result.distribution.sum() - 1) < 1e-9


def test_ctrl_c_from_outside():
    code = """if True:
        import os, signal, threading, warnings
        import steady
        from chains import slow_walk
        model = slow_walk(200_000)
        threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGINT)).start()
        warnings.simplefilter("ignore")
        r = steady.solve(model, method="power")
        print(r.status, r.report["solver"]["tried"][-1]["outcome"])
    """
    done = subprocess.run([sys.executable, "-c", code], cwd=os.path.dirname(__file__), capture_output=True, text=True)
    assert done.stdout == "not converged interrupted\n", done.stderr


def test_ctrl_c_ends_an_experiment():
    begun = []

    def progress(p):
        if p.work == "solving" and p.method is None:
            begun.append(p)
            signal.raise_signal(signal.SIGINT)

    with pytest.warns(steady.NotReached), pytest.raises(KeyboardInterrupt):
        steady.experiment(EXAMPLES / "fms.prism", {"n": range(1, 5)}, method="power", progress=progress)
    assert len(begun) == 1
    assert not steady.solve(queue()[0]).interrupted


def test_another_thread_that_writes_to_the_matrix():
    """What is read is checked as it was read: an error or a chain, and never a write beyond an array."""
    n = 100_000
    matrix = sp.csc_array(sp.diags_array([np.ones(n - 1), np.ones(n - 1)], offsets=[1, -1]))
    last, done = matrix.indices[-1], threading.Event()

    def write():
        while not done.is_set():
            matrix.indices[-1] = 2**31 - 1
            matrix.indices[-1] = last

    thread = threading.Thread(target=write)
    thread.start()
    seen = set()
    for _ in range(40):
        try:
            seen.add(steady.matrices.model_of(matrix, [])[0].size)
        except steady.Error as error:
            seen.add(str(error))
    done.set()
    thread.join()
    assert seen <= {n, f"matrix: row 2147483647, column {n - 1}: a matrix of {n} states ends at {n - 1}"}


def test_bar():
    stream = io.StringIO()
    bar = Bar(1e-12, patience=2.0, stream=stream)
    bar(Progress("solving", "power", 1, 1e-2, 0.5))
    assert stream.getvalue() == ""
    bar(Progress("solving", "power", 10, 1e-7, 3.0))
    assert "power |██████████          | iteration 10, residual 1e-07, 3 s" in stream.getvalue()
    bar(Progress("proving an error bound", None, 0, None, 4.0))
    bar.close()
    assert stream.getvalue().endswith("\r")


def test_environment_is_left_alone():
    code = "import os, steady; print('GOMP_SPINCOUNT' in os.environ)"
    environment = {k: v for k, v in os.environ.items() if k not in ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY")}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_history_ends_where_it_was_reported():
    result = steady.solve(queue(200)[0], method="power", no_certify=True)
    assert result.history["method"][0] == "power" and len(result.history) > 1
    assert np.all(np.diff(result.history["seconds"]) >= 0)


def test_the_time_limit_is_of_reading_too():
    with pytest.raises(steady.MachineError, match="the time limit was reached while the model was read"):
        steady.solve(EXAMPLES / "fms.prism", constants="n=6", time_limit=1e-3)
    model = steady.read(EXAMPLES / "fms.prism", constants="n=3")
    hour = [("time-limit", "3600")]
    assert _core.solve(model._core, hour, "", 0.0, None, None, []).reliable
    assert not _core.solve(model._core, hour, "", 3600.0, None, None, []).reliable  # nothing of it is left
