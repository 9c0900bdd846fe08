"""Trains DigitsNet and writes the files of this folder.

Requirements (Python 3.11):
    torch==2.13.0
    numpy==2.4.6
    scikit-learn==1.9.1

Run from anywhere, without arguments: python make_digits.py
"""

import contextlib
import json
import pathlib
import platform
import sys

import numpy as np
import sklearn
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn

FOLDER = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER / "python"))

# From the package, so that the pickles name the classes digits.model.*.
from digits import DigitsNet

SEED = 2024
EPOCHS = 20
BATCH_SIZE = 64
LEARNING_RATE = 2e-3
WEIGHT_DECAY = 1e-4
HELD_OUT = 0.25


def load_images():
    """Returns train images, test images, train labels, test labels."""
    digits = load_digits()
    # reshape rather than np.newaxis: its strides are those of a reloaded .npy, and
    # PyTorch picks the convolution, hence the last bits of the logits, by strides.
    images = (digits.images / 16.0).astype(np.float32).reshape(-1, 1, 8, 8)
    labels = digits.target.astype(np.int64)
    return train_test_split(
        images, labels, test_size=HELD_OUT, stratify=labels, random_state=SEED
    )


def train(model, images, labels):
    """Trains in place. Returns the optimizer and the mean loss of the last epoch."""
    optimizer = torch.optim.Adam(
        model.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY
    )
    criterion = nn.CrossEntropyLoss()
    model.train()
    for epoch in range(1, EPOCHS + 1):
        total = 0.0
        for batch in torch.randperm(len(images)).split(BATCH_SIZE):
            optimizer.zero_grad()
            loss = criterion(model(images[batch]), labels[batch])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(batch)
        mean_loss = total / len(images)
        print(f"epoch {epoch:2d}  loss {mean_loss:.4f}")
    return optimizer, mean_loss


@contextlib.contextmanager
def storages_tagged(location):
    """Makes torch.save write `location` for every storage, whatever its device."""
    registry = torch.serialization._package_registry
    before = list(registry)
    # Below 10, the priority of "cpu", so that this tagger answers first.
    torch.serialization.register_package(
        5, lambda storage: location, lambda storage, tag: None
    )
    try:
        yield
    finally:
        registry[:] = before


def mismatched(state_dict):
    """The state dict without fc.bias and with a key that no DigitsNet has."""
    changed = state_dict.copy()
    changed._metadata = state_dict._metadata
    del changed["fc.bias"]
    changed["aux.weight"] = torch.arange(6, dtype=torch.float32).reshape(2, 3)
    return changed


def strict_error(model, state_dict):
    """The text of the error that load_state_dict raises."""
    try:
        model.load_state_dict(state_dict, strict=True)
    except RuntimeError as error:
        return str(error)
    raise AssertionError("load_state_dict accepted a state dict that does not fit")


def write_text(name, lines):
    text = "".join(f"{line}\n" for line in lines)
    (FOLDER / name).write_text(text, encoding="utf-8", newline="\n")


def write_model(model, optimizer, loss, accuracy):
    torch.save(model, FOLDER / "full_module.pth")
    torch.save(model.state_dict(), FOLDER / "state_dict.pth")
    checkpoint = {
        "epoch": EPOCHS,
        "model_state_dict": model.state_dict(),
        "optimizer_state_dict": optimizer.state_dict(),
        "loss": loss,
        "accuracy": accuracy,
        "hyper_parameters": {
            "width": model.width,
            "num_classes": model.num_classes,
            "dropout": model.dropout.p,
        },
        "torch_version": str(torch.__version__),
    }
    torch.save(checkpoint, FOLDER / "checkpoint.pth")
    with storages_tagged("cuda:0"):
        torch.save(model, FOLDER / "gpu_full_module.pth")


def write_descriptions(model):
    write_text("print.txt", [model])
    write_text(
        "named_parameters.txt",
        (f"{name} {tuple(p.shape)}" for name, p in model.named_parameters()),
    )
    write_text(
        "named_buffers.txt",
        (f"{name} {tuple(b.shape)}" for name, b in model.named_buffers()),
    )
    write_text(
        "named_modules.txt",
        (
            f"{name} {type(m).__module__}.{type(m).__qualname__}"
            for name, m in model.named_modules()
        ),
    )
    write_text("state_dict_keys.txt", model.state_dict())


def write_mismatch(model):
    state_dict = mismatched(model.state_dict())
    torch.save(state_dict, FOLDER / "mismatched_state_dict.pth")
    error = strict_error(DigitsNet(num_classes=12), state_dict)
    write_text("python_strict_error.txt", [error])


def write_example(name, digit, images, labels, logits):
    """Writes the first correctly classified image of `digit`; returns its facts."""
    index = int(np.flatnonzero((labels == digit) & (logits.argmax(1) == digit))[0])
    np.save(FOLDER / name, images[index : index + 1])
    return {"index": index, "label": digit}


def main():
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(SEED)

    train_images, test_images, train_labels, test_labels = load_images()
    model = DigitsNet()
    optimizer, loss = train(
        model, torch.from_numpy(train_images), torch.from_numpy(train_labels)
    )

    model.eval()
    with torch.inference_mode():
        logits = model(torch.from_numpy(test_images)).numpy()
    correct = int((logits.argmax(1) == test_labels).sum())
    accuracy = correct / len(test_labels)
    print(f"{correct} of {len(test_labels)} test images, accuracy {accuracy:.4f}")

    write_model(model, optimizer, loss, accuracy)
    write_descriptions(model)
    write_mismatch(model)
    np.save(FOLDER / "images.npy", test_images)
    np.save(FOLDER / "labels.npy", test_labels)
    np.save(FOLDER / "logits.npy", logits)
    examples = {
        name: write_example(name, digit, test_images, test_labels, logits)
        for name, digit in (("seven.npy", 7), ("three.npy", 3))
    }
    expected = {
        "torch": str(torch.__version__),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "sklearn": sklearn.__version__,
        "seed": SEED,
        "epochs": EPOCHS,
        "train_images": len(train_labels),
        "test_images": len(test_labels),
        "correct": correct,
        "accuracy": accuracy,
        "examples": examples,
    }
    write_text("expected.json", [json.dumps(expected, indent=2)])


if __name__ == "__main__":
    main()
