"""Writes what transformers' BERT heads print and give, to testdata/bert_heads: python make_bert_heads.py

Weights are by formula.py, so none are stored. Made with transformers 5.24.0 and torch 2.13.0.
"""

import json
import os

import install_schemas  # noqa: F401: transformers imports torchvision where it is installed
import torch
import transformers

import formula

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "testdata", "bert_heads")
CONFIG = {"vocab_size": 40, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4,
          "intermediate_size": 48, "max_position_embeddings": 16}  # fmt: skip
THREE_LABELS = {"id2label": {"0": "no", "1": "perhaps", "2": "yes"}}
CASES = [
    ("BertForSequenceClassification", THREE_LABELS),
    ("BertForTokenClassification", {"num_labels": 5, "classifier_dropout": 0.3}),
    ("BertForQuestionAnswering", {}),
    ("BertForMaskedLM", {"hidden_act": "gelu_new"}),
]


def main() -> None:
    torch.set_num_threads(1)
    os.makedirs(OUT, exist_ok=True)
    input_ids = torch.tensor([[2, 7, 11, 13, 3], [2, 31, 3, 0, 0]])
    attention_mask = (input_ids != 0).long()
    cases = []
    for name, more in CASES:
        config = {**CONFIG, **more}
        model = getattr(transformers, name)(transformers.BertConfig(**config)).eval()
        formula.fill(model)
        with torch.no_grad():
            output = model(input_ids, attention_mask)
        state = model.state_dict()
        listing = "".join(f"{key} {list(tensor.shape)}\n" for key, tensor in state.items())
        cases.append({
            "name": name,
            "config": config,
            "state_dict": listing,
            "outputs": {key: [round(float(x), 7) for x in value.flatten()] for key, value in output.items()},
        })  # fmt: skip
        with open(os.path.join(OUT, name + ".txt"), "w") as file:
            file.write(str(model) + "\n")
    with open(os.path.join(OUT, "expected.json"), "w") as file:
        json.dump({"input_ids": input_ids.tolist(), "attention_mask": attention_mask.tolist(), "cases": cases}, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
