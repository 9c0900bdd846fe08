#include "tools/inspect/report_json.h"

#include <string>

#include <nlohmann/json.hpp>

namespace loadstone {
namespace {

using Json = nlohmann::ordered_json;

Json ModelJson(const FileReport::Model& model) {
  Json json = {{"path", model.path}};
  if (!model.class_name.empty()) {
    json["class"] = model.class_name;
    json["classes"] = Json::array();
    for (const FileReport::Class& a_class : model.classes) {
      json["classes"].push_back({{"name", a_class.name}, {"count", a_class.count}, {"registered", a_class.registered}});
      if (a_class.registered) json["classes"].back()["origin"] = a_class.origin;
    }
  }
  json["tensors"] = Json::array();
  for (const FileReport::Tensor& tensor : model.tensors) {
    json["tensors"].push_back({{"name", tensor.name}, {"dtype", tensor.dtype}, {"shape", tensor.shape}});
  }
  if (!model.problems.empty()) json["problems"] = model.problems;
  return json;
}

Json FindingJson(const FileReport::Finding& finding) {
  Json json = {{"verdict", std::string(VerdictText(finding.verdict))}, {"reason", finding.reason}};
  if (finding.name.empty()) return json;
  json["name"] = finding.name;
  json["record"] = finding.record;
  json["offset"] = finding.offset;
  return json;
}

}  // namespace

std::string ReportJson(const FileReport& report) {
  Json json = {{"path", report.path},
               {"bytes", report.bytes},
               {"kind", std::string(KindText(report.kind))},
               {"verdict", std::string(VerdictText(VerdictOf(report)))}};
  json["findings"] = Json::array();
  for (const FileReport::Finding& finding : report.findings) json["findings"].push_back(FindingJson(finding));
  if (!report.description.empty()) json["description"] = report.description;
  if (!report.error.ok()) json["error"] = std::string(report.error.message());
  if (!report.container.empty()) {
    json["container"] = report.container;
    if (report.pickle_protocol.has_value()) json["pickle_protocol"] = *report.pickle_protocol;
    if (!report.byte_order.empty()) json["byte_order"] = report.byte_order;
    json["models"] = Json::array();
    for (const FileReport::Model& model : report.models) json["models"].push_back(ModelJson(model));
    json["entries"] = Json::array();
    for (const FileReport::Entry& entry : report.entries) {
      json["entries"].push_back({{"key", entry.key}, {"type", entry.type}, {"value", entry.value}});
    }
    if (report.entries_left_out > 0) json["entries_left_out"] = report.entries_left_out;
    json["other_names"] = report.other_names;
    for (const FileReport::Source& source : report.sources) {
      json["sources"].push_back({{"class", source.class_name}, {"file", source.file}, {"lines", source.lines}});
    }
  }
  return json.dump(2, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace) + "\n";
}

}  // namespace loadstone
