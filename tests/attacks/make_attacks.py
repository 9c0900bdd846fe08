"""Writes files that attack a reader of PyTorch files: make_attacks.py OUT.tar.

OUT.tar holds the files and manifest.json: {file: {"code": absl's name of the status code, "says": [words]}}; the code
"OK" is for what is inert: it loads, and nothing happens. Commands in them create a file "loadstone_canary" where they
run; this script has Python run some of them in a folder of its own, to see that they would.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import pathlib
import pickle
import sys
import tempfile

import archive_attacks
import call_attacks
import containers
import structure_attacks
import tensor_attacks


class Attacks:
    """The files and what is expected of each."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.manifest: dict[str, dict] = {}

    def add(self, name: str, data: bytes, code: str, *says: str) -> None:
        assert name not in self.files, name
        self.files[name] = data
        self.manifest[name] = {"code": code, "says": list(says)}


def runs_in_python(pickled: bytes) -> bool:
    """Whether Python's own pickle.loads creates the canary."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        with contextlib.suppress(Exception), contextlib.redirect_stderr(io.StringIO()):
            pickle.loads(pickled)
        return os.path.exists("loadstone_canary")


def main() -> None:
    for what, pickled in call_attacks.live().items():
        assert runs_in_python(pickled), f"{what} does nothing in Python: it proves nothing here"
    attacks = Attacks()
    call_attacks.add_to(attacks)
    structure_attacks.add_to(attacks)
    tensor_attacks.add_to(attacks)
    archive_attacks.add_to(attacks)
    manifest = json.dumps(attacks.manifest, indent=1).encode()
    pathlib.Path(sys.argv[1]).write_bytes(containers.write_tar({**attacks.files, "manifest.json": manifest}))


if __name__ == "__main__":
    main()
