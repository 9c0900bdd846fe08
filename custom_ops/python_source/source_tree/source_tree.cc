#include "custom_ops/python_source/source_tree/source_tree.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "custom_ops/python_source/source_tree/zip_files.h"
#include "engine/base/near_misses.h"
#include "engine/base/status_macros.h"

namespace loadstone::python {
namespace {

namespace fs = std::filesystem;
using Kind = SourceFiles::Kind;

constexpr size_t kLongestName = 1000;

// What can be a part of a dotted name on every file system, so that no name leaves the root.
bool IsNamePart(absl::string_view part) {
  return !part.empty() && part.find('/') == part.npos && part.find('\\') == part.npos && part.find('\0') == part.npos;
}

std::string ModuleOfFile(absl::string_view file) {
  absl::ConsumeSuffix(&file, ".py");
  absl::ConsumeSuffix(&file, "/__init__");
  return absl::StrReplaceAll(file, {{"/", "."}});
}

bool Defines(absl::string_view text, absl::string_view name) {
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    if (!absl::ConsumePrefix(&line, "class ") && !absl::ConsumePrefix(&line, "def ")) continue;
    if (!absl::ConsumePrefix(&line, name)) continue;
    if (line.empty() || line[0] == '(' || line[0] == ':' || line[0] == ' ') return true;
  }
  return false;
}

absl::StatusOr<std::map<std::string, std::string>> ReadOneFile(const fs::path& path) {
  ASSIGN_OR_RETURN(const std::unique_ptr<const SourceFiles> folder,
                   OpenFolder(path.has_parent_path() ? path.parent_path().string() : "."));
  ASSIGN_OR_RETURN(std::string text, folder->Read(path.filename()));
  return std::map<std::string, std::string>{{path.filename(), std::move(text)}};
}

}  // namespace

SourceTree::SourceTree(std::string path, std::unique_ptr<const SourceFiles> files)
    : path_(std::move(path)), files_(std::move(files)) {}

absl::StatusOr<std::shared_ptr<const SourceTree>> SourceTree::Open(const std::string& path) {
  std::string root = path;
  while (root.size() > 1 && root.back() == '/') root.pop_back();
  std::error_code error;
  if (fs::is_directory(root, error)) {
    ASSIGN_OR_RETURN(std::unique_ptr<const SourceFiles> files, OpenFolder(root));
    return std::shared_ptr<const SourceTree>(new SourceTree(root, std::move(files)));
  }
  if (absl::EndsWith(root, ".py")) {
    ASSIGN_OR_RETURN(auto file, ReadOneFile(root));
    return FromMemory(fs::path(root).parent_path(), std::move(file));
  }
  ASSIGN_OR_RETURN(auto files, ReadZip(root));
  return FromMemory(root, std::move(files));
}

std::shared_ptr<const SourceTree> SourceTree::FromMemory(std::string name, std::map<std::string, std::string> files) {
  return std::shared_ptr<const SourceTree>(new SourceTree(std::move(name), FilesInMemory(std::move(files))));
}

absl::StatusOr<std::shared_ptr<const SourceModule>> SourceTree::Find(absl::string_view name) const {
  {
    absl::MutexLock lock(&mutex_);
    if (const auto found = found_.find(name); found != found_.end()) return found->second;
  }
  ASSIGN_OR_RETURN(std::shared_ptr<const SourceModule> module, Search(name));
  absl::MutexLock lock(&mutex_);
  // Another thread may have been faster: all get its object.
  const auto [place, added] = found_.emplace(name, std::move(module));
  if (!added) return place->second;
  bytes_read_ += place->second->text.size();
  if (bytes_read_ <= kLargestSourceTree) return place->second;
  return absl::ResourceExhaustedError(
      absl::StrCat(path_, ": more than ", kLargestSourceTree, " bytes of source, with ", place->second->path));
}

absl::StatusOr<std::shared_ptr<const SourceModule>> SourceTree::Search(absl::string_view name) const {
  std::vector<std::string> searched;
  const std::vector<absl::string_view> parts = absl::StrSplit(name, '.');
  if (name.size() > kLongestName || !std::all_of(parts.begin(), parts.end(), IsNamePart)) {
    return NotFound(name, searched);
  }
  std::string base;
  for (size_t i = 0; i < parts.size(); ++i) {
    absl::StrAppend(&base, i == 0 ? "" : "/", parts[i]);
    const bool last = i + 1 == parts.size();
    const std::string init = absl::StrCat(base, "/__init__.py");
    ASSIGN_OR_RETURN(const Kind init_kind, files_->Find(init));
    if (init_kind == Kind::kFile) {
      if (last) return Read(name, init, /*package=*/true);
      continue;
    }
    const std::string file = absl::StrCat(base, ".py");
    ASSIGN_OR_RETURN(const Kind file_kind, files_->Find(file));
    searched.push_back(init);
    if (file_kind == Kind::kFile) {
      if (last) return Read(name, file, /*package=*/false);
      return absl::NotFoundError(absl::StrCat("no module '", name, "': ", path_, path_.empty() ? "" : "/", file,
                                              " is a module, not a package"));
    }
    searched.push_back(file);
    ASSIGN_OR_RETURN(const Kind folder_kind, files_->Find(base));
    if (folder_kind != Kind::kFolder) return NotFound(name, searched);
  }
  return Read(name, base, /*package=*/true);
}

absl::StatusOr<std::shared_ptr<const SourceModule>> SourceTree::Read(absl::string_view name, const std::string& file,
                                                                     bool package) const {
  auto module = std::make_shared<SourceModule>();
  module->name = std::string(name);
  module->path = path_.empty() ? file : absl::StrCat(path_, "/", file);
  module->package = package;
  // A folder alone has no text.
  if (absl::EndsWith(file, ".py")) {
    ASSIGN_OR_RETURN(module->text, files_->Read(file));
  }
  return module;
}

absl::Status SourceTree::NotFound(absl::string_view name, const std::vector<std::string>& searched) const {
  const std::string where = path_.empty() ? "the source" : path_;
  std::string text = absl::StrCat("no module '", name, "' in ", where);
  if (!searched.empty()) absl::StrAppend(&text, " (searched ", absl::StrJoin(searched, ", "), ")");
  const std::string own_name = fs::path(path_).filename();
  if (absl::StartsWith(name, absl::StrCat(own_name, ".")) || name == own_name) {
    return absl::NotFoundError(
        absl::StrCat(text, "; ", path_, " is itself the package ", own_name, ": name the folder above it"));
  }
  const std::vector<std::string>& modules = Modules();
  const std::string tail = absl::StrCat(".", name.substr(name.rfind('.') + 1));
  const auto deeper = std::find_if(modules.begin(), modules.end(),
                                   [&](const std::string& module) { return absl::EndsWith(module, tail); });
  if (deeper != modules.end()) return absl::NotFoundError(absl::StrCat(text, "; did you mean ", *deeper, "?"));
  return absl::NotFoundError(absl::StrCat(text, DidYouMean(name, modules)));
}

const std::vector<std::string>& SourceTree::Modules() const {
  // A large folder takes a while, and a program may ask for many modules that are not there.
  absl::call_once(listed_, [this] {
    for (const std::string& file : files_->List()) modules_.push_back(ModuleOfFile(file));
  });
  return modules_;
}

std::string SourceTree::OnlyModule() const {
  const std::vector<std::string>& modules = Modules();
  return modules.size() == 1 ? modules[0] : "";
}

std::vector<std::string> SourceTree::ModulesThatDefine(absl::string_view name) const {
  std::vector<std::string> modules;
  size_t bytes = 0;
  for (const std::string& file : files_->List()) {
    const absl::StatusOr<std::string> text = files_->Read(file);
    if (!text.ok()) continue;
    bytes += text->size();
    if (bytes > kLargestSourceTree) break;
    if (Defines(*text, name)) modules.push_back(ModuleOfFile(file));
  }
  return modules;
}

}  // namespace loadstone::python
