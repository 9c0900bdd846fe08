// A file that torch.save wrote, whatever its container: one pickled object, and the storages it refers to.
#ifndef LOADSTONE_LOADERS_TORCH_FORMAT_TORCH_FILE_H_
#define LOADSTONE_LOADERS_TORCH_FORMAT_TORCH_FILE_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "engine/byte_source.h"
#include "loaders/pickle/unpickler.h"
#include "loaders/torch_format/storage_id.h"
#include "loaders/torch_format/view_geometry.h"

namespace loadstone {

enum class ByteOrder { kLittle, kBig };

// The bytes of one storage; `memory` keeps them alive. Usually a view of the file.
struct StorageBytes {
  absl::string_view bytes;
  std::shared_ptr<const void> memory;
};

// A tensor that a container describes beside its pickle: the tar of PyTorch before 0.1.10.
struct StoredTensor {
  StorageId storage;
  ViewGeometry geometry;
};

// Immutable once open; any thread may read it. Lives for one load: it borrows the source's bytes.
class TorchFile {
 public:
  virtual ~TorchFile() = default;
  // "zip", "legacy stream", "tar": for reports.
  virtual absl::string_view container() const = 0;
  // The object's pickle.
  virtual const pickle::Document& document() const = 0;
  virtual ByteOrder byte_order() const = 0;
  // DataLoss: the file has no such storage, or it is broken. Its size is not compared with the id's count.
  virtual absl::StatusOr<StorageBytes> ReadStorage(const StorageId& id) const = 0;
  // The tensor of a persistent id that is its key. DataLoss: there is none.
  virtual absl::StatusOr<StoredTensor> FindTensor(absl::string_view key) const {
    return absl::DataLossError(absl::StrCat("a persistent id is the text '", key.substr(0, 40), "'"));
  }
};

// The file behind `source`, parsed once for all loaders that ask (ByteSource::Parsed).
// InvalidArgument: not a torch.save file; says what it is. DataLoss: a broken one. PermissionDenied: its pickle names
// something that can run commands. Others: see ZipArchive::Open and pickle::Unpickle.
absl::StatusOr<std::shared_ptr<const TorchFile>> OpenTorchFile(const ByteSource& source);

// The same for looking at a hostile file: dangerous names are listed in document(), not refused.
absl::StatusOr<std::shared_ptr<const TorchFile>> InspectTorchFile(const ByteSource& source);

// The values of a TorchScript archive (torch.jit.save) as data: its attributes and tensors, nothing of its program.
// InvalidArgument: no such archive. Others: as OpenTorchFile.
absl::StatusOr<std::shared_ptr<const TorchFile>> OpenTorchscriptData(const ByteSource& source);

}  // namespace loadstone

#endif  // LOADSTONE_LOADERS_TORCH_FORMAT_TORCH_FILE_H_
