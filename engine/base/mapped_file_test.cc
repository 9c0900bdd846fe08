#include "engine/base/mapped_file.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status_matchers.h"
#include "engine/testing/temp_folder.h"

namespace loadstone {
namespace {

using ::testing::HasSubstr;
using testing::StatusIs;

constexpr absl::StatusCode kDataLoss = absl::StatusCode::kDataLoss;

size_t Page() { return static_cast<size_t>(sysconf(_SC_PAGESIZE)); }

// A byte of the mapping as it is now: the compiler may not remember it.
char Read(const MappedFile& file, size_t at) {
  const volatile char* const data = file.bytes().data();
  return data[at];
}

class MappedFileTest : public ::testing::Test {
 protected:
  MappedFileTest() { InstallSigbusHandler(); }

  // A file of `size` times 'x', mapped.
  std::shared_ptr<const MappedFile> MapXs(size_t size, const std::string& name = "file") {
    const std::string path = folder_.Write(name, std::string(size, 'x'));
    const int descriptor = open(path.c_str(), O_RDONLY);
    absl::StatusOr<std::shared_ptr<const MappedFile>> file = MappedFile::Map(descriptor, size, path);
    close(descriptor);
    EXPECT_OK(file);
    return *std::move(file);
  }
  void Resize(size_t size, const std::string& name = "file") { std::filesystem::resize_file(folder_.Path(name), size); }

  const testing::TempFolder folder_;
};

using MappedFileDeathTest = MappedFileTest;

TEST_F(MappedFileTest, HasTheBytesOfTheFile) {
  const auto file = MapXs(Page() + 10);
  EXPECT_EQ(file->bytes(), std::string(Page() + 10, 'x'));
  EXPECT_OK(file->CheckIntact());
}

TEST_F(MappedFileTest, ShrunkFileReadsAsZerosAndIsDataLoss) {
  const auto file = MapXs(3 * Page());
  Resize(Page());
  EXPECT_EQ(Read(*file, 2 * Page() + 5), '\0');
  EXPECT_EQ(Read(*file, Page()), '\0');
  EXPECT_EQ(Read(*file, Page() - 1), 'x');
  EXPECT_THAT(file->CheckIntact(), StatusIs(kDataLoss, HasSubstr(folder_.Path("file") + " shrank")));
}

TEST_F(MappedFileTest, ShrinkingIsNoticedWithoutARead) {
  const auto file = MapXs(3 * Page() + 10);
  Resize(3 * Page() - 100);
  EXPECT_THAT(file->CheckIntact(), StatusIs(kDataLoss, HasSubstr("shrank")));
}

TEST_F(MappedFileTest, WholePagesToo) {
  const auto file = MapXs(2 * Page());
  Resize(Page());
  EXPECT_THAT(file->CheckIntact(), StatusIs(kDataLoss, HasSubstr("shrank")));
}

TEST_F(MappedFileTest, ShrinkingWithinTheLastPageTakesNothing) {
  for (const size_t size : {Page() + 100, 2 * Page()}) {
    const auto file = MapXs(size);
    Resize(Page() + 1);
    EXPECT_EQ(file->bytes(), std::string(size, 'x'));
    EXPECT_OK(file->CheckIntact());
  }
}

// As `cp new old` does it.
TEST_F(MappedFileTest, TruncatedAndWrittenAnewIsDataLoss) {
  const auto file = MapXs(2 * Page() + 10);
  folder_.Write("file", std::string(2 * Page() + 10, 'y'));
  EXPECT_THAT(file->CheckIntact(), StatusIs(kDataLoss, HasSubstr("shrank")));
}

TEST_F(MappedFileTest, RenamingAnotherFileOverItChangesNothing) {
  const auto file = MapXs(2 * Page());
  std::filesystem::rename(folder_.Write("new", "y"), folder_.Path("file"));
  EXPECT_EQ(file->bytes(), std::string(2 * Page(), 'x'));
  EXPECT_OK(file->CheckIntact());
}

TEST_F(MappedFileTest, WritesThroughTheMappingStayInIt) {
  const auto file = MapXs(2 * Page());
  const_cast<char*>(file->bytes().data())[2 * Page() - 1] = 'z';
  EXPECT_OK(file->CheckIntact());
}

TEST_F(MappedFileTest, OthersStayIntact) {
  const auto first = MapXs(2 * Page(), "first");
  const auto second = MapXs(2 * Page(), "second");
  const auto third = MapXs(2 * Page(), "third");
  Resize(0, "second");
  EXPECT_EQ(Read(*second, 0), '\0');
  EXPECT_OK(first->CheckIntact());
  EXPECT_OK(third->CheckIntact());
  EXPECT_EQ(first->bytes(), std::string(2 * Page(), 'x'));
}

TEST_F(MappedFileTest, ThreadsThatReadWhileItShrinksAllEnd) {
  constexpr size_t kPages = 64;
  const auto file = MapXs(kPages * Page());
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&file, i] {
      while (file->CheckIntact().ok()) Read(*file, (static_cast<size_t>(i) * 17 % kPages) * Page());
      for (size_t page = 0; page < kPages; ++page) Read(*file, page * Page());
    });
    // Others come and go meanwhile: the handler's table changes under it.
    threads.emplace_back([this, i] {
      for (int j = 0; j < 50; ++j) EXPECT_OK(MapXs(Page(), absl::StrCat("other", i))->CheckIntact());
    });
  }
  Resize(0);
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(file->CheckIntact(), StatusIs(kDataLoss, HasSubstr("shrank")));
}

// Reads a page that the file behind a mapping of somebody else's has lost.
void FaultElsewhere(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDWR);
  void* address = mmap(nullptr, Page(), PROT_READ, MAP_SHARED, descriptor, 0);
  if (ftruncate(descriptor, 0) != 0) _exit(1);
  const volatile char* const data = static_cast<const char*>(address);
  const char read = *data;
  _exit(read);
}

TEST_F(MappedFileDeathTest, FaultsElsewhereEndTheProcessAsEver) {
  const std::string path = folder_.Write("foreign", "x");
  EXPECT_DEATH(FaultElsewhere(path), "");
}

TEST_F(MappedFileDeathTest, SigbusThatWasSentEndsTheProcessAsEver) { EXPECT_DEATH(raise(SIGBUS), ""); }

}  // namespace

// In a process of its own, where no handler of ours was installed before.
TEST(SigbusDeathTest, HandlerThatWasThereBeforeGetsWhatIsNotOurs) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  const testing::TempFolder folder;
  const std::string path = folder.Write("foreign", "x");
  EXPECT_EXIT(
      {
        struct sigaction action = {};
        action.sa_handler = [](int) { _exit(42); };
        sigaction(SIGBUS, &action, nullptr);
        InstallSigbusHandler();
        FaultElsewhere(path);
      },
      ::testing::ExitedWithCode(42), "");
}

}  // namespace loadstone
