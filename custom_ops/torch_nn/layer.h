// What the layers of this folder share when they read their state and inputs, and print themselves.
#ifndef LOADSTONE_CUSTOM_OPS_TORCH_NN_LAYER_H_
#define LOADSTONE_CUSTOM_OPS_TORCH_NN_LAYER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>
#include <c10/core/Scalar.h>

#include "absl/strings/string_view.h"
#include "engine/attribute_reader.h"
#include "engine/module.h"
#include "engine/module_state.h"

namespace loadstone {

// Python's self.<name> where it is a tensor or None: a parameter, a buffer or a plain attribute, whichever it is (a
// reparametrised layer has a plain `weight`). None is an undefined tensor; an absent name is noted. The reference is
// valid for the module's life.
const at::Tensor& SelfTensor(ModuleState& state, absl::string_view name);
// The same, and None is noted.
const at::Tensor& RequiredTensor(ModuleState& state, absl::string_view name);

// The tensor as an operator's optional argument: nothing for Python's None.
std::optional<at::Tensor> OrNone(const at::Tensor& tensor);

// An attribute that is an int or a float, and stays what it is.
at::Scalar Number(AttributeReader& attributes, absl::string_view name);

// A size, stride, padding, … of `count` dimensions: an int or a tuple of one (for all of them), or of `count` ints.
// Notes values beyond 32 bits too: ATen multiplies some of them unchecked.
std::vector<int64_t> Sizes(AttributeReader& attributes, absl::string_view name, size_t count);
// `fallback` where Python has None or an empty tuple, as for a pool's stride.
std::vector<int64_t> SizesOr(AttributeReader& attributes, absl::string_view name, const std::vector<int64_t>& fallback);
// Notes a value beyond 32 bits, and is then false.
bool FitsInt32(AttributeReader& attributes, absl::string_view name, const std::vector<int64_t>& values);

// `pattern` with each {name} replaced by str() and each {name!r} by repr() of that attribute, as Python's format does.
std::string FormatAttributes(const Module& module, absl::string_view pattern);
// ", inplace=True", without the comma when it is all of the text, or "".
enum class InplaceText { kAlone, kAfterOthers };
std::string FormatInplace(bool inplace, InplaceText place);
// "True" or "False".
absl::string_view PythonBool(bool value);

// An input that may be None, as an undefined tensor.
at::Tensor OptionalTensor(const c10::IValue& input);
// The reverse, for an output.
c10::IValue OptionalValue(const at::Tensor& tensor);
// An input that is a bool, or None. Throws c10::Error otherwise.
bool BoolInput(const c10::IValue& input, bool fallback);
// An input that is a tuple or list of ints. Throws c10::Error otherwise.
std::vector<int64_t> IntsInput(const c10::IValue& input, absl::string_view name);

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_TORCH_NN_LAYER_H_
