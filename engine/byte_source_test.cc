#include "engine/byte_source.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/barrier.h"
#include "engine/base/status_matchers.h"
#include "engine/testing/temp_folder.h"

namespace loadstone {
namespace {

using testing::IsOk;
using testing::StatusIs;
using testing::TempFolder;
using ::testing::HasSubstr;

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

TEST(ByteSourceTest, MapGivesTheBytesOfTheFile) {
  const TempFolder folder;
  const std::string path = folder.Write("model.pth", absl::string_view("a\0b\xff", 4));
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ByteSource> source, ByteSource::Map(path));
  EXPECT_EQ(source->bytes(), absl::string_view("a\0b\xff", 4));
  EXPECT_EQ(source->path(), path);
}

TEST(ByteSourceTest, EmptyFileHasNoBytes) {
  const TempFolder folder;
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ByteSource> source, ByteSource::Map(folder.Write("model.pth", "")));
  EXPECT_EQ(source->bytes(), "");
}

TEST(ByteSourceTest, AbsentFileIsNotFoundAndNamesTheNearest) {
  const TempFolder folder;
  folder.Write("resnet50.pth", "x");
  folder.Write("notes.txt", "x");
  EXPECT_THAT(ByteSource::Map(folder.Path("resnet5O.pth")),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("did you mean resnet50.pth?")));
}

TEST(ByteSourceTest, AbsentFolderIsNotFoundAndSaysHowFarThePathLeads) {
  const TempFolder folder;
  EXPECT_THAT(ByteSource::Map(folder.Path("no/such/model.pth")),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr(absl::StrCat("only ", folder.path()))));
}

TEST(ByteSourceTest, AbsentRelativeFolderIsNotFound) {
  EXPECT_THAT(ByteSource::Map("no/such/model.pth"), StatusIs(absl::StatusCode::kNotFound, HasSubstr("only .")));
}

TEST(ByteSourceTest, EmptyPathIsNotFound) {
  EXPECT_THAT(ByteSource::Map(""), StatusIs(absl::StatusCode::kNotFound, HasSubstr("no file")));
}

TEST(ByteSourceTest, FileInTheFoldersPlaceIsNotFound) {
  const TempFolder folder;
  const std::string path = folder.Write("model.pth", "x");
  EXPECT_THAT(ByteSource::Map(absl::StrCat(path, "/inner.pth")),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("no file")));
}

TEST(ByteSourceTest, UnreadableFileIsPermissionDenied) {
  if (geteuid() == 0) GTEST_SKIP() << "root may read everything";
  const TempFolder folder;
  const std::string path = folder.Write("model.pth", "x");
  ASSERT_EQ(chmod(path.c_str(), 0), 0);
  EXPECT_THAT(ByteSource::Map(path), StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("model.pth")));
}

TEST(ByteSourceTest, FolderIsInvalidArgument) {
  const TempFolder folder;
  EXPECT_THAT(ByteSource::Map(folder.path()), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("is a folder")));
}

TEST(ByteSourceTest, FifoIsInvalidArgumentAndDoesNotHang) {
  const TempFolder folder;
  ASSERT_EQ(mkfifo(folder.Path("model.pth").c_str(), 0600), 0);
  EXPECT_THAT(ByteSource::Map(folder.Path("model.pth")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("not a regular file")));
}

TEST(ByteSourceTest, SocketIsInvalidArgument) {
  const TempFolder folder;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const int folder_descriptor = open(folder.path().c_str(), O_PATH | O_CLOEXEC);
  const std::string path = absl::StrCat("/proc/self/fd/", folder_descriptor, "/s");  // a socket's path must be short
  ASSERT_LT(path.size(), sizeof(address.sun_path));
  std::memcpy(address.sun_path, path.data(), path.size());
  const int descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_EQ(bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  EXPECT_THAT(ByteSource::Map(path), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("not a regular file")));
  close(descriptor);
  close(folder_descriptor);
}

TEST(ByteSourceTest, LinkToItselfIsInvalidArgument) {
  const TempFolder folder;
  std::filesystem::create_symlink("loop", folder.Path("loop"));
  EXPECT_THAT(ByteSource::Map(folder.Path("loop")), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("loop")));
}

TEST(ByteSourceTest, HugeNameIsInvalidArgument) {
  const TempFolder folder;
  EXPECT_THAT(ByteSource::Map(folder.Path(std::string(100'000, 'a'))),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("cannot open")));
}

TEST(ByteSourceTest, WritesThroughTheMappingDoNotReachTheFile) {
  const TempFolder folder;
  const std::string path = folder.Write("model.pth", "weights");
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ByteSource> source, ByteSource::Map(path));
  const_cast<char*>(static_cast<const char*>(source->memory().get()))[0] = 'W';
  EXPECT_EQ(source->bytes(), "Weights");
  EXPECT_EQ(ReadFile(path), "weights");
}

TEST(ByteSourceTest, MemoryOutlivesTheSource) {
  const TempFolder folder;
  ASSERT_OK_AND_ASSIGN(std::shared_ptr<ByteSource> source, ByteSource::Map(folder.Write("model.pth", "weights")));
  const std::shared_ptr<const void> memory = source->memory();
  const absl::string_view bytes = source->bytes();
  source.reset();
  EXPECT_EQ(bytes, "weights");
}

TEST(ByteSourceTest, CopyGivesTheBytesAtAnOffset) {
  const TempFolder folder;
  const std::string path = folder.Write("copy.bin", "0123456789");
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ByteSource> mapped, ByteSource::Map(path));
  for (const std::shared_ptr<ByteSource>& source : {mapped, ByteSource::FromBytes("0123456789", "memory")}) {
    char part[3] = {};
    EXPECT_TRUE(source->Copy(4, 3, part));
    EXPECT_EQ(absl::string_view(part, 3), "456");
  }
}

TEST(ByteSourceTest, CopyOfWhatAFileNoLongerHasFails) {
  const TempFolder folder;
  const std::string path = folder.Write("shrinks.bin", "0123456789");
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ByteSource> source, ByteSource::Map(path));
  ASSERT_EQ(truncate(path.c_str(), 5), 0);
  char part[3] = {};
  EXPECT_FALSE(source->Copy(4, 3, part));
}

TEST(ByteSourceTest, FromBytesKeepsTheBytesAndTheName) {
  const std::shared_ptr<ByteSource> source = ByteSource::FromBytes("weights", "<upload>");
  EXPECT_EQ(source->bytes(), "weights");
  EXPECT_EQ(source->path(), "<upload>");
  EXPECT_EQ(source->memory().get() == nullptr, false);
}

// What the fake formats below are parsed to. Each counts how often it was.
struct Header {
  std::string text;
};
struct Broken {};
struct Body {
  std::shared_ptr<const Header> header;
};
std::atomic<int> header_parses = 0;
std::atomic<int> broken_parses = 0;

absl::StatusOr<std::shared_ptr<const Header>> ParseHeader(const ByteSource& source) {
  ++header_parses;
  return std::make_shared<const Header>(Header{std::string(source.bytes())});
}
absl::StatusOr<std::shared_ptr<const Broken>> ParseBroken(const ByteSource& source) {
  ++broken_parses;
  return absl::DataLossError("torn");
}
absl::StatusOr<std::shared_ptr<const Body>> ParseBody(const ByteSource& source) {
  absl::StatusOr<std::shared_ptr<const Header>> header = source.Parsed<Header>(&ParseHeader);
  if (!header.ok()) return header.status();
  return std::make_shared<const Body>(Body{*std::move(header)});
}

TEST(ByteSourceTest, ParsedComputesOnceAndSharesTheResult) {
  header_parses = 0;
  const std::shared_ptr<ByteSource> source = ByteSource::FromBytes("head", "x");
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<const Header> first, source->Parsed<Header>(&ParseHeader));
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<const Header> second, source->Parsed<Header>(&ParseHeader));
  EXPECT_EQ(first, second);
  EXPECT_EQ(first->text, "head");
  EXPECT_EQ(header_parses, 1);
}

TEST(ByteSourceTest, ParsedComputesOnceForManyThreads) {
  constexpr int kThreads = 8;
  header_parses = 0;
  const std::shared_ptr<ByteSource> source = ByteSource::FromBytes("head", "x");
  std::vector<std::shared_ptr<const Header>> results(kThreads);
  absl::Barrier* const barrier = new absl::Barrier(kThreads);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      if (barrier->Block()) delete barrier;
      results[static_cast<size_t>(i)] = source->Parsed<Header>(&ParseHeader).value();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(header_parses, 1);
  EXPECT_THAT(results, ::testing::Each(results.front()));
}

TEST(ByteSourceTest, ParsedKeepsErrors) {
  broken_parses = 0;
  const std::shared_ptr<ByteSource> source = ByteSource::FromBytes("head", "x");
  EXPECT_THAT(source->Parsed<Broken>(&ParseBroken), StatusIs(absl::StatusCode::kDataLoss, "torn"));
  EXPECT_THAT(source->Parsed<Broken>(&ParseBroken), StatusIs(absl::StatusCode::kDataLoss, "torn"));
  EXPECT_EQ(broken_parses, 1);
}

TEST(ByteSourceTest, ParseMayAskForWhatLiesBeneathIt) {
  const std::shared_ptr<ByteSource> source = ByteSource::FromBytes("head", "x");
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<const Body> body, source->Parsed<Body>(&ParseBody));
  EXPECT_EQ(body->header->text, "head");
}

TEST(ByteSourceTest, PartsHaveTheLimitsOfTheWhole) {
  const TempFolder folder;
  LoadLimits limits;
  limits.pickle_bytes = 17;
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ByteSource> whole, ByteSource::Map(folder.Write("index", "x"), limits));
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ByteSource> part, whole->MapPart(folder.Write("part", "y")));
  EXPECT_EQ(part->bytes(), "y");
  EXPECT_EQ(part->limits().pickle_bytes, 17);
}

TEST(ByteSourceTest, WholeIsNotIntactWhenAPartShrank) {
  InstallSigbusHandler();
  const TempFolder folder;
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ByteSource> whole, ByteSource::Map(folder.Write("index", "x")));
  ASSERT_OK(whole->MapPart(folder.Write("part", "y")));
  EXPECT_OK(whole->CheckIntact());
  std::filesystem::resize_file(folder.Path("part"), 0);
  EXPECT_THAT(whole->CheckIntact(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("part shrank")));
}

TEST(ByteSourceTest, FilesExpireWithTheLastViewOfTheirMemory) {
  const TempFolder folder;
  ASSERT_OK_AND_ASSIGN(std::shared_ptr<ByteSource> source, ByteSource::Map(folder.Write("model.pth", "x")));
  std::shared_ptr<const void> view = source->memory();
  const std::vector<std::weak_ptr<const MappedFile>> files = source->files();
  ASSERT_EQ(files.size(), 1);
  source = nullptr;
  EXPECT_FALSE(files[0].expired());
  view = nullptr;
  EXPECT_TRUE(files[0].expired());
}

TEST(ByteSourceTest, BytesInMemoryHaveNoFiles) {
  const std::shared_ptr<ByteSource> source = ByteSource::FromBytes("x", "name");
  EXPECT_TRUE(source->files().empty());
  EXPECT_OK(source->CheckIntact());
}

}  // namespace
}  // namespace loadstone
