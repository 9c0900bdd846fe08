#include "loaders/safetensors/safetensors_loader.h"

#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include <ATen/core/Tensor.h>

#include "absl/strings/string_view.h"
#include "engine/base/status_matchers.h"
#include "engine/byte_source.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "loaders/safetensors/expected_tensors.h"
#include "loaders/safetensors/safetensors_bytes.h"

namespace loadstone {
namespace {

using ::loadstone::testing::DifferencesFromPython;
using ::loadstone::testing::SafetensorsBytes;
using ::loadstone::testing::StatusIs;
using ::loadstone::testing::TestFile;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

absl::StatusOr<StateDict> Load(const ByteSource& source) {
  const absl::StatusOr<ModelContent> content = SafetensorsLoader().Load(ModelSpec(), source);
  if (!content.ok()) return content.status();
  return std::get<StateDict>(*content);
}

bool LiesIn(const at::Tensor& tensor, absl::string_view bytes) {
  const auto* data = static_cast<const char*>(tensor.const_data_ptr());
  if (tensor.numel() == 0) return true;  // ATen gives null for its data
  return data >= bytes.data() && data + tensor.nbytes() <= bytes.data() + bytes.size();
}

constexpr absl::string_view kTwoBytesThenOneFloat =
    R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"x":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}})";

TEST(SafetensorsLoaderTest, EveryDtypeEqualsPythonsBitForBit) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ByteSource> source, ByteSource::Map(TestFile("dtypes.safetensors")));
  EXPECT_OK(SafetensorsLoader().CanLoad(*source));
  ASSERT_OK_AND_ASSIGN(const StateDict weights, Load(*source));
  EXPECT_EQ(weights.entries.size(), 23u);
  EXPECT_THAT(DifferencesFromPython(weights, {"dtypes.safetensors"}), IsEmpty());
}

TEST(SafetensorsLoaderTest, FileWithoutTensorsIsAnEmptyStateDict) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ByteSource> source, ByteSource::Map(TestFile("nothing.safetensors")));
  EXPECT_OK(SafetensorsLoader().CanLoad(*source));
  ASSERT_OK_AND_ASSIGN(const StateDict weights, Load(*source));
  EXPECT_THAT(weights.entries, IsEmpty());
}

TEST(SafetensorsLoaderTest, TensorsAreViewsOfTheFile) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ByteSource> source, ByteSource::Map(TestFile("dtypes.safetensors")));
  ASSERT_OK_AND_ASSIGN(const StateDict weights, Load(*source));
  for (const Named<Attribute>& entry : weights.entries) {
    EXPECT_TRUE(LiesIn(*entry.value.tensor(), source->bytes())) << entry.name;
  }
}

TEST(SafetensorsLoaderTest, TensorsOutliveTheSource) {
  ASSERT_OK_AND_ASSIGN(std::shared_ptr<ByteSource> source, ByteSource::Map(TestFile("dtypes.safetensors")));
  ASSERT_OK_AND_ASSIGN(const StateDict weights, Load(*source));
  source = nullptr;
  EXPECT_THAT(DifferencesFromPython(weights, {"dtypes.safetensors"}), IsEmpty());
}

TEST(SafetensorsLoaderTest, WritingToATensorDoesNotReachTheFile) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ByteSource> source, ByteSource::Map(TestFile("dtypes.safetensors")));
  ASSERT_OK_AND_ASSIGN(const StateDict written, Load(*source));
  *static_cast<float*>(FindNamed(written.entries, "scalar")->tensor()->mutable_data_ptr()) = 7;
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ByteSource> again, ByteSource::Map(TestFile("dtypes.safetensors")));
  ASSERT_OK_AND_ASSIGN(const StateDict weights, Load(*again));
  EXPECT_THAT(DifferencesFromPython(weights, {"dtypes.safetensors"}), IsEmpty());
}

TEST(SafetensorsLoaderTest, UnalignedTensorIsCopied) {
  const float value = 2.5;
  std::string data(6, 'd');
  std::memcpy(data.data() + 2, &value, sizeof(value));
  // The first byte of data at a multiple of 8, so the float is not at one of 4.
  std::string header(kTwoBytesThenOneFloat);
  header.resize((header.size() + 7) / 8 * 8, ' ');
  const std::shared_ptr<ByteSource> source = ByteSource::FromBytes(SafetensorsBytes(header, data), "unaligned");
  ASSERT_OK_AND_ASSIGN(const StateDict weights, Load(*source));
  const at::Tensor& tensor = *FindNamed(weights.entries, "x")->tensor();
  EXPECT_FALSE(LiesIn(tensor, source->bytes()));
  EXPECT_EQ(tensor.item<float>(), value);
  EXPECT_TRUE(LiesIn(*FindNamed(weights.entries, "a")->tensor(), source->bytes()));
}

TEST(SafetensorsLoaderTest, NothingSaysVersions) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ByteSource> source, ByteSource::Map(TestFile("dtypes.safetensors")));
  ASSERT_OK_AND_ASSIGN(const StateDict weights, Load(*source));
  EXPECT_TRUE(weights.versions.empty());
}

TEST(SafetensorsLoaderTest, OtherFileIsInvalidArgument) {
  const std::shared_ptr<ByteSource> source = ByteSource::FromBytes("<html>", "page");
  EXPECT_THAT(SafetensorsLoader().CanLoad(*source),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("not a safetensors file")));
  EXPECT_THAT(Load(*source), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("not a safetensors file")));
}

TEST(SafetensorsLoaderTest, BrokenFileIsDataLoss) {
  const std::shared_ptr<ByteSource> source =
      ByteSource::FromBytes(SafetensorsBytes(kTwoBytesThenOneFloat, "12345"), "short");
  EXPECT_THAT(SafetensorsLoader().CanLoad(*source),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("need 6 bytes, the file has 5")));
}

TEST(SafetensorsLoaderTest, RegistersBothLoaders) {
  PluginRegistry registry;
  EXPECT_OK(RegisterSafetensorsLoader(registry));
  EXPECT_OK(registry.FindLoader("safetensors").status());
  EXPECT_OK(registry.FindLoader("safetensors_index").status());
}

}  // namespace
}  // namespace loadstone
