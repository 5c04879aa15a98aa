#!/bin/bash
# Storm 2.0.0 by stormpy: models in files whose names end in .drn.gz.
# Guess: export_to_drn to model.drn.gz compresses, or else refuses the name; and what `gzip model.drn` makes is read.
# What happens: the export writes plain text under that name. What gzip makes of a .drn file is refused, as an
# "Empty archive" or by a message of raw bytes: read is a compressed tar archive with the model in it, or plain text.
# Why it matters: explicit models are large and kept compressed. Python's gzip, zcat and others fail on what Storm writes, Storm
# fails on what they write, and the file is many times as large as its name says.
set -eu
export OMP_NUM_THREADS=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv && venv/bin/pip -q install --disable-pip-version-check \
  stormpy==2.0.0 || exit 2

venv/bin/python - <<'END'
import gzip
import pathlib
import sys
import tarfile
import stormpy
import stormpy.io

HEAD = "@type: CTMC\n@parameters\n\n@reward_models\n\n@nr_states\n2\n@nr_choices\n2\n@model\n"
pathlib.Path("model.drn").write_text(HEAD + "state 0 !2 init\n\taction 0\n\t\t1 : 2\nstate 1 !3\n\taction 0\n\t\t0 : 3\n")
model = stormpy.build_model_from_drn("model.drn")

stormpy.io.export_to_drn(model, "written.drn.gz")
start = pathlib.Path("written.drn.gz").read_bytes()[:20]
print("Storm writes:", start)

def read(name):
    try:
        return f"{stormpy.build_model_from_drn(name).nr_states} states"
    except (RuntimeError, UnicodeDecodeError) as error:  # the latter where the message itself holds bytes of the file
        return f"refused, {type(error).__name__}"

with gzip.open("text.drn.gz", "wb") as file:
    file.write(pathlib.Path("model.drn").read_bytes())
with tarfile.open("archive.drn.gz", "w:gz") as archive:
    archive.add("model.drn")
results = {name: read(name) for name in ("written.drn.gz", "text.drn.gz", "archive.drn.gz")}
for name, result in results.items():
    print(f"Storm reads {name}: {result}")
as_found = (results["written.drn.gz"] == results["archive.drn.gz"] == "2 states" and results["text.drn.gz"].startswith("refused"))
sys.exit(0 if start.startswith(b"//") and as_found else 1)
END
