#include "custom_ops/python_source/modules/warm_up.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/runtime/lazy_module.h"
#include "custom_ops/python_source/runtime/object.h"

namespace loadstone::python {
namespace {

class Walk {
 public:
  Walk(Evaluator& evaluator, absl::FunctionRef<void(const Value&)> reached)
      : evaluator_(evaluator), reached_(reached) {}

  void Add(const Value& value) {
    if (!value.is_object() || !seen_.insert(value.object()).second) return;
    waiting_.push_back(value);
  }

  void Run() {
    while (!waiting_.empty()) {
      const Value value = std::move(waiting_.back());
      waiting_.pop_back();
      Visit(value);
    }
  }

 private:
  void AddTable(const Table& table) {
    for (const Table::Entry& entry : table.entries()) {
      if (!entry.key) continue;
      Add(entry.key);
      Add(entry.value);
    }
  }

  void AddAll(const std::vector<Value>& values) {
    for (const Value& value : values) Add(value);
  }

  void Visit(const Value& value) {
    reached_(value);
    if (value.object()->own_class() != nullptr) Add(Value(value.object()->own_class()));
    if (const auto* instance = value.As<InstanceObject>()) {
      AddTable(instance->attributes);
    } else if (const auto* cls = value.As<ClassObject>()) {
      AddAll(cls->bases);
      AddTable(cls->attributes);
    } else if (const auto* function = value.As<FunctionObject>()) {
      AddAll(function->defaults);
      AddAll(function->keyword_defaults);
      AddAll(function->closure);
      AddTable(function->attributes);
      VisitCode(*function->code, function->module());
    } else if (const auto* method = value.As<BoundMethodObject>()) {
      Add(method->function);
      Add(method->self);
    } else if (const auto* property = value.As<PropertyObject>()) {
      Add(property->getter);
      Add(property->setter);
    } else if (const auto* static_method = value.As<StaticMethodObject>()) {
      Add(static_method->function);
    } else if (const auto* class_method = value.As<ClassMethodObject>()) {
      Add(class_method->function);
    } else if (const auto* tuple = value.As<TupleObject>()) {
      AddAll(tuple->items);
    } else if (const auto* list = value.As<ListObject>()) {
      AddAll(list->items);
    } else if (const auto* dict = value.As<DictObject>()) {
      AddTable(dict->table);
    } else if (const auto* cell = value.As<CellObject>()) {
      Add(cell->value);
    }
  }

  // The attribute, evaluated; what fails stays unknown.
  Value Look(const Value& object, StrObject* name) {
    Value found = evaluator_.FindAttribute(object, name);
    if (evaluator_.failed()) evaluator_.TakeError().IgnoreError();
    Add(found);
    return found;
  }

  void VisitCode(const Code& code, ModuleObject* module) {
    if (!codes_.insert(&code).second) return;
    // Modules that the code names; any of its attributes may be one of theirs.
    std::vector<Value> modules;
    const auto note = [&](const Value& value) {
      if (value.is(Kind::kModule)) modules.push_back(value);
    };
    for (const Instruction& step : code.instructions) {
      switch (step.step) {
        case Step::kLoadGlobal:
        case Step::kLoadName: note(Look(Value(module), code.names[step.a])); break;
        case Step::kImport: note(Import(code.names[step.a]->text())); break;
        case Step::kImportFrom: note(ImportFrom(code, step, module)); break;
        default: break;
      }
    }
    for (size_t i = 0; i < modules.size(); ++i) {
      const Value outer = modules[i];
      for (const Instruction& step : code.instructions) {
        if (step.step != Step::kLoadAttribute && step.step != Step::kLoadMethod) continue;
        const Value inner = Look(outer, code.names[step.a]);
        if (inner.is(Kind::kModule) && modules.size() < kMostModules) modules.push_back(inner);
      }
    }
    for (const auto& inner : code.codes) VisitCode(*inner, module);
  }

  Value Import(absl::string_view name) {
    const Value module = evaluator_.Import(name);
    if (!module) evaluator_.TakeError().IgnoreError();
    return module;
  }

  Value ImportFrom(const Code& code, const Instruction& step, ModuleObject* module) {
    const std::vector<Value>& parts = code.constants[step.a].As<TupleObject>()->items;
    std::string resolved;
    if (!evaluator_.ResolveModule(*module, parts[0].As<StrObject>()->text(), parts[1].integer(), resolved)) {
      evaluator_.TakeError().IgnoreError();
      return Value();
    }
    const Value from = Import(resolved);
    return from ? Look(from, evaluator_.Intern(parts[2].As<StrObject>()->text())) : Value();
  }

  static constexpr size_t kMostModules = 64;

  Evaluator& evaluator_;
  absl::FunctionRef<void(const Value&)> reached_;
  std::vector<Value> waiting_;
  absl::flat_hash_set<const Object*> seen_;
  absl::flat_hash_set<const Code*> codes_;
};

}  // namespace

void WarmUp(Evaluator& evaluator, const std::vector<Value>& roots, absl::FunctionRef<void(const Value&)> reached) {
  Walk walk(evaluator, reached);
  for (const Value& root : roots) walk.Add(root);
  walk.Run();
}

}  // namespace loadstone::python
