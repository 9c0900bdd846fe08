#include "engine/testing/device_conformance.h"

#include <atomic>

#include "engine/base/status_matchers.h"
#include "engine/testing/fakes.h"

namespace loadstone::testing {
namespace {

using ::testing::HasSubstr;

constexpr absl::StatusCode kBroken = absl::StatusCode::kFailedPrecondition;

TEST(DeviceConformanceTest, GoodDeviceConforms) { EXPECT_OK(CheckDevice(FakeDevice("fake:0"), {})); }

TEST(DeviceConformanceTest, DeviceWithoutANameIsFound) {
  EXPECT_THAT(CheckDevice(FakeDevice(""), {}), StatusIs(kBroken, HasSubstr("name is empty")));
}

TEST(DeviceConformanceTest, PlaceThatFailsIsShown) {
  EXPECT_THAT(CheckDevice(FakeDevice("fake:0", absl::ResourceExhaustedError("no room")), {}),
              StatusIs(kBroken, HasSubstr("device fake:0: Place fails: RESOURCE_EXHAUSTED: no room")));
}

TEST(DeviceConformanceTest, PlaceThatLosesSharingIsFound) {
  class Cloning : public FakeDevice {
   public:
    using FakeDevice::FakeDevice;
    absl::Status Place(Module& module) const override {
      module.ForEachTensor([](at::Tensor& tensor) { tensor = tensor.clone(); });
      return absl::OkStatus();
    }
  };
  EXPECT_THAT(CheckDevice(Cloning("fake:0"), {}), StatusIs(kBroken, HasSubstr("makes two tensors of one")));
}

TEST(DeviceConformanceTest, PlaceThatChangesValuesIsFound) {
  class Rounding : public FakeDevice {
   public:
    using FakeDevice::FakeDevice;
    absl::Status Place(Module& module) const override {
      const at::Tensor one = module.parameters()[0].value.add(1);
      module.ForEachTensor([&one](at::Tensor& tensor) { tensor = one; });
      return absl::OkStatus();
    }
  };
  EXPECT_THAT(CheckDevice(Rounding("fake:0"), {}), StatusIs(kBroken, HasSubstr("changes a tensor's values")));
}

TEST(DeviceConformanceTest, MemoryThatIsNotCountedIsFound) {
  EXPECT_THAT(CheckDevice(FakeDevice("fake:0"), {.memory_owner = MemoryOwner::kThisDevice}),
              StatusIs(kBroken, HasSubstr("with one module placed it uses 40 bytes, not 16424")));
}

TEST(DeviceConformanceTest, MoreUsedThanThereIsIsFound) {
  class Overfull : public FakeDevice {
   public:
    using FakeDevice::FakeDevice;
    absl::StatusOr<DeviceMemory> Memory() const override { return DeviceMemory{100, 101}; }
  };
  EXPECT_THAT(CheckDevice(Overfull("fake:0"), {}), StatusIs(kBroken, HasSubstr("uses 101 of 100 bytes")));
}

TEST(DeviceConformanceTest, TooLargeATensorThatIsTakenIsFound) {
  EXPECT_THAT(CheckDevice(FakeDevice("fake:0"), {.too_many_bytes = 1000}),
              StatusIs(kBroken, HasSubstr("of 1000 bytes: OK; it must be ResourceExhausted")));
}

TEST(DeviceConformanceTest, SynchronizeThatFailsIsShown) {
  class Failing : public FakeDevice {
   public:
    using FakeDevice::FakeDevice;
    absl::Status Synchronize() const override { return absl::InternalError("lost"); }
  };
  EXPECT_THAT(CheckDevice(Failing("fake:0"), {}), StatusIs(kBroken, HasSubstr("Synchronize fails: INTERNAL: lost")));
}

}  // namespace
}  // namespace loadstone::testing
