"""Writes a small BERT as transformers and sentence-transformers save it, and what they compute with it, to
testdata/bert: python make_bert.py

Needs both libraries beside torch: see install_references.sh. Made with transformers 5.24.0 and
sentence-transformers 6.2.0.
"""

import json
import os
import shutil

import install_schemas  # noqa: F401: transformers imports torchvision where it is installed
import torch
from safetensors.torch import load_file, save_file
from sentence_transformers.sentence_transformer.modules.pooling import Pooling
from transformers import BertConfig, BertModel

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "testdata", "bert")
MODES = ["cls", "max", "mean", "mean_sqrt_len_tokens", "weightedmean", "lasttoken"]
# As the release that made all-MiniLM-L6-v2 wrote it.
MODULES = [
    {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
    {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
    {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
]


def write_json(path: str, value: object) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        json.dump(value, file, indent=1)
        file.write("\n")


def numbers(tensor: torch.Tensor) -> list:
    return [round(float(x), 7) for x in tensor.flatten()]


def main() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(20)
    config = BertConfig(vocab_size=48, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=40,
                        max_position_embeddings=16, initializer_range=0.2)  # fmt: skip
    model = BertModel(config).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith("bias"):
                parameter.uniform_(-0.2, 0.2)

    shutil.rmtree(OUT, ignore_errors=True)
    folder = os.path.join(OUT, "folder")
    model.save_pretrained(folder)
    # Releases before 4.31 saved this buffer too.
    weights = load_file(os.path.join(folder, "model.safetensors"))
    weights["embeddings.position_ids"] = torch.arange(16).view(1, 16)
    save_file(weights, os.path.join(folder, "model.safetensors"), metadata={"format": "pt"})
    torch.save(model, os.path.join(OUT, "full_module.pth"))
    with open(os.path.join(OUT, "print.txt"), "w") as file:
        file.write(str(model) + "\n")

    # The second text has 4 tokens, and is padded at its end; so has the third, at its beginning.
    input_ids = torch.tensor([[2, 7, 11, 13, 17, 19, 23, 3], [2, 31, 37, 3, 0, 0, 0, 0], [0, 0, 0, 0, 2, 41, 43, 3]])
    attention_mask = (input_ids != 0).long()
    token_type_ids = torch.zeros_like(input_ids)
    token_type_ids[0, 4:] = 1
    with torch.no_grad():
        plain = model(input_ids)
        masked = model(input_ids, attention_mask, token_type_ids)
        pooled = {}
        for mode in MODES:
            features = {"token_embeddings": masked.last_hidden_state, "attention_mask": attention_mask}
            pooled[mode] = numbers(Pooling(32, mode)(features)["sentence_embedding"])
        mean = Pooling(32, "mean")({"token_embeddings": masked.last_hidden_state, "attention_mask": attention_mask})
        embeddings = torch.nn.functional.normalize(mean["sentence_embedding"], p=2, dim=-1)
    write_json(os.path.join(OUT, "expected.json"), {
        "input_ids": input_ids.tolist(),
        "attention_mask": attention_mask.tolist(),
        "token_type_ids": token_type_ids.tolist(),
        "plain": {"last_hidden_state": numbers(plain.last_hidden_state), "pooler_output": numbers(plain.pooler_output)},
        "masked": {"last_hidden_state": numbers(masked.last_hidden_state), "pooler_output": numbers(masked.pooler_output)},
        "pooled": pooled,
        "embeddings": numbers(embeddings),
    })  # fmt: skip

    sentence = os.path.join(OUT, "sentence")
    shutil.copytree(folder, sentence)
    write_json(os.path.join(sentence, "modules.json"), MODULES)
    write_json(os.path.join(sentence, "1_Pooling", "config.json"),
               {"word_embedding_dimension": 32, "pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True,
                "pooling_mode_max_tokens": False, "pooling_mode_mean_sqrt_len_tokens": False})  # fmt: skip
    # The same weights: a test links them.
    os.remove(os.path.join(sentence, "model.safetensors"))


if __name__ == "__main__":
    main()
