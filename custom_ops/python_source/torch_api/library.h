// The part of torch that is Python around ATen's operators, as source of our own.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_LIBRARY_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_LIBRARY_H_

#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "custom_ops/python_source/runtime/world.h"
#include "custom_ops/python_source/syntax/source_file.h"

namespace loadstone::python {

// Source of modules by their dotted names.
using LibraryTexts = std::map<std::string, absl::string_view>;

// The modules of this folder.
const LibraryTexts& TorchLibraryTexts();
// Cuts a text at its lines "#: NAME", each of which begins a module.
void AddModulesOf(absl::string_view text, LibraryTexts& texts);

// Finds modules of torch in a library, and all others where `others` does. What torch has and the library lacks is
// Unimplemented, not absent: a program must not take another way because of it.
class LibraryFinder : public ModuleFinder {
 public:
  // Texts must outlive it; so must `others`, which may be null.
  LibraryFinder(LibraryTexts texts, ModuleFinder* others) : texts_(std::move(texts)), others_(others) {}
  absl::StatusOr<FoundSource> Find(const std::string& name) override;

 private:
  const LibraryTexts texts_;
  ModuleFinder* const others_;
};

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_LIBRARY_H_
