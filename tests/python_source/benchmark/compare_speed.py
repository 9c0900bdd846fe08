"""Compares the speed of models run from their source with Python's eager PyTorch, interleaved in one run.

usage: compare_speed.py BENCHMARK [ROUNDS]

BENCHMARK is the built //tests/python_source/benchmark:source_benchmark (--config=opt). In every round each model runs
for a moment in Python and then in C++, on one thread; the table has the least time of each over the rounds.
"""

import os
import subprocess
import sys
import tempfile
import time

FOLDER = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(FOLDER), FOLDER]

import torch  # noqa: E402

import make_models  # noqa: E402
import model_cases  # noqa: E402

SECONDS = 0.05  # of one model in one round
MICRO = ["Add", "View", "Transpose", "Slice", "Relu", "LinearCall", "Integers", "OwnFunction"]


def cases():
    pair = lambda: (torch.rand(1, 4), torch.rand(1, 4))  # noqa: E731
    micro = [model_cases.Case(f"micro {name}", f"micro.{name}", {}, pair) for name in MICRO]
    return micro + model_cases.CASES


def python_runs(index, case):
    """The same model, weights and inputs as the sample's."""
    torch.manual_seed(index)
    model = make_models.find(case.entry)(**case.arguments)
    make_models.move_weights(model)
    model.eval()
    inputs = case.inputs()
    args, kwargs = inputs if len(inputs) == 2 and isinstance(inputs[1], dict) else (inputs, {})

    def run(times):
        start = time.perf_counter()
        for _ in range(times):
            model(*args, **kwargs)
        return time.perf_counter() - start

    return run


def main(benchmark, rounds=20):
    make_models.prepare()
    with tempfile.TemporaryDirectory() as folder:
        samples = os.path.join(folder, "samples.bin")
        make_models.write_samples(samples, cases())
        command = [benchmark, samples, os.path.join(os.path.dirname(FOLDER), "models"), FOLDER]
        worker = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        ready = worker.stdout.readline().split()  # the indices of what it has loaded
        runs = {int(index): python_runs(int(index), cases()[int(index)]) for index in ready}
        times = {index: max(1, int(SECONDS / run(3) * 3)) for index, run in runs.items()}
        least = {index: [float("inf"), float("inf")] for index in runs}
        with torch.inference_mode():
            for _ in range(int(rounds)):
                for index, run in runs.items():
                    worker.stdin.write(f"{index} {times[index]}\n")
                    worker.stdin.flush()
                    ours = float(worker.stdout.readline()) / times[index]
                    python = run(times[index]) / times[index]
                    least[index] = [min(least[index][0], python), min(least[index][1], ours)]
        worker.stdin.close()
        worker.wait()
    print(f"{'model':32} {'Python':>10} {'Loadstone':>10}  ratio, microseconds")
    for index, (python, ours) in least.items():
        name = cases()[index].name
        scale = 1e6 / 1000 if name.startswith("micro") else 1e6
        print(f"{name:32} {python * scale:10.2f} {ours * scale:10.2f}  {ours / python:.2f}")
    print(f"{sum(ours <= python for python, ours in least.values())} of {len(least)} not slower than Python")


if __name__ == "__main__":
    main(*sys.argv[1:])
