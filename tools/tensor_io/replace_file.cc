#include "tools/tensor_io/replace_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include "absl/strings/str_cat.h"

namespace loadstone {
namespace {

absl::Status FileError(absl::string_view what, const std::string& path) {
  const int error = errno;
  const std::string text = absl::StrCat("cannot ", what, " ", path, ": ", std::strerror(error));
  if (error == ENOENT || error == ENOTDIR) return absl::NotFoundError(text);
  if (error == EACCES || error == EPERM || error == EROFS) return absl::PermissionDeniedError(text);
  return absl::UnavailableError(text);
}

absl::Status WriteAll(const std::string& path, absl::Span<const absl::string_view> pieces) {
  std::FILE* const file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) return FileError("open", path);
  absl::Status status;
  for (const absl::string_view piece : pieces) {
    if (std::fwrite(piece.data(), 1, piece.size(), file) == piece.size()) continue;
    status = FileError("write", path);
    break;
  }
  if (std::fclose(file) != 0 && status.ok()) return FileError("write", path);
  return status;
}

}  // namespace

absl::Status ReplaceFile(const std::string& path, absl::Span<const absl::string_view> pieces) {
  const std::string partial = absl::StrCat(path, ".partial");
  absl::Status status = WriteAll(partial, pieces);
  if (status.ok() && std::rename(partial.c_str(), path.c_str()) != 0) status = FileError("replace", path);
  if (!status.ok()) std::remove(partial.c_str());
  return status;
}

}  // namespace loadstone
