#include "tools/tensor_io/value_file.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/attribute.h"
#include "engine/base/status_macros.h"
#include "engine/byte_source.h"
#include "loaders/torch_format/interpreter.h"
#include "loaders/torch_format/torch_file.h"
#include "tools/tensor_io/attribute_value.h"
#include "tools/tensor_io/named_tensors.h"
#include "tools/tensor_io/npy.h"
#include "tools/tensor_io/replace_file.h"
#include "tools/tensor_io/safetensors_file.h"
#include "tools/tensor_io/torch_save.h"

namespace loadstone {
namespace {

absl::StatusOr<c10::IValue> ReadValue(const ByteSource& source) {
  if (absl::StartsWith(source.bytes(), "\x93NUMPY") || absl::EndsWith(source.path(), ".npy")) {
    ASSIGN_OR_RETURN(at::Tensor tensor, ParseNpy(source.bytes()));
    return c10::IValue(std::move(tensor));
  }
  ASSIGN_OR_RETURN(const std::shared_ptr<const TorchFile> file, OpenTorchFile(source));
  Interpreter interpreter(*file);
  ASSIGN_OR_RETURN(const Attribute value, interpreter.Interpret(file->document().root()));
  return ValueFromAttribute(value);
}

constexpr absl::string_view kEndings[] = {".npy", ".pt", ".pth", ".safetensors"};

absl::Status AddArguments(const c10::IValue& value, Inputs& inputs) {
  if (value.isTuple()) {
    const auto& items = value.toTupleRef().elements();
    inputs.args.insert(inputs.args.end(), items.begin(), items.end());
  } else if (value.isList()) {
    for (const c10::IValue& item : value.toListRef()) inputs.args.push_back(item);
  } else if (value.isGenericDict()) {
    for (const auto& entry : value.toGenericDict()) {
      std::string name = entry.key().toStringRef();
      if (FindNamed(inputs.kwargs, name) != nullptr) {
        return absl::InvalidArgumentError(absl::StrCat("the keyword argument '", name, "' is given twice"));
      }
      inputs.kwargs.push_back({std::move(name), entry.value()});
    }
  } else {
    inputs.args.push_back(value);
  }
  return absl::OkStatus();
}

// Tensors by the keys of a dict; what has no keys is named by its place ("output", "output[0]").
absl::StatusOr<NamedList<at::Tensor>> KeyedTensors(const c10::IValue& value) {
  if (!value.isGenericDict()) return NamedTensors("output", value);
  NamedList<at::Tensor> tensors;
  for (const auto& entry : value.toGenericDict()) {
    if (!entry.key().isString()) return absl::UnimplementedError("the output is a dict with keys that are no text");
    ASSIGN_OR_RETURN(NamedList<at::Tensor> inner, NamedTensors(entry.key().toStringRef(), entry.value()));
    std::move(inner.begin(), inner.end(), std::back_inserter(tensors));
  }
  return tensors;
}

}  // namespace

absl::StatusOr<c10::IValue> ReadValueFile(const std::string& path) {
  ASSIGN_OR_RETURN(const std::shared_ptr<ByteSource> source, ByteSource::Map(path));
  absl::StatusOr<c10::IValue> value = ReadValue(*source);
  RETURN_IF_ERROR(source->CheckIntact());
  if (!value.ok()) return Annotate(value.status(), path);
  return value;
}

absl::StatusOr<Inputs> ReadInputFiles(const std::vector<std::string>& paths) {
  Inputs inputs;
  for (const std::string& path : paths) {
    ASSIGN_OR_RETURN(const c10::IValue value, ReadValueFile(path));
    RETURN_IF_ERROR(Annotate(AddArguments(value, inputs), path));
  }
  return inputs;
}

absl::Status CheckOutputPath(const std::string& path) {
  for (const absl::string_view ending : kEndings) {
    if (absl::EndsWith(path, ending)) return absl::OkStatus();
  }
  return absl::UnimplementedError(absl::StrCat("cannot write ", path, ": its name ends in none of ",
                                               absl::StrJoin(kEndings, ", "),
                                               "; without --output the result is printed"));
}

absl::Status WriteValueFile(const std::string& path, const c10::IValue& value) {
  RETURN_IF_ERROR(CheckOutputPath(path));
  const auto cannot_write = [&path](const absl::Status& status) {
    return Annotate(status, absl::StrCat("cannot write ", path));
  };
  if (absl::EndsWith(path, ".npy")) {
    if (!value.isTensor()) {
      return absl::InvalidArgumentError(absl::StrCat("cannot write ", path, ": the output is a ", value.tagKind(),
                                                     ", a .npy file holds one tensor; a .pt or .safetensors file may hold it"));
    }
    const absl::StatusOr<std::string> bytes = NpyBytes(value.toTensor());
    return bytes.ok() ? ReplaceFile(path, {absl::string_view(*bytes)}) : cannot_write(bytes.status());
  }
  if (absl::EndsWith(path, ".safetensors")) {
    const absl::StatusOr<NamedList<at::Tensor>> tensors = KeyedTensors(value);
    return cannot_write(tensors.ok() ? WriteSafetensorsFile(path, *tensors) : tensors.status());
  }
  const absl::StatusOr<std::string> bytes = TorchSaveBytes(value);
  return bytes.ok() ? ReplaceFile(path, {absl::string_view(*bytes)}) : cannot_write(bytes.status());
}

}  // namespace loadstone
