#include "custom_ops/torch_nn/packed_sequence.h"

#include <cstdint>
#include <limits>
#include <vector>

#include <c10/util/Exception.h>

#include "custom_ops/torch_nn/layer.h"

namespace loadstone {
namespace {

std::vector<c10::IValue> Items(const c10::IValue& input, absl::string_view name) {
  TORCH_CHECK_TYPE(input.isTuple() || input.isList(), "input '", name, "' is ", input.tagKind(),
                   ", needs a tensor or a tuple of tensors");
  if (input.isTuple()) {
    const auto& elements = input.toTupleRef().elements();
    return std::vector<c10::IValue>(elements.begin(), elements.end());
  }
  return input.toListRef().vec();
}

}  // namespace

PackedSequence PackedSequence::FromInput(const c10::IValue& input) {
  const std::vector<c10::IValue> fields = Items(input, "input");
  TORCH_CHECK_TYPE(fields.size() >= 2 && fields.size() <= 4, "a PackedSequence has 2 to 4 fields, got ", fields.size());
  PackedSequence sequence;
  sequence.data_ = fields[0].toTensor();
  if (fields.size() > 2) sequence.sorted_indices_ = OptionalTensor(fields[2]);
  if (fields.size() > 3) sequence.unsorted_indices_ = OptionalTensor(fields[3]);

  const at::Tensor& sizes = fields[1].toTensor();
  TORCH_CHECK_VALUE(sizes.dim() == 1 && sizes.scalar_type() == at::kLong, "batch_sizes should be a 1-D int64 tensor");
  TORCH_CHECK_VALUE(sizes.numel() > 0, "batch_sizes is empty");
  // Inputs go to the module's device, these with them; kernels want them on the host (PackedSequence.__new__).
  sequence.batch_sizes_ = sizes.cpu().contiguous();
  const int64_t* size = sequence.batch_sizes_.const_data_ptr<int64_t>();
  TORCH_CHECK_VALUE(sequence.data_.dim() > 0, "a PackedSequence's data has no dimensions");
  int64_t left = sequence.data_.size(0);
  int64_t previous = std::numeric_limits<int64_t>::max();
  for (int64_t i = 0; i < sequence.batch_sizes_.numel(); ++i) {
    TORCH_CHECK_VALUE(size[i] > 0 && size[i] <= previous, "batch_sizes should be positive and in decreasing order");
    TORCH_CHECK_VALUE(size[i] <= left, "batch_sizes add up to more than the data's ", sequence.data_.size(0), " rows");
    previous = size[i];
    left -= size[i];
  }
  TORCH_CHECK_VALUE(left == 0, "batch_sizes leave ", left, " of the data's ", sequence.data_.size(0), " rows");
  sequence.batch_ = size[0];
  return sequence;
}

c10::IValue PackedSequence::WithData(const at::Tensor& data) const {
  return c10::ivalue::Tuple::create(data, batch_sizes_, OptionalValue(sorted_indices_),
                                    OptionalValue(unsorted_indices_));
}

std::vector<at::Tensor> TensorsInput(const c10::IValue& input, absl::string_view name) {
  if (input.isTensor()) return {input.toTensor()};
  std::vector<at::Tensor> tensors;
  for (const c10::IValue& item : Items(input, name)) {
    TORCH_CHECK_TYPE(item.isTensor(), "input '", name, "' holds ", item.tagKind(), ", needs tensors");
    tensors.push_back(item.toTensor());
  }
  return tensors;
}

}  // namespace loadstone
