#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/source_tree/source_files.h"

namespace loadstone::python {
namespace {

class MemoryFiles : public SourceFiles {
 public:
  explicit MemoryFiles(std::map<std::string, std::string> files) : files_(std::move(files)) {}

  absl::StatusOr<Kind> Find(const std::string& path) const override {
    if (files_.contains(path)) return Kind::kFile;
    const std::string folder = absl::StrCat(path, "/");
    const auto inside = files_.lower_bound(folder);
    return inside != files_.end() && absl::StartsWith(inside->first, folder) ? Kind::kFolder : Kind::kNothing;
  }

  absl::StatusOr<std::string> Read(const std::string& path) const override {
    const auto found = files_.find(path);
    if (found == files_.end()) return absl::NotFoundError(absl::StrCat(path, ": no such file"));
    if (found->second.size() > kLargestSourceFile) {
      return absl::ResourceExhaustedError(
          absl::StrCat(path, " has ", found->second.size(), " bytes, limit ", kLargestSourceFile));
    }
    return found->second;
  }

  std::vector<std::string> List() const override {
    std::vector<std::string> paths;
    for (const auto& [path, text] : files_) {
      if (absl::EndsWith(path, ".py")) paths.push_back(path);
    }
    return paths;
  }

 private:
  const std::map<std::string, std::string> files_;
};

}  // namespace

std::unique_ptr<const SourceFiles> FilesInMemory(std::map<std::string, std::string> files) {
  return std::make_unique<MemoryFiles>(std::move(files));
}

}  // namespace loadstone::python
