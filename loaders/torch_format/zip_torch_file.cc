#include "loaders/torch_format/zip_torch_file.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/base/logging.h"
#include "engine/base/status_macros.h"

namespace loadstone {
namespace {

constexpr absl::string_view kZipMagic("PK\x03\x04", 4);
constexpr absl::string_view kPickle = "data.pkl";
// caffe2/serialize/versions.h: what PyTorch's own reader accepts.
constexpr int kMinVersion = 1;
constexpr int kMaxVersion = 10;

}  // namespace

bool ZipTorchFile::BeginsAs(absl::string_view bytes) { return absl::StartsWith(bytes, kZipMagic); }

absl::StatusOr<std::shared_ptr<const TorchFile>> ZipTorchFile::Open(const ByteSource& source, Writer writer,
                                                                    const pickle::UnpickleOptions& options) {
  ASSIGN_OR_RETURN(ZipArchive archive, ZipArchive::Open(source));
  std::shared_ptr<ZipTorchFile> file(new ZipTorchFile(std::move(archive)));
  file->memory_ = source.memory();
  RETURN_IF_ERROR(file->FindDirectory(writer));
  RETURN_IF_ERROR(file->CheckVersion());
  RETURN_IF_ERROR(file->ReadByteOrder());
  ASSIGN_OR_RETURN(file->pickle_bytes_, file->ReadSmallRecord(kPickle));
  absl::StatusOr<std::unique_ptr<const pickle::Document>> document =
      pickle::Unpickle(file->pickle_bytes_.bytes, options);
  if (!document.ok()) return Annotate(document.status(), kPickle);
  file->document_ = *std::move(document);
  const size_t consumed = file->document_->bytes_consumed();
  if (consumed != file->pickle_bytes_.bytes.size()) {
    return absl::DataLossError(absl::StrCat(kPickle, " ends at byte ", consumed, " but its record has ",
                                            file->pickle_bytes_.bytes.size(), " bytes"));
  }
  return std::shared_ptr<const TorchFile>(std::move(file));
}

absl::Status ZipTorchFile::FindDirectory(Writer writer) {
  // Any directory name will do, and foreign records may lie beside it (re-zipped on a Mac): what counts is data.pkl.
  std::vector<absl::string_view> found;
  for (const ZipRecord& record : archive_.records()) {
    absl::string_view name = record.name;
    if (!absl::ConsumeSuffix(&name, kPickle) || !absl::EndsWith(name, "/")) continue;
    if (std::count(name.begin(), name.end(), '/') == 1) found.push_back(name);
  }
  if (found.size() > 1) {
    return absl::DataLossError(absl::StrCat("two pickles, ", found[0], kPickle, " and ", found[1], kPickle));
  }
  if (found.empty()) {
    for (const ZipRecord& record : archive_.records()) {
      if (!absl::EndsWith(record.name, "/.data/extern_modules")) continue;
      return absl::InvalidArgumentError(
          "a torch.package archive (torch.package.PackageExporter): it holds code beside its weights");
    }
    return absl::InvalidArgumentError(absl::StrCat("a zip of ", archive_.records().size(),
                                                   " files that torch.save did not write: no <name>/data.pkl"));
  }
  directory_ = std::string(found.front());
  // The one record that torch.load itself goes by (torch/serialization.py, _is_torchscript_zip).
  const bool is_torchscript = archive_.Find(directory_ + "constants.pkl") != nullptr;
  if (writer == Writer::kTorchscript) {
    return is_torchscript ? absl::OkStatus() : absl::InvalidArgumentError("not a TorchScript archive");
  }
  if (is_torchscript) {
    return absl::InvalidArgumentError("a TorchScript archive (torch.jit.save): it holds code beside its weights");
  }
  return absl::OkStatus();
}

absl::StatusOr<RecordBytes> ZipTorchFile::ReadSmallRecord(absl::string_view name) const {
  const ZipRecord* record = archive_.Find(absl::StrCat(directory_, name));
  if (record == nullptr) return absl::NotFoundError(absl::StrCat("no record ", directory_, name));
  ASSIGN_OR_RETURN(RecordBytes bytes, ReadRecord(*record));
  RETURN_IF_ERROR(CheckCrc32(*record, bytes.bytes));
  return bytes;
}

absl::Status ZipTorchFile::CheckVersion() const {
  absl::StatusOr<RecordBytes> version = ReadSmallRecord("version");
  if (absl::IsNotFound(version.status())) version = ReadSmallRecord(".data/version");
  if (absl::IsNotFound(version.status())) {
    return absl::DataLossError(absl::StrCat("no record ", directory_, "version: the archive is incomplete"));
  }
  RETURN_IF_ERROR(version.status());
  int number;
  const absl::string_view text = absl::StripSuffix(version->bytes, "\n");
  if (text.empty() || !std::all_of(text.begin(), text.end(), absl::ascii_isdigit) || !absl::SimpleAtoi(text, &number)) {
    return absl::DataLossError(absl::StrCat("record version is no number but ", text.size(), " other bytes"));
  }
  if (number >= kMinVersion && number <= kMaxVersion) return absl::OkStatus();
  return absl::UnimplementedError(absl::StrCat("file format version ", number, ", this reader knows ", kMinVersion,
                                               " to ", kMaxVersion, ": written by a newer PyTorch?"));
}

absl::Status ZipTorchFile::ReadByteOrder() {
  const absl::StatusOr<RecordBytes> order = ReadSmallRecord("byteorder");
  if (absl::IsNotFound(order.status())) return absl::OkStatus();  // before PyTorch 2.1: little
  RETURN_IF_ERROR(order.status());
  if (order->bytes == "little") return absl::OkStatus();
  if (order->bytes != "big") {
    return absl::DataLossError(absl::StrCat("record byteorder has ", order->bytes.size(),
                                            " bytes and says neither little nor big"));
  }
  byte_order_ = ByteOrder::kBig;
  return absl::OkStatus();
}

absl::StatusOr<StorageBytes> ZipTorchFile::ReadStorage(const StorageId& id) const {
  const ZipRecord* record = archive_.Find(absl::StrCat(directory_, "data/", id.key));
  if (record == nullptr) {
    return absl::DataLossError(absl::StrCat("storage ", id.key, ": the archive has no record ", directory_, "data/", id.key));
  }
  absl::StatusOr<RecordBytes> bytes = ReadRecord(*record);
  if (!bytes.ok()) return Annotate(bytes.status(), absl::StrCat("storage ", id.key));
  if (bytes->owned == nullptr) return StorageBytes{bytes->bytes, memory_};
  VLOG(1) << "storage " << id.key << " is compressed: inflated into memory of its own";
  return StorageBytes{bytes->bytes, bytes->owned};
}

}  // namespace loadstone
