"""Writes a large state dict of an MLP: python make_state_dict.py OUT [LAYERS] [WIDTH].

Defaults give 1 GiB of float32 in 16 layers. Values are not random, so that making it costs little.
"""

import sys

import torch


def main() -> None:
    out = sys.argv[1]
    layers = int(sys.argv[2]) if len(sys.argv) > 2 else 16
    width = int(sys.argv[3]) if len(sys.argv) > 3 else 4096
    model = torch.nn.Sequential(*(torch.nn.utils.skip_init(torch.nn.Linear, width, width) for _ in range(layers)))
    with torch.no_grad():
        for index, parameter in enumerate(model.parameters()):
            parameter.fill_(index + 1)
    torch.save(model.state_dict(), out)


if __name__ == "__main__":
    main()
