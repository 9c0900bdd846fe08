#include "tools/inspect/known_names.h"

#include "gtest/gtest.h"

namespace loadstone {
namespace {

TEST(KnownNamesTest, DataAndTensorsAreKnown) {
  EXPECT_TRUE(IsKnownName("collections", "OrderedDict"));
  EXPECT_TRUE(IsKnownName("torch._utils", "_rebuild_tensor_v2"));
  EXPECT_TRUE(IsKnownName("torch", "BFloat16Storage"));
  EXPECT_TRUE(IsKnownName("torch", "float16"));
  EXPECT_TRUE(IsKnownName("torch.cuda", "FloatTensor"));
  EXPECT_TRUE(IsKnownName("torch.storage", "UntypedStorage"));
  EXPECT_TRUE(IsKnownName("numpy", "float32"));
  EXPECT_TRUE(IsKnownName("numpy", "bool_"));
}

TEST(KnownNamesTest, LayersFunctionsAndOptimizersOfPyTorchAreKnown) {
  EXPECT_TRUE(IsKnownName("torch.nn.modules.conv", "Conv2d"));
  EXPECT_TRUE(IsKnownName("torch.optim.adam", "Adam"));
  EXPECT_TRUE(IsKnownName("torch.nn.functional", "silu"));
}

TEST(KnownNamesTest, OthersAreNot) {
  EXPECT_FALSE(IsKnownName("shop.models", "Ranker"));
  EXPECT_FALSE(IsKnownName("torch", "load"));
  EXPECT_FALSE(IsKnownName("torch", "EvilTensor"));
  EXPECT_FALSE(IsKnownName("torch.nnx", "Linear"));
  EXPECT_FALSE(IsKnownName("numpy", "load"));
  EXPECT_FALSE(IsKnownName("numpy", "intersect1d"));
  EXPECT_FALSE(IsKnownName("builtins", "getattr"));
  EXPECT_FALSE(IsKnownName("collections", ""));
}

TEST(KnownNamesTest, WhatAModuleImportedIsNot) {
  EXPECT_FALSE(IsKnownName("torch.nn.modules.module", "functools.reduce"));
  EXPECT_FALSE(IsKnownName("torch.nn.modules.module", "functools"));
  EXPECT_FALSE(IsKnownName("torch.nn.functional", "math.sin"));
  EXPECT_FALSE(IsKnownName("torch.optim.adam", "Adam.step"));
}

}  // namespace
}  // namespace loadstone
