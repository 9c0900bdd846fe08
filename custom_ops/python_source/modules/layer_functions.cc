#include "custom_ops/python_source/modules/layer_functions.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <ATen/ops/zeros.h>

#include "absl/strings/match.h"
#include "custom_ops/python_source/modules/module_attributes.h"
#include "custom_ops/python_source/modules/module_parts.h"
#include "custom_ops/python_source/modules/nn_world.h"
#include "custom_ops/python_source/modules/values.h"
#include "custom_ops/python_source/runtime/native.h"
#include "custom_ops/python_source/torch_api/aten_call.h"
#include "engine/module_def_builder.h"

namespace loadstone::python {
namespace {

using Args = absl::Span<const Value>;

// __init__ of a layer: lays it out as its class of C++ does.
class InitFunction : public BuiltinObject {
 public:
  explicit InitFunction(std::string layer) : BuiltinObject("__init__", Binds::kYes), layer_(std::move(layer)) {}

  Value Call(Evaluator& evaluator, Args args, absl::Span<StrObject* const> keywords) override {
    auto* instance = args.empty() ? nullptr : AsNative<ModuleInstance>(args[0]);
    if (instance == nullptr) return evaluator.Raise("TypeError", "__init__() takes a module");
    std::vector<Value> instances;
    ModuleDefs defs(evaluator, instances);
    Arguments arguments;
    const size_t by_position = args.size() - keywords.size();
    for (size_t i = 1; i < args.size(); ++i) {
      Attribute attribute;
      const absl::string_view keyword = i < by_position ? "" : keywords[i - by_position]->text();
      // The engine places models on devices.
      if (keyword != "device" && !ToAttribute(evaluator, args[i], attribute, [&](const Value& module) {
            return WithoutInstances(defs.Make(module));
          })) {
        return Value();
      }
      if (i < by_position) {
        arguments.positional.push_back(std::move(attribute));
      } else {
        arguments.keyword.push_back({std::string(keyword), std::move(attribute)});
      }
    }
    const absl::StatusOr<std::shared_ptr<ModuleDef>> def =
        Construct(layer_, arguments, NnWorld::Of(evaluator).registry);
    if (!def.ok()) {
      if (!absl::IsInvalidArgument(def.status())) return evaluator.Fail(def.status());
      return evaluator.Raise("TypeError", std::string(def.status().message()));
    }
    return FillFromDef(evaluator, instance, **def) ? Value::None() : Value();
  }

 private:
  // A layer that is an argument is plain data there; a module of the source cannot be.
  static std::shared_ptr<ModuleDef> WithoutInstances(std::shared_ptr<ModuleDef> def) {
    if (def == nullptr) return nullptr;
    for (size_t i = 0; i < def->attributes.size(); ++i) {
      if (def->attributes[i].name != kInstanceAttribute) continue;
      if (absl::StartsWith(def->class_name, "torch.")) def->attributes.erase(def->attributes.begin() + i);
      break;
    }
    for (const Named<std::shared_ptr<ModuleDef>>& child : def->children) WithoutInstances(child.value);
    return def;
  }

  const std::string layer_;
};

// The layer of C++ that computes forward.
std::shared_ptr<const Module> LayerOf(Evaluator& evaluator, const Value& self, LayerData data) {
  const auto* instance = AsNative<ModuleInstance>(self);
  if (instance == nullptr) {
    evaluator.Raise("TypeError", "a method of a layer needs the layer");
    return nullptr;
  }
  return instance->layer != nullptr ? instance->layer : BuildLayer(evaluator, instance, data);
}

// In a constructor parameters have shapes only. What a layer gives there is as arbitrary as Python's own initial
// weights are: constructors use its shape.
bool HasShapesOnly(Evaluator& evaluator, const ModuleInstance* instance) {
  if (instance == nullptr || instance->layer != nullptr) return false;
  NnWorld& world = NnWorld::Of(evaluator);
  if (const DictObject* parameters = ReadDict(evaluator, instance, world.parameters)) {
    for (const Table::Entry& entry : parameters->table.entries()) {
      const at::Tensor* tensor = entry.key ? TensorOf(entry.value) : nullptr;
      if (tensor != nullptr && tensor->is_meta()) return true;
    }
  }
  const DictObject* children = ReadDict(evaluator, instance, world.modules);
  if (children == nullptr) return false;
  for (const Table::Entry& entry : children->table.entries()) {
    if (entry.key && HasShapesOnly(evaluator, AsNative<ModuleInstance>(entry.value))) return true;
  }
  return false;
}

// A PackedSequence of torch.nn.utils.rnn goes to a layer as the tuple of its fields.
constexpr absl::string_view kPackedFields[] = {"data", "batch_sizes", "sorted_indices", "unsorted_indices"};

bool IsPackedSequence(const Value& value) {
  const auto* instance = value.As<InstanceObject>();
  return instance != nullptr && instance->cls()->name == "PackedSequence" &&
         instance->cls()->module_name == "torch.nn.utils.rnn";
}

Value PackedFields(Evaluator& evaluator, const Value& packed) {
  std::vector<Value> fields;
  for (const absl::string_view field : kPackedFields) {
    Value value = evaluator.GetAttribute(packed, evaluator.Intern(field));
    if (!value) return Value();
    fields.push_back(std::move(value));
  }
  return Value(evaluator.heap().New<TupleObject>(std::move(fields)));
}

// What a recurrent layer gives for a PackedSequence: another one, and the states.
Value WithPacked(Evaluator& evaluator, const Value& packed, const Value& outputs) {
  const auto* tuple = outputs.As<TupleObject>();
  if (tuple == nullptr || tuple->items.empty() || !tuple->items[0].is(Kind::kTuple)) return outputs;
  std::vector<Value> items = tuple->items;
  items[0] = evaluator.Call(Value(packed.As<InstanceObject>()->cls()), items[0].As<TupleObject>()->items);
  if (!items[0]) return Value();
  return Value(evaluator.heap().New<TupleObject>(std::move(items)));
}

class ForwardFunction : public BuiltinObject {
 public:
  ForwardFunction() : BuiltinObject("forward", Binds::kYes) {}

  Value Call(Evaluator& evaluator, Args args, absl::Span<StrObject* const> keywords) override {
    if (args.empty()) return evaluator.Raise("TypeError", "forward() takes a module");
    const bool shapes_only = HasShapesOnly(evaluator, AsNative<ModuleInstance>(args[0]));
    if (shapes_only && evaluator.world().frozen()) return evaluator.Refuse("a layer with parameters made in forward");
    const std::shared_ptr<const Module> layer =
        LayerOf(evaluator, args[0], shapes_only ? LayerData::kShapes : LayerData::kReal);
    if (layer == nullptr) return Value();
    if (args.size() == 2 && keywords.empty() && !shapes_only) {
      if (const at::Tensor* input = TensorOf(args[1])) {
        return CatchAten(evaluator, [&] {
          const c10::IValue output = (*layer)(Inputs{*input});
          // A layer may give back what it was given.
          if (output.isTensor() && output.toTensor().is_same(*input)) return args[1];
          return FromIValue(evaluator, output);
        });
      }
    }
    Inputs inputs;
    Value packed;
    const size_t by_position = args.size() - keywords.size();
    for (size_t i = 1; i < args.size(); ++i) {
      c10::IValue input;
      const bool is_packed = IsPackedSequence(args[i]);
      if (is_packed) packed = args[i];
      const Value value = is_packed ? PackedFields(evaluator, args[i]) : args[i];
      if (!value || !ToIValue(evaluator, value, input)) return Value();
      if (shapes_only && input.isTensor() && input.toTensor().is_meta()) {
        input = at::zeros(input.toTensor().sizes(), input.toTensor().options().device(at::kCPU));
      }
      if (i < by_position) {
        inputs.args.push_back(std::move(input));
      } else {
        inputs.kwargs.push_back({std::string(keywords[i - by_position]->text()), std::move(input)});
      }
    }
    const Value outputs = CatchAten(evaluator, [&] { return FromIValue(evaluator, (*layer)(inputs)); });
    return outputs && packed ? WithPacked(evaluator, packed, outputs) : outputs;
  }
};

Value ExtraRepr(Evaluator& evaluator, Args args) {
  const std::shared_ptr<const Module> layer = LayerOf(evaluator, args[0], LayerData::kShapes);
  return layer == nullptr ? Value() : evaluator.Text(layer->ExtraRepr());
}

}  // namespace

Value NewLayerInit(Heap& heap, std::string layer) { return Value(heap.New<InitFunction>(std::move(layer))); }

Value NewLayerForward(Heap& heap) { return Value(heap.New<ForwardFunction>()); }

Value NewLayerExtraRepr(Heap& heap) {
  return NewFunction(heap, {"extra_repr", "self", ExtraRepr}, BuiltinObject::Binds::kYes);
}

}  // namespace loadstone::python
