// The bytes of a model file, mapped into memory, and what a load may make of them.
#ifndef LOADSTONE_ENGINE_BYTE_SOURCE_H_
#define LOADSTONE_ENGINE_BYTE_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <typeindex>
#include <typeinfo>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "engine/base/mapped_file.h"
#include "engine/load_limits.h"

namespace loadstone {

// Lives for one load. What must outlive it (tensors that view the file) shares `memory()` instead.
// Any thread may call any method.
class ByteSource {
 public:
  // Maps a file (see MappedFile for what happens when it shrinks).
  // NotFound: no such file (names the nearest existing ones). PermissionDenied: not readable.
  // InvalidArgument: a folder, or not a regular file.
  static absl::StatusOr<std::shared_ptr<ByteSource>> Map(const std::string& path, const LoadLimits& limits = {});
  // Bytes already in memory; `name` stands for the path in messages.
  static std::shared_ptr<ByteSource> FromBytes(std::string bytes, std::string name, const LoadLimits& limits = {});

  ~ByteSource();
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;

  // Another file of the same model, under the same limits. Errors: as Map.
  absl::StatusOr<std::shared_ptr<ByteSource>> MapPart(const std::string& path) const;

  const std::string& path() const { return path_; }
  absl::string_view bytes() const { return bytes_; }
  // What the loaders that read this source keep to.
  const LoadLimits& limits() const { return limits_; }
  // Keeps `bytes()` valid; the bytes are writable through it without touching the file.
  const std::shared_ptr<const void>& memory() const { return memory_; }

  // Copies the bytes at `offset` without touching their pages: for a few bytes here and there of a large file a system
  // call costs less than a page fault, and than unmapping the page later. False: not all of them could be read.
  // REQUIRES: they lie in `bytes()`.
  bool Copy(uint64_t offset, size_t size, char* to) const;

  // See MappedFile::CheckIntact: of this file and its parts. Asked at the end of what was read from them.
  absl::Status CheckIntact() const;
  // This file and its parts: expired once nothing views their memory.
  std::vector<std::weak_ptr<const MappedFile>> files() const;

  // The result of `parse` for this file, computed once and then shared: the loaders that understand one container
  // parse it once between them. T names the result; one parse function for each T. Errors are kept as well.
  template <typename T>
  absl::StatusOr<std::shared_ptr<const T>> Parsed(
      absl::StatusOr<std::shared_ptr<const T>> (*parse)(const ByteSource&)) const {
    const std::shared_ptr<ParseResult> entry = ResultFor(std::type_index(typeid(T)));
    absl::MutexLock lock(&entry->mutex);  // of this T only: a parse may ask for what lies beneath it
    if (!entry->done) {
      absl::StatusOr<std::shared_ptr<const T>> result = parse(*this);
      entry->status = result.status();
      if (result.ok()) entry->value = *std::move(result);
      entry->done = true;
    }
    if (!entry->status.ok()) return entry->status;
    return std::static_pointer_cast<const T>(entry->value);
  }

 private:
  struct ParseResult {
    absl::Mutex mutex;
    bool done ABSL_GUARDED_BY(mutex) = false;
    absl::Status status ABSL_GUARDED_BY(mutex);
    std::shared_ptr<const void> value ABSL_GUARDED_BY(mutex);
  };
  ByteSource(std::string path, absl::string_view bytes, std::shared_ptr<const void> memory, const LoadLimits& limits)
      : path_(std::move(path)), bytes_(bytes), memory_(std::move(memory)), limits_(limits) {}
  std::shared_ptr<ParseResult> ResultFor(std::type_index type) const;

  const std::string path_;
  const absl::string_view bytes_;
  const std::shared_ptr<const void> memory_;
  const LoadLimits limits_;
  int descriptor_ = -1;  // of a mapped file
  mutable absl::Mutex mutex_;
  // Its own, unless the bytes are in memory, and those of its parts.
  mutable std::vector<std::shared_ptr<const MappedFile>> files_ ABSL_GUARDED_BY(mutex_);
  mutable absl::flat_hash_map<std::type_index, std::shared_ptr<ParseResult>> parsed_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace loadstone

#endif  // LOADSTONE_ENGINE_BYTE_SOURCE_H_
