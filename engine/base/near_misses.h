// "Did you mean": the existing names nearest to one that was not found.
#ifndef LOADSTONE_ENGINE_BASE_NEAR_MISSES_H_
#define LOADSTONE_ENGINE_BASE_NEAR_MISSES_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace loadstone {

// "; did you mean a, b or c?" with at most three of `candidates`, nearest first, or, when none is near, "; there is
// a, b, c, ..." with the first few; "" if there are no candidates.
std::string DidYouMean(absl::string_view wanted, const std::vector<std::string>& candidates);

}  // namespace loadstone

#endif  // LOADSTONE_ENGINE_BASE_NEAR_MISSES_H_
