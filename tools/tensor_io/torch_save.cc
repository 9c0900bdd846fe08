#include "tools/tensor_io/torch_save.h"

#include <ATen/core/Dict.h>
#include <ATen/core/List.h>
#include <ATen/core/jit_type.h>
#include <c10/util/Exception.h>
#include <caffe2/serialize/inline_container.h>
#include <torch/csrc/jit/serialization/pickler.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace loadstone {
namespace {

constexpr int kMaxDepth = 100;

// The value with lists and dicts of anything: LibTorch writes typed ones as calls that torch.load(weights_only=True)
// refuses.
absl::StatusOr<c10::IValue> Untyped(const c10::IValue& value, int depth = 0) {
  if (depth == kMaxDepth) {
    return absl::UnimplementedError(absl::StrCat("values nest deeper than ", kMaxDepth, " levels"));
  }
  if (value.isTuple()) {
    std::vector<c10::IValue> items;
    for (const c10::IValue& item : value.toTupleRef().elements()) {
      ASSIGN_OR_RETURN(c10::IValue untyped, Untyped(item, depth + 1));
      items.push_back(std::move(untyped));
    }
    return c10::ivalue::Tuple::create(std::move(items));
  }
  if (value.isList()) {
    c10::impl::GenericList list(c10::AnyType::get());
    for (const c10::IValue& item : value.toListRef()) {
      ASSIGN_OR_RETURN(c10::IValue untyped, Untyped(item, depth + 1));
      list.push_back(std::move(untyped));
    }
    return c10::IValue(std::move(list));
  }
  if (value.isGenericDict()) {
    const c10::impl::GenericDict typed = value.toGenericDict();
    c10::impl::GenericDict dict(typed.keyType(), c10::AnyType::get());
    for (const auto& entry : typed) {
      ASSIGN_OR_RETURN(c10::IValue untyped, Untyped(entry.value(), depth + 1));
      dict.insert(entry.key(), std::move(untyped));
    }
    return c10::IValue(std::move(dict));
  }
  const bool plain = value.isNone() || value.isBool() || value.isInt() || value.isDouble() || value.isString();
  if (plain || (value.isTensor() && value.toTensor().defined())) return value;
  return absl::UnimplementedError(absl::StrCat("a ", value.tagKind(), " in it is no tensor, number, text or None"));
}

// As torch::jit::pickle_save, without its type tags.
std::string SavedBytes(const c10::IValue& value) {
  std::string pickle;
  torch::jit::Pickler pickler([&pickle](const char* bytes, size_t size) { pickle.append(bytes, size); },
                              /*tensor_table=*/nullptr, /*type_renamer=*/nullptr, /*memoized_class_types=*/nullptr,
                              /*get_tensor_id=*/nullptr, /*tag_aggregates=*/false);
  pickler.protocol();
  pickler.pushIValue(value);
  pickler.stop();
  std::string file;
  caffe2::serialize::PyTorchStreamWriter writer([&file](const void* bytes, size_t size) {
    file.append(static_cast<const char*>(bytes), size);
    return size;
  });
  for (size_t i = 0; i < pickler.tensorData().size(); ++i) {
    const torch::jit::WriteableTensorData tensor = torch::jit::getWriteableTensorData(pickler.tensorData()[i]);
    writer.writeRecord(absl::StrCat("data/", i), tensor.data(), tensor.sizeInBytes());
  }
  writer.writeRecord("data.pkl", pickle.data(), pickle.size());
  writer.writeEndOfFile();
  return file;
}

}  // namespace

absl::StatusOr<std::string> TorchSaveBytes(const c10::IValue& value) {
  ASSIGN_OR_RETURN(const c10::IValue untyped, Untyped(value));
  try {
    return SavedBytes(untyped);
  } catch (const c10::Error& error) {
    return absl::UnimplementedError(error.what_without_backtrace());
  }
}

}  // namespace loadstone
