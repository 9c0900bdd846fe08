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
    kTorchscript,
    kUnknown,     // no loader reads it
    kBroken,      // begins as a model does, and cannot be read
  };
  struct Class {
    std::string name;
    size_t count = 0;  // modules of that class
    bool registered = false;
    std::string origin;  // of a registered one: the folder or library that brings it
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
  // Source text of a class that the file embeds, as old ones do. Shown to people, never run.
  struct Source {
    std::string class_name;
    std::string file;                // on the writer's machine
    std::vector<std::string> lines;  // cut to a bearable number
    size_t lines_left_out = 0;
  };
  // What can become of whoever gives the file to Python's torch.load or pickle.load. Here nothing of it runs.
  enum class Verdict {
    kSafe,        // all that its pickles name is plain data, PyTorch's own or a registered class
    kSuspicious,  // nothing known to do harm, but not all is known: other names, a program, or what is not looked into
    kDangerous,   // a pickle names what runs commands or code, or reaches files, the network or the process
    kUnreadable,  // it breaks a rule of its format, or goes past a limit: nobody can say what it does
  };
  // One reason for a verdict other than kSafe.
  struct Finding {
    Verdict verdict = Verdict::kSuspicious;
    std::string name;    // of the class or function; "" where the reason is the file itself
    std::string reason;  // "runs commands"
    std::string record;  // of the archive, in which the pickle lies; "" where the file is no archive
    size_t offset = 0;   // bytes from the start of that record, or of the file, to the opcode that names it first
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
  std::vector<Source> sources;           // of classes that are not PyTorch's own
  std::vector<Finding> findings;
};

// "whole module", "state dict", ...
absl::string_view KindText(FileReport::Kind kind);
// kDangerous before kUnreadable before kSuspicious: one finding decides.
FileReport::Verdict VerdictOf(const FileReport& report);
// "safe", "suspicious", "dangerous" or "unreadable".
absl::string_view VerdictText(FileReport::Verdict verdict);
// "names posix.system, which runs commands (at byte 26 of archive/data.pkl)".
std::string FindingText(const FileReport::Finding& finding);
// PermissionDenied for kDangerous (why and where), the file's own error for kUnreadable; else OK.
absl::Status VerdictStatus(const FileReport& report);

}  // namespace loadstone

#endif  // LOADSTONE_TOOLS_INSPECT_FILE_REPORT_H_
