// Files below one root, by path.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_SOURCE_TREE_SOURCE_FILES_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_SOURCE_TREE_SOURCE_FILES_H_

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace loadstone::python {

// Far above what source has; they bound what a hostile tree can cost.
inline constexpr size_t kLargestSourceFile = size_t{8} << 20;
inline constexpr size_t kLargestSourceTree = size_t{64} << 20;  // of all that is read of one tree
inline constexpr size_t kMostSourceFiles = 20'000;              // of a zip, and that a listing looks at

// Paths have '/' between names and no "." or "..". Any thread may call any method.
class SourceFiles {
 public:
  virtual ~SourceFiles() = default;

  enum class Kind { kNothing, kFile, kFolder };
  // What is there, and whether it is below the root: PermissionDenied when a link leads out of it.
  virtual absl::StatusOr<Kind> Find(const std::string& path) const = 0;
  // NotFound, PermissionDenied: as the file system says. InvalidArgument: no regular file. ResourceExhausted: too
  // large.
  virtual absl::StatusOr<std::string> Read(const std::string& path) const = 0;
  // The paths of .py files, sorted: for messages, so only of the first kMostSourceFiles things that are there.
  virtual std::vector<std::string> List() const = 0;
};

// A folder; links within it are followed. NotFound, PermissionDenied, InvalidArgument: it is none.
absl::StatusOr<std::unique_ptr<const SourceFiles>> OpenFolder(const std::string& root);

std::unique_ptr<const SourceFiles> FilesInMemory(std::map<std::string, std::string> files);

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_SOURCE_TREE_SOURCE_FILES_H_
