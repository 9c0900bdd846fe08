#include "plugins/dynamic/load_plugin.h"

#include <cxxabi.h>
#include <dlfcn.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "engine/base/status_macros.h"
#include "engine/byte_source.h"
#include "engine/plugin_descriptor.h"
#include "plugins/dynamic/plugin_file.h"

namespace loadstone {
namespace {

namespace fs = std::filesystem;

// Code that anybody can replace is anybody's code. In a sticky folder only a file's owner can.
absl::Status CheckNobodyElseWrites(const std::string& path) {
  struct stat file;
  struct stat folder;
  const std::string parent = fs::path(path).parent_path().string();
  if (stat(path.c_str(), &file) != 0 || stat(parent.c_str(), &folder) != 0) {
    return absl::PermissionDeniedError(absl::StrCat(path, ": ", std::strerror(errno)));
  }
  if ((file.st_mode & S_IWOTH) != 0)
    return absl::PermissionDeniedError(absl::StrCat(path, ": anybody may write to it"));
  if ((folder.st_mode & S_IWOTH) != 0 && (folder.st_mode & S_ISVTX) == 0) {
    return absl::PermissionDeniedError(absl::StrCat(path, ": anybody may write to its folder"));
  }
  return absl::OkStatus();
}

std::string Demangled(const std::string& symbol) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> text(abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status),
                                                         &std::free);
  return status == 0 ? std::string(text.get()) : symbol;
}

// What dlopen said, with a missing symbol as its author would write it.
absl::Status CannotOpen(const std::string& path, absl::string_view said) {
  constexpr absl::string_view kUndefined = "undefined symbol: ";
  const size_t at = said.find(kUndefined);
  if (at != absl::string_view::npos) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, ": needs a symbol that neither this program nor its libraries have: ",
                     Demangled(std::string(said.substr(at + kUndefined.size())))));
  }
  absl::ConsumePrefix(&said, absl::StrCat(path, ": "));
  return absl::FailedPreconditionError(absl::StrCat(path, ": cannot be loaded: ", said));
}

absl::StatusOr<const PluginDescriptor*> Open(const std::string& path) {
  // Kept open for ever: modules, loaders and devices hold pointers into it.
  void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return CannotOpen(path, dlerror());
  const void* const descriptor = dlsym(library, "loadstone_plugin");
  if (descriptor == nullptr) return absl::InternalError(absl::StrCat(path, ": ", dlerror()));
  return static_cast<const PluginDescriptor*>(descriptor);
}

absl::Status InstallFrom(const std::string& path, PluginRegistry& registry) {
  ASSIGN_OR_RETURN(const std::shared_ptr<ByteSource> file, ByteSource::Map(path));
  RETURN_IF_ERROR(CheckNobodyElseWrites(path));
  const absl::StatusOr<absl::string_view> bytes = FindPluginDescriptor(file->bytes());
  RETURN_IF_ERROR(Annotate(bytes.status(), path));
  RETURN_IF_ERROR(Annotate(CheckPluginDescriptor(*bytes), path));
  ASSIGN_OR_RETURN(const PluginDescriptor* descriptor, Open(path));
  if (descriptor->install == nullptr)
    return absl::InvalidArgumentError(absl::StrCat(path, ": has no install function"));
  try {
    return registry.Install(path, descriptor->install);
  } catch (const std::exception& error) {  // another author's code
    return absl::InternalError(absl::StrCat(path, ": installing it threw: ", error.what()));
  }
}

bool IsInside(const fs::path& path, const fs::path& folder) {
  return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first == folder.end();
}

// The file that `library` means: in one of `folders`, resolved.
absl::StatusOr<std::string> FindIn(const std::vector<std::string>& folders, const std::string& library) {
  bool outside = false;
  std::vector<fs::path> resolved;
  for (const std::string& folder : folders) {
    std::error_code error;
    resolved.push_back(fs::canonical(folder, error));
    if (error) return absl::NotFoundError(absl::StrCat("plugin folder ", folder, ": ", error.message()));
  }
  for (const fs::path& folder : resolved) {
    std::error_code error;
    const fs::path file = fs::canonical(folder / library, error);  // an absolute `library` takes the folder's place
    if (error) continue;
    const bool inside = std::any_of(resolved.begin(), resolved.end(),
                                    [&file](const fs::path& allowed) { return IsInside(file, allowed); });
    if (inside) return file.string();
    outside = true;
  }
  const std::string where = absl::StrCat("the plugin folders (", absl::StrJoin(folders, ", "), ")");
  if (outside) return absl::PermissionDeniedError(absl::StrCat(library, ": leads outside of ", where));
  return absl::NotFoundError(absl::StrCat(library, ": not in ", where));
}

}  // namespace

absl::Status LoadPlugin(const std::string& path, PluginRegistry& registry) {
  std::error_code error;
  const fs::path resolved = fs::canonical(path, error);
  return InstallFrom(error ? path : resolved.string(), registry);  // of a file that is not there, Map says what is near
}

std::function<absl::Status(const std::string& library, PluginRegistry& registry)> PluginsFrom(
    std::vector<std::string> folders) {
  return [folders = std::move(folders)](const std::string& library, PluginRegistry& registry) -> absl::Status {
    ASSIGN_OR_RETURN(const std::string path, FindIn(folders, library));
    return InstallFrom(path, registry);
  };
}

}  // namespace loadstone
