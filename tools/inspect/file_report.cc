#include "tools/inspect/file_report.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace loadstone {
namespace {

constexpr size_t kMaxReasons = 20;  // in one message

}  // namespace

absl::string_view KindText(FileReport::Kind kind) {
  switch (kind) {
    case FileReport::Kind::kModule:
      return "whole module";
    case FileReport::Kind::kStateDict:
      return "state dict";
    case FileReport::Kind::kCheckpoint:
      return "checkpoint";
    case FileReport::Kind::kOther:
      return "torch.save file without a model";
    case FileReport::Kind::kTorchscript:
      return "TorchScript archive";
    case FileReport::Kind::kUnknown:
      return "no model file";
    case FileReport::Kind::kBroken:
      return "broken file";
  }
  return "?";
}

FileReport::Verdict VerdictOf(const FileReport& report) {
  const auto has = [&report](FileReport::Verdict verdict) {
    return std::any_of(report.findings.begin(), report.findings.end(),
                       [verdict](const FileReport::Finding& finding) { return finding.verdict == verdict; });
  };
  if (has(FileReport::Verdict::kDangerous)) return FileReport::Verdict::kDangerous;
  if (report.kind == FileReport::Kind::kBroken) return FileReport::Verdict::kUnreadable;
  return has(FileReport::Verdict::kSuspicious) ? FileReport::Verdict::kSuspicious : FileReport::Verdict::kSafe;
}

absl::string_view VerdictText(FileReport::Verdict verdict) {
  switch (verdict) {
    case FileReport::Verdict::kSafe:
      return "safe";
    case FileReport::Verdict::kSuspicious:
      return "suspicious";
    case FileReport::Verdict::kDangerous:
      return "dangerous";
    case FileReport::Verdict::kUnreadable:
      return "unreadable";
  }
  return "?";
}

std::string FindingText(const FileReport::Finding& finding) {
  if (finding.name.empty()) return finding.reason;
  const std::string record = finding.record.empty() ? "" : absl::StrCat(" of ", finding.record);
  return absl::StrCat("names ", finding.name, ", which ", finding.reason, " (at byte ", finding.offset, record, ")");
}

absl::Status VerdictStatus(const FileReport& report) {
  if (VerdictOf(report) != FileReport::Verdict::kDangerous) return report.error;
  std::vector<std::string> reasons;
  for (const FileReport::Finding& finding : report.findings) {
    if (finding.verdict != FileReport::Verdict::kDangerous) continue;
    if (reasons.size() == kMaxReasons) {
      reasons.push_back("and others");
      break;
    }
    reasons.push_back(FindingText(finding));
  }
  return absl::PermissionDeniedError(absl::StrCat(report.path, ": dangerous: ", absl::StrJoin(reasons, ", ")));
}

}  // namespace loadstone
