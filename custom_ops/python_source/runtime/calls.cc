// Calls of Evaluator.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/runtime/evaluator.h"
#include "custom_ops/python_source/runtime/generator.h"

namespace loadstone::python {

Value Evaluator::CallWithSelf(const Value& function, const Value& self, absl::Span<const Value> args,
                              absl::Span<StrObject* const> keywords) {
  constexpr size_t kFew = 6;
  if (args.size() < kFew) {
    Value all[kFew];
    all[0] = self;
    std::copy(args.begin(), args.end(), all + 1);
    return Call(function, {all, args.size() + 1}, keywords);
  }
  std::vector<Value> all = {self};
  all.insert(all.end(), args.begin(), args.end());
  return Call(function, all, keywords);
}

Value Evaluator::Call(const Value& function, absl::Span<const Value> args, absl::Span<StrObject* const> keywords) {
  if (!CountStep()) return Value();
  if (auto* python = function.As<FunctionObject>()) return CallFunction(python, args, keywords);
  const Value held = function;
  if (auto* builtin = held.As<BuiltinObject>()) {
    // C++ functions call back: their depth counts too.
    if (depth_ >= limits_.depth) return Exceed(absl::StrCat("calls nested deeper than ", depth_));
    ++depth_;
    Value result = builtin->Call(*this, args, keywords);
    --depth_;
    return result;
  }
  if (const auto* method = held.As<BoundMethodObject>()) {
    return CallWithSelf(method->function, method->self, args, keywords);
  }
  if (auto* cls = held.As<ClassObject>()) return Instantiate(cls, args, keywords);
  if (held.is(Kind::kInstance)) {
    if (const Value* method = ClassOf(held)->Find(world_.name(Special::kCall))) {
      const Value bound = Bind(*method, held, ClassOf(held));
      return bound ? Call(bound, args, keywords) : Value();
    }
  }
  if (const auto* method = held.As<StaticMethodObject>()) return Call(method->function, args, keywords);
  return Raise("TypeError", absl::StrCat("'", TypeName(held), "' object is not callable"));
}

Value Evaluator::CallMethod(const Value& object, absl::string_view name, absl::Span<const Value> args) {
  const Value method = GetAttribute(object, Intern(name));
  return method ? Call(method, args) : Value();
}

Value Evaluator::CallSpecial(const Value& object, Special name, absl::Span<const Value> args, bool& found) {
  const Value* method = ClassOf(object)->Find(world_.name(name));
  found = method != nullptr && !method->is_none();
  if (!found) return Value();
  if (method->is(Kind::kFunction)) return CallWithSelf(*method, object, args, {});
  if (const auto* builtin = method->As<BuiltinObject>(); builtin != nullptr && builtin->binds()) {
    return CallWithSelf(*method, object, args, {});
  }
  const Value bound = Bind(*method, object, ClassOf(object));
  return bound ? Call(bound, args) : Value();
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
      if (heap_.bytes() > limits_.bytes) result = Exceed("memory");
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

Value Evaluator::CallStep(Running& frame, const Instruction& instruction) {
  // Below the arguments: the function, and for a method then the object or Empty.
  Value*& top = frame.top;
  const bool method = instruction.step == Step::kCallMethod || instruction.step == Step::kCallMethodKeywords;
  const size_t self = method && top[-instruction.a - 1] ? 1 : 0;
  const size_t count = static_cast<size_t>(instruction.a) + self;
  const int below = instruction.a + (method ? 2 : 1);
  Value result;
  if (instruction.step == Step::kCall || instruction.step == Step::kCallMethod) {
    result = Call(top[-below], {top - count, count});
  } else {
    std::vector<StrObject*> keywords;
    for (const Value& name : frame.code->constants[instruction.b].As<TupleObject>()->items) {
      keywords.push_back(name.As<StrObject>());
    }
    result = Call(top[-below], {top - count, count}, keywords);
  }
  for (int i = 0; i < below; ++i) *--top = Value();
  return result;
}

Value Evaluator::CallSpread(Running& frame) {
  std::vector<Value> args = std::move(frame.top[-2].As<ListObject>()->items);
  std::vector<StrObject*> keywords;
  for (const Table::Entry& entry : frame.top[-1].As<DictObject>()->table.entries()) {
    keywords.push_back(entry.key.As<StrObject>());
    args.push_back(entry.value);
  }
  Value result = Call(frame.top[-3], args, keywords);
  for (int i = 0; i < 3; ++i) *--frame.top = Value();
  return result;
}

}  // namespace loadstone::python
