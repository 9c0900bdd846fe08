#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/source_tree/source_files.h"
#include "engine/base/status_macros.h"

namespace loadstone::python {
namespace {

namespace fs = std::filesystem;

constexpr int kDeepestListed = 12;

absl::Status SystemError(const std::string& path, int number) {
  const std::string text = absl::StrCat(path, ": ", std::strerror(number));
  if (number == ENOENT || number == ENOTDIR) return absl::NotFoundError(text);
  if (number == EACCES || number == EPERM) return absl::PermissionDeniedError(text);
  return absl::InvalidArgumentError(text);
}

absl::StatusOr<std::string> ReadWhole(int descriptor, const std::string& path) {
  struct stat status;
  if (fstat(descriptor, &status) != 0) return SystemError(path, errno);
  if (!S_ISREG(status.st_mode)) return absl::InvalidArgumentError(absl::StrCat(path, " is not a regular file"));
  if (static_cast<size_t>(status.st_size) > kLargestSourceFile) {
    return absl::ResourceExhaustedError(
        absl::StrCat(path, " has ", status.st_size, " bytes, limit ", kLargestSourceFile));
  }
  std::string text(status.st_size, '\0');
  size_t filled = 0;
  while (filled < text.size()) {
    const ssize_t got = read(descriptor, text.data() + filled, text.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return SystemError(path, errno);
    if (got == 0) break;
    filled += got;
  }
  text.resize(filled);
  return text;
}

class FolderFiles : public SourceFiles {
 public:
  // `real_root` has no links in it.
  FolderFiles(std::string root, std::string real_root) : root_(std::move(root)), real_root_(std::move(real_root)) {}

  absl::StatusOr<Kind> Find(const std::string& path) const override {
    const absl::StatusOr<std::string> real = RealPath(path);
    if (absl::IsNotFound(real.status())) return Kind::kNothing;
    if (!real.ok()) return real.status();
    std::error_code error;
    const fs::file_status status = fs::status(*real, error);
    if (fs::is_directory(status)) return Kind::kFolder;
    return fs::exists(status) ? Kind::kFile : Kind::kNothing;
  }

  absl::StatusOr<std::string> Read(const std::string& path) const override {
    ASSIGN_OR_RETURN(const std::string real, RealPath(path));
    // A fifo must not make the load wait for its writer.
    const int descriptor = open(real.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (descriptor < 0) return SystemError(absl::StrCat(root_, "/", path), errno);
    const absl::Cleanup close_it = [descriptor] { close(descriptor); };
    return ReadWhole(descriptor, absl::StrCat(root_, "/", path));
  }

  std::vector<std::string> List() const override {
    std::vector<std::string> paths;
    size_t seen = 0;
    std::error_code error;
    auto it = fs::recursive_directory_iterator(real_root_, fs::directory_options::skip_permission_denied, error);
    for (; !error && it != fs::recursive_directory_iterator() && seen < kMostSourceFiles; it.increment(error), ++seen) {
      const std::string name = it->path().filename();
      if (absl::StartsWith(name, ".") || name == "__pycache__" || it.depth() >= kDeepestListed) {
        it.disable_recursion_pending();
      } else if (absl::EndsWith(name, ".py")) {
        paths.push_back(it->path().string().substr(real_root_.size() + 1));
      }
    }
    std::sort(paths.begin(), paths.end());
    return paths;
  }

 private:
  absl::StatusOr<std::string> RealPath(const std::string& path) const {
    std::error_code error;
    const std::string real = fs::canonical(absl::StrCat(real_root_, "/", path), error);
    if (error) return SystemError(absl::StrCat(root_, "/", path), error.value());
    if (!absl::StartsWith(real, real_root_ == "/" ? "/" : absl::StrCat(real_root_, "/"))) {
      return absl::PermissionDeniedError(
          absl::StrCat(root_, "/", path, " is a link out of its source folder, to ", real));
    }
    return real;
  }

  const std::string root_;
  const std::string real_root_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<const SourceFiles>> OpenFolder(const std::string& root) {
  std::error_code error;
  std::string real = fs::canonical(root, error);
  if (error) return SystemError(root, error.value());
  if (!fs::is_directory(real, error)) return absl::InvalidArgumentError(absl::StrCat(root, " is not a folder"));
  return std::make_unique<FolderFiles>(root, std::move(real));
}

}  // namespace loadstone::python
