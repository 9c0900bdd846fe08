"""Compares loads in C++ with Python's, side by side: python compare_loads.py BENCHMARK FOLDER [ROUNDS]

BENCHMARK is the built //tests/benchmark:load_benchmark (--config=opt); FOLDER keeps the files, about 9 GB, and is filled
at the first run. Needs torchvision, transformers and safetensors beside torch: tests/families/install_references.sh.

Every round times each load once in Python and once in C++, a second of repetitions each; the table has the medians of
the rounds. Files are in the page cache.
"""

import json
import os
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "families"))
import install_schemas  # noqa: E402, F401: before torchvision

import safetensors.torch  # noqa: E402
import torch  # noqa: E402
import torchvision  # noqa: E402
import transformers  # noqa: E402

SECONDS = 1.0


def vit() -> torch.nn.Module:
    """The 152 tensors of torchvision's vit_b_16, in layers of torch.nn."""
    model = torch.nn.Module()
    model.class_token = torch.nn.Parameter(torch.zeros(1, 1, 768))
    model.pos_embedding = torch.nn.Parameter(torch.zeros(1, 197, 768))
    model.conv_proj = torch.nn.Conv2d(3, 768, 16, 16)
    layer = torch.nn.TransformerEncoderLayer(768, 12, 3072, batch_first=True, norm_first=True, activation="gelu")
    model.encoder = torch.nn.TransformerEncoder(layer, 12, torch.nn.LayerNorm(768), enable_nested_tensor=False)
    model.head = torch.nn.Linear(768, 1000)
    return model


def two_gigabytes() -> torch.nn.Module:
    return torch.nn.Sequential(*(torch.nn.utils.skip_init(torch.nn.Linear, 4096, 4096) for _ in range(32)))


def many_tensors() -> torch.nn.Module:
    return torch.nn.Sequential(*(torch.nn.Linear(4, 4) for _ in range(5000)))


MODELS = {
    "ResNet-50": torchvision.models.resnet50,
    "ViT-B/16": vit,
    "BERT-base": lambda: transformers.BertModel(transformers.BertConfig()),
    "2 GiB": two_gigabytes,
    "10,000 tensors": many_tensors,
}


def write_files(folder: str) -> dict[str, dict[str, str]]:
    """The paths by model and kind."""
    os.makedirs(folder, exist_ok=True)
    files = {}
    for name, make in MODELS.items():
        stem = os.path.join(folder, name.replace("/", "_").replace(" ", "_").replace(",", ""))
        files[name] = {"state dict": stem + ".pth", "module": stem + ".module.pth", "safetensors": stem + ".safetensors"}
        if all(map(os.path.exists, files[name].values())):
            continue
        model = make().eval()
        state = {key: tensor.contiguous() for key, tensor in model.state_dict().items()}
        torch.save(model.state_dict(), files[name]["state dict"])
        torch.save(model, files[name]["module"])
        safetensors.torch.save_file(state, files[name]["safetensors"])
    return files


def time_python(load) -> float:
    """Milliseconds of one call, without freeing what it gives."""
    load()
    end = time.perf_counter() + SECONDS
    times = []
    while time.perf_counter() < end:
        begin = time.perf_counter()
        loaded = load()
        times.append(time.perf_counter() - begin)
        del loaded
    return statistics.mean(times) * 1e3


PYTHON = {
    "state dict": {
        "torch.load(mmap=True, weights_only=True)": lambda path: torch.load(path, mmap=True, weights_only=True),
        "torch.load(weights_only=True)": lambda path: torch.load(path, weights_only=True),
    },
    "module": {
        "torch.load(mmap=True, weights_only=False)": lambda path: torch.load(path, mmap=True, weights_only=False),
        "torch.load(weights_only=False)": lambda path: torch.load(path, weights_only=False),
    },
    "safetensors": {"safetensors.torch.load_file": safetensors.torch.load_file},
}


def time_loadstone(benchmark: str, path: str, kind: str) -> dict:
    flag = "modules" if kind == "module" else "weights"
    command = [benchmark, f"--{flag}={path}", f"--benchmark_min_time={SECONDS}", "--benchmark_format=json"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["benchmarks"][0]


def main() -> None:
    benchmark, folder = sys.argv[1:3]
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    torch.set_num_threads(1)
    files = write_files(folder)
    print(f"torch {torch.__version__}, safetensors {safetensors.__version__}, {rounds} rounds, medians in ms")
    print("| model | file | tensors | Python | ms | Loadstone ms | µs per tensor | times faster | anonymous MiB |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name, paths in files.items():
        for kind, path in paths.items():
            python, ours = {call: [] for call in PYTHON[kind]}, []
            for _ in range(rounds):
                for call, load in PYTHON[kind].items():
                    python[call].append(time_python(lambda load=load: load(path)))
                ours.append(time_loadstone(benchmark, path, kind))
            ms = statistics.median(run["real_time"] for run in ours)
            tensors, anonymous = ours[0]["tensors"], max(run["anonymous_MiB"] for run in ours)
            for call, times in python.items():
                theirs = statistics.median(times)
                print(f"| {name} | {kind} | {tensors:.0f} | `{call}` | {theirs:.2f} | {ms:.3f} | "
                      f"{ms * 1e3 / tensors:.2f} | {theirs / ms:.1f} | {anonymous:.1f} |", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
