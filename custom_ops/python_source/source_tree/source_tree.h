// The Python source that a model brings with it.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_SOURCE_TREE_SOURCE_TREE_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_SOURCE_TREE_SOURCE_TREE_H_

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/call_once.h"
#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "custom_ops/python_source/source_tree/source_files.h"

namespace loadstone::python {

// The file of one module. Immutable.
struct SourceModule {
  std::string name;  // "shop.models.ranker"
  std::string path;  // for messages: the tree's own path, then "/shop/models/ranker.py"
  std::string text;
  bool package = false;  // other modules lie below it: an __init__.py, or a folder without one, whose text is empty
};

// Immutable but for what it keeps of files already read; any thread may call any method.
class SourceTree {
 public:
  // A folder, a zip or one .py file. A folder's files are read when they are first asked for.
  // NotFound, PermissionDenied: as the file system says. DataLoss, Unimplemented: the zip is malformed, or no zip that
  // this reader knows. InvalidArgument: an entry of it is a link; or `path` is neither of the three.
  // ResourceExhausted: past one of the limits of source_files.h.
  static absl::StatusOr<std::shared_ptr<const SourceTree>> Open(const std::string& path);
  // `name` stands for the path in messages.
  static std::shared_ptr<const SourceTree> FromMemory(std::string name, std::map<std::string, std::string> files);

  SourceTree(const SourceTree&) = delete;
  SourceTree& operator=(const SourceTree&) = delete;

  // The module of that dotted name, as Python would find it with the root alone in sys.path: a/b/__init__.py before
  // a/b.py before a folder a/b, and `a` must be a package. The same object for the same name.
  // NotFound: none; says which files were searched, and near misses. Otherwise the file is there and cannot be read.
  absl::StatusOr<std::shared_ptr<const SourceModule>> Find(absl::string_view name) const;

  // The name of the only module, what `__main__` means; "" when there are more.
  std::string OnlyModule() const;
  // Which modules have a class or function of that name at their top level; for messages: text is searched, not parsed.
  std::vector<std::string> ModulesThatDefine(absl::string_view name) const;

  const std::string& path() const { return path_; }

 private:
  SourceTree(std::string path, std::unique_ptr<const SourceFiles> files);
  absl::StatusOr<std::shared_ptr<const SourceModule>> Search(absl::string_view name) const;
  absl::StatusOr<std::shared_ptr<const SourceModule>> Read(absl::string_view name, const std::string& file,
                                                           bool package) const;
  absl::Status NotFound(absl::string_view name, const std::vector<std::string>& searched) const;
  const std::vector<std::string>& Modules() const;

  const std::string path_;
  const std::unique_ptr<const SourceFiles> files_;
  mutable absl::Mutex mutex_;
  mutable absl::flat_hash_map<std::string, std::shared_ptr<const SourceModule>> found_ ABSL_GUARDED_BY(mutex_);
  mutable size_t bytes_read_ ABSL_GUARDED_BY(mutex_) = 0;
  mutable absl::once_flag listed_;
  mutable std::vector<std::string> modules_;  // once listed
};

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_SOURCE_TREE_SOURCE_TREE_H_
