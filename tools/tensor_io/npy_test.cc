#include "tools/tensor_io/npy.h"

#include <cmath>
#include <fstream>
#include <iterator>
#include <string>

#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/tensor.h>

#include "absl/strings/str_cat.h"
#include "engine/base/status_matchers.h"

namespace loadstone {
namespace {

using ::testing::HasSubstr;
using testing::StatusIs;

std::string TestFile(absl::string_view name) { return absl::StrCat("tools/tensor_io/testdata/", name, ".npy"); }

std::string ReadBytes(absl::string_view name) {
  std::ifstream file(TestFile(name), std::ios::binary);
  EXPECT_TRUE(file.good()) << name;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// A version 1 file with this header text and no padding.
std::string Npy(absl::string_view header, absl::string_view data = "") {
  std::string bytes = absl::StrCat("\x93NUMPY\x01", absl::string_view("\0", 1));
  bytes.push_back(static_cast<char>(header.size() & 0xFF));
  bytes.push_back(static_cast<char>(header.size() >> 8));
  return absl::StrCat(bytes, header, data);
}

std::string Header(absl::string_view descr, absl::string_view shape) {
  return absl::StrCat("{'descr': '", descr, "', 'fortran_order': False, 'shape': ", shape, ", }\n");
}

TEST(NpyTest, ReadsFloat32) {
  ASSERT_OK_AND_ASSIGN(const at::Tensor tensor, ReadNpyFile(TestFile("float32")));
  EXPECT_TRUE(tensor.equal(at::tensor({1.5f, -2.25f, 0.1f}).view({1, 3})));
}

TEST(NpyTest, ReadsFortranOrder) {
  ASSERT_OK_AND_ASSIGN(const at::Tensor tensor, ReadNpyFile(TestFile("fortran_float64")));
  EXPECT_TRUE(tensor.equal(at::arange(6, at::kDouble).view({2, 3})));
  EXPECT_TRUE(tensor.is_contiguous());
}

TEST(NpyTest, ReadsFortranOrderOfThreeDimensions) {
  ASSERT_OK_AND_ASSIGN(const at::Tensor tensor, ReadNpyFile(TestFile("fortran_3d_int16")));
  EXPECT_TRUE(tensor.equal(at::arange(24, at::kShort).view({2, 3, 4})));
}

TEST(NpyTest, ReadsBool) {
  ASSERT_OK_AND_ASSIGN(const at::Tensor tensor, ReadNpyFile(TestFile("bool")));
  EXPECT_TRUE(tensor.equal(at::tensor({1, 0, 1}).to(at::kBool)));
}

TEST(NpyTest, ReadsExtremeInt64) {
  ASSERT_OK_AND_ASSIGN(const at::Tensor tensor, ReadNpyFile(TestFile("int64")));
  EXPECT_EQ(tensor[0].item<int64_t>(), INT64_MIN);
  EXPECT_EQ(tensor[2].item<int64_t>(), INT64_MAX);
}

TEST(NpyTest, ReadsUint16) {
  ASSERT_OK_AND_ASSIGN(const at::Tensor tensor, ReadNpyFile(TestFile("uint16")));
  EXPECT_EQ(tensor.scalar_type(), at::kUInt16);
  EXPECT_EQ(tensor[1].item<int64_t>(), 65535);
}

TEST(NpyTest, ReadsFloat16) {
  ASSERT_OK_AND_ASSIGN(const at::Tensor tensor, ReadNpyFile(TestFile("float16")));
  EXPECT_EQ(tensor.scalar_type(), at::kHalf);
  EXPECT_EQ(tensor[1].item<float>(), 65504);
  EXPECT_TRUE(std::isnan(tensor[2].item<float>()));
}

TEST(NpyTest, ReadsComplex64) {
  ASSERT_OK_AND_ASSIGN(const at::Tensor tensor, ReadNpyFile(TestFile("complex64")));
  EXPECT_EQ(tensor[0].item<c10::complex<float>>(), c10::complex<float>(1, 2));
}

TEST(NpyTest, ReadsBigEndian) {
  ASSERT_OK_AND_ASSIGN(const at::Tensor tensor, ReadNpyFile(TestFile("big_endian_int32")));
  EXPECT_TRUE(tensor.equal(at::tensor({1, -2}, at::kInt)));
}

TEST(NpyTest, ReadsBothPartsOfBigEndianComplex) {
  ASSERT_OK_AND_ASSIGN(const at::Tensor tensor, ReadNpyFile(TestFile("big_endian_complex128")));
  EXPECT_EQ(tensor[0].item<c10::complex<double>>(), c10::complex<double>(1, 2));
}

TEST(NpyTest, ReadsArrayWithoutDimensions) {
  ASSERT_OK_AND_ASSIGN(const at::Tensor tensor, ReadNpyFile(TestFile("scalar")));
  EXPECT_EQ(tensor.dim(), 0);
  EXPECT_EQ(tensor.item<float>(), 7);
}

TEST(NpyTest, ReadsArrayWithoutElements) {
  ASSERT_OK_AND_ASSIGN(const at::Tensor tensor, ReadNpyFile(TestFile("empty")));
  EXPECT_EQ(tensor.sizes(), at::IntArrayRef({0, 3}));
}

TEST(NpyTest, ReadsVersion2) {
  ASSERT_OK_AND_ASSIGN(const at::Tensor tensor, ReadNpyFile(TestFile("version_2")));
  EXPECT_TRUE(tensor.equal(at::tensor({1, 2}, at::kByte)));
}

TEST(NpyTest, ReadsPython2Sizes) {
  ASSERT_OK_AND_ASSIGN(const at::Tensor tensor, ParseNpy(Npy(Header("|u1", "(2L,)"), "ab")));
  EXPECT_EQ(tensor.numel(), 2);
}

TEST(NpyTest, BoolsOtherThanOneAreTrue) {
  ASSERT_OK_AND_ASSIGN(const at::Tensor tensor, ParseNpy(Npy(Header("|b1", "(1,)"), "\x02")));
  EXPECT_EQ(*static_cast<const char*>(tensor.const_data_ptr()), 1);
}

TEST(NpyTest, TextIsUnimplemented) {
  EXPECT_THAT(ReadNpyFile(TestFile("text")), StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("'<U5'")));
}

TEST(NpyTest, RecordsAreUnimplemented) {
  EXPECT_THAT(ReadNpyFile(TestFile("records")), StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("records")));
}

TEST(NpyTest, DatesAreUnimplemented) {
  EXPECT_THAT(ReadNpyFile(TestFile("dates")), StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("M8[D]")));
}

TEST(NpyTest, ObjectsAreNeverUnpickled) {
  EXPECT_THAT(ReadNpyFile(TestFile("objects")), StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("pickled")));
}

TEST(NpyTest, WrongPathNamesTheNearest) {
  EXPECT_THAT(ReadNpyFile(TestFile("flaot32")), StatusIs(absl::StatusCode::kNotFound, HasSubstr("float32.npy")));
}

TEST(NpyTest, OtherFileIsInvalidArgument) {
  EXPECT_THAT(ParseNpy("PK\x03\x04 and more"), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("not a .npy")));
}

TEST(NpyTest, EveryTruncationIsAnError) {
  const std::string bytes = ReadBytes("fortran_float64");
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(ParseNpy(absl::string_view(bytes).substr(0, size)).ok()) << "cut to " << size << " bytes";
  }
}

TEST(NpyTest, NoFlippedByteBreaksTheReader) {
  const std::string bytes = ReadBytes("bool");
  for (size_t i = 0; i < bytes.size(); ++i) {
    for (const int mask : {0x01, 0x10, 0x80, 0xFF}) {
      std::string flipped = bytes;
      flipped[i] = static_cast<char>(flipped[i] ^ mask);
      const absl::StatusOr<at::Tensor> tensor = ParseNpy(flipped);
      EXPECT_TRUE(!tensor.ok() || tensor->nbytes() <= bytes.size()) << "byte " << i;
    }
  }
}

TEST(NpyTest, TooFewElementsSayBothNumbers) {
  EXPECT_THAT(ParseNpy(Npy(Header("<f4", "(1, 10)"), std::string(36, '\0'))),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("has 36 bytes of elements, its shape (1, 10) of Float needs 40")));
}

TEST(NpyTest, BytesAfterTheElementsAreDataLoss) {
  EXPECT_THAT(ParseNpy(Npy(Header("|u1", "(1,)"), "ab")), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("2 bytes")));
}

TEST(NpyTest, ProductOfSizesBeyond64BitsIsDataLoss) {
  EXPECT_THAT(ParseNpy(Npy(Header("<f4", "(4294967296, 4294967296)"))),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("more elements than 64 bits")));
}

TEST(NpyTest, ZeroDoesNotHideAnOverflow) {
  EXPECT_THAT(ParseNpy(Npy(Header("<f4", "(0, 4294967296, 4294967296)"))),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("more elements than 64 bits")));
}

TEST(NpyTest, SizeBeyond64BitsIsDataLoss) {
  EXPECT_THAT(ParseNpy(Npy(Header("<f4", "(99999999999999999999,)"))),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("needs a size")));
}

TEST(NpyTest, NegativeSizeIsDataLoss) {
  EXPECT_THAT(ParseNpy(Npy(Header("<f4", "(-1,)"))), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("needs a size")));
}

TEST(NpyTest, ManyDimensionsAreDataLoss) {
  std::string shape = "(";
  for (int i = 0; i < 65; ++i) shape += "1,";
  EXPECT_THAT(ParseNpy(Npy(Header("|u1", shape + ")"), "a")),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("64 dimensions")));
}

TEST(NpyTest, HeaderLongerThanTheFileIsDataLoss) {
  EXPECT_THAT(ParseNpy(absl::string_view("\x93NUMPY\x01\x00\xFF\xFF{}", 12)),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("has 65535 bytes, the file only 2 more")));
}

TEST(NpyTest, HugeHeaderIsDataLoss) {
  EXPECT_THAT(ParseNpy(absl::string_view("\x93NUMPY\x02\x00\xFF\xFF\xFF\xFF{}", 14)),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("the limit is")));
}

TEST(NpyTest, MissingKeyIsDataLoss) {
  EXPECT_THAT(ParseNpy(Npy("{'descr': '<f4', 'shape': (), }\n")),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("needs the keys")));
}

TEST(NpyTest, RepeatedKeyIsDataLoss) {
  EXPECT_THAT(ParseNpy(Npy("{'shape': (), 'shape': (), 'descr': '<f4', }")),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("two keys")));
}

TEST(NpyTest, UnknownVersionIsUnimplemented) {
  EXPECT_THAT(ParseNpy(absl::string_view("\x93NUMPY\x04\x00\x00\x00", 10)),
              StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("version 4")));
}

TEST(NpyTest, WritesTheBytesThatNumpyWrites) {
  const at::Tensor tensor = at::tensor({1.5f, -2.25f, 0.1f}).view({1, 3});
  ASSERT_OK_AND_ASSIGN(const std::string bytes, NpyBytes(tensor));
  EXPECT_EQ(bytes, ReadBytes("float32"));
}

TEST(NpyTest, WritesBoolsAsNumpy) {
  ASSERT_OK_AND_ASSIGN(const std::string bytes, NpyBytes(at::tensor({1, 0, 1}).to(at::kBool)));
  EXPECT_EQ(bytes, ReadBytes("bool"));
}

TEST(NpyTest, WritesArrayWithoutDimensionsAsNumpy) {
  ASSERT_OK_AND_ASSIGN(const std::string bytes, NpyBytes(at::scalar_tensor(7.0f)));
  EXPECT_EQ(bytes, ReadBytes("scalar"));
}

TEST(NpyTest, TransposedTensorIsWrittenInItsOwnOrder) {
  const at::Tensor tensor = at::arange(6).view({2, 3}).t();
  ASSERT_OK_AND_ASSIGN(const std::string bytes, NpyBytes(tensor));
  ASSERT_OK_AND_ASSIGN(const at::Tensor back, ParseNpy(bytes));
  EXPECT_TRUE(back.equal(tensor));
}

TEST(NpyTest, Bfloat16CannotBeWritten) {
  EXPECT_THAT(NpyBytes(at::ones({2}, at::kBFloat16)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("BFloat16")));
}

}  // namespace
}  // namespace loadstone
