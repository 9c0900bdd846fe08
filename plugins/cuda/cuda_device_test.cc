#include "plugins/cuda/cuda_device.h"

#include "engine/base/status_matchers.h"
#include "engine/testing/device_conformance.h"

namespace loadstone {
namespace {

using testing::StatusIs;
using ::testing::HasSubstr;

TEST(CudaDeviceTest, EveryGpuThatIsThereIsRegistered) {
  PluginRegistry registry;
  ASSERT_OK(RegisterCudaDevices(registry));
  EXPECT_EQ(registry.devices().size(), static_cast<size_t>(CudaDeviceCount()));
}

TEST(CudaDeviceTest, MachineWithoutGpusHasNoDevice) {
  if (CudaDeviceCount() > 0) GTEST_SKIP() << "this machine has GPUs";
  PluginRegistry registry;
  ASSERT_OK(RegisterCudaDevices(registry));
  EXPECT_THAT(registry.FindDevice("cuda:0"), StatusIs(absl::StatusCode::kNotFound, HasSubstr("no device 'cuda:0'")));
}

TEST(CudaDeviceTest, EveryGpuConforms) {
  if (CudaDeviceCount() == 0) GTEST_SKIP() << "no GPU, or a LibTorch without CUDA";
  for (c10::DeviceIndex index = 0; index < CudaDeviceCount(); ++index) {
    const CudaDevice device(index);
    EXPECT_OK(testing::CheckDevice(device, {}));
  }
}

}  // namespace
}  // namespace loadstone
