#include "engine/testing/module_conformance.h"

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>

#include <ATen/ops/add.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/ones.h>

#include "engine/base/status_matchers.h"
#include "engine/module_def_builder.h"
#include "engine/module_state.h"
#include "engine/testing/fakes.h"

namespace loadstone::testing {
namespace {

using ::testing::HasSubstr;

constexpr absl::StatusCode kBroken = absl::StatusCode::kFailedPrecondition;

// Multiplies by its weight. Each test breaks one thing.
class Scale : public TensorModule {
 public:
  explicit Scale(ModuleState& state) : TensorModule(state), weight_(state.Parameter("weight")) {}
  at::Tensor ForwardTensor(const at::Tensor& input) const override { return at::mul(input, weight_); }

 protected:
  const at::Tensor& weight_;
};

template <typename T>
absl::Status Check() {
  PluginRegistry registry;
  const auto construct = [](AttributeReader&, ModuleDefBuilder& self) { self.Parameter("weight", {3}); };
  const absl::Status added =
      registry.AddModuleClass({.name = "tiny.Scale", .construct = construct, .build = BuildModule<T>});
  if (!added.ok()) return added;
  return CheckModule(registry, {.class_name = "tiny.Scale", .arguments = {}, .inputs = {at::ones({2, 3})}});
}

TEST(ModuleConformanceTest, GoodClassConforms) { EXPECT_OK(Check<Scale>()); }

TEST(ModuleConformanceTest, ClassWithArgumentsConforms) {
  EXPECT_OK(CheckModule(
      *NewRegistry(),
      {.class_name = "tiny.Linear", .arguments = {{int64_t{3}, int64_t{2}}, {}}, .inputs = {at::ones({2, 3})}}));
}

TEST(ModuleConformanceTest, WrongArgumentsAreShown) {
  EXPECT_THAT(CheckModule(*NewRegistry(), {.class_name = "tiny.Linear", .arguments = {}, .inputs = {}}),
              StatusIs(kBroken, HasSubstr("class tiny.Linear: its construct fails")));
}

TEST(ModuleConformanceTest, ForwardThatRemembersIsFound) {
  class Counting : public Scale {
   public:
    using Scale::Scale;
    at::Tensor ForwardTensor(const at::Tensor& input) const override { return at::add(input, calls_++); }
    mutable std::atomic<int64_t> calls_ = 0;
  };
  EXPECT_THAT(Check<Counting>(), StatusIs(kBroken, HasSubstr("second Forward")));
}

TEST(ModuleConformanceTest, ForwardThatWritesToAParameterIsFound) {
  class Writing : public Scale {
   public:
    using Scale::Scale;
    at::Tensor ForwardTensor(const at::Tensor& input) const override {
      weight_.add_(1);
      return input;
    }
  };
  EXPECT_THAT(Check<Writing>(), StatusIs(kBroken, HasSubstr("Forward changes a parameter or buffer")));
}

TEST(ModuleConformanceTest, OtherExceptionIsFound) {
  class Throwing : public Scale {
   public:
    using Scale::Scale;
    at::Tensor ForwardTensor(const at::Tensor& input) const override { throw std::logic_error("oh"); }
  };
  EXPECT_THAT(Check<Throwing>(), StatusIs(kBroken, HasSubstr("no c10::Error: oh")));
}

TEST(ModuleConformanceTest, CopyOfATensorIsFoundWhenADeviceMovesIt) {
  class Keeping : public Scale {
   public:
    explicit Keeping(ModuleState& state) : Scale(state), kept_(weight_) {}
    at::Tensor ForwardTensor(const at::Tensor& input) const override { return at::mul(input, kept_); }
    const at::Tensor kept_;
  };
  EXPECT_THAT(Check<Keeping>(), StatusIs(kBroken, HasSubstr("keep references to its parts")));
}

TEST(ModuleConformanceTest, PrintWithoutItsClassIsFound) {
  class Nameless : public Scale {
   public:
    using Scale::Scale;
    std::string ToString() const override { return "a layer"; }
  };
  EXPECT_THAT(Check<Nameless>(), StatusIs(kBroken, HasSubstr("does not begin with its class")));
}

}  // namespace
}  // namespace loadstone::testing
