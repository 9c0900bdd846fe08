// Files of inputs, expected outputs and outputs: .npy, .pt and .safetensors.
#ifndef LOADSTONE_TOOLS_TENSOR_IO_VALUE_FILE_H_
#define LOADSTONE_TOOLS_TENSOR_IO_VALUE_FILE_H_

#include <ATen/core/ivalue.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/inputs.h"

namespace loadstone {

// The value in a .npy file or a torch.save file (.pt, .pth, ...), told apart by their bytes: a tensor, a plain value,
// or a tuple, list or dict of them. InvalidArgument: another kind of file, or a value of another kind (says what it
// is). Others: see ByteSource::Map, ParseNpy, OpenTorchFile and Interpreter::Interpret.
absl::StatusOr<c10::IValue> ReadValueFile(const std::string& path);

// The arguments that the files hold, in order: a dict's entries are keyword arguments, the items of a tuple or list
// positional arguments, and anything else is one positional argument.
// InvalidArgument: a keyword argument that two files name. Others: see ReadValueFile.
absl::StatusOr<Inputs> ReadInputFiles(const std::vector<std::string>& paths);

// OK when WriteValueFile knows files of this name. Unimplemented: it does not (says what it knows).
absl::Status CheckOutputPath(const std::string& path);

// Writes a forward's result: one tensor to .npy; a tensor, number, text, or a tuple of them to .pt or .pth, for
// torch.load; tensors by name to .safetensors. InvalidArgument, Unimplemented: what such a file cannot hold, or another
// ending. NotFound, PermissionDenied, Unavailable: the file cannot be written.
absl::Status WriteValueFile(const std::string& path, const c10::IValue& value);

}  // namespace loadstone

#endif  // LOADSTONE_TOOLS_TENSOR_IO_VALUE_FILE_H_
