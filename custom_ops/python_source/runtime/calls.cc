// Calls, classes, generators and attributes of Evaluator.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/runtime/evaluator.h"

namespace loadstone::python {

// A call that waits after a yield. It keeps its own slots, since others run in between.
class GeneratorObject : public IteratorObject {
 public:
  GeneratorObject(FunctionObject* function, std::vector<Value> slots)
      : function_(function), slots_(std::move(slots)), top_(function->code->slots) {}
  absl::string_view type_name() const override { return "generator"; }

  Value Next(Evaluator& evaluator) override {
    if (state_ == State::kDone) return Value();
    if (state_ == State::kRunning) return evaluator.Raise("ValueError", "generator already executing");
    if (evaluator.depth_ >= evaluator.limits_.depth) return evaluator.Exceed("calls nested");
    const Value self(this);
    auto* function = static_cast<FunctionObject*>(function_.object());
    Evaluator::Running frame{function->code.get(), function, function->module(), nullptr, slots_.data(),
                             slots_.data() + top_, at_};
    state_ = State::kRunning;
    ++evaluator.depth_;
    Value result = evaluator.Run(frame);
    --evaluator.depth_;
    if (frame.yielded) {
      state_ = State::kWaiting;
      top_ = frame.top - slots_.data();
      at_ = frame.at;
      return result;
    }
    state_ = State::kDone;
    slots_.clear();
    if (!result && evaluator.ExceptionClass() == "StopIteration") {
      evaluator.Raise("RuntimeError", "generator raised StopIteration");
    }
    return Value();
  }

 protected:
  void Clear() override {
    function_ = Value();
    slots_.clear();
  }

 private:
  enum class State { kWaiting, kRunning, kDone } state_ = State::kWaiting;
  Value function_;
  std::vector<Value> slots_;
  std::ptrdiff_t top_;
  int at_ = 0;
};

Value Evaluator::Call(const Value& function, absl::Span<const Value> args, absl::Span<StrObject* const> keywords) {
  if (++steps_ > limits_.steps) return Exceed(absl::StrCat(steps_, " calls and turns of loops"));
  if (auto* python = function.As<FunctionObject>()) return CallFunction(python, args, keywords);
  if (const auto* builtin = function.As<BuiltinObject>()) {
    if (!keywords.empty()) return Refuse(absl::StrCat("keywords to ", builtin->name, "()"));
    if (args.size() >= builtin->min_args && args.size() <= builtin->max_args) return builtin->function(*this, args);
    return Raise("TypeError", absl::StrCat(builtin->name, "() does not take ", args.size(), " arguments"));
  }
  if (const auto* method = function.As<BoundMethodObject>()) {
    std::vector<Value> all = {method->self};
    all.insert(all.end(), args.begin(), args.end());
    const Value held = method->function;
    return Call(held, all, keywords);
  }
  if (auto* cls = function.As<ClassObject>()) return Instantiate(cls, args, keywords);
  if (const auto* instance = function.As<InstanceObject>()) {
    if (const Value* method = instance->cls->Find(heap_.Intern("__call__"))) {
      std::vector<Value> all = {function};
      all.insert(all.end(), args.begin(), args.end());
      return Call(*method, all, keywords);
    }
  }
  return Raise("TypeError", absl::StrCat("'", TypeName(function), "' object is not callable"));
}

bool Evaluator::BindArguments(const FunctionObject& function, absl::Span<const Value> args,
                              absl::Span<StrObject* const> keywords, Value* slots) {
  const Code& code = *function.code;
  const auto fails = [&](std::string message) {
    Raise("TypeError", absl::StrCat(code.qualname, "() ", message));
    return false;
  };
  const size_t by_position = args.size() - keywords.size();
  const size_t positional = code.positional;
  const size_t named = positional + code.keyword_only;
  if (by_position > positional && !code.star) {
    return fails(absl::StrCat("takes ", positional, " positional arguments but ", by_position, " were given"));
  }
  for (size_t i = 0; i < by_position && i < positional; ++i) slots[i] = args[i];
  if (code.star) {
    std::vector<Value> rest;
    if (by_position > positional) rest.assign(args.begin() + positional, args.begin() + by_position);
    slots[named] = Value(heap_.New<TupleObject>(std::move(rest)));
  }
  DictObject* others = nullptr;
  if (code.double_star) {
    others = heap_.New<DictObject>();
    slots[named + (code.star ? 1 : 0)] = Value(others);
  }
  for (size_t i = 0; i < keywords.size(); ++i) {
    StrObject* name = keywords[i];
    size_t at = code.positional_only;
    while (at < named && code.parameters[at] != name && code.parameters[at]->text() != name->text()) ++at;
    if (at < named) {
      if (slots[at]) return fails(absl::StrCat("got multiple values for argument '", name->text(), "'"));
      slots[at] = args[by_position + i];
    } else if (others != nullptr) {
      others->table.SetName(name, args[by_position + i]);
    } else {
      return fails(absl::StrCat("got an unexpected keyword argument '", name->text(), "'"));
    }
  }
  const size_t first_default = positional - function.defaults.size();
  for (size_t i = 0; i < named; ++i) {
    if (slots[i]) continue;
    if (i < positional && i >= first_default) slots[i] = function.defaults[i - first_default];
    if (i >= positional) slots[i] = function.keyword_defaults[i - positional];
    if (!slots[i]) return fails(absl::StrCat("missing a required argument: '", code.parameters[i]->text(), "'"));
  }
  return true;
}

Value Evaluator::CallFunction(FunctionObject* function, absl::Span<const Value> args,
                              absl::Span<StrObject* const> keywords) {
  const Code& code = *function->code;
  const Value held(function);
  const int count = code.slots + code.stack;
  Value* slots = TakeStack(count);
  if (slots == nullptr) return Value();
  bool bound = true;
  if (keywords.empty() && args.size() == static_cast<size_t>(code.positional) && code.keyword_only == 0 && !code.star &&
      !code.double_star) {
    std::copy(args.begin(), args.end(), slots);
  } else {
    bound = BindArguments(*function, args, keywords, slots);
  }
  Value result;
  if (bound) {
    for (int slot : code.cells) {
      auto* cell = heap_.New<CellObject>();
      cell->value = std::move(slots[slot]);
      slots[slot] = Value(cell);
    }
    for (size_t i = 0; i < code.captures.size(); ++i) slots[code.captures[i]] = function->closure[i];
    if (code.generator) {
      std::vector<Value> own(std::make_move_iterator(slots), std::make_move_iterator(slots + count));
      result = Value(heap_.New<GeneratorObject>(function, std::move(own)));
    } else {
      Running frame{&code, function, function->module(), nullptr, slots, slots + code.slots};
      result = Run(frame);
    }
  }
  GiveBack(slots, count);
  return result;
}

Value Evaluator::MakeFunction(Running& frame, const Instruction& instruction) {
  // On the stack: defaults, keyword defaults, closure; each a tuple.
  auto* function = heap_.New<FunctionObject>(frame.code->codes[instruction.a], frame.module);
  function->closure = std::move(frame.top[-1].As<TupleObject>()->items);
  function->keyword_defaults = std::move(frame.top[-2].As<TupleObject>()->items);
  function->defaults = std::move(frame.top[-3].As<TupleObject>()->items);
  for (int i = 0; i < 3; ++i) *--frame.top = Value();
  return Value(function);
}

namespace {

// C3. False: the bases cannot be put in an order.
bool Linearize(ClassObject& cls) {
  std::vector<std::vector<ClassObject*>> rows;
  std::vector<ClassObject*> direct;
  for (const Value& base : cls.bases) {
    rows.push_back(base.As<ClassObject>()->mro);
    direct.push_back(base.As<ClassObject>());
  }
  rows.push_back(direct);
  cls.mro = {&cls};
  while (true) {
    ClassObject* next = nullptr;
    bool any = false;
    for (const auto& row : rows) {
      if (row.empty()) continue;
      any = true;
      const bool later = std::any_of(rows.begin(), rows.end(), [&](const auto& other) {
        return other.size() > 1 && std::find(other.begin() + 1, other.end(), row[0]) != other.end();
      });
      if (!later) {
        next = row[0];
        break;
      }
    }
    if (next == nullptr) return !any;
    cls.mro.push_back(next);
    for (auto& row : rows) {
      if (!row.empty() && row[0] == next) row.erase(row.begin());
    }
  }
}

}  // namespace

Value Evaluator::MakeClass(Running& frame, const Instruction& instruction) {
  // On the stack: bases, closure; each a tuple.
  const Value closure = std::move(*--frame.top);
  const Value bases = std::move(*--frame.top);
  const Code& code = *frame.code->codes[instruction.a];
  auto* cls = heap_.New<ClassObject>(code.name);
  const Value made(cls);
  cls->module_name = frame.module->name;
  cls->bases = bases.As<TupleObject>()->items;
  if (cls->bases.empty()) cls->bases.emplace_back(FindBuiltinClass("object"));
  for (const Value& base : cls->bases) {
    const auto* parent = base.As<ClassObject>();
    if (parent == nullptr) return Raise("TypeError", absl::StrCat("a base of ", code.name, " is no class"));
    if (parent->module_name == "builtins" && !parent->is_exception && parent->name != "object") {
      return Refuse(absl::StrCat("a class derived from ", parent->name));
    }
    cls->is_exception |= parent->is_exception;
  }
  if (!Linearize(*cls)) return Raise("TypeError", "Cannot create a consistent method resolution order (MRO) for bases");
  const int count = code.slots + code.stack;
  Value* slots = TakeStack(count);
  if (slots == nullptr) return Value();
  for (int slot : code.cells) slots[slot] = Value(heap_.New<CellObject>());
  for (size_t i = 0; i < code.captures.size(); ++i) slots[code.captures[i]] = closure.As<TupleObject>()->items[i];
  Running inner{&code, nullptr, frame.module, &cls->attributes, slots, slots + code.slots};
  const Value result = Run(inner);
  if (code.class_cell >= 0) static_cast<CellObject*>(slots[code.class_cell].object())->value = made;
  GiveBack(slots, count);
  if (!result) return Value();
  // What would change how objects of the class behave, and is not done here.
  for (const char* name :
       {"__new__", "__getattr__", "__getattribute__", "__setattr__", "__delattr__", "__get__", "__set__", "__slots__",
        "__del__", "__init_subclass__", "__set_name__", "__class_getitem__", "__format__"}) {
    if (cls->attributes.FindName(heap_.Intern(name)) != nullptr) {
      return Refuse(absl::StrCat("a class with ", name));
    }
  }
  return made;
}

Value Evaluator::Instantiate(ClassObject* cls, absl::Span<const Value> args, absl::Span<StrObject* const> keywords) {
  if (cls->module_name == "builtins" && !cls->is_exception && cls->name != "object") {
    return Refuse(absl::StrCat("a call of ", cls->name));
  }
  auto* instance = heap_.New<InstanceObject>(cls);
  const Value made(instance);
  if (cls->is_exception) instance->args = Value(heap_.New<TupleObject>(std::vector<Value>(args.begin(), args.end())));
  const Value* init = cls->Find(heap_.Intern("__init__"));
  if (init == nullptr) {
    if (keywords.empty() && (args.empty() || cls->is_exception)) return made;
    return Raise("TypeError", absl::StrCat(cls->name, "() takes no arguments"));
  }
  std::vector<Value> all = {made};
  all.insert(all.end(), args.begin(), args.end());
  const Value result = Call(*init, all, keywords);
  if (!result) return Value();
  if (!result.is_none()) return Raise("TypeError", "__init__() should return None");
  return made;
}

Value Evaluator::GetAttribute(const Value& object, StrObject* name) {
  const auto missing = [&](absl::string_view whose) {
    return Raise("AttributeError", absl::StrCat(whose, " has no attribute '", name->text(), "'"));
  };
  // No walks through the interpreter's insides: `__class__`, `__globals__` and their like do not exist.
  if (const auto* instance = object.As<InstanceObject>()) {
    if (const Value* found = instance->attributes.FindName(name)) return *found;
    if (const Value* found = instance->cls->Find(name)) {
      if (found->is(Kind::kFunction) || found->is(Kind::kBuiltin)) {
        return Value(heap_.New<BoundMethodObject>(*found, object));
      }
      return *found;
    }
    if (instance->cls->is_exception && name->text() == "args") return instance->args;
    return missing(absl::StrCat("'", instance->cls->name, "' object"));
  }
  if (const auto* cls = object.As<ClassObject>()) {
    if (const Value* found = cls->Find(name)) return *found;
    if (name->text() == "__name__") return Text(cls->name);
    return missing(absl::StrCat("type object '", cls->name, "'"));
  }
  if (const auto* module = object.As<ModuleObject>()) {
    if (const Value* found = module->names.FindName(name)) return *found;
    return missing(absl::StrCat("module '", module->name, "'"));
  }
  return Refuse(absl::StrCat("attribute '", name->text(), "' of ", TypeName(object)));
}

bool Evaluator::SetAttribute(const Value& object, StrObject* name, const Value& value) {
  if (auto* instance = object.As<InstanceObject>()) {
    if (!Allow(static_cast<int64_t>(instance->attributes.size()) + 1)) return false;
    instance->attributes.SetName(name, value);
    return true;
  }
  if (auto* cls = object.As<ClassObject>(); cls != nullptr && cls->module_name != "builtins") {
    cls->attributes.SetName(name, value);
    return true;
  }
  Raise("AttributeError", absl::StrCat("'", TypeName(object), "' object has no attribute '", name->text(), "'"));
  return false;
}

}  // namespace loadstone::python
