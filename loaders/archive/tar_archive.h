// A strict reader of tar files (ustar and pax, POSIX.1-2001), for the few regular files that PyTorch wrote into them.
#ifndef LOADSTONE_LOADERS_ARCHIVE_TAR_ARCHIVE_H_
#define LOADSTONE_LOADERS_ARCHIVE_TAR_ARCHIVE_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace loadstone {

struct TarMember {
  absl::string_view name;
  absl::string_view bytes;
};

// Whether the bytes begin as a tar file does: "ustar" at offset 257.
bool BeginsAsTar(absl::string_view bytes);

// Every regular file, in order; views of `bytes`. Pax headers are skipped, for nothing they say matters here.
// DataLoss: a wrong checksum, a member that reaches past the end, two members of one name (says where).
// Unimplemented: a member that is neither a regular file nor a pax header, or a size that is not octal.
// ResourceExhausted: more than 1000 members.
absl::StatusOr<std::vector<TarMember>> ReadTar(absl::string_view bytes);

}  // namespace loadstone

#endif  // LOADSTONE_LOADERS_ARCHIVE_TAR_ARCHIVE_H_
