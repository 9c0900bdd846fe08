// Proves that the third-party libraries compile, link and run together, under each sanitizer too.

#include <string>
#include <thread>
#include <vector>

#include <ATen/core/Tensor.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/relu.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

#include "engine/base/logging.h"

namespace {

using ::testing::ElementsAre;

TEST(ThirdPartyTest, LibTorchRunsRelu) {
  at::Tensor negative = at::ones({2, 3}).neg();
  EXPECT_EQ(at::relu(negative).sum().item<float>(), 0.0f);
}

TEST(ThirdPartyTest, LibTorchErrorIsCaughtAsC10Error) {
  EXPECT_THROW(at::ones({2, 3}).view({4}), c10::Error);
}

TEST(ThirdPartyTest, LibTorchSharesAWeightBetweenThreads) {
  const at::Tensor weight = at::ones({64, 64});
  at::Tensor here;
  at::Tensor there;
  std::thread other([&] { there = at::relu(weight); });
  here = at::relu(weight);
  other.join();
  EXPECT_TRUE(here.equal(there));
}

TEST(ThirdPartyTest, AbseilStatusKeepsItsMessage) {
  absl::StatusOr<int> result = absl::NotFoundError(absl::StrCat("record ", 17));
  EXPECT_EQ(result.status().message(), "record 17");
}

TEST(ThirdPartyTest, AbseilMapFindsWhatWasInserted) {
  absl::flat_hash_map<std::string, int> map = {{"a", 1}, {"b", 2}};
  EXPECT_EQ(map.at("b"), 2);
}

TEST(ThirdPartyTest, JsonRoundTripsAnArray) {
  const nlohmann::json parsed = nlohmann::json::parse("[1, 2]");
  EXPECT_THAT(parsed.get<std::vector<int>>(), ElementsAre(1, 2));
}

TEST(ThirdPartyTest, ZlibComputesTheKnownCrc) {
  EXPECT_EQ(crc32(0, reinterpret_cast<const Bytef*>("123456789"), 9), 0xcbf43926u);
}

TEST(ThirdPartyTest, LogGoesThroughGlog) {
  ::testing::internal::CaptureStderr();
  LOG(ERROR) << "seen";
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), ::testing::HasSubstr("third_party_test.cc"));
}

}  // namespace
