#include "tools/inspect/inspect_file.h"

#include <ATen/core/Tensor.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "engine/base/status_macros.h"
#include "engine/byte_source.h"
#include "engine/loader.h"
#include "engine/model_spec.h"
#include "engine/module_def.h"
#include "engine/state_dict.h"
#include "loaders/pickle/unpickler.h"
#include "loaders/torch_format/file_content.h"
#include "loaders/torch_format/interpreter.h"
#include "loaders/torch_format/storage_id.h"
#include "loaders/torch_format/tensor_reader.h"
#include "loaders/torch_format/torch_file.h"
#include "tools/convert/read_weights.h"
#include "tools/inspect/describe_value.h"
#include "tools/inspect/scan_pickles.h"
#include "tools/tensor_io/format_value.h"

namespace loadstone {
namespace {

// Far more than genuine files have: a hostile one could make the report larger than memory.
constexpr size_t kMaxTensors = 200'000;
constexpr size_t kMaxEntries = 10'000;
constexpr size_t kMaxPath = 1000;
constexpr size_t kMaxSources = 100;
constexpr size_t kMaxLines = 500;  // of one class's source

FileReport::Kind KindOf(ContentKind kind) {
  switch (kind) {
    case ContentKind::kModule:
      return FileReport::Kind::kModule;
    case ContentKind::kStateDict:
      return FileReport::Kind::kStateDict;
    case ContentKind::kCheckpoint:
      return FileReport::Kind::kCheckpoint;
    case ContentKind::kOther:
      return FileReport::Kind::kOther;
  }
  return FileReport::Kind::kOther;
}

std::string Join(const std::string& path, absl::string_view name) {
  std::string joined = path.empty() ? Shown(name) : absl::StrCat(path, ".", Shown(name));
  if (joined.size() > kMaxPath) joined.resize(kMaxPath);
  return joined;
}

void AddTensor(std::string name, const at::Tensor& tensor, FileReport::Model& model) {
  if (model.tensors.size() == kMaxTensors) {
    if (model.problems.empty()) {
      model.problems.push_back(absl::StrCat("more than ", kMaxTensors, " tensors are not listed"));
    }
    return;
  }
  const bool dense = tensor.layout() == c10::kStrided;
  model.tensors.push_back({.name = std::move(name),
                           .dtype = DtypeName(tensor),
                           .shape = tensor.sizes().vec(),
                           .bytes = dense ? static_cast<uint64_t>(tensor.numel()) * tensor.element_size() : 0});
}

// Lists a tree of modules, each module once, as Python's named_modules.
class ModuleWalk {
 public:
  explicit ModuleWalk(FileReport::Model& model) : model_(model) {}

  // The depth is the interpreter's, which has a limit.
  void Visit(const ModuleDef& def, const std::string& path) {
    if (!seen_.insert(&def).second) return;
    const auto [entry, inserted] = class_index_.try_emplace(def.class_name, model_.classes.size());
    if (inserted) model_.classes.push_back({.name = Shown(def.class_name)});
    ++model_.classes[entry->second].count;
    for (const NamedList<at::Tensor>* list : {&def.parameters, &def.buffers}) {
      for (const Named<at::Tensor>& tensor : *list) {
        if (tensor.value.defined()) AddTensor(Join(path, tensor.name), tensor.value, model_);
      }
    }
    for (const Named<std::shared_ptr<ModuleDef>>& child : def.children) {
      if (child.value != nullptr) Visit(*child.value, Join(path, child.name));
    }
  }

 private:
  FileReport::Model& model_;
  absl::flat_hash_set<const ModuleDef*> seen_;
  absl::flat_hash_map<std::string, size_t> class_index_;
};

void MarkRegistered(const PluginRegistry& registry, FileReport::Model& model) {
  for (FileReport::Class& a_class : model.classes) {
    const absl::StatusOr<const ModuleClass*> found = registry.FindModuleClass(a_class.name);
    a_class.registered = found.ok();
    for (const auto& entry : registry.module_classes()) {
      if (found.ok() && entry.value.get() == *found) a_class.origin = entry.origin;
    }
  }
}

// Fills the report of one torch.save file.
class TorchInspection {
 public:
  TorchInspection(const TorchFile& file, const PluginRegistry& registry, FileReport& report)
      : document_(file.document()), registry_(registry), report_(report), interpreter_(file) {}

  void Run() {
    const pickle::Value root = document_.root();
    report_.kind = KindOf(Classify(root));
    for (const Candidate& candidate : FindCandidates(root)) AddModel(candidate);
    if (report_.kind == FileReport::Kind::kCheckpoint || report_.kind == FileReport::Kind::kOther) AddEntries(root);
    AddNames();
    AddSources();
  }

 private:
  void AddModel(const Candidate& candidate) {
    FileReport::Model model;
    model.path = Shown(candidate.path);
    if (IsModule(candidate.value)) {
      model.class_name = Shown(ClassName(candidate.value.object()));
      const absl::StatusOr<std::shared_ptr<ModuleDef>> def = interpreter_.InterpretModule(candidate.value);
      if (def.ok()) {
        ModuleWalk(model).Visit(**def, "");
      } else {
        model.problems.push_back(Shown(def.status().message()));
      }
      MarkRegistered(registry_, model);
    } else {
      AddWeights(*AsMapping(candidate.value), model);
    }
    report_.models.push_back(std::move(model));
  }

  void AddWeights(const pickle::Dict& weights, FileReport::Model& model) {
    for (const pickle::Dict::Entry& entry : weights.entries) {
      absl::string_view key;
      entry.key.AsText(&key);
      if (!TensorReader::IsTensor(entry.value)) {
        AddEntry(Join(model.path, key), entry.value);
        continue;
      }
      const absl::StatusOr<Attribute> tensor = interpreter_.Interpret(entry.value);
      if (tensor.ok()) {
        AddTensor(Join("", key), *tensor->tensor(), model);
      } else if (model.problems.size() < kMaxEntries) {
        model.problems.push_back(absl::StrCat(Shown(key), ": ", Shown(tensor.status().message())));
      }
    }
  }

  void AddEntry(absl::string_view key, const pickle::Value& value) {
    if (report_.entries.size() == kMaxEntries) {
      ++report_.entries_left_out;
    } else {
      report_.entries.push_back(DescribeValue(key, value, interpreter_));
    }
  }

  // The root's parts: a dict's entries, a sequence's items, or itself.
  void AddEntries(const pickle::Value& root) {
    if (const pickle::Dict* dict = AsMapping(root)) {
      for (const pickle::Dict::Entry& entry : dict->entries) {
        absl::string_view text;
        const std::string key =
            entry.key.AsText(&text) ? std::string(text) : DescribeValue("", entry.key, interpreter_).value;
        AddEntry(key, entry.value);
      }
    } else if (root.kind() == pickle::Kind::kTuple || root.kind() == pickle::Kind::kList) {
      for (size_t i = 0; i < root.items().size(); ++i) AddEntry(absl::StrCat("[", i, "]"), root.items()[i]);
    } else {
      AddEntry("", root);
    }
  }

  void AddNames() {
    absl::flat_hash_set<std::string> listed;
    for (const FileReport::Model& model : report_.models) {
      for (const FileReport::Class& a_class : model.classes) listed.insert(a_class.name);
    }
    for (const FileReport::Finding& finding : report_.findings) listed.insert(finding.name);
    for (const pickle::Name* name : document_.names()) {
      std::string shown = Shown(QualifiedName(*name));
      if (!listed.contains(shown)) report_.other_names.push_back(std::move(shown));
    }
  }

  void AddSources() {
    absl::flat_hash_set<std::string> seen;
    for (const pickle::PersistentId* id : document_.persistent_ids()) {
      const std::optional<EmbeddedSource> source = EmbeddedSourceOf(*id);
      if (!source.has_value() || report_.sources.size() == kMaxSources) continue;
      const std::string name = QualifiedName(*source->class_name);
      if (absl::StartsWith(name, "torch.") || !seen.insert(name).second) continue;
      FileReport::Source shown{.class_name = Shown(name), .file = Shown(source->file)};
      for (absl::string_view line : absl::StrSplit(absl::StripSuffix(source->text, "\n"), '\n')) {
        if (shown.lines.size() == kMaxLines) {
          ++shown.lines_left_out;
        } else {
          shown.lines.push_back(Shown(line));
        }
      }
      report_.sources.push_back(std::move(shown));
    }
  }

  const pickle::Document& document_;
  const PluginRegistry& registry_;
  FileReport& report_;
  Interpreter interpreter_;
};

FileReport::Model DescribeContent(const ModelContent& content, const PluginRegistry& registry) {
  FileReport::Model model;
  if (const std::shared_ptr<ModuleDef>* def = std::get_if<std::shared_ptr<ModuleDef>>(&content)) {
    model.class_name = Shown((*def)->class_name);
    ModuleWalk(model).Visit(**def, "");
    MarkRegistered(registry, model);
    return model;
  }
  const StateDict* weights = std::get_if<StateDict>(&content);
  if (weights == nullptr) {
    model.problems.push_back("its loader runs it by itself: what is in it is not listed");
    return model;
  }
  for (const Named<Attribute>& entry : weights->entries) {
    if (entry.value.tensor() != nullptr) AddTensor(Join("", entry.name), *entry.value.tensor(), model);
  }
  return model;
}

void SetBroken(const absl::Status& status, FileReport& report) {
  report.kind = FileReport::Kind::kBroken;
  report.error = Annotate(status, report.path);
}

// A file that torch.save did not write: what the loaders say.
void InspectByLoaders(const ByteSource& source, const PluginRegistry& registry, FileReport& report) {
  for (const PluginRegistry::Entry<Loader>& entry : registry.loaders()) {
    const absl::Status can_load = entry.value->CanLoad(source);
    if (absl::IsInvalidArgument(can_load)) continue;
    report.container = std::string(entry.value->name());
    if (!can_load.ok()) return SetBroken(can_load, report);
    ModelSpec spec;
    spec.path = report.path;
    const absl::StatusOr<ModelContent> content = entry.value->Load(spec, source);
    if (!content.ok()) return SetBroken(content.status(), report);
    report.kind =
        std::holds_alternative<StateDict>(*content) ? FileReport::Kind::kStateDict : FileReport::Kind::kModule;
    report.models.push_back(DescribeContent(*content, registry));
    return;
  }
  report.kind = FileReport::Kind::kUnknown;
}

// What is not in the pickles, and what only the loaders see.
void AddFindings(const ByteSource& source, bool is_bare_pickle, FileReport& report) {
  const auto add = [&report](FileReport::Verdict verdict, std::string reason) {
    report.findings.push_back({.verdict = verdict, .reason = std::move(reason)});
  };
  const bool explained = std::any_of(report.findings.begin(), report.findings.end(),
                                     [](const FileReport::Finding& finding) { return finding.name.empty(); });
  if (report.kind == FileReport::Kind::kUnknown && !is_bare_pickle && !explained) {
    add(FileReport::Verdict::kSuspicious, absl::StrCat("it is ", report.description, ": not looked into"));
  }
  if (VerdictOf(report) != FileReport::Verdict::kDangerous) {
    // The reader comes to parts of a tar's stream that the scan does not reach.
    const absl::Status opened = OpenTorchFile(source).status();
    if (absl::IsPermissionDenied(opened)) add(FileReport::Verdict::kDangerous, std::string(opened.message()));
  }
  for (const FileReport::Model& model : report.models) {
    if (model.problems.empty()) continue;
    add(FileReport::Verdict::kSuspicious, absl::StrCat("part of it cannot be read: ", model.problems.front()));
    break;
  }
}

// Its attributes, as data: the program is not looked at.
void InspectTorchscript(const absl::StatusOr<Weights>& weights, FileReport& report) {
  report.container = "zip";
  if (!weights.ok()) return SetBroken(weights.status(), report);
  report.kind = FileReport::Kind::kTorchscript;
  FileReport::Model model;
  model.class_name = "torch.jit._script.RecursiveScriptModule";  // what torch.jit.load gives
  for (const Named<at::Tensor>& tensor : weights->tensors) AddTensor(Join("", tensor.name), tensor.value, model);
  report.models.push_back(std::move(model));
}

void Inspect(const ByteSource& source, const PluginRegistry& registry, FileReport& report) {
  PickleScan scan = ScanPickles(source, registry);
  report.findings = std::move(scan.findings);
  const absl::StatusOr<std::shared_ptr<const TorchFile>> file = InspectTorchFile(source);
  if (file.ok()) {
    report.container = std::string((*file)->container());
    report.pickle_protocol = (*file)->document().protocol();
    report.byte_order = (*file)->byte_order() == ByteOrder::kLittle ? "little" : "big";
    TorchInspection(**file, registry, report).Run();
  } else if (!absl::IsInvalidArgument(file.status())) {
    SetBroken(file.status(), report);
  } else if (const absl::StatusOr<Weights> script = ReadTorchscriptWeights(source);
             !absl::IsInvalidArgument(script.status())) {
    InspectTorchscript(script, report);
  } else {
    InspectByLoaders(source, registry, report);
    if (report.kind == FileReport::Kind::kUnknown) {
      report.description = std::string(absl::StripPrefix(file.status().message(), "not a torch.save file: it is "));
    }
  }
  AddFindings(source, scan.is_bare_pickle, report);
}

}  // namespace

absl::StatusOr<FileReport> InspectFile(const std::string& path, const PluginRegistry& registry) {
  ASSIGN_OR_RETURN(const std::shared_ptr<ByteSource> source, ByteSource::Map(path));
  FileReport report;
  report.path = path;
  report.bytes = source->bytes().size();
  Inspect(*source, registry, report);
  if (const absl::Status intact = source->CheckIntact(); !intact.ok()) SetBroken(intact, report);
  return report;
}

}  // namespace loadstone
