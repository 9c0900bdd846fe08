#include "tests/python_source/source_model.h"

#include <cstdint>

#include <ATen/ops/ones.h>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "tests/integration/test_models.h"

namespace loadstone::testing {
namespace {

// A safetensors file: fc.weight, 2 × 2, and fc.bias, 2, all zero.
std::string LinearWeights() {
  const std::string header = R"({"fc.weight":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},)"
                             R"("fc.bias":{"dtype":"F32","shape":[2],"data_offsets":[16,24]}})";
  std::string bytes;
  for (int shift = 0; shift < 64; shift += 8) bytes.push_back(static_cast<char>(uint64_t{header.size()} >> shift));
  return absl::StrCat(bytes, header, std::string(24, '\0'));
}

}  // namespace

std::string NetSource(absl::string_view body) {
  return absl::StrCat(
      "import torch\n"
      "from torch import nn\n"
      "import torch.nn.functional as F\n"
      "class Net(nn.Module):\n"
      "    def __init__(self):\n"
      "        super().__init__()\n"
      "        self.fc = nn.Linear(2, 2)\n"
      "\n"
      "    def forward(self, x):\n"
      "        ",
      body, "\n        return self.fc(x)\n");
}

SourceModel::SourceModel() : engine_(EngineWithBuiltins()) { weights_.Write("linear.safetensors", LinearWeights()); }

absl::StatusOr<ServableHandle> SourceModel::Load(absl::string_view model_py, absl::string_view class_name) {
  folder_.Write("model.py", model_py);
  ModelSpec spec;
  spec.name = absl::StrCat("model", ++models_);
  spec.path = weights_.Path("linear.safetensors");
  spec.device = "cpu";
  spec.source = folder_.path();
  spec.architecture.emplace();
  spec.architecture->class_name = std::string(class_name);
  RETURN_IF_ERROR(engine_->AddModel(spec));
  return engine_->Acquire(spec.name);
}

absl::StatusOr<c10::IValue> SourceModel::Run(absl::string_view model_py) {
  ASSIGN_OR_RETURN(const ServableHandle model, Load(model_py));
  return model->Run({at::ones({2, 2})});
}

}  // namespace loadstone::testing
