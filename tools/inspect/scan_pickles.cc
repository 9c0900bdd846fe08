#include "tools/inspect/scan_pickles.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "loaders/archive/tar_archive.h"
#include "loaders/archive/zip_archive.h"
#include "loaders/pickle/dangerous_names.h"
#include "loaders/pickle/unpickler.h"
#include "loaders/torch_format/interpreter.h"
#include "tools/inspect/describe_value.h"
#include "tools/inspect/known_names.h"

namespace loadstone {
namespace {

constexpr int kMaxPickles = 1000;       // of a file: each may take its steps
constexpr int kLegacyPickles = 5;       // that a legacy stream begins with; storages follow
constexpr size_t kMaxFindings = 5'000;  // of each verdict

// Enough for whatever has few tuples among its keys, and no time for one pickle of many.
pickle::Limits ScanLimits() {
  pickle::Limits limits;
  limits.opcodes_at_first = 100'000;
  return limits;
}

class Scan {
 public:
  explicit Scan(const PluginRegistry& registry) : registry_(registry) {}

  // The pickles that `bytes` begin with; returns how many bytes all that reached their STOP take.
  size_t AddPickles(absl::string_view bytes, const std::string& record) {
    size_t position = 0;
    bool is_legacy_stream = false;
    for (int i = 0; position < bytes.size() && !(is_legacy_stream && i == kLegacyPickles); ++i) {
      is_exhausted_ = pickles_left_ == 0;
      if (is_exhausted_) break;
      --pickles_left_;
      const pickle::NameScan scan = pickle::ScanNames(bytes.substr(position), ScanLimits());
      for (const pickle::Name* name : scan.document->names()) AddName(*name, record, position);
      status_ = scan.status;
      if (!scan.status.ok()) break;
      // No pickle but the legacy stream's magic number is one huge integer.
      if (i == 0) is_legacy_stream = scan.document->root().kind() == pickle::Kind::kBigInt;
      position += scan.document->bytes_consumed();
    }
    is_legacy_stream_ = is_legacy_stream;
    return position;
  }

  void Add(std::string reason) {
    findings_.push_back({.verdict = FileReport::Verdict::kSuspicious, .reason = std::move(reason)});
  }

  // Of bytes that turned out to be no pickle: they name nothing, the scan stumbled over them.
  void DropSuspicious() {
    std::erase_if(findings_, [](const FileReport::Finding& finding) {
      return finding.verdict == FileReport::Verdict::kSuspicious;
    });
  }

  // Of the last AddPickles().
  bool is_legacy_stream() const { return is_legacy_stream_; }
  const absl::Status& status() const { return status_; }
  bool is_exhausted() const { return is_exhausted_; }

  std::vector<FileReport::Finding> Take() { return std::move(findings_); }

 private:
  void AddName(const pickle::Name& name, const std::string& record, size_t begin) {
    FileReport::Finding finding = {.name = Shown(QualifiedName(name)), .record = record, .offset = begin + name.offset};
    const absl::string_view danger = pickle::DangerOf(name.module, name.name);
    if (!danger.empty()) {
      finding.verdict = FileReport::Verdict::kDangerous;
      finding.reason = std::string(danger);
    } else if (!IsHarmless(name)) {
      finding.verdict = FileReport::Verdict::kSuspicious;
      finding.reason = "is neither plain data nor a registered class";
    } else {
      return;
    }
    size_t& left = danger.empty() ? suspicious_left_ : dangerous_left_;
    if (left == 0) return;
    --left;
    findings_.push_back(std::move(finding));
  }

  bool IsHarmless(const pickle::Name& name) const {
    // TorchScript's own classes, which no Python module has; that such a file holds a program is said once for all.
    if (name.module == "__torch__" || absl::StartsWith(name.module, "__torch__.")) return true;
    const std::string qualified = QualifiedName(name);
    return IsKnownName(name.module, name.name) || registry_.HasModuleClass(qualified) ||
           registry_.FindForwardHook(qualified) != nullptr;
  }

  const PluginRegistry& registry_;
  int pickles_left_ = kMaxPickles;
  bool is_exhausted_ = false;
  bool is_legacy_stream_ = false;
  absl::Status status_;
  size_t dangerous_left_ = kMaxFindings;
  size_t suspicious_left_ = kMaxFindings;
  std::vector<FileReport::Finding> findings_;
};

bool HasSuffix(const ZipArchive& archive, absl::string_view suffix) {
  return std::any_of(archive.records().begin(), archive.records().end(),
                     [suffix](const ZipRecord& record) { return absl::EndsWith(record.name, suffix); });
}

void ScanZip(const ByteSource& source, Scan& scan) {
  const absl::StatusOr<ZipArchive> archive = ZipArchive::Open(source);
  if (!archive.ok()) return;
  if (HasSuffix(*archive, "/constants.pkl")) scan.Add("it holds a TorchScript program, which runs when it is loaded");
  if (HasSuffix(*archive, "/.data/extern_modules")) scan.Add("it holds Python code (torch.package)");
  for (const ZipRecord& record : archive->records()) {
    if (!absl::EndsWith(record.name, ".pkl") && !absl::EndsWith(record.name, ".pickle")) continue;
    const std::string name = Shown(record.name);
    const absl::StatusOr<RecordBytes> bytes = ReadRecord(record);
    const bool whole = bytes.ok() && scan.AddPickles(bytes->bytes, name) == bytes->bytes.size();
    if (scan.is_exhausted()) return scan.Add(absl::StrCat("it holds more than ", kMaxPickles, " pickles"));
    if (whole) continue;
    const absl::Status& status = bytes.ok() ? scan.status() : bytes.status();
    scan.Add(absl::StrCat(name, " cannot be read as a pickle", status.ok() ? "" : ": ", Shown(status.message())));
  }
}

void ScanTar(absl::string_view bytes, Scan& scan) {
  const absl::StatusOr<std::vector<TarMember>> members = ReadTar(bytes);
  if (!members.ok()) return;
  for (const TarMember& member : *members) scan.AddPickles(member.bytes, Shown(member.name));
}

}  // namespace

PickleScan ScanPickles(const ByteSource& source, const PluginRegistry& registry) {
  Scan scan(registry);
  PickleScan result;
  const absl::string_view bytes = source.bytes();
  if (absl::StartsWith(bytes, "PK")) {
    ScanZip(source, scan);
  } else if (BeginsAsTar(bytes)) {
    ScanTar(bytes, scan);
  } else {
    const size_t read = scan.AddPickles(bytes, "");
    result.is_bare_pickle = read > 0 && read == bytes.size();
    if (!result.is_bare_pickle && !scan.is_legacy_stream()) scan.DropSuspicious();
  }
  result.findings = scan.Take();
  return result;
}

}  // namespace loadstone
