// The operators of Evaluator.

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/runtime/evaluator.h"
#include "custom_ops/python_source/runtime/numbers.h"

namespace loadstone::python {
namespace {

const std::vector<Value>* SequenceItems(const Value& value) {
  if (const auto* list = value.As<ListObject>()) return &list->items;
  if (const auto* tuple = value.As<TupleObject>()) return &tuple->items;
  return nullptr;
}

// May its class have operators as methods?
bool HasOperators(const Value& value) {
  return value.is_object() && (value.is(Kind::kInstance) || value.object()->own_class() != nullptr);
}

}  // namespace

Value Evaluator::BinarySpecial(Operator op, const Value& left, const Value& right) {
  const ClassObject* a = ClassOf(left);
  const ClassObject* b = ClassOf(right);
  // The right operand goes first when its class is a subclass with an operator of its own.
  bool right_first = false;
  if (a != b && b->IsSubclassOf(a)) {
    const Value* own = b->Find(world_.name(BinarySpecialOf(op, Special::kReflectedAdd)));
    const Value* inherited = a->Find(world_.name(BinarySpecialOf(op, Special::kReflectedAdd)));
    right_first = own != nullptr && (inherited == nullptr || !own->Is(*inherited));
  }
  for (int turn = 0; turn < 2; ++turn) {
    const bool reflected = (turn == 1) != right_first;
    // Operands of the same class: Python does not try the reflected one.
    if (reflected && a == b) continue;
    bool found = false;
    const Special name = BinarySpecialOf(op, reflected ? Special::kReflectedAdd : Special::kAdd);
    const Value result = CallSpecial(reflected ? right : left, name, {reflected ? &left : &right, 1}, found);
    if (found && result.tag() != Value::Tag::kNotImplemented) return result;
  }
  return Value::NotImplemented();
}

Value Evaluator::Closed(Value made, const Value& from) {
  if (!made.is(Kind::kTuple) || !from.is(Kind::kTuple)) return made;
  ClassObject* cls = from.object()->own_class();
  if (cls != nullptr && cls->closed) made.object()->set_class(cls);
  return made;
}

Value Evaluator::Concatenate(const std::vector<Value>& left, const std::vector<Value>& right, bool tuple) {
  if (!Allow(static_cast<int64_t>(left.size() + right.size()))) return Value();
  std::vector<Value> items = left;
  items.insert(items.end(), right.begin(), right.end());
  return tuple ? Value(heap_.New<TupleObject>(std::move(items))) : Value(heap_.New<ListObject>(std::move(items)));
}

Value Evaluator::SequenceBinary(Operator op, const Value& left, const Value& right) {
  if (op == Operator::kAdd) {
    if (left.is(Kind::kStr) && right.is(Kind::kStr)) {
      return Text(absl::StrCat(left.As<StrObject>()->text(), right.As<StrObject>()->text()));
    }
    if (left.is(Kind::kList) && right.is(Kind::kList)) {
      return Concatenate(left.As<ListObject>()->items, right.As<ListObject>()->items, false);
    }
    if (left.is(Kind::kTuple) && right.is(Kind::kTuple)) {
      return Concatenate(left.As<TupleObject>()->items, right.As<TupleObject>()->items, true);
    }
    return Value::NotImplemented();
  }
  if (op == Operator::kMultiply) {
    const auto is_sequence = [](const Value& value) {
      return value.is(Kind::kStr) || value.is(Kind::kList) || value.is(Kind::kTuple);
    };
    if (!is_sequence(left) && !is_sequence(right)) return Value::NotImplemented();
    const Value& sequence = is_sequence(left) ? left : right;
    const Value& times = is_sequence(left) ? right : left;
    if (!times.is_integral() && ClassOf(times)->Find(world_.name(Special::kIndex)) == nullptr) {
      return Value::NotImplemented();
    }
    int64_t count = 0;
    if (!Index(times, count)) return Value();
    count = std::max<int64_t>(0, count);
    if (const auto* text = sequence.As<StrObject>()) {
      const auto size = static_cast<int64_t>(text->text().size());
      if (size > 0 && count > limits_.items / size)
        return Exceed(absl::StrCat("a text of ", count, " times ", size, " bytes"));
      std::string repeated;
      for (int64_t i = 0; size > 0 && i < count; ++i) absl::StrAppend(&repeated, text->text());
      return Text(std::move(repeated));
    }
    if (const std::vector<Value>* items = SequenceItems(sequence)) {
      const auto size = static_cast<int64_t>(items->size());
      if (size > 0 && count > limits_.items / size)
        return Exceed(absl::StrCat("a list of ", count, " times ", size, " items"));
      if (heap_.bytes() + count * size * static_cast<int64_t>(sizeof(Value)) > limits_.bytes) {
        return Exceed(absl::StrCat("a list of ", count, " times ", size, " items"));
      }
      std::vector<Value> repeated;
      for (int64_t i = 0; size > 0 && i < count; ++i) repeated.insert(repeated.end(), items->begin(), items->end());
      return sequence.is(Kind::kTuple) ? Value(heap_.New<TupleObject>(std::move(repeated)))
                                       : Value(heap_.New<ListObject>(std::move(repeated)));
    }
  }
  if (op == Operator::kModulo && left.is(Kind::kStr)) return FormatPercent(*left.As<StrObject>(), right);
  if (left.is(Kind::kSet) && right.is(Kind::kSet)) return SetBinary(op, left, right);
  if (op == Operator::kBitOr && (left.is(Kind::kClass) || right.is(Kind::kClass))) {
    const bool types = (left.is(Kind::kClass) || left.is_none()) && (right.is(Kind::kClass) || right.is_none());
    if (types) return Refuse("a union of types");
  }
  if (op == Operator::kBitOr && left.is(Kind::kDict) && right.is(Kind::kDict)) {
    Value merged(heap_.New<DictObject>());
    auto* dict = merged.As<DictObject>();
    // OrderedDict and defaultdict win over dict on either side.
    const auto* kind = (left.object()->own_class() != nullptr ? left : right).As<DictObject>();
    dict->set_class(kind->own_class());
    dict->factory = kind->factory;
    for (const Value& part : {left, right}) {
      for (size_t at = 0; at < part.As<DictObject>()->table.entries().size(); ++at) {
        const Table::Entry entry = part.As<DictObject>()->table.entries()[at];
        if (entry.key && !dict->table.Set(*this, entry.key, entry.hash, entry.value)) return Value();
      }
    }
    return Grown(dict) ? merged : Value();
  }
  return Value::NotImplemented();
}

Value Evaluator::Binary(Operator op, const Value& left, const Value& right) {
  Value result = Value::NotImplemented();
  if (left.is_number() && right.is_number()) {
    result = NumberBinary(*this, op, left, right);
  } else {
    // str.__mod__ comes before what the right operand says.
    const bool special = HasOperators(left) || HasOperators(right);
    if (special && !(op == Operator::kModulo && left.is(Kind::kStr))) result = BinarySpecial(op, left, right);
    if (result.tag() == Value::Tag::kNotImplemented)
      result = Closed(Closed(SequenceBinary(op, left, right), left), right);
  }
  if (result.tag() != Value::Tag::kNotImplemented) return result;
  return Raise("TypeError", absl::StrCat("unsupported operand type(s) for ", OperatorText(op), ": '", TypeName(left),
                                         "' and '", TypeName(right), "'"));
}

Value Evaluator::InPlace(Operator op, const Value& left, const Value& right) {
  if (auto* list = left.As<ListObject>()) {
    if (op == Operator::kAdd) {
      std::vector<Value> items;
      if (!ToVector(right, items) || !Allow(static_cast<int64_t>(list->items.size() + items.size()))) return Value();
      if (!AllowChange(list, "a list")) return Value();
      list->items.insert(list->items.end(), items.begin(), items.end());
      return Grown(list) ? left : Value();
    }
    if (op == Operator::kMultiply && right.is_integral()) {
      Value repeated = Binary(op, left, right);
      if (!repeated || !AllowChange(list, "a list")) return Value();
      list->items.swap(repeated.As<ListObject>()->items);
      return Grown(list) ? left : Value();
    }
  }
  if (left.is(Kind::kSet) && right.is(Kind::kSet) && !left.object()->own_class()) {
    const Value done = SetInPlace(op, left, right);
    if (done.tag() != Value::Tag::kNotImplemented) return done;
  }
  if (left.is(Kind::kDict) && op == Operator::kBitOr) return DictUpdate(left, right) ? left : Value();
  bool found = false;
  Value result = CallSpecial(left, BinarySpecialOf(op, Special::kInPlaceAdd), {&right, 1}, found);
  if (found && result.tag() != Value::Tag::kNotImplemented) return result;
  return Binary(op, left, right);
}

Value Evaluator::Unary(Operator op, const Value& operand) {
  if (op == Operator::kNot) {
    const int truth = Truth(operand);
    return truth < 0 ? Value() : Value::Bool(truth == 0);
  }
  if (operand.is_integral()) {
    const int64_t value = operand.integer();
    if (op == Operator::kInvert) return Value::Int(~value);
    if (op == Operator::kPositive) return Value::Int(value);
    return value == INT64_MIN ? Refuse("an int beyond 64 bits") : Value::Int(-value);
  }
  if (operand.is_float() && op != Operator::kInvert) {
    return Value::Float(op == Operator::kNegative ? -operand.real() : operand.real());
  }
  bool found = false;
  const Value result = CallSpecial(operand,
                                   op == Operator::kNegative   ? Special::kNegative
                                   : op == Operator::kPositive ? Special::kPositive
                                                               : Special::kInvert,
                                   {}, found);
  if (found) return result;
  return Raise("TypeError",
               absl::StrCat("bad operand type for unary ", OperatorText(op), ": '", TypeName(operand), "'"));
}

}  // namespace loadstone::python
