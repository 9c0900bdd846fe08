#include "tools/inspect/report_text.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "engine/python_format.h"

namespace loadstone {
namespace {

constexpr size_t kMaxColumn = 60;  // longer names push the rest of their line to the right

// A column as wide as the longest of `texts`, within reason.
template <typename Container, typename Text>
int ColumnWidth(const Container& container, Text text) {
  size_t width = 0;
  for (const auto& item : container) width = std::max(width, std::min(text(item).size(), kMaxColumn));
  return static_cast<int>(width);
}

void AppendModel(const FileReport::Model& model, std::string& text) {
  absl::StrAppend(&text, model.path.empty() ? "the model" : absl::StrCat("at ", model.path), ": ",
                  model.class_name.empty() ? "a state dict" : absl::StrCat("a module ", model.class_name), "\n");
  if (!model.classes.empty()) {
    absl::StrAppend(&text, "  classes (", model.classes.size(), ")\n");
    const int width = ColumnWidth(model.classes, [](const FileReport::Class& c) { return c.name; });
    for (const FileReport::Class& a_class : model.classes) {
      absl::StrAppendFormat(&text, "    %-*s  %d x  %s\n", width, a_class.name, a_class.count,
                            a_class.registered ? absl::StrCat("registered by ", a_class.origin) : "NOT REGISTERED");
    }
  }
  uint64_t bytes = 0;
  for (const FileReport::Tensor& tensor : model.tensors) bytes += tensor.bytes;
  absl::StrAppend(&text, "  tensors (", model.tensors.size(), "), ", bytes, " bytes\n");
  const int width = ColumnWidth(model.tensors, [](const FileReport::Tensor& t) { return t.name; });
  for (const FileReport::Tensor& tensor : model.tensors) {
    absl::StrAppendFormat(&text, "    %-*s  %s %s\n", width, tensor.name, tensor.dtype, ShapeText(tensor.shape));
  }
  for (const std::string& problem : model.problems) absl::StrAppend(&text, "  problem: ", problem, "\n");
}

void AppendEntries(const FileReport& report, std::string& text) {
  if (report.entries.empty()) return;
  absl::StrAppend(&text, "entries (", report.entries.size() + report.entries_left_out, ")\n");
  const int keys = ColumnWidth(report.entries, [](const FileReport::Entry& e) { return e.key; });
  const int types = ColumnWidth(report.entries, [](const FileReport::Entry& e) { return e.type; });
  for (const FileReport::Entry& entry : report.entries) {
    absl::StrAppendFormat(&text, "  %-*s  %-*s  %s\n", keys, entry.key.empty() ? "(root)" : entry.key, types,
                          entry.type, entry.value);
  }
  if (report.entries_left_out > 0) absl::StrAppend(&text, "  ... and ", report.entries_left_out, " more\n");
}

void AppendSources(const FileReport& report, std::string& text) {
  for (const FileReport::Source& source : report.sources) {
    absl::StrAppend(&text, "source of ", source.class_name, ", from ", source.file, ", in the file as text: never run\n");
    for (const std::string& line : source.lines) absl::StrAppend(&text, "  | ", line, "\n");
    if (source.lines_left_out > 0) absl::StrAppend(&text, "  ... and ", source.lines_left_out, " more lines\n");
  }
}

absl::string_view Explanation(const FileReport& report, FileReport::Verdict verdict) {
  switch (verdict) {
    case FileReport::Verdict::kSafe:
      return "all that it names is plain data, of PyTorch or a registered class";
    case FileReport::Verdict::kSuspicious:
      return "nothing known to do harm, but not all is known";
    case FileReport::Verdict::kDangerous:
      return "made to run commands or code when Python loads it";
    case FileReport::Verdict::kUnreadable:
      return report.error.message();
  }
  return "?";
}

std::string VerdictLine(const FileReport& report) {
  const FileReport::Verdict verdict = VerdictOf(report);
  return absl::StrCat("verdict: ", VerdictText(verdict), ": ", Explanation(report, verdict), "\n");
}

// What a load would ask for; no verdict on the file.
std::string MissingClasses(const FileReport& report) {
  size_t missing = 0;
  for (const FileReport::Model& model : report.models) {
    missing += static_cast<size_t>(std::count_if(model.classes.begin(), model.classes.end(),
                                                 [](const FileReport::Class& c) { return !c.registered; }));
  }
  if (missing == 0) return "";
  return absl::StrCat(missing, missing == 1 ? " class is" : " classes are", " not registered\n");
}

}  // namespace

std::string ReportText(const FileReport& report) {
  std::string text = absl::StrCat(report.path, ": ", KindText(report.kind), ", ", report.bytes, " bytes\n");
  if (!report.description.empty()) absl::StrAppend(&text, "it is ", report.description, "\n");
  if (!report.container.empty()) {
    absl::StrAppend(&text, "container ", report.container);
    if (report.pickle_protocol.has_value()) absl::StrAppend(&text, ", pickle protocol ", *report.pickle_protocol);
    if (!report.byte_order.empty()) absl::StrAppend(&text, ", byte order ", report.byte_order);
    text += "\n";
  }
  for (const FileReport::Model& model : report.models) AppendModel(model, text);
  AppendEntries(report, text);
  if (!report.other_names.empty()) {
    absl::StrAppend(&text, "also names: ", absl::StrJoin(report.other_names, ", "), "\n");
  }
  AppendSources(report, text);
  absl::StrAppend(&text, MissingClasses(report));
  for (const FileReport::Finding& finding : report.findings) {
    absl::StrAppend(&text, VerdictText(finding.verdict), ": ", FindingText(finding), "\n");
  }
  return text + VerdictLine(report);
}

}  // namespace loadstone
