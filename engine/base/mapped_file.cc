#include "engine/base/mapped_file.h"

#include <sys/mman.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/sigbus.h"

namespace loadstone {
namespace {

// What stands behind the file's last byte, in the copy of its last page that is this process's own.
constexpr char kMark = '\x5A';

bool LastPageHasRoom(size_t size) { return size % sigbus::PageSize() != 0; }

}  // namespace

void InstallSigbusHandler() { sigbus::Install(); }

absl::StatusOr<std::shared_ptr<const MappedFile>> MappedFile::Map(int descriptor, size_t size, std::string path) {
  // Writable but private, as torch.load(mmap=True) maps it: an in-place operation on a weight costs a copied page
  // instead of a crash, and never reaches the file.
  void* address = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, descriptor, 0);
  if (address == MAP_FAILED) {
    return absl::ResourceExhaustedError(
        absl::StrCat("cannot map ", size, " bytes of ", path, ": ", std::strerror(errno)));
  }
  std::shared_ptr<MappedFile> file(new MappedFile(static_cast<char*>(address), size, std::move(path)));
  file->OwnLastPage();
  return file;
}

MappedFile::MappedFile(char* data, size_t size, std::string path)
    : data_(data), size_(size), path_(std::move(path)), slot_(sigbus::Add(data, size, &damaged_)) {}

MappedFile::~MappedFile() {
  sigbus::Remove(slot_);
  munmap(data_, size_);
}

// By writing to it. A file that shrinks within this page then takes nothing from it; one that shrinks further takes
// the whole page, and the mark with it (truncation also unmaps private pages: unmap_mapping_range, even_cows).
void MappedFile::OwnLastPage() {
  volatile char* const last = data_ + size_ - 1;
  if (LastPageHasRoom(size_)) {
    last[1] = kMark;
  } else {
    *last = *last;
  }
}

absl::Status MappedFile::CheckIntact() const {
  if (sigbus::IsInstalled()) {
    // This read alone comes to the handler when the last page is gone.
    const volatile char* const last = data_ + size_ - 1;
    const bool has_mark = LastPageHasRoom(size_);
    const char read = has_mark ? last[1] : last[0];
    if (has_mark && read != kMark) damaged_ = true;
  }
  if (!damaged_) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(path_,
                                          " shrank or could not be read while it was in use: what was read may "
                                          "be zeros; load it again, and replace files by renaming, never in place"));
}

}  // namespace loadstone
