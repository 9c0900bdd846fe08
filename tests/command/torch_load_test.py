"""What `loadstone run --output` writes, read by torch.load(weights_only=True): torch_load_test.py LOADSTONE"""

import os
import subprocess
import sys
import tempfile
from typing import Dict, List, Tuple

import torch


class Outputs(torch.nn.Module):
    """Every kind of container, nested."""

    def forward(
        self, x: torch.Tensor
    ) -> Tuple[Dict[str, torch.Tensor], List[torch.Tensor], Tuple[int, float, str, bool], Dict[str, List[int]]]:
        return {"sum": x.sum(), "twice": (2 * x).to(torch.bfloat16)}, [x.t(), x > 0], (7, 0.5, "text", True), {"ints": [1, 2]}


def compare(ours: object, python: object, path: str = "output") -> None:
    if isinstance(python, torch.Tensor):
        assert ours.dtype == python.dtype and torch.equal(ours, python), f"{path}: {ours} instead of {python}"
        return
    assert type(ours) is type(python), f"{path}: {type(ours)} instead of {type(python)}"
    if isinstance(python, dict):
        assert list(ours) == list(python), f"{path}: keys {list(ours)} instead of {list(python)}"
        for key, value in python.items():
            compare(ours[key], value, f"{path}[{key!r}]")
    elif isinstance(python, (tuple, list)):
        assert len(ours) == len(python), f"{path}: {len(ours)} items instead of {len(python)}"
        for index, value in enumerate(python):
            compare(ours[index], value, f"{path}[{index}]")
    else:
        assert ours == python, f"{path}: {ours!r} instead of {python!r}"


def main() -> None:
    loadstone = sys.argv[1]
    example = torch.arange(-6.0, 6.0).reshape(3, 4)
    with tempfile.TemporaryDirectory() as folder:
        model, given, written = (os.path.join(folder, name) for name in ("model.pt", "input.pt", "output.pt"))
        torch.jit.script(Outputs()).save(model)
        torch.save(example, given)
        command = [loadstone, "run", model, "--loader", "torchscript", "--input", given, "--output", written]
        subprocess.run(command, check=True)
        compare(torch.load(written, weights_only=True), Outputs()(example))
    print("equal")


if __name__ == "__main__":
    main()
