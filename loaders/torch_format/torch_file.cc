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

pickle::Limits PickleLimits(const LoadLimits& load) {
  pickle::Limits limits;
  limits.pickle_bytes = load.pickle_bytes;
  limits.opcodes = load.pickle_opcodes;
  limits.container_items = load.pickle_items;
  limits.memo_entries = load.pickle_memo_entries;
  limits.distinct_names = load.pickle_names;
  limits.document_bytes = load.pickle_memory;
  return limits;
}

// By its bytes, never by its name: .pt, .pth, .bin, .ckpt, .tar are used for all of them.
absl::StatusOr<std::shared_ptr<const TorchFile>> Open(const ByteSource& source,
                                                      pickle::DangerousNames dangerous_names) {
  const pickle::UnpickleOptions options = {.limits = PickleLimits(source.limits()), .dangerous_names = dangerous_names};
  if (ZipTorchFile::BeginsAs(source.bytes())) {
    return ZipTorchFile::Open(source, ZipTorchFile::Writer::kTorchSave, options);
  }
  if (TarTorchFile::BeginsAs(source.bytes())) return TarTorchFile::Open(source, options);
  if (LegacyTorchFile::BeginsAs(source.bytes())) return LegacyTorchFile::Open(source, options);
  return absl::InvalidArgumentError(absl::StrCat("not a torch.save file: it is ", DescribeFile(source.bytes())));
}

absl::StatusOr<std::shared_ptr<const TorchFile>> OpenRefusingDanger(const ByteSource& source) {
  return Open(source, pickle::DangerousNames::kRefuse);
}

}  // namespace

absl::StatusOr<std::shared_ptr<const TorchFile>> OpenTorchFile(const ByteSource& source) {
  return source.Parsed<TorchFile>(&OpenRefusingDanger);
}

absl::StatusOr<std::shared_ptr<const TorchFile>> InspectTorchFile(const ByteSource& source) {
  return Open(source, pickle::DangerousNames::kRecord);
}

absl::StatusOr<std::shared_ptr<const TorchFile>> OpenTorchscriptData(const ByteSource& source) {
  if (!ZipTorchFile::BeginsAs(source.bytes())) return absl::InvalidArgumentError("not a TorchScript archive");
  return ZipTorchFile::Open(source, ZipTorchFile::Writer::kTorchscript, {.limits = PickleLimits(source.limits())});
}

}  // namespace loadstone
