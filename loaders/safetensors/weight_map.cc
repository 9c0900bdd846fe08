#include "loaders/safetensors/weight_map.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "loaders/safetensors/strict_json.h"

namespace loadstone {
namespace {

constexpr size_t kMaxBytes = 100'000'000;
constexpr absl::string_view kWeightMap = "weight_map";
constexpr absl::string_view kExtension = ".safetensors";

absl::Status NotAnIndex(absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("not an index of safetensors files: ", why));
}

// Depth counts open containers: 1 in the index, 2 in its weight map.
class IndexReader : public JsonEvents {
 public:
  absl::Status OnBegin(JsonContainer container) override {
    ++depth_;
    if (!in_map_) return absl::OkStatus();
    if (depth_ == 2 && container == JsonContainer::kObject) return absl::OkStatus();
    return absl::DataLossError(depth_ == 2 ? "\"weight_map\" is not an object"
                                           : absl::StrCat("the file of ", Quoted(name_), " is not a text"));
  }
  absl::Status OnKey(std::string key) override {
    if (depth_ == 1) {
      in_map_ = key == kWeightMap;
      has_map_ = has_map_ || in_map_;
    } else if (depth_ == 2) {
      name_ = std::move(key);
    }
    return absl::OkStatus();
  }
  absl::Status OnScalar(JsonScalar scalar) override {
    if (!in_map_) return absl::OkStatus();
    if (depth_ == 1) return absl::DataLossError("\"weight_map\" is not an object");
    std::string* file = std::get_if<std::string>(&scalar);
    if (file == nullptr) return absl::DataLossError(absl::StrCat("the file of ", Quoted(name_), " is not a text"));
    files.push_back({name_, std::move(*file)});
    return absl::OkStatus();
  }
  absl::Status OnEnd() override {
    --depth_;
    if (depth_ == 1) in_map_ = false;
    return absl::OkStatus();
  }
  bool has_map() const { return has_map_; }

  NamedList<std::string> files;

 private:
  int depth_ = 0;
  bool in_map_ = false;
  bool has_map_ = false;
  std::string name_;
};

// A drive letter's colon and the other system's separator are refused too: one file, one meaning everywhere.
bool IsBareName(absl::string_view file) {
  return !absl::StartsWith(file, ".") && file.find_first_of(absl::string_view("/\\:\0", 4)) == absl::string_view::npos;
}

}  // namespace

absl::StatusOr<WeightMap> ParseWeightMap(absl::string_view text) {
  const absl::string_view head = text.substr(0, kMaxBytes);
  if (!absl::StartsWith(absl::StripLeadingAsciiWhitespace(head), "{")) return NotAnIndex("no JSON object");
  if (!absl::StrContains(head, "\"weight_map\"")) return NotAnIndex("it has no \"weight_map\"");
  if (text.size() > kMaxBytes) {
    return absl::ResourceExhaustedError(
        absl::StrCat("index of ", text.size(), " bytes, at most ", kMaxBytes, " are read"));
  }
  IndexReader reader;
  RETURN_IF_ERROR(Annotate(ReadStrictJson(text, reader), "index of safetensors files"));
  if (!reader.has_map()) return NotAnIndex("it has no \"weight_map\"");
  for (const Named<std::string>& file : reader.files) {
    if (!absl::EndsWith(file.value, kExtension)) {
      return NotAnIndex(absl::StrCat("it sends tensor ", Quoted(file.name), " to ", Quoted(file.value)));
    }
    if (!IsBareName(file.value)) {
      return absl::DataLossError(absl::StrCat("the index sends tensor ", Quoted(file.name), " to ", Quoted(file.value),
                                              ", which is not the bare name of a file beside it"));
    }
  }
  return WeightMap{std::move(reader.files)};
}

}  // namespace loadstone
