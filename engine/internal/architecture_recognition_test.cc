#include "engine/internal/architecture_recognition.h"

#include <ATen/ops/ones.h>

#include <optional>
#include <string>
#include <utility>

#include "engine/base/status_matchers.h"

namespace loadstone {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::StatusIs;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;
using Answer = absl::StatusOr<std::optional<Architecture>>;

// Knows weights that have `key`, as `class_name`(its first size).
ArchitectureRecognizer KnowsKey(std::string name, std::string key, std::string class_name) {
  return {
      .name = std::move(name),
      .recognize = [key = std::move(key), class_name = std::move(class_name)](const TensorShapes& shapes) -> Answer {
        const auto found = shapes.find(key);
        if (found == shapes.end()) return std::nullopt;
        return Architecture{class_name, {{}, {{"size", found->second.front()}}}};
      }};
}

class RecognizeArchitectureTest : public ::testing::Test {
 protected:
  absl::StatusOr<RecognizedArchitecture> Recognize(const StateDict& weights, const ModelSpec& spec = {}) {
    return RecognizeArchitecture(weights, spec, registry_);
  }
  static StateDict Weights(const std::string& prefix) {
    return {.entries = {{prefix + "weight", at::ones({3, 2})}, {prefix + "bias", at::ones({3})}}};
  }
  PluginRegistry registry_;
};

TEST_F(RecognizeArchitectureTest, TheOneThatKnowsNamesClassAndArguments) {
  ASSERT_OK(registry_.AddArchitectureRecognizer(KnowsKey("other", "weights", "tiny.Other")));
  ASSERT_OK(registry_.AddArchitectureRecognizer(KnowsKey("tiny", "weight", "tiny.Linear")));
  ASSERT_OK_AND_ASSIGN(const RecognizedArchitecture recognized, Recognize(Weights("")));
  EXPECT_EQ(recognized.architecture.class_name, "tiny.Linear");
  EXPECT_EQ(recognized.text, "tiny.Linear(size=3), by tiny");
}

TEST_F(RecognizeArchitectureTest, WrappersPrefixesAreStripped) {
  ASSERT_OK(registry_.AddArchitectureRecognizer(KnowsKey("tiny", "weight", "tiny.Linear")));
  EXPECT_OK(Recognize(Weights("module._orig_mod.")));
}

TEST_F(RecognizeArchitectureTest, PrefixOfSomeKeysOnlyStays) {
  ASSERT_OK(registry_.AddArchitectureRecognizer(KnowsKey("tiny", "weight", "tiny.Linear")));
  StateDict weights = Weights("module.");
  weights.entries.push_back({"step", at::ones({})});
  EXPECT_THAT(Recognize(weights), StatusIs(kInvalid, HasSubstr("first key module.weight")));
}

TEST_F(RecognizeArchitectureTest, KeysAreRenamedFirst) {
  ASSERT_OK(registry_.AddArchitectureRecognizer(KnowsKey("tiny", "weight", "tiny.Linear")));
  EXPECT_OK(Recognize(Weights("ema/"), {.key_renames = {{"ema/", ""}}}));
}

TEST_F(RecognizeArchitectureTest, TwoThatKnowAreNamed) {
  ASSERT_OK(registry_.AddArchitectureRecognizer(KnowsKey("one", "weight", "tiny.Linear")));
  ASSERT_OK(registry_.AddArchitectureRecognizer(KnowsKey("two", "bias", "tiny.Block")));
  EXPECT_THAT(Recognize(Weights("")),
              StatusIs(kInvalid, AllOf(HasSubstr("as tiny.Linear(size=3), by one and as tiny.Block(size=3), by two"),
                                       HasSubstr("--arch"))));
}

TEST_F(RecognizeArchitectureTest, NoneSaysWhatTheWeightsAreAndWhoWasAsked) {
  ASSERT_OK(registry_.AddArchitectureRecognizer(KnowsKey("tiny", "kernel", "tiny.Linear")));
  EXPECT_THAT(Recognize(Weights("")), StatusIs(kInvalid, AllOf(HasSubstr("2 weights"), HasSubstr("first key weight"),
                                                               HasSubstr("unknown to tiny"), HasSubstr("--arch"))));
}

TEST_F(RecognizeArchitectureTest, OneThatNeedsToKnowMoreSaysSo) {
  ASSERT_OK(registry_.AddArchitectureRecognizer({.name = "tiny", .recognize = [](const TensorShapes&) -> Answer {
                                                   return absl::InvalidArgumentError(
                                                       "the shapes do not tell the number of heads");
                                                 }}));
  EXPECT_THAT(Recognize(Weights("")), StatusIs(kInvalid, "tiny: the shapes do not tell the number of heads"));
}

TEST_F(RecognizeArchitectureTest, WhatIsNoTensorIsNotShown) {
  ASSERT_OK(registry_.AddArchitectureRecognizer(KnowsKey("tiny", "_extra_state", "tiny.Linear")));
  EXPECT_THAT(Recognize({.entries = {{"_extra_state", Attribute("text")}}}),
              StatusIs(kInvalid, HasSubstr("1 weights")));
}

}  // namespace
}  // namespace loadstone
