#include "custom_ops/transformers/pooling.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Dict.h>
#include <ATen/ops/amax.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/argmax.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/clamp.h>
#include <ATen/ops/gather.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/sqrt.h>
#include <ATen/ops/where.h>
#include <c10/util/Exception.h>

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace loadstone::transformers {
namespace {

// Python sums half precision in float32.
at::ScalarType SumType(const at::Tensor& tokens) {
  return tokens.scalar_type() == at::kHalf || tokens.scalar_type() == at::kBFloat16 ? at::kFloat : tokens.scalar_type();
}

at::Tensor TakeToken(const at::Tensor& tokens, const at::Tensor& index) {
  return at::gather(tokens, 1, index.unsqueeze(-1).unsqueeze(1).expand({-1, 1, tokens.size(-1)})).squeeze(1);
}

at::Tensor FirstSeen(const at::Tensor& mask) { return at::argmax(mask.to(at::kInt), 1); }

at::Tensor Cls(const at::Tensor& tokens, const at::Tensor& mask) { return TakeToken(tokens, FirstSeen(mask)); }

at::Tensor Max(const at::Tensor& tokens, const at::Tensor& mask) {
  const at::Tensor hidden = (mask.unsqueeze(-1) == 0).expand_as(tokens);
  return at::amax(tokens.masked_fill(hidden, -std::numeric_limits<double>::infinity()), 1);
}

struct Sums {
  at::Tensor tokens;
  at::Tensor count;
};

Sums SumSeen(const at::Tensor& tokens, const at::Tensor& mask) {
  const at::Tensor weights = mask.unsqueeze(-1).to(tokens.scalar_type());
  const at::ScalarType type = SumType(tokens);
  return {(tokens * weights).sum(at::IntArrayRef{1}, false, type),
          at::clamp(weights.sum(at::IntArrayRef{1}, false, type), 1e-9)};
}

at::Tensor Mean(const at::Tensor& tokens, const at::Tensor& mask) {
  const Sums sums = SumSeen(tokens, mask);
  return (sums.tokens / sums.count).to(tokens.scalar_type());
}

at::Tensor MeanSqrtLength(const at::Tensor& tokens, const at::Tensor& mask) {
  const Sums sums = SumSeen(tokens, mask);
  return (sums.tokens / at::sqrt(sums.count)).to(tokens.scalar_type());
}

// Later tokens weigh more: 1, 2, 3, ... from the first that is seen.
at::Tensor WeightedMean(const at::Tensor& tokens, const at::Tensor& mask) {
  const at::TensorOptions options = tokens.options().dtype(SumType(tokens));
  const at::Tensor places =
      at::arange(1, tokens.size(1) + 1, options).view({1, -1, 1}) - FirstSeen(mask).view({-1, 1, 1});
  const at::Tensor weights = mask.unsqueeze(-1).to(options.dtype()) * places;
  return ((tokens * weights).sum(1) / at::clamp(weights.sum(1), 1e-9)).to(tokens.scalar_type());
}

at::Tensor LastToken(const at::Tensor& tokens, const at::Tensor& mask) {
  const int64_t length = tokens.size(1);
  const auto [most, index] = mask.to(at::kInt).flip(1).max(1);
  const at::Tensor from_end = at::where(most == 0, length - 1, index);
  return TakeToken(tokens * mask.unsqueeze(-1).to(tokens.scalar_type()), length - from_end - 1);
}

struct Mode {
  absl::string_view name;
  absl::string_view flag;  // of releases before 6
  at::Tensor (*pool)(const at::Tensor& tokens, const at::Tensor& mask);
};

// In the order in which several are concatenated.
constexpr Mode kModes[] = {
    {"cls", "pooling_mode_cls_token", Cls},
    {"max", "pooling_mode_max_tokens", Max},
    {"mean", "pooling_mode_mean_tokens", Mean},
    {"mean_sqrt_len_tokens", "pooling_mode_mean_sqrt_len_tokens", MeanSqrtLength},
    {"weightedmean", "pooling_mode_weightedmean_tokens", WeightedMean},
    {"lasttoken", "pooling_mode_lasttoken", LastToken},
};

const Mode* FindMode(const Attribute& name) {
  for (const Mode& mode : kModes) {
    if (name.text() != nullptr && *name.text() == mode.name) return &mode;
  }
  return nullptr;
}

// By "pooling_mode", else by the flags, else the mean.
std::vector<const Mode*> ReadModes(AttributeReader& attributes) {
  std::vector<const Mode*> modes;
  const Attribute& named = attributes.Get("pooling_mode");
  if (named.is_none()) {
    for (const Mode& mode : kModes) {
      if (attributes.Bool(mode.flag, false)) modes.push_back(&mode);
    }
    if (modes.empty()) modes.push_back(FindMode("mean"));
    return modes;
  }
  const std::vector<Attribute> names = named.sequence() != nullptr ? named.sequence()->items : std::vector{named};
  for (const Attribute& name : names) {
    modes.push_back(FindMode(name));
    if (modes.back() != nullptr) continue;
    const auto append_name = [](std::string* out, const Mode& mode) { absl::StrAppend(out, mode.name); };
    attributes.Fail(absl::StrCat("a pooling mode is ", name.text() == nullptr ? name.TypeName() : *name.text(),
                                 ", needs one of ", absl::StrJoin(kModes, ", ", append_name)));
    return {};
  }
  if (modes.empty()) attributes.Fail("'pooling_mode' names no mode");
  return modes;
}

}  // namespace

void Pooling::Construct(AttributeReader& arguments, ModuleDefBuilder& self) {
  std::vector<Attribute> names;
  for (const Mode* mode : ReadModes(arguments)) names.push_back(std::string(mode->name));
  const Attribute& dimension = arguments.Get("embedding_dimension");
  self.Attribute("embedding_dimension", dimension.is_none() ? arguments.Get("word_embedding_dimension") : dimension);
  self.Attribute("pooling_mode", names.size() == 1 ? names.front() : Attribute::Tuple(std::move(names)));
  self.Attribute("include_prompt", arguments.Get("include_prompt"));
}

Pooling::Pooling(ModuleState& state) : Module(state) {
  for (const Mode* mode : ReadModes(state.attributes())) pools_.push_back(mode->pool);
}

c10::IValue Pooling::Forward(const Inputs& inputs) const {
  static constexpr absl::string_view kNames[] = {"features"};
  c10::impl::GenericDict features = BindInputs(inputs, kNames, 1)[0].toGenericDict();
  const at::Tensor tokens = features.at("token_embeddings").toTensor();
  TORCH_CHECK_VALUE(tokens.dim() == 3, "token_embeddings need 3 dimensions, have ", tokens.dim());
  const at::Tensor mask = features.contains("attention_mask")
                              ? features.at("attention_mask").toTensor()
                              : at::ones({tokens.size(0), tokens.size(1)}, tokens.options().dtype(at::kLong));
  std::vector<at::Tensor> pooled;
  for (const PoolFunction pool : pools_) pooled.push_back(pool(tokens, mask));
  features.insert_or_assign("sentence_embedding", at::cat(pooled, -1));
  return features;
}

}  // namespace loadstone::transformers
