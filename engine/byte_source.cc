#include "engine/byte_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "engine/base/near_misses.h"
#include "engine/base/status_macros.h"

namespace loadstone {
namespace {

constexpr size_t kMaxListed = 10'000;  // entries of a folder looked at for near misses

// What exists where `path` was looked for: the nearest file names, or how far the path leads.
std::string NearestExisting(const std::filesystem::path& path) {
  std::error_code error;
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  if (!std::filesystem::is_directory(folder, error)) {
    std::filesystem::path existing = folder;
    while (existing.has_relative_path() && existing != "." && !std::filesystem::is_directory(existing, error)) {
      existing = existing.has_parent_path() ? existing.parent_path() : ".";
    }
    if (existing.empty()) existing = ".";
    return absl::StrCat("; there is no folder ", folder.string(), ", only ", existing.string());
  }
  std::vector<std::string> names;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    names.push_back(entry->path().filename().string());
    if (names.size() == kMaxListed) break;
  }
  std::sort(names.begin(), names.end());
  return DidYouMean(path.filename().string(), names);
}

absl::Status OpenError(const std::string& path, int error) {
  if (error == ENOENT || error == ENOTDIR) {
    return absl::NotFoundError(absl::StrCat("no file ", path, NearestExisting(path)));
  }
  if (error == ENXIO || error == ENODEV) {  // a socket, or a device that is not there
    return absl::InvalidArgumentError(absl::StrCat(path, " is not a regular file"));
  }
  const std::string text = absl::StrCat("cannot open ", path, ": ", std::strerror(error));
  if (error == EACCES || error == EPERM) return absl::PermissionDeniedError(text);
  if (error == ELOOP || error == ENAMETOOLONG) return absl::InvalidArgumentError(text);
  return absl::UnavailableError(text);
}

}  // namespace

absl::StatusOr<std::shared_ptr<ByteSource>> ByteSource::Map(const std::string& path, const LoadLimits& limits) {
  // O_NONBLOCK so that a FIFO in the file's place cannot hang the open.
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return OpenError(path, errno);
  auto close_descriptor = absl::MakeCleanup([descriptor] { close(descriptor); });

  struct stat info;
  if (fstat(descriptor, &info) != 0) return OpenError(path, errno);
  if (S_ISDIR(info.st_mode)) return absl::InvalidArgumentError(absl::StrCat(path, " is a folder, not a model file"));
  if (!S_ISREG(info.st_mode)) return absl::InvalidArgumentError(absl::StrCat(path, " is not a regular file"));
  if (info.st_size == 0) return FromBytes("", path, limits);

  ASSIGN_OR_RETURN(std::shared_ptr<const MappedFile> file,
                   MappedFile::Map(descriptor, static_cast<size_t>(info.st_size), path));
  std::shared_ptr<const void> memory(file, file->bytes().data());
  std::shared_ptr<ByteSource> source(new ByteSource(path, file->bytes(), std::move(memory), limits));
  std::move(close_descriptor).Cancel();
  source->descriptor_ = descriptor;
  const absl::MutexLock lock(&source->mutex_);
  source->files_.push_back(std::move(file));
  return source;
}

ByteSource::~ByteSource() {
  if (descriptor_ >= 0) close(descriptor_);
}

bool ByteSource::Copy(uint64_t offset, size_t size, char* to) const {
  if (descriptor_ >= 0) return pread(descriptor_, to, size, static_cast<off_t>(offset)) == static_cast<ssize_t>(size);
  bytes_.copy(to, size, offset);
  return true;
}

absl::StatusOr<std::shared_ptr<ByteSource>> ByteSource::MapPart(const std::string& path) const {
  ASSIGN_OR_RETURN(std::shared_ptr<ByteSource> part, Map(path, limits_));
  const absl::MutexLock lock(&mutex_);
  for (const std::weak_ptr<const MappedFile>& file : part->files()) files_.push_back(file.lock());
  return part;
}

absl::Status ByteSource::CheckIntact() const {
  const absl::MutexLock lock(&mutex_);
  for (const std::shared_ptr<const MappedFile>& file : files_) RETURN_IF_ERROR(file->CheckIntact());
  return absl::OkStatus();
}

std::vector<std::weak_ptr<const MappedFile>> ByteSource::files() const {
  const absl::MutexLock lock(&mutex_);
  return {files_.begin(), files_.end()};
}

std::shared_ptr<ByteSource::ParseResult> ByteSource::ResultFor(std::type_index type) const {
  absl::MutexLock lock(&mutex_);
  std::shared_ptr<ParseResult>& result = parsed_[type];
  if (result == nullptr) result = std::make_shared<ParseResult>();
  return result;
}

std::shared_ptr<ByteSource> ByteSource::FromBytes(std::string bytes, std::string name, const LoadLimits& limits) {
  auto owned = std::make_shared<std::string>(std::move(bytes));
  const absl::string_view view = *owned;
  return std::shared_ptr<ByteSource>(new ByteSource(std::move(name), view, std::move(owned), limits));
}

}  // namespace loadstone
