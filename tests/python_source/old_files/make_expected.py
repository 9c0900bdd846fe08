"""Writes expected.json: what two old real files give in Python, from the classes that lie beside this script.

usage: make_expected.py CORPUS, the folder of real files (tests/formats/corpus_test.cc). Made with torch 2.13.0.
"""

import json
import os
import sys

import torch

FOLDER = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [FOLDER, os.path.join(FOLDER, "..", "..", "families")]
sys.dont_write_bytecode = True

import formula  # noqa: E402

FILES = [
    {"file": "module/vdsr-model_epoch_50.pth", "input": [1, 1, 6, 7]},
    {"file": "module/beatnet-model-1.pt", "input": [1, 4, 272]},
]


def main(corpus):
    torch.set_num_threads(1)
    for case in FILES:
        model = torch.load(os.path.join(corpus, case["file"]), map_location="cpu", weights_only=False)
        model = model["model"] if isinstance(model, dict) else model
        model.eval()
        values = torch.from_numpy(formula.uniform("input", tuple(case["input"])).astype("float32"))
        with torch.no_grad():
            output = model(values)
        case["shape"] = list(output.shape)
        case["output"] = output.flatten().tolist()
        case["print"] = str(model)
    with open(os.path.join(FOLDER, "expected.json"), "w") as file:
        json.dump({"torch": torch.__version__, "files": FILES}, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main(sys.argv[1])
