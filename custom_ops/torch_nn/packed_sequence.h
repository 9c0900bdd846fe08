// torch.nn.utils.rnn.PackedSequence as an input and output of RNN, LSTM and GRU.
#ifndef LOADSTONE_CUSTOM_OPS_TORCH_NN_PACKED_SEQUENCE_H_
#define LOADSTONE_CUSTOM_OPS_TORCH_NN_PACKED_SEQUENCE_H_

#include <cstdint>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>

#include "absl/strings/string_view.h"

namespace loadstone {

// A plain value.
class PackedSequence {
 public:
  // From the named tuple's fields: data, batch_sizes, and sorted_indices and unsorted_indices, which may be None or
  // left out. Throws c10::Error for anything else, and for batch sizes that do not fit the data, which kernels trust.
  static PackedSequence FromInput(const c10::IValue& input);

  const at::Tensor& data() const { return data_; }
  const at::Tensor& batch_sizes() const { return batch_sizes_; }
  const at::Tensor& sorted_indices() const { return sorted_indices_; }      // undefined = None
  const at::Tensor& unsorted_indices() const { return unsorted_indices_; }  // undefined = None
  // The largest batch, which is the first.
  int64_t batch() const { return batch_; }

  // The same packing of other data, as the tuple of its fields.
  c10::IValue WithData(const at::Tensor& data) const;

 private:
  at::Tensor data_;
  at::Tensor batch_sizes_;
  at::Tensor sorted_indices_;
  at::Tensor unsorted_indices_;
  int64_t batch_ = 0;
};

// An input that is a tensor, or a tuple or list of them. Throws c10::Error otherwise.
std::vector<at::Tensor> TensorsInput(const c10::IValue& input, absl::string_view name);

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_TORCH_NN_PACKED_SEQUENCE_H_
