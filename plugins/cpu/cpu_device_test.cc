#include "plugins/cpu/cpu_device.h"

#include <memory>

#include <ATen/ops/ones.h>

#include "engine/base/status_matchers.h"
#include "engine/module_class.h"
#include "engine/testing/fakes.h"

namespace loadstone {
namespace {

using testing::IsOk;
using testing::StatusIs;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::Lt;

TEST(CpuDeviceTest, IsTheHost) {
  const CpuDevice device;
  EXPECT_EQ(device.name(), "cpu");
  EXPECT_TRUE(device.torch_device().is_cpu());
  EXPECT_THAT(device.Synchronize(), IsOk());
}

TEST(CpuDeviceTest, MemoryInUseIsLessThanTheTotal) {
  ASSERT_OK_AND_ASSIGN(const DeviceMemory memory, CpuDevice().Memory());
  EXPECT_THAT(memory.used_bytes, Gt(0));
  EXPECT_THAT(memory.used_bytes, Lt(memory.total_bytes));
}

TEST(CpuDeviceTest, PlaceLeavesTensorsOfTheHostWhereTheyAre) {
  ModuleParts parts{.class_name = "tiny.Linear"};
  const at::Tensor weight = at::ones({2, 2});
  parts.parameters = {{"weight", weight}, {"bias", at::Tensor()}};
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Module> module, testing::LinearClass().build(std::move(parts)));
  ASSERT_OK(CpuDevice().Place(*module));
  EXPECT_TRUE(module->FindParameter("weight")->is_same(weight));
}

TEST(CpuDeviceTest, RegistersUnderItsName) {
  PluginRegistry registry;
  ASSERT_OK(RegisterCpuDevice(registry));
  EXPECT_THAT(registry.FindDevice("cpu"), IsOk());
  EXPECT_THAT(RegisterCpuDevice(registry), StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("'cpu'")));
}

}  // namespace
}  // namespace loadstone
