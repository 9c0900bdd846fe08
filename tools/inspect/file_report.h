// What a file holds, as plain data.
#ifndef LOADSTONE_TOOLS_INSPECT_FILE_REPORT_H_
#define LOADSTONE_TOOLS_INSPECT_FILE_REPORT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace loadstone {

struct FileReport {
  enum class Kind {
    kModule,
    kStateDict,
    kCheckpoint,  // a torch.save file of one of these, among other things
    kOther,       // a torch.save file of something else
    kUnknown,     // no loader reads it
    kBroken,      // begins as a model does, and cannot be read
  };
  struct Class {
    std::string name;
    size_t count = 0;  // modules of that class
    bool registered = false;
  };
  struct Tensor {
    std::string name;  // path in a module, key in a state dict
    std::string dtype;
    std::vector<int64_t> shape;
    uint64_t bytes = 0;  // of its elements, shared or not
  };
  // A module or a state dict in the file.
  struct Model {
    std::string path;        // keys from the root; "" is the root itself
    std::string class_name;  // of a module; "" for a state dict
    std::vector<Class> classes;
    std::vector<Tensor> tensors;
    std::vector<std::string> problems;  // what could not be read or is not listed
  };
  // A part of the root that is no weight of a state dict.
  struct Entry {
    std::string key;
    std::string type;
    std::string value;  // short
  };
  struct UnsafeName {
    std::string name;
    std::string does;   // "runs commands"
    size_t offset = 0;  // in the pickle
  };

  std::string path;
  size_t bytes = 0;
  Kind kind = Kind::kBroken;
  absl::Status error;       // of kBroken
  std::string description;  // of kUnknown: what it is
  // Below, text from the file is cut to a bearable length, and its control characters are escaped.
  std::string container;  // "zip", "legacy stream", ...: of torch.save files; else the loader's name
  std::optional<int> pickle_protocol;
  std::string byte_order;  // "" when the format has but one
  std::vector<Model> models;
  std::vector<Entry> entries;
  size_t entries_left_out = 0;
  std::vector<std::string> other_names;  // classes and functions that the pickle names, but those above and below
  std::vector<UnsafeName> unsafe;
};

// "whole module", "state dict", ...
absl::string_view KindText(FileReport::Kind kind);
// "unsafe", "broken", "no model" or "ok".
absl::string_view Verdict(const FileReport& report);
// OK unless the verdict is "unsafe" (PermissionDenied, with the names) or "broken" (why).
absl::Status VerdictStatus(const FileReport& report);

}  // namespace loadstone

#endif  // LOADSTONE_TOOLS_INSPECT_FILE_REPORT_H_
