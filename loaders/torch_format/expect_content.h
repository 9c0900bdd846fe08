// The CanLoad of loaders that differ only in what a torch.save file holds.
#ifndef LOADSTONE_LOADERS_TORCH_FORMAT_EXPECT_CONTENT_H_
#define LOADSTONE_LOADERS_TORCH_FORMAT_EXPECT_CONTENT_H_

#include <memory>

#include "absl/status/statusor.h"
#include "engine/byte_source.h"
#include "loaders/torch_format/file_content.h"
#include "loaders/torch_format/torch_file.h"

namespace loadstone {

// The file, which holds `expected`. InvalidArgument: it holds something else (says what); others: see OpenTorchFile.
absl::StatusOr<std::shared_ptr<const TorchFile>> ExpectContent(const ByteSource& source, ContentKind expected);

}  // namespace loadstone

#endif  // LOADSTONE_LOADERS_TORCH_FORMAT_EXPECT_CONTENT_H_
