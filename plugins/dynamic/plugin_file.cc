#include "plugins/dynamic/plugin_file.h"

#include <elf.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/plugin_descriptor.h"

namespace loadstone {
namespace {

constexpr absl::string_view kMagic = "LODSTONE";
constexpr absl::string_view kSymbol("loadstone_plugin", sizeof("loadstone_plugin"));  // with its zero

#if defined(__x86_64__)
constexpr Elf64_Half kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr Elf64_Half kMachine = EM_AARCH64;
#else
#error "add this processor's number from <elf.h>"
#endif

absl::Status CutShort() { return absl::InvalidArgumentError("the shared library is cut short or damaged"); }

// `size` bytes at `offset`; nullopt when they are not all there.
std::optional<absl::string_view> Slice(absl::string_view file, uint64_t offset, uint64_t size) {
  if (offset > file.size() || size > file.size() - offset) return std::nullopt;
  return file.substr(offset, size);
}

// Element `index` of a table of T, whatever its alignment.
template <typename T>
std::optional<T> ReadElement(absl::string_view table, uint64_t index) {
  if (index >= table.size() / sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, table.data() + index * sizeof(T), sizeof(T));
  return value;
}

absl::StatusOr<Elf64_Ehdr> ReadHeader(absl::string_view file) {
  if (!absl::StartsWith(file, absl::string_view(ELFMAG, SELFMAG))) {
    return absl::InvalidArgumentError("not a shared library (no ELF file)");
  }
  const std::optional<Elf64_Ehdr> header = ReadElement<Elf64_Ehdr>(file, 0);
  if (!header.has_value()) return CutShort();
  if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB ||
      header->e_machine != kMachine) {
    return absl::InvalidArgumentError(absl::StrCat("built for another processor (ELF machine ", header->e_machine,
                                                   ", this program's is ", kMachine, ")"));
  }
  if (header->e_type != ET_DYN) {
    return absl::InvalidArgumentError(
        absl::StrCat("not a shared library (ELF type ", header->e_type, "); link it with g++ -shared"));
  }
  if (header->e_shentsize != sizeof(Elf64_Shdr) || header->e_phentsize != sizeof(Elf64_Phdr)) return CutShort();
  return *header;
}

// The dynamic symbol of the descriptor.
absl::StatusOr<Elf64_Sym> FindSymbol(absl::string_view file, const Elf64_Ehdr& header) {
  const std::optional<absl::string_view> sections =
      Slice(file, header.e_shoff, uint64_t{header.e_shnum} * sizeof(Elf64_Shdr));
  if (!sections.has_value()) return CutShort();
  for (uint64_t i = 0; i < header.e_shnum; ++i) {
    const Elf64_Shdr section = *ReadElement<Elf64_Shdr>(*sections, i);
    if (section.sh_type != SHT_DYNSYM) continue;
    const std::optional<Elf64_Shdr> names = ReadElement<Elf64_Shdr>(*sections, section.sh_link);
    if (!names.has_value()) return CutShort();
    const std::optional<absl::string_view> symbols = Slice(file, section.sh_offset, section.sh_size);
    const std::optional<absl::string_view> texts = Slice(file, names->sh_offset, names->sh_size);
    if (!symbols.has_value() || !texts.has_value()) return CutShort();
    for (uint64_t k = 0; k < symbols->size() / sizeof(Elf64_Sym); ++k) {
      const Elf64_Sym symbol = *ReadElement<Elf64_Sym>(*symbols, k);
      if (symbol.st_shndx != SHN_UNDEF && Slice(*texts, symbol.st_name, kSymbol.size()) == kSymbol) return symbol;
    }
  }
  return absl::InvalidArgumentError(
      "not a Loadstone plugin: it exports no symbol loadstone_plugin (write LOADSTONE_PLUGIN in one of its source "
      "files)");
}

absl::Status Mismatch(absl::string_view what, absl::string_view theirs, absl::string_view ours) {
  return absl::FailedPreconditionError(
      absl::StrCat("built for ", what, " ", theirs, ", this program has ", ours, "; build it anew"));
}

// A text member of PluginDescriptor, up to its zero.
absl::string_view TextAt(absl::string_view descriptor, size_t offset, size_t size) {
  const absl::string_view member = descriptor.substr(offset, size);
  return member.substr(0, member.find('\0'));
}

}  // namespace

absl::StatusOr<absl::string_view> FindPluginDescriptor(absl::string_view file) {
  ASSIGN_OR_RETURN(const Elf64_Ehdr header, ReadHeader(file));
  ASSIGN_OR_RETURN(const Elf64_Sym symbol, FindSymbol(file, header));
  const std::optional<absl::string_view> segments =
      Slice(file, header.e_phoff, uint64_t{header.e_phnum} * sizeof(Elf64_Phdr));
  if (!segments.has_value()) return CutShort();
  for (uint64_t i = 0; i < header.e_phnum; ++i) {
    const Elf64_Phdr segment = *ReadElement<Elf64_Phdr>(*segments, i);
    if (segment.p_type != PT_LOAD || symbol.st_value < segment.p_vaddr) continue;
    const uint64_t inside = symbol.st_value - segment.p_vaddr;
    const std::optional<absl::string_view> bytes = Slice(file, segment.p_offset, segment.p_filesz);
    if (!bytes.has_value()) return CutShort();
    if (const auto descriptor = Slice(*bytes, inside, symbol.st_size)) return *descriptor;
  }
  return CutShort();
}

absl::Status CheckPluginDescriptor(absl::string_view descriptor) {
  constexpr size_t kFixedBytes = offsetof(PluginDescriptor, libtorch);
  if (descriptor.size() < kFixedBytes || !absl::StartsWith(descriptor, kMagic)) {
    return absl::InvalidArgumentError("its symbol loadstone_plugin is not what LOADSTONE_PLUGIN makes");
  }
  uint32_t api_version;
  std::memcpy(&api_version, descriptor.data() + offsetof(PluginDescriptor, api_version), sizeof(api_version));
  if (api_version != LOADSTONE_PLUGIN_API_VERSION) {
    return Mismatch("plugin API version", absl::StrCat(api_version), absl::StrCat(LOADSTONE_PLUGIN_API_VERSION));
  }
  uint32_t size;
  std::memcpy(&size, descriptor.data() + offsetof(PluginDescriptor, size), sizeof(size));
  if (size != sizeof(PluginDescriptor) || descriptor.size() != sizeof(PluginDescriptor)) {
    return Mismatch("a plugin descriptor of", absl::StrCat(size, " bytes"), absl::StrCat(sizeof(PluginDescriptor)));
  }
  const absl::string_view libtorch =
      TextAt(descriptor, offsetof(PluginDescriptor, libtorch), sizeof(PluginDescriptor::libtorch));
  if (libtorch != TORCH_VERSION) return Mismatch("LibTorch", libtorch, TORCH_VERSION);
  const absl::string_view abi = TextAt(descriptor, offsetof(PluginDescriptor, abi), sizeof(PluginDescriptor::abi));
  if (abi != LOADSTONE_PLUGIN_ABI) return Mismatch("the ABI of", abi, LOADSTONE_PLUGIN_ABI);
  return absl::OkStatus();
}

}  // namespace loadstone
