#include "loaders/torch_format/torch_file.h"

#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "loaders/torch_format/file_kind.h"
#include "loaders/torch_format/legacy_torch_file.h"
#include "loaders/torch_format/tar_torch_file.h"
#include "loaders/torch_format/zip_torch_file.h"

namespace loadstone {
namespace {

// By its bytes, never by its name: .pt, .pth, .bin, .ckpt, .tar are used for all of them.
absl::StatusOr<std::shared_ptr<const TorchFile>> Open(const ByteSource& source,
                                                      const pickle::UnpickleOptions& options) {
  if (ZipTorchFile::BeginsAs(source.bytes())) return ZipTorchFile::Open(source, options);
  if (TarTorchFile::BeginsAs(source.bytes())) return TarTorchFile::Open(source, options);
  if (LegacyTorchFile::BeginsAs(source.bytes())) return LegacyTorchFile::Open(source, options);
  return absl::InvalidArgumentError(absl::StrCat("not a torch.save file: it is ", DescribeFile(source.bytes())));
}

absl::StatusOr<std::shared_ptr<const TorchFile>> OpenRefusingDanger(const ByteSource& source) {
  return Open(source, {});
}

}  // namespace

absl::StatusOr<std::shared_ptr<const TorchFile>> OpenTorchFile(const ByteSource& source) {
  return source.Parsed<TorchFile>(&OpenRefusingDanger);
}

absl::StatusOr<std::shared_ptr<const TorchFile>> InspectTorchFile(const ByteSource& source) {
  return Open(source, {.dangerous_names = pickle::DangerousNames::kRecord});
}

}  // namespace loadstone
