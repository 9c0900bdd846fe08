#include "tests/differential/record_file.h"

#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "engine/base/status_macros.h"

namespace loadstone::testing {
namespace {

constexpr size_t kFields = 12;

template <typename Int>
absl::StatusOr<Int> TakeInt(absl::string_view& bytes) {
  if (bytes.size() < sizeof(Int)) return absl::DataLossError("the file ends inside a number");
  Int value;
  std::memcpy(&value, bytes.data(), sizeof(value));
  bytes.remove_prefix(sizeof(value));
  return value;
}

absl::StatusOr<std::vector<std::string>> TakeRecord(absl::string_view& bytes) {
  ASSIGN_OR_RETURN(const uint32_t count, TakeInt<uint32_t>(bytes));
  std::vector<std::string> strings;
  for (uint32_t i = 0; i < count; ++i) {
    ASSIGN_OR_RETURN(const uint64_t size, TakeInt<uint64_t>(bytes));
    if (size > bytes.size()) return absl::DataLossError("the file ends inside a string");
    strings.emplace_back(bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
  return strings;
}

}  // namespace

absl::StatusOr<std::vector<Sample>> ReadSamples(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrCat("no file ", path));
  const std::string content{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  absl::string_view rest = content;
  RETURN_IF_ERROR(TakeRecord(rest).status());  // the version of torch
  std::vector<Sample> samples;
  while (!rest.empty()) {
    ASSIGN_OR_RETURN(std::vector<std::string> f, TakeRecord(rest));
    if (f.size() != kFields) return absl::DataLossError(absl::StrCat("a sample of ", f.size(), " fields"));
    samples.push_back({std::move(f[0]), std::move(f[1]), std::move(f[2]), std::move(f[3]), std::move(f[4]),
                       std::move(f[5]), std::move(f[6]), std::move(f[7]), std::move(f[8]), std::move(f[9]),
                       std::move(f[10]), std::move(f[11])});
  }
  return samples;
}

}  // namespace loadstone::testing
