#include "custom_ops/torch_nn/layer.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <c10/util/Exception.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/named.h"
#include "engine/python_format.h"

namespace loadstone {
namespace {

constexpr int64_t kMaxSize = std::numeric_limits<int32_t>::max();

const at::Tensor& Undefined() {
  static const at::Tensor* const kUndefined = new at::Tensor();
  return *kUndefined;
}

}  // namespace

const at::Tensor& SelfTensor(ModuleState& state, absl::string_view name) {
  const ModuleParts& parts = state.parts();
  // Python looks into the instance before Module.__getattr__ looks into parameters and buffers.
  for (const NamedList<at::Tensor>* list : {&parts.tensors, &parts.parameters, &parts.buffers}) {
    if (const at::Tensor* tensor = FindNamed(*list, name)) return *tensor;
  }
  if (state.attributes().Has(name) && state.attributes().Get(name).is_none()) return Undefined();
  state.attributes().Fail(absl::StrCat("has no tensor '", name, "'"));
  return Undefined();
}

const at::Tensor& RequiredTensor(ModuleState& state, absl::string_view name) {
  const at::Tensor& tensor = SelfTensor(state, name);
  if (!tensor.defined()) state.attributes().Fail(absl::StrCat("tensor '", name, "' is None"));
  return tensor;
}

std::optional<at::Tensor> OrNone(const at::Tensor& tensor) {
  return tensor.defined() ? std::optional<at::Tensor>(tensor) : std::nullopt;
}

at::Scalar Number(AttributeReader& attributes, absl::string_view name) {
  if (const int64_t* whole = attributes.Get(name).int_value()) return at::Scalar(*whole);
  return at::Scalar(attributes.Float(name));
}

bool FitsInt32(AttributeReader& attributes, absl::string_view name, const std::vector<int64_t>& values) {
  for (const int64_t value : values) {
    if (value <= kMaxSize && value >= -kMaxSize) continue;
    attributes.Fail(absl::StrCat("'", name, "' has ", value, ", at most ", kMaxSize, " is possible"));
    return false;
  }
  return true;
}

std::vector<int64_t> Sizes(AttributeReader& attributes, absl::string_view name, size_t count) {
  const Attribute::Sequence* sequence = attributes.Get(name).sequence();
  std::vector<int64_t> sizes;
  if (sequence != nullptr && sequence->items.size() == 1) {
    sizes = attributes.Ints(name);
    sizes.resize(count, sizes.empty() ? 0 : sizes.front());
  } else {
    sizes = attributes.Ints(name, count);
  }
  if (!FitsInt32(attributes, name, sizes)) return std::vector<int64_t>(count, 0);
  return sizes;
}

std::vector<int64_t> SizesOr(AttributeReader& attributes, absl::string_view name,
                             const std::vector<int64_t>& fallback) {
  const Attribute& value = attributes.Get(name);
  if (value.is_none() || (value.sequence() != nullptr && value.sequence()->items.empty())) return fallback;
  return Sizes(attributes, name, fallback.size());
}

std::string FormatAttributes(const Module& module, absl::string_view pattern) {
  static const Attribute* const kNone = new Attribute();
  std::string text;
  while (true) {
    const size_t open = pattern.find('{');
    if (open == absl::string_view::npos) return absl::StrCat(text, pattern);
    const size_t close = pattern.find('}', open);
    absl::string_view name = pattern.substr(open + 1, close - open - 1);
    const bool quoted = absl::ConsumeSuffix(&name, "!r");
    const Attribute* found = FindNamed(module.attributes(), name);
    const Attribute& value = found == nullptr ? *kNone : *found;
    absl::StrAppend(&text, pattern.substr(0, open), quoted ? PythonRepr(value) : PythonStr(value));
    pattern.remove_prefix(close + 1);
  }
}

std::string FormatInplace(bool inplace, InplaceText place) {
  if (!inplace) return "";
  return place == InplaceText::kAlone ? "inplace=True" : ", inplace=True";
}

absl::string_view PythonBool(bool value) { return value ? "True" : "False"; }

at::Tensor OptionalTensor(const c10::IValue& input) { return input.isNone() ? at::Tensor() : input.toTensor(); }

c10::IValue OptionalValue(const at::Tensor& tensor) { return tensor.defined() ? c10::IValue(tensor) : c10::IValue(); }

bool BoolInput(const c10::IValue& input, bool fallback) { return input.isNone() ? fallback : input.toBool(); }

std::vector<int64_t> IntsInput(const c10::IValue& input, absl::string_view name) {
  if (input.isIntList()) return input.toIntVector();
  TORCH_CHECK_TYPE(input.isTuple() || input.isList(), "input '", name, "' is ", input.tagKind(),
                   ", needs a tuple of ints");
  std::vector<int64_t> values;
  const auto append = [&](const c10::IValue& item) {
    TORCH_CHECK_TYPE(item.isInt(), "input '", name, "' holds ", item.tagKind(), ", needs ints");
    values.push_back(item.toInt());
  };
  if (input.isTuple()) {
    for (const c10::IValue& item : input.toTupleRef().elements()) append(item);
  } else {
    for (const c10::IValue& item : input.toListRef()) append(item);
  }
  return values;
}

}  // namespace loadstone
