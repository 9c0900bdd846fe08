#include "engine/servable.h"

#include <memory>
#include <new>
#include <stdexcept>
#include <utility>

#include <ATen/core/List.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <c10/core/CPUAllocator.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>

#include "engine/base/status_matchers.h"
#include "engine/module_state.h"
#include "engine/testing/fakes.h"

namespace loadstone {
namespace {

using testing::FakeDevice;
using testing::IsOk;
using testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;

// Runs a function as its Forward.
template <typename Function>
class Calling : public Module {
 public:
  Calling(ModuleState& state, Function function) : Module(state), function_(std::move(function)) {}
  c10::IValue Forward(const Inputs& inputs) const override { return function_(inputs); }

 private:
  const Function function_;
};

template <typename Function>
Servable MakeServable(Function function,
                      std::shared_ptr<const Device> device = std::make_shared<FakeDevice>("fake")) {
  ModuleState state(ModuleParts{.class_name = "shop.Net"});
  return Servable({.name = "net", .version = 2, .path = "net.pth"},
                  std::make_shared<Calling<Function>>(state, std::move(function)), std::move(device),
                  LoadReport{.loader = "fake"});
}

TEST(ServableTest, SaysWhatItIs) {
  const Servable servable = MakeServable([](const Inputs& inputs) { return inputs.args.at(0); });
  EXPECT_EQ(servable.name(), "net");
  EXPECT_EQ(servable.version(), 2);
  EXPECT_EQ(servable.spec().path, "net.pth");
  EXPECT_EQ(servable.module().class_name(), "shop.Net");
  EXPECT_EQ(servable.device().name(), "fake");
  EXPECT_EQ(servable.report().loader, "fake");
}

TEST(ServableTest, RunGivesTheOutput) {
  const Servable servable = MakeServable([](const Inputs& inputs) { return inputs.args.at(0).toTensor().add(21); });
  ASSERT_OK_AND_ASSIGN(const c10::IValue output, servable.Run({at::full({1}, 21)}));
  EXPECT_EQ(output.toTensor().item<int64_t>(), 42);
}

TEST(ServableTest, RunTakesKeywordsAndContainers) {
  const Servable servable = MakeServable([](const Inputs& inputs) { return inputs.kwargs.at(0).value.toTensorList().size(); });
  Inputs inputs;
  inputs.kwargs.push_back({"parts", c10::List<at::Tensor>({at::ones({1}), at::ones({1})})});
  ASSERT_OK_AND_ASSIGN(const c10::IValue output, servable.Run(inputs));
  EXPECT_EQ(output.toInt(), 2);
}

TEST(ServableTest, RunIsInInferenceMode) {
  const Servable servable = MakeServable([](const Inputs&) { return c10::InferenceMode::is_enabled(); });
  ASSERT_OK_AND_ASSIGN(const c10::IValue output, servable.Run({}));
  EXPECT_TRUE(output.toBool());
  EXPECT_FALSE(c10::InferenceMode::is_enabled());
}

TEST(ServableTest, RefusedInputIsInvalidArgumentWithItsLayer) {
  const Servable servable = MakeServable([](const Inputs&) -> c10::IValue { TORCH_CHECK_VALUE(false, "wants 3 channels"); });
  EXPECT_THAT(servable.Run({}), StatusIs(absl::StatusCode::kInvalidArgument,
                                         AllOf(HasSubstr("net: "), HasSubstr("wants 3 channels"), HasSubstr("in shop.Net"))));
}

TEST(ServableTest, DeviceOutOfMemoryIsResourceExhausted) {
  const Servable servable = MakeServable([](const Inputs&) -> c10::IValue {
    TORCH_CHECK_WITH(OutOfMemoryError, false, "device is full");
  });
  EXPECT_THAT(servable.Run({}), StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("device is full")));
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // their allocators stop the program instead
TEST(ServableTest, HostOutOfMemoryIsResourceExhausted) {
  const Servable servable = MakeServable([](const Inputs&) { return at::ones({int64_t{1} << 55}); });
  EXPECT_THAT(servable.Run({}), StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("memory")));
}
#endif

TEST(ServableTest, BadAllocIsResourceExhausted) {
  const Servable servable = MakeServable([](const Inputs&) -> c10::IValue { throw std::bad_alloc(); });
  EXPECT_THAT(servable.Run({}), StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("net: out of memory")));
}

TEST(ServableTest, OtherExceptionIsInternal) {
  const Servable servable = MakeServable([](const Inputs&) -> c10::IValue { throw std::logic_error("surprise"); });
  EXPECT_THAT(servable.Run({}), StatusIs(absl::StatusCode::kInternal, HasSubstr("net: surprise")));
}

// Is lost once its module ran.
class Fragile : public FakeDevice {
 public:
  explicit Fragile(const bool& lost) : FakeDevice("fake:0"), lost_(lost) {}
  absl::Status Health() const override {
    return lost_ ? absl::UnavailableError("fake:0: an illegal address was read") : absl::OkStatus();
  }

 private:
  const bool& lost_;
};

TEST(ServableTest, LostDeviceIsUnavailableFromThenOn) {
  bool lost = false;
  int runs = 0;
  const Servable servable = MakeServable(
      [&lost, &runs](const Inputs&) -> c10::IValue {
        ++runs;
        lost = true;
        TORCH_CHECK(false, "launch failed");
      },
      std::make_shared<Fragile>(lost));
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(servable.Run({}),
                StatusIs(absl::StatusCode::kUnavailable, "net: fake:0: an illegal address was read"));
  }
  EXPECT_EQ(runs, 1);
}

// Tells when it goes.
class Leaving : public FakeDevice {
 public:
  explicit Leaving(bool& gone) : FakeDevice("fake"), gone_(gone) {}
  ~Leaving() override { gone_ = true; }

 private:
  bool& gone_;
};

class Watching : public Module {
 public:
  Watching(ModuleState& state, const bool& device_gone, bool& was_gone)
      : Module(state), device_gone_(device_gone), was_gone_(was_gone) {}
  ~Watching() override { was_gone_ = device_gone_; }
  c10::IValue Forward(const Inputs&) const override { return {}; }

 private:
  const bool& device_gone_;
  bool& was_gone_;
};

TEST(ServableTest, DeviceOutlivesTheModuleOnIt) {
  bool device_gone = false;
  bool was_gone = true;
  {
    ModuleState state(ModuleParts{});
    const Servable servable({}, std::make_shared<Watching>(state, device_gone, was_gone),
                            std::make_shared<Leaving>(device_gone), {});
  }
  EXPECT_TRUE(device_gone);
  EXPECT_FALSE(was_gone);
}

}  // namespace
}  // namespace loadstone
