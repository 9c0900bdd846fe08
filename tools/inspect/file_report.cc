#include "tools/inspect/file_report.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace loadstone {

absl::string_view KindText(FileReport::Kind kind) {
  switch (kind) {
    case FileReport::Kind::kModule: return "whole module";
    case FileReport::Kind::kStateDict: return "state dict";
    case FileReport::Kind::kCheckpoint: return "checkpoint";
    case FileReport::Kind::kOther: return "torch.save file without a model";
    case FileReport::Kind::kUnknown: return "no model file";
    case FileReport::Kind::kBroken: return "broken file";
  }
  return "?";
}

absl::string_view Verdict(const FileReport& report) {
  if (!report.unsafe.empty()) return "unsafe";
  switch (report.kind) {
    case FileReport::Kind::kBroken: return "broken";
    case FileReport::Kind::kOther:
    case FileReport::Kind::kUnknown: return "no model";
    default: return "ok";
  }
}

absl::Status VerdictStatus(const FileReport& report) {
  if (!report.unsafe.empty()) {
    return absl::PermissionDeniedError(
        absl::StrCat(report.path, ": unsafe: its pickle names ",
                     absl::StrJoin(report.unsafe, ", ", [](std::string* out, const FileReport::UnsafeName& unsafe) {
                       absl::StrAppend(out, unsafe.name, " (", unsafe.does, ", at byte ", unsafe.offset, ")");
                     })));
  }
  return report.error;
}

}  // namespace loadstone
