// A file mapped into memory that may shrink under its readers.
#ifndef LOADSTONE_ENGINE_BASE_MAPPED_FILE_H_
#define LOADSTONE_ENGINE_BASE_MAPPED_FILE_H_

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace loadstone {

namespace sigbus {
struct Slot;  // what the handler knows of one mapping
}

// Installs, once in a process, a handler for SIGBUS: what the kernel sends to a thread that reads a mapped page which
// the file no longer has, and which ends the process otherwise. For a page of a MappedFile the handler puts zeros there
// and remembers it, so that the reader goes on and CheckIntact() says later that it read nothing real. Every other
// SIGBUS goes to the handler that was there before, or ends the process as it always did. A handler that is installed
// after this one must pass on what is not its own. Any thread may call it.
void InstallSigbusHandler();

// Immutable; any thread may call any method and read the bytes. They are readable while this object lives.
class MappedFile {
 public:
  // Maps the whole of an open file of `size` bytes, at least one. The mapping is private and copy-on-write: nothing
  // written through it reaches the file. `path` is for messages. ResourceExhausted: the kernel refuses.
  static absl::StatusOr<std::shared_ptr<const MappedFile>> Map(int descriptor, size_t size, std::string path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  absl::string_view bytes() const { return absl::string_view(data_, size_); }
  // DataLoss when the file shrank since it was mapped, also when it grew again (cp over it), or when a page of it could
  // not be read: bytes read until now may have been zeros. OK means that they were the file's. Takes nanoseconds.
  // Not seen: bytes overwritten in place, and all of it before InstallSigbusHandler(). A file is to be replaced by
  // renaming another over it: that leaves a mapped one as it is.
  absl::Status CheckIntact() const;

 private:
  MappedFile(char* data, size_t size, std::string path);
  void OwnLastPage();

  char* const data_;
  const size_t size_;
  const std::string path_;
  mutable std::atomic<bool> damaged_ = false;
  sigbus::Slot* const slot_;
};

}  // namespace loadstone

#endif  // LOADSTONE_ENGINE_BASE_MAPPED_FILE_H_
