// Genuine files cut at every length and with every byte changed: each gives a Status, and what loads is well formed.
#include <algorithm>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status_macros.h"
#include "engine/base/status_matchers.h"
#include "engine/byte_source.h"
#include "engine/engine.h"
#include "engine/testing/temp_folder.h"
#include "loaders/archive/tar_archive.h"
#include "tests/attacks/walk.h"
#include "tests/integration/test_models.h"

namespace loadstone {
namespace {

// Of a small file every length and byte up to here; past it, and in a large file, this many, and the whole end.
constexpr size_t kEvery = 4096;
constexpr size_t kSmall = 32 << 10;
constexpr size_t kSampled = 250;
constexpr size_t kEnd = 64;
// Loading through the engine writes and maps a file: fewer of those.
constexpr size_t kEngineStep = 25;

struct GoldenFile {
  std::string name;
  std::string bytes;
};

std::vector<GoldenFile> SmallFiles() {
  std::vector<GoldenFile> files;
  const std::string bundle = testing::ReadText("tests/corruption/small_files.tar");
  const absl::StatusOr<std::vector<TarMember>> members = ReadTar(bundle);
  EXPECT_OK(members);
  if (!members.ok()) return files;
  for (const TarMember& member : *members) files.push_back({std::string(member.name), std::string(member.bytes)});
  return files;
}

bool IsPartOfShardedModel(const GoldenFile& file) { return absl::StartsWith(file.name, "sharded/"); }

// An index and its shards, which mean nothing one by one.
std::vector<GoldenFile> ShardedModel() {
  std::vector<GoldenFile> files = SmallFiles();
  std::erase_if(files, [](const GoldenFile& file) { return !IsPartOfShardedModel(file); });
  return files;
}

std::vector<GoldenFile> GoldenFiles() {
  std::vector<GoldenFile> files = SmallFiles();
  std::erase_if(files, IsPartOfShardedModel);
  for (const char* name : {"full_module.pth", "state_dict.pth", "checkpoint.pth", "gpu_full_module.pth"}) {
    files.push_back({name, testing::ReadText(testing::TestDataPath(absl::StrCat("digits/", name)))});
  }
  return files;
}

std::vector<size_t> Positions(size_t size) {
  const size_t every = size <= kSmall ? kEvery : 0;
  const size_t step = std::max<size_t>(size / kSampled, 1);
  std::vector<size_t> positions;
  for (size_t at = 0; at < size; at += at < every || at + kEnd >= size ? 1 : step) positions.push_back(at);
  return positions;
}

// Codes that a file can be the cause of. Others are somebody's mistake.
bool IsFilesFault(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk:
    case absl::StatusCode::kDataLoss:
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kPermissionDenied:  // a changed name can be a dangerous one
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kUnimplemented:
    case absl::StatusCode::kFailedPrecondition:  // a changed class name is not registered
    case absl::StatusCode::kNotFound:
      return true;
    default:
      return false;
  }
}

Architecture SmallLinear() {
  return {.class_name = "torch.nn.modules.linear.Linear", .arguments = {.positional = {2, 2}}};
}

absl::Status LoadAndTouch(const ModelSpec& spec) {
  const std::unique_ptr<Engine> engine = testing::EngineWithBuiltins();
  RETURN_IF_ERROR(engine->AddModel(spec));
  ASSIGN_OR_RETURN(const ServableHandle model, engine->Acquire(spec.name));
  return testing::TouchModule(model->module());
}

absl::Status LoadAndTouch(const GoldenFile& file, absl::string_view bytes) {
  ModelSpec spec;
  spec.name = "m";
  spec.path = testing::WriteTemporary("corrupt", bytes);
  if (absl::EndsWith(file.name, ".safetensors")) spec.architecture = SmallLinear();
  return LoadAndTouch(spec);
}

absl::Status LoadAndTouch(const std::vector<GoldenFile>& sharded_model) {
  const testing::TempFolder folder;
  for (const GoldenFile& file : sharded_model) folder.Write(file.name, file.bytes);
  ModelSpec spec;
  spec.name = "m";
  spec.path = folder.Path("sharded/model.safetensors.index.json");
  spec.architecture = SmallLinear();
  return LoadAndTouch(spec);
}

struct Counts {
  size_t tried = 0;
  size_t loaded = 0;
};

// Whether it loaded.
bool Try(const GoldenFile& file, absl::string_view bytes, size_t at, Counts& counts) {
  // In memory of its exact size, so that a sanitizer sees a read past the end.
  const std::shared_ptr<ByteSource> source = ByteSource::FromBytes(std::string(bytes), file.name);
  const absl::Status status = testing::InterpretAndTouch(*source);
  EXPECT_TRUE(IsFilesFault(status.code())) << file.name << " at " << at << ": " << status;
  if (counts.tried++ % kEngineStep == 0) {
    const absl::Status engine = LoadAndTouch(file, bytes);
    EXPECT_TRUE(IsFilesFault(engine.code())) << file.name << " at " << at << ": " << engine;
  }
  counts.loaded += status.ok() ? 1 : 0;
  return status.ok();
}

TEST(CorruptionTest, TheFilesThemselvesAreFine) {
  size_t modules = 0;
  for (const GoldenFile& file : GoldenFiles()) {
    SCOPED_TRACE(file.name);
    if (!absl::EndsWith(file.name, ".safetensors")) {
      EXPECT_OK(testing::InterpretAndTouch(*ByteSource::FromBytes(file.bytes, file.name)));
    }
    if (absl::StrContains(file.name, "module") || absl::EndsWith(file.name, ".safetensors")) {
      ++modules;
      EXPECT_OK(LoadAndTouch(file, file.bytes));
    }
  }
  EXPECT_EQ(modules, 8u);
  EXPECT_OK(LoadAndTouch(ShardedModel()));
}

TEST(CorruptionTest, EveryTruncationIsRefused) {
  Counts counts;
  for (const GoldenFile& file : GoldenFiles()) {
    for (const size_t length : Positions(file.bytes.size())) {
      const absl::string_view bytes = file.bytes;
      if (!Try(file, bytes.substr(0, length), length, counts)) continue;
      // The zeros at the end of a tar say nothing, and tarfile reads it without them too.
      EXPECT_TRUE(absl::StartsWith(file.name, "tar_")) << file.name << " at " << length;
      EXPECT_EQ(bytes.find_first_not_of('\0', length), bytes.npos) << file.name << " at " << length;
    }
  }
  std::cout << counts.tried << " truncations\n";
}

TEST(CorruptionTest, ChangedBytesGiveAStatusOrAWellFormedModel) {
  Counts counts;
  for (const GoldenFile& file : GoldenFiles()) {
    std::string bytes = file.bytes;
    for (const size_t at : Positions(bytes.size())) {
      // All bits, then one bit that moves along with the position.
      for (const int change : {0xFF, 1 << at % 8}) {
        bytes[at] = static_cast<char>(bytes[at] ^ change);
        Try(file, bytes, at, counts);
        bytes[at] = file.bytes[at];
      }
    }
  }
  std::cout << counts.tried << " changes, " << counts.loaded << " loaded\n";
  EXPECT_GT(counts.loaded, 0u);  // bytes of weights have no checksum that is read
}

TEST(CorruptionTest, PartsOfAShardedModelGiveAStatusToo) {
  std::vector<GoldenFile> model = ShardedModel();
  ASSERT_EQ(model.size(), 3u);
  Counts counts;
  for (GoldenFile& file : model) {
    const std::string bytes = file.bytes;
    for (const size_t at : Positions(bytes.size())) {
      SCOPED_TRACE(absl::StrCat(file.name, " at ", at));
      file.bytes.resize(at);
      EXPECT_FALSE(LoadAndTouch(model).ok());
      for (const int change : {0xFF, 1 << at % 8}) {
        file.bytes = bytes;
        file.bytes[at] = static_cast<char>(bytes[at] ^ change);
        const absl::Status status = LoadAndTouch(model);
        EXPECT_TRUE(IsFilesFault(status.code())) << status;
        counts.loaded += status.ok() ? 1 : 0;
        ++counts.tried;
      }
    }
    file.bytes = bytes;
  }
  std::cout << counts.tried << " changes, " << counts.loaded << " loaded\n";
  EXPECT_GT(counts.loaded, 0u);
}

}  // namespace
}  // namespace loadstone
