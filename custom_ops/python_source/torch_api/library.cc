#include "custom_ops/python_source/torch_api/library.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace loadstone::python {
namespace {

constexpr char kFunctionsText[] =
#include "custom_ops/python_source/torch_api/library/torch.inc"
    ;
constexpr char kFunctionalText[] =
#include "custom_ops/python_source/torch_api/library/functional.inc"
    ;
constexpr char kSmallModulesText[] =
#include "custom_ops/python_source/torch_api/library/small_modules.inc"
    ;

}  // namespace

void AddModulesOf(absl::string_view text, LibraryTexts& texts) {
  constexpr absl::string_view kMark = "\n#: ";
  size_t at = text.find(kMark);
  while (at != absl::string_view::npos) {
    const size_t name = at + kMark.size();
    const size_t end = text.find('\n', name);
    at = text.find(kMark, end);
    texts[std::string(text.substr(name, end - name))] = text.substr(end, at == absl::string_view::npos ? at : at - end);
  }
}

const LibraryTexts& TorchLibraryTexts() {
  static const auto* const kTexts = [] {
    auto* texts = new LibraryTexts();
    texts->emplace("torch._functions", kFunctionsText);
    texts->emplace("torch.nn.functional", kFunctionalText);
    AddModulesOf(kSmallModulesText, *texts);
    return texts;
  }();
  return *kTexts;
}

absl::StatusOr<FoundSource> LibraryFinder::Find(const std::string& name) {
  const auto found = texts_.find(name);
  if (found != texts_.end()) {
    FoundSource source;
    ASSIGN_OR_RETURN(source.file, SourceFile::Parse(absl::StrCat("<", name, ">"), std::string(found->second)));
    source.package = true;
    source.partial = !absl::StrContains(name, "._") || name == "torch._C";
    return source;
  }
  if (name == "torch" || absl::StartsWith(name, "torch.")) {
    return absl::UnimplementedError(absl::StrCat("unsupported: the module ", name));
  }
  if (others_ == nullptr) return absl::NotFoundError(absl::StrCat("no module named '", name, "'"));
  return others_->Find(name);
}

}  // namespace loadstone::python
