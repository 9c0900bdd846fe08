#include "loaders/torch_format/expect_content.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "loaders/torch_format/objects.h"

namespace loadstone {
namespace {

// Judged once for all loaders that ask: it looks at every entry.
struct JudgedFile {
  std::shared_ptr<const TorchFile> file;
  ContentKind kind;
};

absl::StatusOr<std::shared_ptr<const JudgedFile>> Judge(const ByteSource& source) {
  ASSIGN_OR_RETURN(std::shared_ptr<const TorchFile> file, OpenTorchFile(source));
  const ContentKind kind = Classify(file->document().root());
  return std::make_shared<const JudgedFile>(JudgedFile{std::move(file), kind});
}

}  // namespace

absl::StatusOr<std::shared_ptr<const TorchFile>> ExpectContent(const ByteSource& source, ContentKind expected) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const JudgedFile> judged, source.Parsed<JudgedFile>(&Judge));
  if (judged->kind == expected) return judged->file;
  const pickle::Value root = judged->file->document().root();
  if (judged->kind != ContentKind::kOther) {
    return absl::InvalidArgumentError(absl::StrCat("a torch.save file that holds ", ContentName(judged->kind)));
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
