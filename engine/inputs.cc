#include "engine/inputs.h"

#include <algorithm>
#include <vector>

#include <c10/util/Exception.h>

#include "absl/strings/str_join.h"

namespace loadstone {

std::vector<c10::IValue> BindInputs(const Inputs& inputs, absl::Span<const absl::string_view> names, size_t required) {
  TORCH_CHECK_TYPE(inputs.args.size() <= names.size(), "forward takes ", names.size(), " inputs (",
                   absl::StrJoin(names, ", "), "), ", inputs.args.size(), " were given");
  std::vector<c10::IValue> bound = inputs.args;
  bound.resize(names.size());
  std::vector<bool> given(names.size(), false);
  std::fill_n(given.begin(), inputs.args.size(), true);
  for (const Named<c10::IValue>& keyword : inputs.kwargs) {
    const auto place = std::find(names.begin(), names.end(), keyword.name);
    TORCH_CHECK_TYPE(place != names.end(), "forward has no input '", keyword.name, "', only ",
                     absl::StrJoin(names, ", "));
    const size_t index = static_cast<size_t>(place - names.begin());
    TORCH_CHECK_TYPE(!given[index], "input '", keyword.name, "' was given twice");
    given[index] = true;
    bound[index] = keyword.value;
  }
  for (size_t i = 0; i < required; ++i) {
    TORCH_CHECK_TYPE(!bound[i].isNone(), "input '", names[i], "' is missing");
  }
  return bound;
}

}  // namespace loadstone
