// From inert pickle values to the engine's plain data: which records of calls are modules, tensors and dicts.
#ifndef LOADSTONE_LOADERS_TORCH_FORMAT_INTERPRETER_H_
#define LOADSTONE_LOADERS_TORCH_FORMAT_INTERPRETER_H_

#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/attribute.h"
#include "engine/module_def.h"
#include "engine/state_dict.h"
#include "loaders/pickle/value.h"
#include "loaders/torch_format/objects.h"
#include "loaders/torch_format/tensor_reader.h"
#include "loaders/torch_format/torch_file.h"

namespace loadstone {

// Interprets values of one file, each once: what was shared in the pickle is shared in the result. Looks only at what
// is asked for, so what nobody needs cannot fail. Borrows the file. Not thread-safe.
class Interpreter {
 public:
  explicit Interpreter(const TorchFile& file) : tensors_(file) {}

  // DataLoss, Unimplemented: see TensorReader::Read. ResourceExhausted: nested too deeply.
  // Objects that mean nothing here come out as inert Attribute::Objects.
  absl::StatusOr<Attribute> Interpret(const pickle::Value& value);
  // REQUIRES: IsModule(value). DataLoss: its state is not what nn.Module writes.
  absl::StatusOr<std::shared_ptr<ModuleDef>> InterpretModule(const pickle::Value& value);
  // REQUIRES: AsMapping(value) is not null. InvalidArgument: a key that is no text.
  absl::StatusOr<StateDict> InterpretStateDict(const pickle::Value& value);

 private:
  static constexpr int kMaxDepth = 500;  // of values in values; a module takes one level

  absl::StatusOr<Attribute> InterpretContainer(const pickle::Value& value);
  absl::StatusOr<Attribute> InterpretObject(const pickle::Value& value);
  absl::StatusOr<std::vector<Attribute>> InterpretAll(absl::Span<const pickle::Value> values);
  absl::StatusOr<Attribute::Dict> InterpretEntries(const pickle::Dict& dict);
  absl::Status SetState(absl::string_view key, const pickle::Value& value, ModuleDef& def);
  absl::Status AddTensors(absl::string_view key, const pickle::Value& value, NamedList<at::Tensor>& tensors);
  absl::Status AddChildren(const pickle::Value& value, ModuleDef& def);
  absl::Status AddChild(absl::string_view name, const pickle::Value& value, ModuleDef& def);
  absl::Status AddHooks(absl::string_view key, const pickle::Value& value, ModuleDef& def);

  TensorReader tensors_;
  absl::flat_hash_map<const void*, Attribute> done_;
  absl::flat_hash_set<const void*> in_progress_;
  int depth_ = 0;
};

}  // namespace loadstone

#endif  // LOADSTONE_LOADERS_TORCH_FORMAT_INTERPRETER_H_
