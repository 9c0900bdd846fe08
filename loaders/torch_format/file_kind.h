// What a file is when it is not what was hoped for.
#ifndef LOADSTONE_LOADERS_TORCH_FORMAT_FILE_KIND_H_
#define LOADSTONE_LOADERS_TORCH_FORMAT_FILE_KIND_H_

#include <string>

#include "absl/strings/string_view.h"

namespace loadstone {

// "an HTML page, saved where a download failed: ...", "a Git LFS pointer, ...", "empty (0 bytes), ...": judged by the
// first bytes, never by the name. For messages that tell users what they have and what to do.
std::string DescribeFile(absl::string_view bytes);

}  // namespace loadstone

#endif  // LOADSTONE_LOADERS_TORCH_FORMAT_FILE_KIND_H_
