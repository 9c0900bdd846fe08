#include "tests/python_source/exact.h"

#include <sstream>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/allclose.h>

#include "absl/strings/str_cat.h"

namespace loadstone::testing {
namespace {

std::string OfTensors(const at::Tensor& actual, const at::Tensor& expected) {
  std::ostringstream text;
  if (actual.scalar_type() != expected.scalar_type()) {
    text << "dtype " << actual.scalar_type() << ", Python has " << expected.scalar_type();
  } else if (actual.sizes() != expected.sizes()) {
    text << "shape " << actual.sizes() << ", Python has " << expected.sizes();
  } else if (!at::allclose(actual, expected, 0, 0, /*equal_nan=*/true)) {
    const at::Tensor distance = (actual.to(at::kDouble) - expected.to(at::kDouble)).abs();
    text << "shape " << actual.sizes() << ", numbers differ by up to " << distance.max().item<double>()
         << ", the largest is " << expected.to(at::kDouble).abs().max().item<double>();
  }
  return text.str();
}

std::vector<c10::IValue> Items(const c10::IValue& value) {
  if (!value.isTuple()) return value.toListRef().vec();
  const auto& elements = value.toTupleRef().elements();
  return std::vector<c10::IValue>(elements.begin(), elements.end());
}

std::string OfSequences(const c10::IValue& actual, const c10::IValue& expected) {
  const std::vector<c10::IValue> actual_items = Items(actual);
  const std::vector<c10::IValue> expected_items = Items(expected);
  if (actual_items.size() != expected_items.size()) {
    return absl::StrCat(actual_items.size(), " items, Python has ", expected_items.size());
  }
  for (size_t i = 0; i < actual_items.size(); ++i) {
    const std::string difference = ExactDifference(actual_items[i], expected_items[i]);
    if (!difference.empty()) return absl::StrCat("item ", i, ": ", difference);
  }
  return "";
}

std::string OfDicts(const c10::IValue& actual, const c10::IValue& expected) {
  const auto dict = actual.toGenericDict();
  const auto expected_dict = expected.toGenericDict();
  if (dict.size() != expected_dict.size()) {
    return absl::StrCat(dict.size(), " keys, Python has ", expected_dict.size());
  }
  auto entry = dict.begin();
  for (const auto& expected_entry : expected_dict) {
    const std::string& key = expected_entry.key().toStringRef();
    if (!entry->key().isString() || entry->key().toStringRef() != key) {
      return absl::StrCat("another key where Python has ", key);
    }
    const std::string difference = ExactDifference(entry->value(), expected_entry.value());
    if (!difference.empty()) return absl::StrCat(key, ": ", difference);
    ++entry;
  }
  return "";
}

}  // namespace

std::string ExactDifference(const c10::IValue& actual, const c10::IValue& expected) {
  if (actual.isTensor() && expected.isTensor()) return OfTensors(actual.toTensor(), expected.toTensor());
  if (actual.isTuple() == expected.isTuple() && (actual.isTuple() || (actual.isList() && expected.isList()))) {
    return OfSequences(actual, expected);
  }
  if (actual.isGenericDict() && expected.isGenericDict()) return OfDicts(actual, expected);
  if (actual.tagKind() != expected.tagKind()) {
    return absl::StrCat(actual.tagKind(), ", Python has ", expected.tagKind());
  }
  if (actual == expected) return "";
  std::ostringstream text;
  text << actual << ", Python has " << expected;
  return text.str();
}

}  // namespace loadstone::testing
