// Items and lengths of Evaluator.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/runtime/evaluator.h"
#include "custom_ops/python_source/runtime/slices.h"

namespace loadstone::python {

int64_t Evaluator::Length(const Value& value) {
  if (const auto* text = value.As<StrObject>()) return text->length();
  if (const auto* list = value.As<ListObject>()) return static_cast<int64_t>(list->items.size());
  if (const auto* tuple = value.As<TupleObject>()) return static_cast<int64_t>(tuple->items.size());
  if (const auto* dict = value.As<DictObject>()) return static_cast<int64_t>(dict->table.size());
  if (const auto* set = value.As<SetObject>()) return static_cast<int64_t>(set->table.size());
  if (const auto* range = value.As<RangeObject>()) return range->length;
  if (const auto* cls = value.As<ClassObject>(); cls != nullptr && cls->members) {
    std::vector<Value> members;  // without aliases
    return ToVector(value, members) ? static_cast<int64_t>(members.size()) : -1;
  }
  bool found = false;
  const Value result = CallSpecial(value, Special::kLen, {}, found);
  if (found && !result) return -1;
  if (!found) {
    Raise("TypeError", absl::StrCat("object of type '", TypeName(value), "' has no len()"));
    return -1;
  }
  if (!result.is_integral()) {
    Raise("TypeError", absl::StrCat("'", TypeName(result), "' object cannot be interpreted as an integer"));
    return -1;
  }
  if (result.integer() >= 0) return result.integer();
  Raise("ValueError", "__len__() should return >= 0");
  return -1;
}

bool Evaluator::NormalizeIndex(const Value& index, int64_t length, absl::string_view what, int64_t& at) {
  if (!Index(index, at)) {
    if (Raised("TypeError")) {
      TakeException();
      Raise("TypeError", absl::StrCat(what, " indices must be integers or slices, not ", TypeName(index)));
    }
    return false;
  }
  if (at < 0) at += length;
  if (at >= 0 && at < length) return true;
  Raise("IndexError", absl::StrCat(what, " index out of range"));
  return false;
}

Value Evaluator::RaiseKey(const Value& key) {
  auto* exception = heap_.New<InstanceObject>(world_.FindBuiltinClass("KeyError"));
  const Value held(exception);
  exception->args = Value(heap_.New<TupleObject>(std::vector<Value>{key}));
  return RaiseObject(held);
}

bool Evaluator::Index(const Value& value, int64_t& number) {
  if (value.is_integral()) {
    number = value.integer();
    return true;
  }
  bool found = false;
  const Value result = CallSpecial(value, Special::kIndex, {}, found);
  if (found && !result) return false;
  if (!found || !result.is_int()) {
    Raise("TypeError", absl::StrCat("'", TypeName(value), "' object cannot be interpreted as an integer"));
    return false;
  }
  number = result.integer();
  return true;
}

Value Evaluator::GetItem(const Value& container, const Value& index) {
  bool found = false;
  if (container.is(Kind::kInstance) || (container.is_object() && container.object()->own_class() != nullptr)) {
    const Value result = CallSpecial(container, Special::kGetItem, {&index, 1}, found);
    if (found) return result;
  }
  const bool sequence =
      container.is(Kind::kList) || container.is(Kind::kTuple) || container.is(Kind::kStr) || container.is(Kind::kRange);
  if (sequence) {
    if (const auto* slice = index.As<SliceObject>()) return TakeSlice(container, *slice);
    int64_t at = 0;
    if (!NormalizeIndex(index, Length(container), TypeName(container), at)) return Value();
    if (const auto* list = container.As<ListObject>()) return list->items[at];
    if (const auto* tuple = container.As<TupleObject>()) return tuple->items[at];
    if (const auto* range = container.As<RangeObject>()) return Value::Int(range->start + at * range->step);
    return Text(std::string(Characters(*container.As<StrObject>(), at, 1)));
  }
  if (auto* dict = container.As<DictObject>()) {
    uint64_t hash = 0;
    if (!Hash(index, hash)) return Value();
    const int at = dict->table.Find(*this, index, hash);
    if (at >= 0) return dict->table.entry(at).value;
    if (at == Table::kFailed) return Value();
    if (dict->own_class() != nullptr) {
      const Value result = CallSpecial(container, Special::kMissing, {&index, 1}, found);
      if (found) return result;
    }
    return RaiseKey(index);
  }
  if (auto* cls = container.As<ClassObject>()) {
    if (cls->members) return GetItem(cls->members, index);
    const Value* subscript = cls->Find(Intern("__class_getitem__"));
    const Value bound = subscript == nullptr ? Value() : Bind(*subscript, Value(), cls);
    if (bound) return Call(bound, {&index, 1});
    return Refuse(absl::StrCat("a subscript of class ", cls->name));
  }
  return Raise("TypeError", absl::StrCat("'", TypeName(container), "' object is not subscriptable"));
}

bool Evaluator::SetItem(const Value& container, const Value& index, const Value& value) {
  if (auto* list = container.As<ListObject>()) {
    if (!AllowChange(list, "a list")) return false;
    if (const auto* slice = index.As<SliceObject>()) return AssignSlice(list, *slice, &value);
    int64_t at = 0;
    if (!NormalizeIndex(index, Length(container), "list", at)) return false;
    // The old value ends last: its end runs nothing, but it may be the list's own.
    const Value old = std::exchange(list->items[at], value);
    return true;
  }
  bool found = false;
  if (auto* dict = container.As<DictObject>()) return DictSet(dict, index, value);
  const Value args[] = {index, value};
  const Value result = CallSpecial(container, Special::kSetItem, args, found);
  if (!found) Raise("TypeError", absl::StrCat("'", TypeName(container), "' object does not support item assignment"));
  return static_cast<bool>(result);
}

bool Evaluator::DeleteItem(const Value& container, const Value& index) {
  if (auto* list = container.As<ListObject>()) {
    if (!AllowChange(list, "a list")) return false;
    if (const auto* slice = index.As<SliceObject>()) return AssignSlice(list, *slice, nullptr);
    int64_t at = 0;
    if (!NormalizeIndex(index, Length(container), "list", at)) return false;
    const Value removed = list->items[at];
    list->items.erase(list->items.begin() + at);
    return true;
  }
  if (auto* dict = container.As<DictObject>()) {
    uint64_t hash = 0;
    if (!Hash(index, hash) || !AllowChange(dict, "a dict")) return false;
    const int at = dict->table.Find(*this, index, hash);
    if (at >= 0) dict->table.RemoveAt(at);
    if (at == Table::kAbsent) RaiseKey(index);
    return at >= 0;
  }
  bool found = false;
  const Value result = CallSpecial(container, Special::kDelItem, {&index, 1}, found);
  if (!found) Raise("TypeError", absl::StrCat("'", TypeName(container), "' object does not support item deletion"));
  return static_cast<bool>(result);
}

int Evaluator::Contains(const Value& container, const Value& item) {
  if (container.is(Kind::kDict) || container.is(Kind::kSet)) {
    uint64_t hash = 0;
    if (!Hash(item, hash)) return -1;
    if (const auto* set = container.As<SetObject>()) return set->table.Contains(*this, item, hash);
    const int at = container.As<DictObject>()->table.Find(*this, item, hash);
    return at == Table::kFailed ? -1 : at >= 0;
  }
  if (const auto* text = container.As<StrObject>()) {
    if (const auto* part = item.As<StrObject>()) return text->text().find(part->text()) != absl::string_view::npos;
    Raise("TypeError", absl::StrCat("'in <string>' requires string as left operand, not ", TypeName(item)));
    return -1;
  }
  if (const auto* cls = container.As<ClassObject>(); cls != nullptr && cls->members) {
    const int member = IsInstance(item, container);
    if (member == 0)
      Raise("TypeError", absl::StrCat("unsupported operand type(s) for 'in': '", TypeName(item), "' and a class"));
    return member == 1 ? 1 : -1;
  }
  if (const auto* range = container.As<RangeObject>(); range != nullptr && item.is_integral()) {
    const int64_t value = item.integer();
    const bool inside =
        range->step > 0 ? value >= range->start && value < range->stop : value <= range->start && value > range->stop;
    if (!inside) return 0;
    const uint64_t distance = range->step > 0 ? static_cast<uint64_t>(value) - static_cast<uint64_t>(range->start)
                                              : static_cast<uint64_t>(range->start) - static_cast<uint64_t>(value);
    return distance % (range->step > 0 ? static_cast<uint64_t>(range->step) : 0 - static_cast<uint64_t>(range->step)) ==
           0;
  }
  bool found = false;
  const Value result = CallSpecial(container, Special::kContains, {&item, 1}, found);
  if (found) return result ? Truth(result) : -1;
  const Value iterator = Iterate(container);
  if (!iterator) return -1;
  while (const Value next = Next(iterator)) {
    if (!CountStep()) return -1;
    const int equal = next.Is(item) ? 1 : Equal(next, item);
    if (equal != 0) return equal;
  }
  return failed() ? -1 : 0;
}

}  // namespace loadstone::python
