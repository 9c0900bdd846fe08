#include "tools/tensor_io/value_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/attribute.h"
#include "engine/base/status_macros.h"
#include "engine/byte_source.h"
#include "loaders/torch_format/interpreter.h"
#include "loaders/torch_format/torch_file.h"
#include "tools/tensor_io/attribute_value.h"
#include "tools/tensor_io/npy.h"

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

absl::Status FileError(absl::string_view what, const std::string& path) {
  const int error = errno;
  const std::string text = absl::StrCat("cannot ", what, " ", path, ": ", std::strerror(error));
  if (error == ENOENT || error == ENOTDIR) return absl::NotFoundError(text);
  if (error == EACCES || error == EPERM || error == EROFS) return absl::PermissionDeniedError(text);
  return absl::UnavailableError(text);
}

absl::Status WriteAll(const std::string& path, absl::string_view bytes) {
  std::FILE* const file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) return FileError("open", path);
  const bool written = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  const absl::Status status = written ? absl::OkStatus() : FileError("write", path);
  if (std::fclose(file) != 0 && status.ok()) return FileError("write", path);
  return status;
}

// Whole or not at all; and a file that is mapped, as an input is, stays as it was for who maps it.
absl::Status ReplaceFile(const std::string& path, absl::string_view bytes) {
  const std::string partial = absl::StrCat(path, ".partial");
  absl::Status status = WriteAll(partial, bytes);
  if (status.ok() && std::rename(partial.c_str(), path.c_str()) != 0) status = FileError("replace", path);
  if (!status.ok()) std::remove(partial.c_str());
  return status;
}

}  // namespace

absl::StatusOr<c10::IValue> ReadValueFile(const std::string& path) {
  ASSIGN_OR_RETURN(const std::shared_ptr<ByteSource> source, ByteSource::Map(path));
  absl::StatusOr<c10::IValue> value = ReadValue(*source);
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
  if (absl::EndsWith(path, ".npy")) return absl::OkStatus();
  return absl::UnimplementedError(
      absl::StrCat("cannot write ", path, ": only .npy files are written; without --output the result is printed"));
}

absl::Status WriteValueFile(const std::string& path, const c10::IValue& value) {
  RETURN_IF_ERROR(CheckOutputPath(path));
  if (!value.isTensor()) {
    return absl::InvalidArgumentError(absl::StrCat("cannot write ", path, ": the output is a ", value.tagKind(),
                                                   ", a .npy file holds one tensor; a .pt file would hold it"));
  }
  absl::StatusOr<std::string> bytes = NpyBytes(value.toTensor());
  if (!bytes.ok()) return Annotate(bytes.status(), absl::StrCat("cannot write ", path));
  return ReplaceFile(path, *bytes);
}

}  // namespace loadstone
