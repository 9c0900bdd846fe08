// The arguments of one Forward.
#ifndef LOADSTONE_ENGINE_INPUTS_H_
#define LOADSTONE_ENGINE_INPUTS_H_

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include <ATen/core/ivalue.h>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/named.h"

namespace loadstone {

// module(*args, **kwargs).
struct Inputs {
  std::vector<c10::IValue> args;
  NamedList<c10::IValue> kwargs;

  Inputs() = default;
  Inputs(std::initializer_list<c10::IValue> positional) : args(positional) {}
};

// One value for each of the parameter `names` of a forward method, by position and by keyword, None where nothing was
// given. Throws c10::Error (as Python raises TypeError) for too many values, an unknown keyword, or one given twice;
// and for a missing value among the first `required`.
std::vector<c10::IValue> BindInputs(const Inputs& inputs, absl::Span<const absl::string_view> names, size_t required);

}  // namespace loadstone

#endif  // LOADSTONE_ENGINE_INPUTS_H_
