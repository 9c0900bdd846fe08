"""Writes the targets' first inputs from real files: make_seeds.py ATTACKS.tar SMALL_FILES.tar FOLDER.

The two archives are those of tests/attacks and tests/corruption; FOLDER is tests/fuzz/corpus. Only inputs of at most
8 KiB are kept, and of the attacks one in twenty.
"""

from __future__ import annotations

import io
import json
import pathlib
import sys
import tarfile
import zipfile

MAX_BYTES = 8 << 10
MAX_TAR_BYTES = 12 << 10  # tarfile pads to 10 KiB


def members(path: str) -> dict[str, bytes]:
    with tarfile.open(path) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar.getmembers()}


def pickle_of(data: bytes) -> bytes | None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.read(next(name for name in archive.namelist() if name.endswith("data.pkl")))
    except Exception:  # a broken one: no seed
        return None


def main() -> None:
    attacks, small = members(sys.argv[1]), members(sys.argv[2])
    attacks.pop("manifest.json")
    folder = pathlib.Path(sys.argv[3])
    calls = [name for name in attacks if name.startswith("call/")]
    kept = {name: data for name, data in attacks.items() if not name.startswith("call/")}
    kept |= {name: attacks[name] for name in calls[::20]}

    def write(target: str, name: str, data: bytes | None) -> None:
        if data is None or len(data) > (MAX_TAR_BYTES if target == "tar" else MAX_BYTES):
            return
        path = folder / target / name.replace("/", "_").replace(" ", "_")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    for i, (name, data) in enumerate({**small, **kept}.items()):
        stem = pathlib.Path(name).stem if "/" not in name else name.rsplit(".", 1)[0]
        golden = name in small
        if name.endswith(".safetensors"):
            write("safetensors_header", stem, data)
            if golden:
                write("whole_road", stem, data)
            continue
        if golden or i % 8 == 0:
            write("torch_format", stem, data)
            write("whole_road", stem, data)
        if golden or i % 6 == 0:
            write("pickle", stem, pickle_of(data))
        if data.startswith(b"PK") and (golden or name.startswith("archive/")):
            write("zip", stem, data)
        if stem.startswith(("archive/tar", "stream/tar", "call/tar")):
            write("tar", stem, data)
    index = {"metadata": {"total_size": 24}, "weight_map": {"a.weight": "model-00001-of-00002.safetensors"}}
    write("index_json", "index", json.dumps(index).encode())
    index["weight_map"]["b"] = "../model.safetensors"
    write("index_json", "leaves_folder", json.dumps(index).encode())
    write("index_json", "nested", b'{"weight_map":' + b"[" * 100 + b"]" * 100 + b"}")
    architecture = {"class": "digits.model.DigitsNet", "args": {"width": 16, "names": ["a", 1, 2.5, None, True]}}
    fields = {"loader": "state_dict", "architecture": architecture, "strict": False, "ignore_hooks": True,
              "weights_key": "ema.model", "device": "cpu", "key_renames": {"module.": "", "net.": "model."}}
    write("model_json", "full", json.dumps(fields).encode())
    write("model_json", "positional", json.dumps({"architecture": {"class": "torch.nn.Linear", "args": [2, 3]}}).encode())
    write("model_json", "unknown_field", b'{"stricct": true}')
    write("model_json", "nested", b'{"architecture":{"class":"x","args":' + b"[" * 200 + b"]" * 200 + b"}}")
    write("model_json", "huge_number", b'{"architecture":{"class":"x","args":[9223372036854775808,1e999,-0]}}')


if __name__ == "__main__":
    main()
