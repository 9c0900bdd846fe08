// The zip container: PyTorch 1.6 to today.
#ifndef LOADSTONE_LOADERS_TORCH_FORMAT_ZIP_TORCH_FILE_H_
#define LOADSTONE_LOADERS_TORCH_FORMAT_ZIP_TORCH_FILE_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/byte_source.h"
#include "loaders/archive/zip_archive.h"
#include "loaders/pickle/unpickler.h"
#include "loaders/torch_format/torch_file.h"

namespace loadstone {

class ZipTorchFile : public TorchFile {
 public:
  static bool BeginsAs(absl::string_view bytes);
  enum class Writer { kTorchSave, kTorchscript };
  // InvalidArgument: somebody else wrote it. Other errors: see OpenTorchFile.
  static absl::StatusOr<std::shared_ptr<const TorchFile>> Open(const ByteSource& source, Writer writer,
                                                               const pickle::UnpickleOptions& options);

  absl::string_view container() const override { return "zip"; }
  const pickle::Document& document() const override { return *document_; }
  ByteOrder byte_order() const override { return byte_order_; }
  absl::StatusOr<StorageBytes> ReadStorage(const StorageId& id) const override;

 private:
  explicit ZipTorchFile(ZipArchive archive) : archive_(std::move(archive)) {}
  absl::Status FindDirectory(Writer writer);
  absl::StatusOr<RecordBytes> ReadSmallRecord(absl::string_view name) const;
  absl::Status CheckVersion() const;
  absl::Status ReadByteOrder();

  ZipArchive archive_;
  std::shared_ptr<const void> memory_;
  std::string directory_;     // that holds data.pkl and all other records, with its slash
  RecordBytes pickle_bytes_;  // document_ points into it
  std::unique_ptr<const pickle::Document> document_;
  ByteOrder byte_order_ = ByteOrder::kLittle;
};

}  // namespace loadstone

#endif  // LOADSTONE_LOADERS_TORCH_FORMAT_ZIP_TORCH_FILE_H_
