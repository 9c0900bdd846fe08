#include "tools/tensor_io/value_file.h"

#include <cstdio>
#include <string>

#include <ATen/core/List.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>

#include "absl/strings/str_cat.h"
#include "engine/base/status_matchers.h"
#include "tools/tensor_io/npy.h"

namespace loadstone {
namespace {

using ::testing::HasSubstr;
using testing::StatusIs;

std::string TestFile(absl::string_view name) { return absl::StrCat("tools/tensor_io/testdata/", name); }

at::Tensor A() { return at::tensor({1.0f, 2.0f}).view({1, 2}); }
at::Tensor B() { return at::tensor({3, 4}, at::kLong); }

TEST(ValueFileTest, NpyFileIsATensor) {
  ASSERT_OK_AND_ASSIGN(const c10::IValue value, ReadValueFile(TestFile("bool.npy")));
  EXPECT_TRUE(value.isTensor());
}

TEST(ValueFileTest, TensorIsOnePositionalArgument) {
  ASSERT_OK_AND_ASSIGN(const Inputs inputs, ReadInputFiles({TestFile("tensor.pt")}));
  ASSERT_EQ(inputs.args.size(), 1);
  EXPECT_TRUE(inputs.args[0].toTensor().equal(A()));
}

TEST(ValueFileTest, ItemsOfATupleArePositionalArguments) {
  ASSERT_OK_AND_ASSIGN(const Inputs inputs, ReadInputFiles({TestFile("tuple.pt")}));
  ASSERT_EQ(inputs.args.size(), 2);
  EXPECT_TRUE(inputs.args[1].toTensor().equal(B()));
}

TEST(ValueFileTest, ItemsOfAListArePositionalArguments) {
  ASSERT_OK_AND_ASSIGN(const Inputs inputs, ReadInputFiles({TestFile("list.pt")}));
  EXPECT_EQ(inputs.args.size(), 2);
}

TEST(ValueFileTest, EntriesOfADictAreKeywordArguments) {
  ASSERT_OK_AND_ASSIGN(const Inputs inputs, ReadInputFiles({TestFile("dict.pt")}));
  EXPECT_TRUE(inputs.args.empty());
  ASSERT_EQ(inputs.kwargs.size(), 5);
  EXPECT_EQ(inputs.kwargs[1].name, "mask");
  EXPECT_TRUE(inputs.kwargs[1].value.toTensor().equal(B()));
  EXPECT_EQ(inputs.kwargs[2].value.toDouble(), 0.5);
  EXPECT_EQ(inputs.kwargs[3].value.toStringRef(), "fast");
  EXPECT_TRUE(inputs.kwargs[4].value.isNone());
}

TEST(ValueFileTest, InnerContainersStayValues) {
  ASSERT_OK_AND_ASSIGN(const Inputs inputs, ReadInputFiles({TestFile("nested.pt")}));
  ASSERT_EQ(inputs.args.size(), 2);
  EXPECT_TRUE(inputs.args[0].isTensorList());
  EXPECT_TRUE(inputs.args[1].isGenericDict());
}

TEST(ValueFileTest, SeveralFilesAreArgumentsInOrder) {
  ASSERT_OK_AND_ASSIGN(const Inputs inputs,
                       ReadInputFiles({TestFile("bool.npy"), TestFile("tensor.pt"), TestFile("dict.pt")}));
  ASSERT_EQ(inputs.args.size(), 2);
  EXPECT_EQ(inputs.args[0].toTensor().scalar_type(), at::kBool);
  EXPECT_EQ(inputs.kwargs.size(), 5);
}

TEST(ValueFileTest, KeywordGivenTwiceIsInvalidArgument) {
  EXPECT_THAT(ReadInputFiles({TestFile("dict.pt"), TestFile("dict.pt")}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'input' is given twice")));
}

TEST(ValueFileTest, ModuleIsNoValue) {
  EXPECT_THAT(ReadValueFile(TestFile("module.pt")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("torch.nn.modules.activation.ReLU")));
}

TEST(ValueFileTest, OtherFileSaysWhatItIs) {
  EXPECT_THAT(ReadValueFile(TestFile("make_testdata.py")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("text file")));
}

TEST(ValueFileTest, WrittenTensorReadsBack) {
  const std::string path = absl::StrCat(::testing::TempDir(), "/out.npy");
  ASSERT_OK(WriteValueFile(path, A()));
  ASSERT_OK_AND_ASSIGN(const at::Tensor back, ReadNpyFile(path));
  EXPECT_TRUE(back.equal(A()));
}

TEST(ValueFileTest, TupleDoesNotFitIntoNpy) {
  const c10::IValue tuple(c10::ivalue::Tuple::create({A(), B()}));
  EXPECT_THAT(WriteValueFile(absl::StrCat(::testing::TempDir(), "/out.npy"), tuple),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(".safetensors file may hold it")));
}

TEST(ValueFileTest, OtherOutputsAreUnimplemented) {
  EXPECT_THAT(CheckOutputPath("out.csv"), StatusIs(absl::StatusCode::kUnimplemented, HasSubstr(".safetensors")));
}

TEST(ValueFileTest, WrittenContainersReadBack) {
  const std::string path = absl::StrCat(::testing::TempDir(), "/out.pt");
  c10::Dict<std::string, at::Tensor> dict;
  dict.insert("a", A());
  dict.insert("b", B());
  ASSERT_OK(WriteValueFile(path, c10::ivalue::Tuple::create({A(), B().to(at::kDouble), 7, "text"})));
  ASSERT_OK_AND_ASSIGN(const c10::IValue tuple, ReadValueFile(path));
  ASSERT_TRUE(tuple.isTuple());
  EXPECT_TRUE(tuple.toTupleRef().elements()[1].toTensor().equal(B().to(at::kDouble)));
  EXPECT_EQ(tuple.toTupleRef().elements()[3].toStringRef(), "text");
  ASSERT_OK(WriteValueFile(path, dict));
  ASSERT_OK_AND_ASSIGN(const c10::IValue read, ReadValueFile(path));
  ASSERT_TRUE(read.isGenericDict());
  EXPECT_TRUE(read.toGenericDict().at("b").toTensor().equal(B()));
  EXPECT_OK(WriteValueFile(absl::StrCat(::testing::TempDir(), "/out.safetensors"), dict));
}

TEST(ValueFileTest, FolderThatIsNotThereIsNotFound) {
  EXPECT_THAT(WriteValueFile("no/such/folder/out.npy", A()),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("no/such")));
}

}  // namespace
}  // namespace loadstone
