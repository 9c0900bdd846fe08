#include "loaders/pickle/name_normalization.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace loadstone::pickle {
namespace {

std::string Normalize(absl::string_view module, absl::string_view name) {
  const QualifiedName result = NormalizeName(module, name);
  return absl::StrCat(result.module, " ", result.name);
}

TEST(NormalizeNameTest, Python2ModuleIsRenamed) {
  EXPECT_EQ(Normalize("copy_reg", "_reconstructor"), "copyreg _reconstructor");
}
TEST(NormalizeNameTest, Python2BuiltinIsRenamed) { EXPECT_EQ(Normalize("__builtin__", "set"), "builtins set"); }
TEST(NormalizeNameTest, PairGoesBeforeModule) {
  EXPECT_EQ(Normalize("__builtin__", "long"), "builtins int");
  EXPECT_EQ(Normalize("__builtin__", "xrange"), "builtins range");
  EXPECT_EQ(Normalize("__builtin__", "reduce"), "functools reduce");
  EXPECT_EQ(Normalize("urllib", "urlopen"), "urllib.request urlopen");
}
TEST(NormalizeNameTest, Python2ExceptionsAreBuiltins) {
  EXPECT_EQ(Normalize("exceptions", "ValueError"), "builtins ValueError");
  EXPECT_EQ(Normalize("exceptions", "StandardError"), "builtins Exception");
  EXPECT_EQ(Normalize("exceptions", "NoSuchError"), "exceptions NoSuchError");
}
TEST(NormalizeNameTest, CommandsIsSubprocess) { EXPECT_EQ(Normalize("commands", "getoutput"), "subprocess getoutput"); }
TEST(NormalizeNameTest, UsersModuleBelowASimilarNameStays) {
  EXPECT_EQ(Normalize("commands.models", "Net"), "commands.models Net");
}
TEST(NormalizeNameTest, TensorModuleIsRenamedAndTheFunctionIsNot) {
  EXPECT_EQ(Normalize("torch.tensor", "_rebuild_from_type"), "torch._tensor _rebuild_from_type");
  EXPECT_EQ(Normalize("torch", "tensor"), "torch tensor");
}
TEST(NormalizeNameTest, NumpyCoreHasOneName) {
  EXPECT_EQ(Normalize("numpy._core.multiarray", "scalar"), "numpy.core.multiarray scalar");
  EXPECT_EQ(Normalize("numpy._core", "x"), "numpy.core x");
  EXPECT_EQ(Normalize("numpy._corelike", "x"), "numpy._corelike x");
}
TEST(NormalizeNameTest, QuantizationMovedToAo) {
  EXPECT_EQ(Normalize("torch.nn.quantized.modules.conv", "Conv2d"), "torch.ao.nn.quantized.modules.conv Conv2d");
  EXPECT_EQ(Normalize("torch.nn.intrinsic", "ConvReLU2d"), "torch.ao.nn.intrinsic ConvReLU2d");
  EXPECT_EQ(Normalize("torch.nn.qat.modules", "Linear"), "torch.ao.nn.qat.modules Linear");
  EXPECT_EQ(Normalize("torch.quantization.stubs", "QuantStub"), "torch.ao.quantization.stubs QuantStub");
}
TEST(NormalizeNameTest, DistributedTensorLostItsUnderscore) {
  EXPECT_EQ(Normalize("torch.distributed._tensor.api", "DTensor"), "torch.distributed.tensor.api DTensor");
}
TEST(NormalizeNameTest, NormalizedNameStays) {
  EXPECT_EQ(Normalize("torch.ao.nn.quantized", "Linear"), "torch.ao.nn.quantized Linear");
  EXPECT_EQ(Normalize("torch.nn.modules.linear", "Linear"), "torch.nn.modules.linear Linear");
}

}  // namespace
}  // namespace loadstone::pickle
