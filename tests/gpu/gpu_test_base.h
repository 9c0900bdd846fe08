// What the tests of this folder have in common: the first GPU, or a skip that says that there is none.
#ifndef LOADSTONE_TESTS_GPU_GPU_TEST_BASE_H_
#define LOADSTONE_TESTS_GPU_GPU_TEST_BASE_H_

#include <memory>
#include <string>
#include <utility>

#include <ATen/Context.h>

#include "engine/base/status_macros.h"
#include "engine/base/status_matchers.h"
#include "engine/engine.h"
#include "plugins/cuda/cuda_device.h"
#include "tests/integration/test_models.h"

namespace loadstone::testing {

class GpuTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (CudaDeviceCount() == 0) GTEST_SKIP() << "no GPU here, or a LibTorch without CUDA";
    // As PyTorch's own comparisons with the CPU do it: TF32 keeps 10 bits of a float's 23.
    at::globalContext().setAllowTF32CuDNN(false);
    at::globalContext().setAllowTF32CuBLAS(false);
    registry_ = BuiltinRegistry();
    ASSERT_OK_AND_ASSIGN(gpu_, registry_->FindDevice("cuda:0"));
    ASSERT_OK_AND_ASSIGN(engine_, Engine::Create({.registry = registry_}));
  }

  absl::StatusOr<ServableHandle> Load(ModelSpec spec, const std::string& device) {
    spec.name = spec.path + " on " + device;
    spec.device = device;
    const std::string name = spec.name;
    RETURN_IF_ERROR(engine_->AddModel(std::move(spec)));
    return engine_->Acquire(name);
  }

  std::shared_ptr<const PluginRegistry> registry_;
  const Device* gpu_ = nullptr;
  std::unique_ptr<Engine> engine_;
};

}  // namespace loadstone::testing

#endif  // LOADSTONE_TESTS_GPU_GPU_TEST_BASE_H_
