#include "engine/base/near_misses.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace loadstone {
namespace {

constexpr size_t kShown = 3;
constexpr size_t kListed = 5;
constexpr size_t kLongestCompared = 256;  // edit distance is quadratic

size_t EditDistance(absl::string_view a, absl::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t above = row[j];
      const size_t substituted = diagonal + (absl::ascii_tolower(a[i - 1]) == absl::ascii_tolower(b[j - 1]) ? 0 : 1);
      row[j] = std::min({above + 1, row[j - 1] + 1, substituted});
      diagonal = above;
    }
  }
  return row.back();
}

}  // namespace

std::string DidYouMean(absl::string_view wanted, const std::vector<std::string>& candidates) {
  std::vector<std::pair<size_t, std::string>> near;
  const size_t farthest = std::max<size_t>(2, wanted.size() / 3);
  for (const std::string& candidate : candidates) {
    if (candidate.size() > kLongestCompared || wanted.size() > kLongestCompared) continue;
    if (std::max(wanted.size(), candidate.size()) - std::min(wanted.size(), candidate.size()) > farthest) continue;
    const size_t distance = EditDistance(wanted, candidate);
    if (distance <= farthest) near.emplace_back(distance, candidate);
  }
  std::sort(near.begin(), near.end());
  if (near.size() > kShown) near.resize(kShown);
  if (!near.empty()) {
    std::string text = "; did you mean ";
    for (size_t i = 0; i < near.size(); ++i) {
      absl::StrAppend(&text, i == 0 ? "" : i + 1 == near.size() ? " or " : ", ", near[i].second);
    }
    return text + "?";
  }
  if (candidates.empty()) return "";
  std::vector<std::string> listed;
  for (size_t i = 0; i < std::min(candidates.size(), kListed); ++i) {
    const bool whole = candidates[i].size() <= kLongestCompared;  // names may come from a hostile file
    listed.push_back(whole ? candidates[i] : absl::StrCat(candidates[i].substr(0, kLongestCompared), "..."));
  }
  return absl::StrCat("; there is ", absl::StrJoin(listed, ", "), candidates.size() > kListed ? ", ..." : "");
}

}  // namespace loadstone
