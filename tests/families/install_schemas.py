"""Lets a CUDA build of torchvision import on a CPU torch: its C++ operators do not load, their schemas are needed."""

import torch

_library = torch.library.Library("torchvision", "DEF")
for _name in ("nms", "qnms"):
    _library.define(f"{_name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
