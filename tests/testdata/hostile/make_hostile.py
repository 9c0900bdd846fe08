"""Writes files that try to run a command when Python loads them, with the real torch.save.

Made with torch 2.13.0 and Python 3.11. Re-run: python make_hostile.py (it only writes; nothing is loaded).
Each tries to create the file "loadstone_canary" in the working directory.
"""

import os
import pathlib

import torch

FOLDER = pathlib.Path(__file__).parent


class Command:
    """Pickles as a call of os.system."""

    def __reduce__(self):
        return os.system, ("touch loadstone_canary",)


class Evaluated:
    """Pickles as a call of eval."""

    def __reduce__(self):
        return eval, ("__import__('os').system('touch loadstone_canary')",)


def main() -> None:
    torch.save(Command(), FOLDER / "os_system.pth")
    torch.save({"model_state_dict": {"weight": torch.ones(2, 2)}, "epoch": Evaluated()}, FOLDER / "eval_in_checkpoint.pth")


if __name__ == "__main__":
    main()
