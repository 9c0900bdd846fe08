#include "plugins/dynamic/plugin_file.h"

#include <elf.h>

#include <cstring>
#include <string>

#include "absl/strings/string_view.h"
#include "engine/base/status_matchers.h"
#include "engine/plugin_descriptor.h"

namespace loadstone {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::IsOkAndHolds;
using testing::StatusIs;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;
constexpr absl::StatusCode kPrecondition = absl::StatusCode::kFailedPrecondition;

PluginDescriptor Descriptor() {
  return {{'L', 'O', 'D', 'S', 'T', 'O', 'N', 'E'},
          sizeof(PluginDescriptor),
          LOADSTONE_PLUGIN_API_VERSION,
          TORCH_VERSION,
          LOADSTONE_PLUGIN_ABI,
          nullptr};
}

template <typename T>
std::string BytesOf(const T& value) {
  return std::string(reinterpret_cast<const char*>(&value), sizeof(T));
}

// The smallest shared library with one dynamic symbol: header, segment, sections, symbols, names, and what is loaded.
struct Library {
  static constexpr Elf64_Addr kAddress = 0x4000;  // of the loaded bytes

  Elf64_Ehdr header = {};
  Elf64_Phdr segment = {};
  Elf64_Shdr sections[2] = {};
  Elf64_Sym symbols[2] = {};
  std::string names = std::string("\0loadstone_plugin\0", 18);
  std::string loaded = BytesOf(Descriptor());

  Library() {
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = ELFCLASS64;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_type = ET_DYN;
#ifdef __x86_64__
    header.e_machine = EM_X86_64;
#else
    header.e_machine = EM_AARCH64;
#endif
    header.e_phoff = sizeof(header);
    header.e_phentsize = sizeof(segment);
    header.e_phnum = 1;
    header.e_shoff = header.e_phoff + sizeof(segment);
    header.e_shentsize = sizeof(Elf64_Shdr);
    header.e_shnum = 2;
    const uint64_t symbols_at = header.e_shoff + sizeof(sections);
    const uint64_t names_at = symbols_at + sizeof(symbols);
    sections[0] = {.sh_type = SHT_DYNSYM, .sh_offset = symbols_at, .sh_size = sizeof(symbols), .sh_link = 1};
    sections[1] = {.sh_type = SHT_STRTAB, .sh_offset = names_at, .sh_size = names.size()};
    symbols[1] = {.st_name = 1, .st_shndx = 1, .st_value = kAddress, .st_size = loaded.size()};
    segment.p_type = PT_LOAD;
    segment.p_offset = names_at + names.size();
    segment.p_vaddr = kAddress;
    segment.p_filesz = loaded.size();
  }

  std::string Bytes() const {
    return BytesOf(header) + BytesOf(segment) + BytesOf(sections) + BytesOf(symbols) + names + loaded;
  }
};

TEST(FindPluginDescriptorTest, GivesTheSymbolsBytes) {
  const Library library;
  EXPECT_THAT(FindPluginDescriptor(library.Bytes()), IsOkAndHolds(absl::string_view(library.loaded)));
}

TEST(FindPluginDescriptorTest, TextIsNoSharedLibrary) {
  EXPECT_THAT(FindPluginDescriptor("#!/bin/sh\n"), StatusIs(kInvalid, HasSubstr("not a shared library")));
  EXPECT_THAT(FindPluginDescriptor(""), StatusIs(kInvalid, HasSubstr("not a shared library")));
}

TEST(FindPluginDescriptorTest, ObjectFileIsNoSharedLibrary) {
  Library library;
  library.header.e_type = ET_REL;
  EXPECT_THAT(FindPluginDescriptor(library.Bytes()), StatusIs(kInvalid, HasSubstr("g++ -shared")));
}

TEST(FindPluginDescriptorTest, OtherProcessorIsNamed) {
  Library library;
  library.header.e_machine = EM_RISCV;
  EXPECT_THAT(FindPluginDescriptor(library.Bytes()),
              StatusIs(kInvalid, AllOf(HasSubstr("another processor"), HasSubstr("243"))));
}

TEST(FindPluginDescriptorTest, LibraryWithoutTheSymbolSaysWhatToWrite) {
  Library library;
  library.names[1] = 'X';
  EXPECT_THAT(FindPluginDescriptor(library.Bytes()),
              StatusIs(kInvalid, AllOf(HasSubstr("no symbol loadstone_plugin"), HasSubstr("LOADSTONE_PLUGIN"))));
}

TEST(FindPluginDescriptorTest, SymbolThatIsOnlyUsedIsNotTheLibrarys) {
  Library library;
  library.symbols[1].st_shndx = SHN_UNDEF;
  EXPECT_THAT(FindPluginDescriptor(library.Bytes()), StatusIs(kInvalid, HasSubstr("no symbol loadstone_plugin")));
}

TEST(FindPluginDescriptorTest, NameThatOnlyBeginsAlikeIsAnother) {
  Library library;
  library.names = std::string("\0loadstone_plugins", 18);
  EXPECT_THAT(FindPluginDescriptor(library.Bytes()), StatusIs(kInvalid, HasSubstr("no symbol loadstone_plugin")));
}

TEST(FindPluginDescriptorTest, NumbersPastTheEndAreDamage) {
  constexpr uint64_t kHuge = ~uint64_t{0} - 7;
  const auto expect_damage = [](const Library& library, const char* what) {
    EXPECT_THAT(FindPluginDescriptor(library.Bytes()), StatusIs(kInvalid, HasSubstr("cut short or damaged"))) << what;
  };
  Library library;
  library.header.e_shoff = kHuge;
  expect_damage(library, "section table");
  library = Library();
  library.header.e_phoff = kHuge;
  expect_damage(library, "segment table");
  library = Library();
  library.sections[0].sh_link = 2;
  expect_damage(library, "section of names");
  library = Library();
  library.sections[0].sh_size = kHuge;
  expect_damage(library, "symbols");
  library = Library();
  library.sections[1].sh_offset = kHuge;
  expect_damage(library, "names");
  library = Library();
  library.segment.p_filesz = kHuge;
  expect_damage(library, "segment");
  library = Library();
  library.symbols[1].st_size = kHuge;
  expect_damage(library, "symbol's size");
  library = Library();
  library.symbols[1].st_value = kHuge;
  expect_damage(library, "symbol's address");
}

TEST(FindPluginDescriptorTest, CutAnywhereIsInvalid) {
  const std::string bytes = Library().Bytes();
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THAT(FindPluginDescriptor(absl::string_view(bytes).substr(0, size)), StatusIs(kInvalid, HasSubstr("shared")))
        << size;
  }
}

TEST(FindPluginDescriptorTest, AnyByteChangedIsAStatus) {
  std::string bytes = Library().Bytes();
  for (char& byte : bytes) {
    for (const char mask : {'\x01', '\x80', '\xff'}) {
      byte = static_cast<char>(byte ^ mask);
      const absl::StatusOr<absl::string_view> descriptor = FindPluginDescriptor(bytes);
      EXPECT_TRUE(descriptor.ok() || absl::IsInvalidArgument(descriptor.status())) << descriptor.status();
      byte = static_cast<char>(byte ^ mask);
    }
  }
}

TEST(CheckPluginDescriptorTest, OwnIsOk) { EXPECT_THAT(CheckPluginDescriptor(BytesOf(Descriptor())), IsOk()); }

TEST(CheckPluginDescriptorTest, OtherApiVersionNamesBoth) {
  PluginDescriptor descriptor = Descriptor();
  descriptor.api_version = 999;
  descriptor.size = 8;  // another version may have another size
  EXPECT_THAT(CheckPluginDescriptor(BytesOf(descriptor)),
              StatusIs(kPrecondition, HasSubstr("built for plugin API version 999, this program has 2")));
}

TEST(CheckPluginDescriptorTest, OtherLibTorchNamesBoth) {
  PluginDescriptor descriptor = Descriptor();
  std::strcpy(descriptor.libtorch, "1.13.1");
  EXPECT_THAT(CheckPluginDescriptor(BytesOf(descriptor)),
              StatusIs(kPrecondition, HasSubstr("built for LibTorch 1.13.1, this program has " TORCH_VERSION)));
}

TEST(CheckPluginDescriptorTest, OtherAbiNamesBoth) {
  PluginDescriptor descriptor = Descriptor();
  std::strcpy(descriptor.abi, "g++ ABI 1002");
  EXPECT_THAT(
      CheckPluginDescriptor(BytesOf(descriptor)),
      StatusIs(kPrecondition, HasSubstr("built for the ABI of g++ ABI 1002, this program has " LOADSTONE_PLUGIN_ABI)));
}

TEST(CheckPluginDescriptorTest, TextWithoutAZeroEndsWithItsMember) {
  PluginDescriptor descriptor = Descriptor();
  std::memset(descriptor.libtorch, 'x', sizeof(descriptor.libtorch));
  EXPECT_THAT(CheckPluginDescriptor(BytesOf(descriptor)),
              StatusIs(kPrecondition, HasSubstr(std::string(32, 'x') + ",")));
}

TEST(CheckPluginDescriptorTest, OtherSymbolOfThatNameIsInvalid) {
  EXPECT_THAT(CheckPluginDescriptor(""), StatusIs(kInvalid, HasSubstr("LOADSTONE_PLUGIN")));
  EXPECT_THAT(CheckPluginDescriptor(std::string(sizeof(PluginDescriptor), 'x')),
              StatusIs(kInvalid, HasSubstr("LOADSTONE_PLUGIN")));
}

TEST(CheckPluginDescriptorTest, DescriptorOfAnotherSizeIsRefused) {
  EXPECT_THAT(CheckPluginDescriptor(BytesOf(Descriptor()).substr(0, 64)), StatusIs(kPrecondition, HasSubstr("bytes")));
}

}  // namespace
}  // namespace loadstone
