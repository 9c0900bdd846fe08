#include "custom_ops/torch_nn/sparse.h"

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/embedding_bag.h>
#include <ATen/ops/embedding_renorm.h>
#include <c10/util/Exception.h>

#include "absl/strings/str_cat.h"
#include "custom_ops/torch_nn/layer.h"
#include "custom_ops/torch_nn/layout.h"
#include "engine/module.h"
#include "engine/module_state.h"
#include "engine/python_format.h"

namespace loadstone {
namespace {

// What Embedding and EmbeddingBag have in common.
struct EmbeddingParts {
  explicit EmbeddingParts(ModuleState& state)
      : weight(RequiredTensor(state, "weight")),
        max_norm(state.attributes().OptionalFloat("max_norm")),
        norm_type(state.attributes().Float("norm_type")),
        scale_grad_by_freq(state.attributes().Bool("scale_grad_by_freq")),
        sparse(state.attributes().Bool("sparse")),
        padding_idx(state.attributes().OptionalInt("padding_idx")) {
    if (!weight.defined()) return;
    if (weight.dim() != 2) {
      state.attributes().Fail(absl::StrCat("weight is ", ShapeText({weight.sizes().data(), weight.sizes().size()}),
                                           ", needs 2 dimensions"));
    } else if (padding_idx.has_value() && (*padding_idx >= weight.size(0) || *padding_idx < -weight.size(0))) {
      state.attributes().Fail(
          absl::StrCat("padding_idx is ", *padding_idx, ", must be within the ", weight.size(0), " rows of weight"));
    }
  }

  const at::Tensor& weight;
  const std::optional<double> max_norm;
  const double norm_type;
  const bool scale_grad_by_freq;
  const bool sparse;
  const std::optional<int64_t> padding_idx;
};

bool IsTrue(const Module& module, absl::string_view name) {
  const Attribute* value = FindNamed(module.attributes(), name);
  return value != nullptr && AsInt(*value).value_or(1) != 0;
}

// The middle of both extra_reprs.
std::string NormPattern(const Module& module, const EmbeddingParts& parts) {
  std::string pattern;
  if (parts.max_norm.has_value()) pattern += ", max_norm={max_norm}";
  if (parts.norm_type != 2) pattern += ", norm_type={norm_type}";
  if (IsTrue(module, "scale_grad_by_freq")) pattern += ", scale_grad_by_freq={scale_grad_by_freq}";
  return pattern;
}

class Embedding : public TensorModule {
 public:
  explicit Embedding(ModuleState& state) : TensorModule(state), parts_(state) {}

  at::Tensor ForwardTensor(const at::Tensor& input) const override {
    const EmbeddingParts& e = parts_;
    const int64_t padding_idx = e.padding_idx.value_or(-1);
    if (!e.max_norm.has_value()) {
      return at::embedding(e.weight, input, padding_idx, e.scale_grad_by_freq, e.sparse);
    }
    // Python shortens the used rows of the weight itself; here, of a copy of those rows.
    at::Tensor rows = at::embedding(e.weight, input.reshape(-1), padding_idx, e.scale_grad_by_freq, e.sparse);
    at::embedding_renorm_(rows, at::arange(rows.size(0), input.options()), *e.max_norm, e.norm_type);
    std::vector<int64_t> sizes = input.sizes().vec();
    sizes.push_back(e.weight.size(1));
    return rows.view(sizes);
  }

  std::string ExtraRepr() const override {
    std::string pattern = "{num_embeddings}, {embedding_dim}";
    if (parts_.padding_idx.has_value()) pattern += ", padding_idx={padding_idx}";
    pattern += NormPattern(*this, parts_);
    if (IsTrue(*this, "sparse")) pattern += ", sparse=True";
    return FormatAttributes(*this, pattern);
  }

 private:
  const EmbeddingParts parts_;
};

class EmbeddingBag : public Module {
 public:
  explicit EmbeddingBag(ModuleState& state)
      : Module(state),
        parts_(state),
        mode_(ModeOf(state.attributes())),
        include_last_offset_(state.attributes().Bool("include_last_offset")) {}

  c10::IValue Forward(const Inputs& inputs) const override {
    static constexpr absl::string_view kNames[] = {"input", "offsets", "per_sample_weights"};
    const std::vector<c10::IValue> bound = BindInputs(inputs, kNames, 1);
    return Bags(bound[0].toTensor(), OptionalTensor(bound[1]), OptionalTensor(bound[2]));
  }

  std::string ExtraRepr() const override {
    std::string pattern =
        absl::StrCat("{num_embeddings}, {embedding_dim}", NormPattern(*this, parts_), ", mode={mode!r}");
    if (parts_.padding_idx.has_value()) pattern += ", padding_idx={padding_idx}";
    return FormatAttributes(*this, pattern);
  }

 private:
  enum Mode : int64_t { kSum = 0, kMean = 1, kMax = 2 };  // as at::embedding_bag has them

  static Mode ModeOf(AttributeReader& attributes) {
    const std::string mode = attributes.Text("mode");
    if (mode == "sum") return kSum;
    if (mode == "mean") return kMean;
    if (mode != "max") {
      attributes.Fail(absl::StrCat("mode is ", PythonQuote(mode), ", has to be one of sum, mean or max"));
    }
    return kMax;
  }

  // torch.nn.functional.embedding_bag
  at::Tensor Bags(at::Tensor input, at::Tensor offsets, at::Tensor per_sample_weights) const {
    const EmbeddingParts& e = parts_;
    TORCH_CHECK_VALUE(!per_sample_weights.defined() || input.sizes() == per_sample_weights.sizes(),
                      "embedding_bag: per_sample_weights must have the same shape as the input (", input.sizes(), ")");
    bool include_last_offset = include_last_offset_;
    if (input.dim() == 2) {
      TORCH_CHECK_VALUE(!offsets.defined(), "if input is 2D, then offsets has to be None, as input is treated is a "
                                            "mini-batch of fixed length sequences");
      TORCH_CHECK_VALUE(input.size(1) > 0, "embedding_bag: input is ", input.sizes(), ", its bags are empty");
      offsets = at::arange(0, input.numel(), input.size(1), input.options());
      include_last_offset = false;
      input = input.reshape(-1);
      if (per_sample_weights.defined()) per_sample_weights = per_sample_weights.reshape(-1);
    } else {
      TORCH_CHECK_VALUE(input.dim() == 1, "input has to be 1D or 2D Tensor, but got Tensor of dimension ", input.dim());
      TORCH_CHECK_VALUE(offsets.defined() && offsets.dim() == 1, "offsets has to be a 1D Tensor");
    }
    TORCH_CHECK_VALUE(mode_ != kMax || !e.scale_grad_by_freq,
                      "max mode does not support scaling the gradient by the frequency");
    TORCH_CHECK_VALUE(mode_ != kMax || !e.sparse, "max mode does not support sparse weights");
    TORCH_CHECK_NOT_IMPLEMENTED(!per_sample_weights.defined() || mode_ == kSum,
                                "embedding_bag: per_sample_weights is only supported for mode='sum'");
    at::Tensor weight = e.weight;
    if (e.max_norm.has_value()) {  // Python shortens the rows of the weight itself
      weight = weight.clone();
      at::embedding_renorm_(weight, input, *e.max_norm, e.norm_type);
    }
    return std::get<0>(at::embedding_bag(weight, input, offsets, e.scale_grad_by_freq, mode_, e.sparse,
                                         OrNone(per_sample_weights), include_last_offset, e.padding_idx));
  }

  const EmbeddingParts parts_;
  const Mode mode_;
  const bool include_last_offset_;
};

// padding_idx as Embedding.__init__ keeps it: counted from the start.
Attribute PaddingIndex(AttributeReader& arguments) {
  const std::optional<int64_t> padding_idx = arguments.OptionalInt("padding_idx");
  if (!padding_idx.has_value()) return Attribute();
  const int64_t num_embeddings = arguments.Int("num_embeddings");
  if (*padding_idx >= num_embeddings || *padding_idx < -num_embeddings) {
    arguments.Fail("Padding_idx must be within num_embeddings");
  }
  return *padding_idx < 0 ? num_embeddings + *padding_idx : *padding_idx;
}

void AddWeight(AttributeReader& arguments, ModuleDefBuilder& self) {
  const std::vector<int64_t> shape = {arguments.Int("num_embeddings"), arguments.Int("embedding_dim")};
  const Attribute& given = arguments.Get("_weight");
  if (given.is_none()) return AddParameter(arguments, self, "weight", shape);
  if (given.tensor() == nullptr || given.tensor()->sizes() != at::IntArrayRef(shape)) {
    return self.Fail("Shape of weight does not match num_embeddings and embedding_dim");
  }
  self.Parameter("weight", *given.tensor());
}

void ConstructEmbedding(AttributeReader& arguments, ModuleDefBuilder& self) {
  StoreArguments(arguments, self, {"num_embeddings", "embedding_dim"});
  self.Attribute("padding_idx", PaddingIndex(arguments));
  StoreArguments(arguments, self, {"max_norm", "norm_type", "scale_grad_by_freq"});
  AddWeight(arguments, self);
  StoreArguments(arguments, self, {"sparse"});
}

void ConstructEmbeddingBag(AttributeReader& arguments, ModuleDefBuilder& self) {
  StoreArguments(arguments, self, {"num_embeddings", "embedding_dim", "max_norm", "norm_type", "scale_grad_by_freq"});
  self.Attribute("padding_idx", PaddingIndex(arguments));
  AddWeight(arguments, self);
  StoreArguments(arguments, self, {"mode", "sparse", "include_last_offset"});
}

}  // namespace

absl::Status RegisterSparse(PluginRegistry& registry) {
  return AddTorchNnClasses(
      registry, "torch.nn.modules.sparse",
      {{.name = "Embedding",
        .signature = "num_embeddings, embedding_dim, padding_idx=None, max_norm=None, norm_type=2.0, "
                     "scale_grad_by_freq=False, sparse=False, _weight=None, _freeze=False, device=None, dtype=None",
        .construct = ConstructEmbedding,
        .build = BuildModule<Embedding>,
        .set_state = FillAbsent({{"scale_grad_by_freq", false}, {"sparse", false}})},
       {.name = "EmbeddingBag",
        .signature = "num_embeddings, embedding_dim, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, "
                     "mode='mean', sparse=False, _weight=None, include_last_offset=False, padding_idx=None, "
                     "device=None, dtype=None",
        .construct = ConstructEmbeddingBag,
        .build = BuildModule<EmbeddingBag>,
        .set_state = FillAbsent(
            {{"scale_grad_by_freq", false}, {"sparse", false}, {"include_last_offset", false}, {"padding_idx", {}}})}});
}

}  // namespace loadstone
