#include "engine/base/near_misses.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace loadstone {
namespace {

using ::testing::EndsWith;
using ::testing::Lt;

TEST(DidYouMeanTest, NoCandidatesSayNothing) { EXPECT_EQ(DidYouMean("conv", {}), ""); }

TEST(DidYouMeanTest, OneNearNameIsAsked) {
  EXPECT_EQ(DidYouMean("layer1", {"layer10", "head", "embedding"}), "; did you mean layer10?");
}

TEST(DidYouMeanTest, NearestComesFirstAndThreeAreEnough) {
  EXPECT_EQ(DidYouMean("conv1", {"conv1xx", "conv2", "conv1x", "conv3"}),
            "; did you mean conv1x, conv2 or conv3?");
}

TEST(DidYouMeanTest, CaseDoesNotCount) { EXPECT_EQ(DidYouMean("linear", {"LINEAR"}), "; did you mean LINEAR?"); }

TEST(DidYouMeanTest, FarNamesAreListed) {
  EXPECT_EQ(DidYouMean("zzzzzz", {"alpha", "beta"}), "; there is alpha, beta");
}

TEST(DidYouMeanTest, LongListIsCut) {
  EXPECT_EQ(DidYouMean("zzzzzz", {"alpha", "bravo", "charlie", "delta", "echoes", "foxtrot"}),
            "; there is alpha, bravo, charlie, delta, echoes, ...");
}

TEST(DidYouMeanTest, EmptyWantedMatchesOnlyTinyNames) {
  EXPECT_EQ(DidYouMean("", {"a", "weight"}), "; did you mean a?");
}

TEST(DidYouMeanTest, HugeWantedNameIsNotCompared) {
  EXPECT_EQ(DidYouMean(std::string(1'000'000, 'a'), {"a", "b"}), "; there is a, b");
}

TEST(DidYouMeanTest, HugeCandidateIsCut) {
  const std::string text = DidYouMean("weight", {std::string(1'000'000, 'a')});
  EXPECT_THAT(text.size(), Lt(300));
  EXPECT_THAT(text, EndsWith("aaa..."));
}

}  // namespace
}  // namespace loadstone
