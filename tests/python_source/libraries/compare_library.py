"""Runs a library's models from its own unmodified files in Loadstone and in Python, and says how many are equal.

usage: compare_library.py LOADSTONE torchvision|timm [--models NAME...] [--all] [--largest MILLIONS] [--at_least N]

Each model is made in Python with random weights, saved as a state dict and as a whole module, and both are loaded with
--source, which names a copy of the library's folder and of those that it needs. Equal: within 1e-5 of the largest output. Prints one line for each
model, the share, and the reasons for the rest. For timm it takes one model, the smallest, of each module, or --all.
See install_libraries.sh.
"""

import argparse
import collections
import importlib
import inspect
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import warnings

import torch

import library_models

SECONDS = 600  # that one load and run may take


def plain(value):
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return (list if isinstance(value, list) else tuple)(map(plain, value))
    return value


def largest(value):
    if isinstance(value, torch.Tensor):
        return float(value.abs().max())
    return max(map(largest, value.values() if isinstance(value, dict) else value))


def move_statistics(model):
    for name, buffer in model.named_buffers():
        if name.endswith("running_mean"):
            buffer.normal_(0, 0.1)
        elif name.endswith("running_var"):
            buffer.uniform_(0.8, 1.2)


def reason(text):
    """The first line that says what is wrong, without what differs between models."""
    lines = [line for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if re.search(r"[Ee]rror|unsupported|[A-Z_]+: |mismatches|not as expected", line)]
    return (errors or lines or ["nothing was said"])[0].strip()[:200]


class Comparison:
    def __init__(self, loadstone, library, folder):
        self.loadstone, self.library, self.folder = os.path.abspath(loadstone), library, folder
        self.source = os.path.join(folder, "source")
        for package in library.packages:
            original = os.path.dirname(inspect.getfile(importlib.import_module(package)))
            shutil.copytree(original, os.path.join(self.source, package), ignore=shutil.ignore_patterns("*.so", "*.pyc"))

    def path(self, name):
        return os.path.join(self.folder, name)

    def verify(self, file, made, limit, architecture):
        command = [self.loadstone, "verify", self.path(file), "--source", self.source, "--device", "cpu"]
        command += ["--threads", "1", "--expect", self.path("expected.pt"), "--rtol", "0", "--atol", str(limit)]
        for i in range(len(made.inputs)):
            command += ["--input", self.path(f"input{i}.pt")]
        if architecture:
            command += ["--arch", made.entry, "--arch_args", json.dumps(made.arguments)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            return f"took more than {SECONDS} s"
        return "" if done.returncode == 0 else reason((done.stderr + done.stdout).replace(self.folder + "/", ""))

    def compare(self, name, most_parameters):
        """Reasons by how it was loaded, "" where it is equal; or why there was nothing to compare."""
        torch.manual_seed(1)
        made = self.library.make(name)
        model = made.model.eval()
        if sum(p.numel() for p in model.parameters()) > most_parameters:
            return f"more than {most_parameters // 1_000_000} M parameters"
        move_statistics(model)
        with torch.no_grad():
            expected = plain(model(*made.inputs))
        torch.save(expected, self.path("expected.pt"))
        for i, tensor in enumerate(made.inputs):
            torch.save(tensor, self.path(f"input{i}.pt"))
        if made.builder:
            with open(os.path.join(self.source, "built.py"), "w") as file:
                file.write(made.builder)
        limit = 1e-5 * largest(expected)
        torch.save(model.state_dict(), self.path("state.pth"))
        results = {"state dict": self.verify("state.pth", made, limit, architecture=True)}
        try:
            torch.save(model, self.path("whole.pth"))
        except Exception as error:
            print(f"  {name} cannot be saved whole: {error}")
            return results
        results["whole module"] = self.verify("whole.pth", made, limit, architecture=False)
        return results


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("loadstone")
    parser.add_argument("library", choices=library_models.LIBRARIES)
    parser.add_argument("--models", nargs="+")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--largest", type=int, default=10_000, help="millions of parameters")
    parser.add_argument("--at_least", type=int, default=0, help="fail with fewer equal loads")
    flags = parser.parse_args()
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    library = library_models.LIBRARIES[flags.library]()
    tried, equal = collections.Counter(), collections.Counter()
    reasons = collections.defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        comparison = Comparison(flags.loadstone, library, folder)
        for name in flags.models or library.names(flags.all):
            start = time.time()
            try:
                results = comparison.compare(name, flags.largest * 1_000_000)
            except Exception as error:
                results = f"Python: {type(error).__name__}: {error}"
            if isinstance(results, str):
                print(f"{name}: not compared: {results[:200]}", flush=True)
                reasons[f"not compared: {results[:200]}"].append(name)
                continue
            for how, why in results.items():
                tried[how] += 1
                equal[how] += not why
                if why:
                    reasons[f"{how}: {why}"].append(name)
            said = ", ".join(f"{how} {why or 'equal'}" for how, why in results.items())
            print(f"{name}: {said} ({time.time() - start:.1f} s)", flush=True)
    print("\nreasons:")
    for why, names in sorted(reasons.items(), key=lambda item: -len(item[1])):
        print(f"{len(names):5} {why}: {', '.join(names[:5])}{', ...' if len(names) > 5 else ''}")
    for how in tried:
        print(f"{flags.library}: {equal[how]} of {tried[how]} equal by {how}")
    sys.exit(0 if sum(equal.values()) >= flags.at_least else 1)


if __name__ == "__main__":
    main()
