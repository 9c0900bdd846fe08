// Typed reads of named attributes, for code that builds many classes: the first mistake is kept and later reads return
// harmless values, so that a constructor reads like its Python and checks once at the end.
#ifndef LOADSTONE_ENGINE_ATTRIBUTE_READER_H_
#define LOADSTONE_ENGINE_ATTRIBUTE_READER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "engine/attribute.h"
#include "engine/named.h"

namespace loadstone {

// Not thread-safe. Borrows the list, which must outlive it.
class AttributeReader {
 public:
  // `owner` is what messages call the object: its class name.
  AttributeReader(std::string owner, const NamedList<Attribute>& attributes)
      : owner_(std::move(owner)), attributes_(&attributes) {}

  bool Has(absl::string_view name) const { return FindNamed(*attributes_, name) != nullptr; }
  // The attribute, or None if absent.
  const Attribute& Get(absl::string_view name) const;

  // Each notes InvalidArgument when the attribute is absent or of another type, and then returns `0`, false, "" or {}.
  // With a fallback, absence (but not a wrong type) is fine: the file is of a release that did not have it yet.
  int64_t Int(absl::string_view name);
  int64_t Int(absl::string_view name, int64_t fallback) { return Has(name) ? Int(name) : fallback; }
  double Float(absl::string_view name);  // an int will do
  double Float(absl::string_view name, double fallback) { return Has(name) ? Float(name) : fallback; }
  bool Bool(absl::string_view name);     // an int will do, as in Python
  bool Bool(absl::string_view name, bool fallback) { return Has(name) ? Bool(name) : fallback; }
  std::string Text(absl::string_view name);
  std::string Text(absl::string_view name, absl::string_view fallback) {
    return Has(name) ? Text(name) : std::string(fallback);
  }
  // A tuple or list of ints of any length; or, with `count`, also one int, repeated (torch.nn.modules.utils._ntuple).
  std::vector<int64_t> Ints(absl::string_view name);
  std::vector<int64_t> Ints(absl::string_view name, size_t count);
  // None or absent is nullopt.
  std::optional<int64_t> OptionalInt(absl::string_view name);
  std::optional<double> OptionalFloat(absl::string_view name);

  // Notes an InvalidArgument about the object; only the first is kept.
  void Fail(absl::string_view message);
  // OK, or the first mistake.
  const absl::Status& status() const { return status_; }

 private:
  void FailType(absl::string_view name, absl::string_view wanted);

  std::string owner_;
  const NamedList<Attribute>* attributes_;
  absl::Status status_;
};

// What Python would accept there; nullopt otherwise.
std::optional<int64_t> AsInt(const Attribute& value);
std::optional<double> AsFloat(const Attribute& value);
std::optional<std::vector<int64_t>> AsInts(const Attribute& value);

}  // namespace loadstone

#endif  // LOADSTONE_ENGINE_ATTRIBUTE_READER_H_
