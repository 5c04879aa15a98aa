"""What the program says on a terminal while it works: progress_test.py PROGRAM"""
import os
import pathlib
import pty
import sys
import tempfile
import time

EXAMPLES = pathlib.Path(__file__).resolve().parent.parent / "examples"
program = sys.argv[1]


def on_terminal(*words):
    """Exit code, and what a terminal is sent."""
    process, terminal = pty.fork()
    if process == 0:
        os.execv(program, [program, *map(str, words)])
    seen = b""
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:  # the program has ended
            part = b""
        if not part:
            return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), seen.decode()
        seen += part


# Two seconds at least, whatever the machine: power does not converge within them. One that is busy takes longer until
# the first iteration.
LONG = ["solve", EXAMPLES / "fms.prism", "--const", "n=5", "--method", "power", "--tolerance", "1e-300", "--no-certify"]
for limit in (2, 10, 50):
    code, seen = on_terminal(*LONG, "--time-limit", limit)
    if ": iteration " in seen:
        break
assert code == 1 and "\r\033[Kpower: iteration " in seen, (code, seen)
assert seen.rindex("\r\033[K") < seen.index("model  "), f"the line is still there when the report comes: {seen}"
code, seen = on_terminal(*LONG, "--time-limit", limit, "--quiet")
assert code == 1 and "\033" not in seen and "iteration 1" not in seen, (code, seen)

# A model that never comes: its reader cannot say anything.
with tempfile.TemporaryDirectory() as scratch:
    pipe = os.path.join(scratch, "pipe.mtx")
    os.mkfifo(pipe)
    if os.fork() == 0:
        writer = os.open(pipe, os.O_WRONLY)  # once the program reads
        time.sleep(2)
        os._exit(0)
    code, seen = on_terminal("info", pipe)
    os.wait()
    assert f"\r\033[Kreading {pipe}, " in seen and code == 2, (code, seen)
