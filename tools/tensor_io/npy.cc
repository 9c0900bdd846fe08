#include "tools/tensor_io/npy.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <numeric>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <c10/util/Exception.h>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/byte_source.h"
#include "engine/python_format.h"
#include "tools/tensor_io/npy_header.h"

namespace loadstone {
namespace {

// Turns each number of `width` bytes round.
void SwapBytes(char* data, size_t size, size_t width) {
  for (size_t i = 0; i + width <= size; i += width) std::reverse(data + i, data + i + width);
}

at::Tensor MakeTensor(const NpyHeader& header, absl::string_view data) {
  std::vector<int64_t> sizes = header.shape;
  if (header.fortran_order) std::reverse(sizes.begin(), sizes.end());
  at::Tensor tensor = at::empty(sizes, at::TensorOptions().dtype(header.type));
  char* const target = static_cast<char*>(tensor.data_ptr());
  if (!data.empty()) std::memcpy(target, data.data(), data.size());
  if (header.big_endian) {
    const size_t width = tensor.element_size() / (c10::isComplexType(header.type) ? 2 : 1);
    SwapBytes(target, data.size(), width);
  }
  if (header.type == c10::ScalarType::Bool) {
    // Any other byte than 0 and 1 is undefined behaviour in C++; numpy takes it for True.
    std::transform(target, target + data.size(), target, [](char byte) -> char { return byte != 0 ? 1 : 0; });
  }
  if (!header.fortran_order) return tensor;
  std::vector<int64_t> reversed(sizes.size());
  std::iota(reversed.rbegin(), reversed.rend(), 0);
  return tensor.permute(reversed).contiguous();
}

}  // namespace

absl::StatusOr<at::Tensor> ParseNpy(absl::string_view bytes) {
  ASSIGN_OR_RETURN(const NpyHeader header, ParseNpyHeader(bytes));
  const absl::string_view data = bytes.substr(header.size);
  uint64_t needed = c10::elementSize(header.type);  // the header's shape was checked to fit
  for (const int64_t size : header.shape) needed *= static_cast<uint64_t>(size);
  if (data.size() != needed) {
    return absl::DataLossError(absl::StrCat("has ", data.size(), " bytes of elements, its shape ",
                                            PythonTuple(header.shape), " of ", c10::toString(header.type), " needs ",
                                            needed));
  }
  try {
    return MakeTensor(header, data);
  } catch (const c10::Error& error) {
    return absl::ResourceExhaustedError(error.what_without_backtrace());
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError(absl::StrCat("no memory for ", needed, " bytes"));
  }
}

absl::StatusOr<at::Tensor> ReadNpyFile(const std::string& path) {
  ASSIGN_OR_RETURN(const std::shared_ptr<ByteSource> source, ByteSource::Map(path));
  absl::StatusOr<at::Tensor> tensor = ParseNpy(source->bytes());
  RETURN_IF_ERROR(source->CheckIntact());
  if (!tensor.ok()) return Annotate(tensor.status(), path);
  return tensor;
}

absl::StatusOr<std::string> NpyBytes(const at::Tensor& tensor) {
  if (!tensor.defined()) return absl::InvalidArgumentError("None is no array");
  if (tensor.layout() != c10::kStrided || tensor.is_meta()) {
    return absl::InvalidArgumentError("a sparse or meta tensor is no array");
  }
  ASSIGN_OR_RETURN(std::string bytes, NpyHeaderText(tensor.scalar_type(), tensor.sizes().vec()));
  try {
    const at::Tensor plain = tensor.cpu().resolve_conj().resolve_neg().contiguous();
    bytes.append(static_cast<const char*>(plain.data_ptr()), plain.nbytes());
  } catch (const c10::Error& error) {
    return absl::ResourceExhaustedError(error.what_without_backtrace());
  }
  return bytes;
}

}  // namespace loadstone
