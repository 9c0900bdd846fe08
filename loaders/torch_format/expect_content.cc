#include "loaders/torch_format/expect_content.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "loaders/torch_format/interpreter.h"

namespace loadstone {

absl::StatusOr<std::shared_ptr<const TorchFile>> ExpectContent(const ByteSource& source, ContentKind expected) {
  ASSIGN_OR_RETURN(std::shared_ptr<const TorchFile> file, OpenTorchFile(source));
  const ContentKind actual = Classify(file->document().root());
  if (actual == expected) return file;
  const pickle::Value root = file->document().root();
  if (actual != ContentKind::kOther) {
    return absl::InvalidArgumentError(absl::StrCat("a torch.save file that holds ", ContentName(actual)));
  }
  // The same words whoever was asked, so that they are said once.
  std::string what(pickle::KindName(root.kind()));
  if (root.kind() == pickle::Kind::kObject) {
    what = absl::StrCat(what, " made by ", ClassName(root.object()));
  }
  return absl::InvalidArgumentError(
      absl::StrCat("a torch.save file that holds no model: neither a module nor weights by name, but ", what));
}

}  // namespace loadstone
