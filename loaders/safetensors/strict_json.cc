#include "loaders/safetensors/strict_json.h"

#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace loadstone {
namespace {

constexpr size_t kMaxDepth = 64;
constexpr size_t kMaxQuoted = 200;  // bytes

// nlohmann's SAX interface: every method returns whether to go on.
class SaxAdapter : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit SaxAdapter(JsonEvents& events) : events_(events) {}

  bool null() override { return Scalar(JsonOther()); }
  bool boolean(bool) override { return Scalar(JsonOther()); }
  bool number_integer(number_integer_t) override { return Scalar(JsonOther()); }  // has a minus sign
  bool number_unsigned(number_unsigned_t value) override { return Scalar(uint64_t{value}); }
  bool number_float(number_float_t, const string_t&) override { return Scalar(JsonOther()); }
  bool string(string_t& text) override { return Scalar(std::move(text)); }
  bool binary(binary_t&) override { return Scalar(JsonOther()); }

  bool start_object(size_t) override { return Begin(JsonContainer::kObject); }
  bool end_object() override { return End(); }
  bool start_array(size_t) override { return Begin(JsonContainer::kArray); }
  bool end_array() override { return End(); }

  bool key(string_t& key) override {
    if (!names_.back().insert(key).second) {
      return Continue(absl::DataLossError(
          absl::StrCat("the name ", Quoted(key), " is there twice in one JSON object")));
    }
    return Continue(events_.OnKey(std::move(key)));
  }

  bool parse_error(size_t position, const std::string&, const nlohmann::json::exception& error) override {
    return Continue(absl::DataLossError(
        absl::StrCat("not JSON at byte ", position, ": ", Quoted(error.what()))));
  }

  const absl::Status& status() const { return status_; }

 private:
  bool Continue(absl::Status status) {
    status_ = std::move(status);
    return status_.ok();
  }
  bool Scalar(JsonScalar scalar) { return Continue(events_.OnScalar(std::move(scalar))); }
  bool Begin(JsonContainer container) {
    if (names_.size() == kMaxDepth) {
      return Continue(absl::DataLossError(absl::StrCat("JSON nested deeper than ", kMaxDepth)));
    }
    names_.emplace_back();
    return Continue(events_.OnBegin(container));
  }
  bool End() {
    names_.pop_back();
    return Continue(events_.OnEnd());
  }

  JsonEvents& events_;
  std::vector<absl::flat_hash_set<std::string>> names_;  // of each open container
  absl::Status status_;
};

}  // namespace

std::string Quoted(absl::string_view text) {
  return absl::StrCat("\"", absl::Utf8SafeCHexEscape(text.substr(0, kMaxQuoted)), text.size() > kMaxQuoted ? "..." : "",
                      "\"");
}

absl::Status ReadStrictJson(absl::string_view text, JsonEvents& events) {
  // nlohmann takes a NUL for the end and would not see what follows.
  if (const size_t nul = text.find('\0'); nul != absl::string_view::npos) {
    return absl::DataLossError(absl::StrCat("not JSON at byte ", nul, ": a NUL"));
  }
  SaxAdapter adapter(events);
  // Returns false exactly when the adapter did, and the adapter knows why.
  const bool complete = nlohmann::json::sax_parse(text.begin(), text.end(), &adapter);
  if (complete || !adapter.status().ok()) return adapter.status();
  return absl::DataLossError("not JSON");
}

}  // namespace loadstone
