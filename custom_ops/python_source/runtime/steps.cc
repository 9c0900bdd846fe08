// Steps of Evaluator that are too long for Run().

#include <utility>

#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/runtime/evaluator.h"

namespace loadstone::python {

Value Evaluator::BuildSet(Running& frame, int count) {
  Value made(heap_.New<SetObject>());
  bool fine = true;
  for (int i = 0; i < count && fine; ++i) fine = SetAdd(made.As<SetObject>(), frame.top[i - count]);
  for (int i = 0; i < count; ++i) *--frame.top = Value();
  return fine ? made : Value();
}

Value Evaluator::BuildDict(Running& frame, int pairs) {
  Value made(heap_.New<DictObject>());
  bool fine = true;
  for (int i = 2 * pairs; i > 0 && fine; i -= 2) {
    fine = DictSet(made.As<DictObject>(), frame.top[-i], frame.top[1 - i]);
  }
  for (int i = 0; i < 2 * pairs; ++i) *--frame.top = Value();
  return fine ? made : Value();
}

bool Evaluator::ExtendSet(Running& frame, bool constant) {
  auto* set = frame.top[-2].As<SetObject>();
  bool fine = true;
  if (const auto* other = frame.top[-1].As<SetObject>()) {
    // CPython's compiler has also copied a constant, item by item in the order of the first one.
    SetTable again;
    for (size_t at = 0; at < other->table.entries().size(); ++at) {
      const SetTable::Entry entry = other->table.entries()[at];
      if (constant && entry.key && !again.Add(*this, entry.key, entry.hash)) return false;
    }
    fine = set->table.Merge(*this, constant ? again : other->table) && Grown(set);
  } else {
    std::vector<Value> items;
    fine = ToVector(frame.top[-1], items);
    for (size_t i = 0; i < items.size() && fine; ++i) fine = SetAdd(set, items[i]);
  }
  if (fine) *--frame.top = Value();
  return fine;
}

bool Evaluator::MergeDict(Running& frame, bool call) {
  const auto* other = frame.top[-1].As<DictObject>();
  auto* dict = frame.top[-2].As<DictObject>();
  if (other == nullptr) {
    Raise("TypeError", absl::StrCat("'", TypeName(frame.top[-1]), "' object is not a mapping"));
    return false;
  }
  for (size_t at = 0; at < other->table.entries().size(); ++at) {
    const Table::Entry entry = other->table.entries()[at];
    if (!entry.key) continue;
    if (call && !entry.key.is(Kind::kStr)) {
      Raise("TypeError", "keywords must be strings");
      return false;
    }
    if (call && dict->table.Find(*this, entry.key, entry.hash) >= 0) {
      Raise("TypeError",
            absl::StrCat("got multiple values for keyword argument '", entry.key.As<StrObject>()->text(), "'"));
      return false;
    }
    if (!dict->table.Set(*this, entry.key, entry.hash, entry.value)) return false;
  }
  *--frame.top = Value();
  return Grown(dict);
}

bool Evaluator::LoadMethod(Running& frame, StrObject* name) {
  // object -> function object, or callable Empty. A method of the class is called with the object before its arguments,
  // without a bound method in between.
  Value*& top = frame.top;
  const bool plain = top[-1].is_object() && !top[-1].is(Kind::kClass) && !top[-1].is(Kind::kModule) &&
                     !top[-1].is(Kind::kSuper) && !top[-1].is(Kind::kFunction) && !top[-1].is(Kind::kBoundMethod);
  if (plain) {
    const Value* found = ClassOf(top[-1])->Find(name);
    const bool function = found != nullptr && (found->is(Kind::kFunction) ||
                                               (found->is(Kind::kBuiltin) && found->As<BuiltinObject>()->binds()));
    const auto* instance = top[-1].As<InstanceObject>();
    if (function && (instance == nullptr || !GetOwn(instance, name))) {
      *top = top[-1];
      top[-1] = *found;
      ++top;
      return true;
    }
  }
  Value method = GetAttribute(top[-1], name);
  if (!method) return false;
  top[-1] = std::move(method);
  *top++ = Value();
  return true;
}

void Evaluator::RaiseStep(Running& frame, bool cause) {
  Value raised = frame.top[cause ? -2 : -1];
  *--frame.top = Value();
  if (cause) *--frame.top = Value();
  if (auto* cls = raised.As<ClassObject>(); cls != nullptr && cls->is_exception) raised = Call(raised, {});
  if (!raised) return;
  if (raised.is(Kind::kInstance) && ClassOf(raised)->is_exception) {
    RaiseObject(raised);
  } else {
    Raise("TypeError", "exceptions must derive from BaseException");
  }
}

Value Evaluator::MatchException(Running& frame, const Value& exception) {
  const Value classes = std::move(*--frame.top);
  std::vector<Value> list = {classes};
  if (const auto* tuple = classes.As<TupleObject>()) list = tuple->items;
  bool matches = false;
  for (const Value& item : list) {
    const auto* cls = item.As<ClassObject>();
    if (cls == nullptr || !cls->is_exception) {
      return Raise("TypeError", "catching classes that do not inherit from BaseException is not allowed");
    }
    matches |= ClassOf(exception)->IsSubclassOf(cls);
  }
  return Value::Bool(matches);
}

bool Evaluator::EnterStep(Running& frame, int exit_slot) {
  const Value context = frame.top[-1];
  ClassObject* cls = ClassOf(context);
  const Value* enter = cls->Find(world_.name(Special::kEnter));
  const Value* exit = cls->Find(world_.name(Special::kExit));
  if (enter == nullptr || exit == nullptr) {
    Raise("TypeError", absl::StrCat("'", cls->name, "' object does not support the context manager protocol"));
    return false;
  }
  const Value entering = Bind(*enter, context, cls);
  Value leaving = Bind(*exit, context, cls);
  if (!entering || !leaving) return false;
  Value entered = Call(entering, {});
  if (!entered) return false;
  frame.slots[exit_slot] = std::move(leaving);
  frame.top[-1] = std::move(entered);
  return true;
}

}  // namespace loadstone::python
