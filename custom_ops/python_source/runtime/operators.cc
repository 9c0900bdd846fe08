// The operators of Evaluator.

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/runtime/evaluator.h"
#include "custom_ops/python_source/runtime/numbers.h"

namespace loadstone::python {
namespace {

struct DepthGuard {
  explicit DepthGuard(int& counted) : depth(counted) { ++depth; }
  ~DepthGuard() { --depth; }
  int& depth;
};

absl::string_view SpecialName(Operator op) {
  static constexpr absl::string_view kNames[] = {"",    "add",    "sub",    "mul", "matmul", "truediv", "mod",
                                                 "pow", "lshift", "rshift", "or",  "xor",    "and",     "floordiv"};
  return kNames[static_cast<size_t>(op)];
}

bool Holds(Operator op, int order) {
  switch (op) {
    case Operator::kEqual:
      return order == 0;
    case Operator::kNotEqual:
      return order != 0;
    case Operator::kLess:
      return order == -1;
    case Operator::kLessEqual:
      return order == -1 || order == 0;
    case Operator::kGreater:
      return order == 1;
    default:
      return order == 1 || order == 0;
  }
}

const std::vector<Value>* SequenceItems(const Value& value) {
  if (const auto* list = value.As<ListObject>()) return &list->items;
  if (const auto* tuple = value.As<TupleObject>()) return &tuple->items;
  return nullptr;
}

}  // namespace

Value Evaluator::CallSpecial(const Value& object, absl::string_view name, absl::Span<const Value> args, bool& found) {
  const auto* instance = object.As<InstanceObject>();
  const Value* method = instance == nullptr ? nullptr : instance->cls->Find(heap_.Intern(name));
  found = method != nullptr;
  if (!found) return Value();
  std::vector<Value> all = {object};
  all.insert(all.end(), args.begin(), args.end());
  return Call(*method, all);
}

Value Evaluator::BinarySpecial(Operator op, const Value& left, const Value& right) {
  const std::string name(SpecialName(op));
  const auto* a = left.As<InstanceObject>();
  const auto* b = right.As<InstanceObject>();
  // The right operand goes first when its class is a subclass.
  const bool right_first = a != nullptr && b != nullptr && a->cls != b->cls && b->cls->IsSubclassOf(a->cls);
  for (int turn = 0; turn < 2; ++turn) {
    const bool reflected = (turn == 1) != right_first;
    // Operands of the same class: Python does not try the reflected one.
    if (reflected && a != nullptr && b != nullptr && a->cls == b->cls) continue;
    bool found = false;
    const Value result = CallSpecial(reflected ? right : left, absl::StrCat(reflected ? "__r" : "__", name, "__"),
                                     {reflected ? &left : &right, 1}, found);
    if (found && result.tag() != Value::Tag::kNotImplemented) return result;
  }
  return Value::NotImplemented();
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
  if (op == Operator::kMultiply && (left.is_integral() || right.is_integral())) {
    const Value& sequence = left.is_integral() ? right : left;
    const int64_t count = std::max<int64_t>(0, (left.is_integral() ? left : right).integer());
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
      std::vector<Value> repeated;
      for (int64_t i = 0; size > 0 && i < count; ++i) repeated.insert(repeated.end(), items->begin(), items->end());
      return sequence.is(Kind::kTuple) ? Value(heap_.New<TupleObject>(std::move(repeated)))
                                       : Value(heap_.New<ListObject>(std::move(repeated)));
    }
  }
  if (op == Operator::kModulo && left.is(Kind::kStr)) return Refuse("formatting with '%'");
  if ((left.is(Kind::kSet) && right.is(Kind::kSet)) || (left.is(Kind::kDict) && right.is(Kind::kDict))) {
    if (op == Operator::kBitOr ||
        (left.is(Kind::kSet) && (op == Operator::kBitAnd || op == Operator::kSubtract || op == Operator::kBitXor))) {
      return Refuse("operators of sets and dicts");
    }
  }
  return Value::NotImplemented();
}

Value Evaluator::Binary(Operator op, const Value& left, const Value& right) {
  Value result = Value::NotImplemented();
  if (left.is_number() && right.is_number()) {
    result = NumberBinary(*this, op, left, right);
  } else if (left.is(Kind::kInstance) || right.is(Kind::kInstance)) {
    result = BinarySpecial(op, left, right);
  } else {
    result = SequenceBinary(op, left, right);
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
      list->items.insert(list->items.end(), items.begin(), items.end());
      return left;
    }
    if (op == Operator::kMultiply && right.is_integral()) {
      Value repeated = Binary(op, left, right);
      if (!repeated) return Value();
      list->items.swap(repeated.As<ListObject>()->items);
      return left;
    }
  }
  bool found = false;
  Value result = CallSpecial(left, absl::StrCat("__i", SpecialName(op), "__"), {&right, 1}, found);
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
                                   op == Operator::kNegative   ? "__neg__"
                                   : op == Operator::kPositive ? "__pos__"
                                                               : "__invert__",
                                   {}, found);
  if (found) return result;
  return Raise("TypeError",
               absl::StrCat("bad operand type for unary ", OperatorText(op), ": '", TypeName(operand), "'"));
}

Value Evaluator::Compare(Operator op, const Value& left, const Value& right) {
  if (left.is_number() && right.is_number()) {
    const int order = CompareNumbers(left, right);
    if (order == kUnordered) return Value::Bool(op == Operator::kNotEqual);
    return Value::Bool(Holds(op, order));
  }
  if (op == Operator::kEqual || op == Operator::kNotEqual) {
    const int equal = Equal(left, right);
    return equal < 0 ? Value() : Value::Bool((equal != 0) == (op == Operator::kEqual));
  }
  if (left.is(Kind::kStr) && right.is(Kind::kStr)) {
    // The order of UTF-8 is that of the characters.
    const int order = left.As<StrObject>()->text().compare(right.As<StrObject>()->text());
    return Value::Bool(Holds(op, order < 0 ? -1 : order > 0 ? 1 : 0));
  }
  const std::vector<Value>* a = SequenceItems(left);
  const std::vector<Value>* b = SequenceItems(right);
  if (a != nullptr && b != nullptr && left.object()->kind() == right.object()->kind()) {
    if (depth_ > limits_.depth) return Exceed("nesting of what is compared");
    DepthGuard guard(depth_);
    for (size_t i = 0; i < a->size() && i < b->size(); ++i) {
      const Value x = (*a)[i], y = (*b)[i];
      const int equal = x.Is(y) ? 1 : Equal(x, y);
      if (equal < 0) return Value();
      if (equal == 0) return Compare(op, x, y);
    }
    return Value::Bool(Holds(op, a->size() < b->size() ? -1 : a->size() > b->size() ? 1 : 0));
  }
  if (left.is(Kind::kSet) && right.is(Kind::kSet)) return Refuse("the order of sets");
  static constexpr absl::string_view kNames[] = {"__lt__", "__le__", "__gt__", "__ge__"};
  static constexpr absl::string_view kMirrored[] = {"__gt__", "__ge__", "__lt__", "__le__"};
  const size_t index = static_cast<size_t>(op) - static_cast<size_t>(Operator::kLess);
  bool found = false;
  Value result = CallSpecial(left, kNames[index], {&right, 1}, found);
  if (found && result.tag() != Value::Tag::kNotImplemented) return result;
  result = CallSpecial(right, kMirrored[index], {&left, 1}, found);
  if (found && result.tag() != Value::Tag::kNotImplemented) return result;
  return Raise("TypeError", absl::StrCat("'", OperatorText(op), "' not supported between instances of '",
                                         TypeName(left), "' and '", TypeName(right), "'"));
}

int Evaluator::Equal(const Value& left, const Value& right) {
  if (left.is_number() && right.is_number()) return CompareNumbers(left, right) == 0;
  if (!left.is_object() || !right.is_object()) {
    if (!left.is(Kind::kInstance) && !right.is(Kind::kInstance)) return left.Is(right);
  } else if (left.is(Kind::kStr) && right.is(Kind::kStr)) {
    return left.As<StrObject>()->text() == right.As<StrObject>()->text();
  }
  if (depth_ > limits_.depth) {
    Exceed("nesting of what is compared");
    return -1;
  }
  DepthGuard guard(depth_);
  const std::vector<Value>* a = SequenceItems(left);
  const std::vector<Value>* b = SequenceItems(right);
  if (a != nullptr && b != nullptr && left.object()->kind() == right.object()->kind()) {
    if (a->size() != b->size()) return 0;
    for (size_t i = 0; i < a->size() && i < b->size(); ++i) {
      const Value x = (*a)[i], y = (*b)[i];
      const int equal = x.Is(y) && !x.is_float() ? 1 : x.Is(y) ? 1 : Equal(x, y);
      if (equal <= 0) return equal;
    }
    return a->size() == b->size();
  }
  if (left.is(Kind::kDict) && right.is(Kind::kDict)) {
    auto& x = left.As<DictObject>()->table;
    auto& y = right.As<DictObject>()->table;
    if (x.size() != y.size()) return 0;
    for (size_t i = 0; i < x.entries().size(); ++i) {
      const Table::Entry entry = x.entries()[i];
      if (!entry.key) continue;
      const int at = y.Find(*this, entry.key, entry.hash);
      if (at < 0) return at == Table::kFailed ? -1 : 0;
      const Value other = y.entry(at).value;
      const int equal = entry.value.Is(other) ? 1 : Equal(entry.value, other);
      if (equal <= 0) return equal;
    }
    return 1;
  }
  if (left.is(Kind::kSet) && right.is(Kind::kSet)) {
    const auto& x = left.As<SetObject>()->table;
    const auto& y = right.As<SetObject>()->table;
    if (x.size() != y.size()) return 0;
    for (const SetTable::Entry& entry : x.entries()) {
      if (!entry.key) continue;
      const int in = y.Contains(*this, entry.key, entry.hash);
      if (in <= 0) return in;
    }
    return 1;
  }
  if (left.is(Kind::kRange) || left.is(Kind::kSlice)) {
    if (left.Is(right)) return 1;
    if (!right.is(left.object()->kind())) return 0;
    Refuse("comparison of ranges and slices");
    return -1;
  }
  for (const bool reflected : {false, true}) {
    bool found = false;
    const Value result = CallSpecial(reflected ? right : left, "__eq__", {reflected ? &left : &right, 1}, found);
    if (found && !result) return -1;
    if (found && result.tag() != Value::Tag::kNotImplemented) return Truth(result);
  }
  return left.Is(right);
}

int Evaluator::Truth(const Value& value) {
  switch (value.tag()) {
    case Value::Tag::kEmpty:
    case Value::Tag::kNone:
      return 0;
    case Value::Tag::kBool:
    case Value::Tag::kInt:
      return value.integer() != 0;
    case Value::Tag::kFloat:
      return value.real() != 0;
    case Value::Tag::kObject:
      break;
    default:
      return 1;
  }
  if (value.is(Kind::kInstance)) {
    bool found = false;
    Value result = CallSpecial(value, "__bool__", {}, found);
    if (found && !result) return -1;
    if (found && !result.is_bool()) {
      Raise("TypeError", "__bool__ should return bool");
      return -1;
    }
    if (found) return result.integer() != 0;
    if (static_cast<InstanceObject*>(value.object())->cls->Find(heap_.Intern("__len__")) == nullptr) return 1;
  } else if (!value.is(Kind::kStr) && !value.is(Kind::kList) && !value.is(Kind::kTuple) && !value.is(Kind::kDict) &&
             !value.is(Kind::kSet) && !value.is(Kind::kRange)) {
    return 1;
  }
  const int64_t length = Length(value);
  return length < 0 ? -1 : length > 0;
}

bool Evaluator::Hash(const Value& value, uint64_t& hash) {
  if (value.is_number()) {
    hash = HashNumber(value);
  } else if (!value.is_object()) {
    hash = static_cast<uint64_t>(value.tag());
  } else if (const auto* text = value.As<StrObject>()) {
    hash = text->hash();
  } else if (const auto* tuple = value.As<TupleObject>()) {
    if (depth_ > limits_.depth) return static_cast<bool>(Exceed("nesting of what is hashed"));
    DepthGuard guard(depth_);
    // tuplehash of CPython.
    uint64_t sum = 2870177450012600261u;
    for (const Value& item : tuple->items) {
      uint64_t lane = 0;
      if (!Hash(item, lane)) return false;
      sum += lane * 14029467366897019727u;
      sum = (sum << 31) | (sum >> 33);
      sum *= 11400714785074694791u;
    }
    sum += tuple->items.size() ^ (2870177450012600261u ^ 3527539u);
    hash = sum == ~uint64_t{0} ? 1546275796u : sum;
  } else if (value.is(Kind::kList) || value.is(Kind::kDict) || value.is(Kind::kSet) || value.is(Kind::kSlice)) {
    Raise("TypeError", absl::StrCat("unhashable type: '", TypeName(value), "'"));
    return false;
  } else if (value.is(Kind::kInstance) || value.is(Kind::kRange)) {
    const auto* instance = value.As<InstanceObject>();
    if (instance == nullptr || instance->cls->Find(heap_.Intern("__eq__")) != nullptr ||
        instance->cls->Find(heap_.Intern("__hash__")) != nullptr) {
      Refuse("the hash of this object");
      return false;
    }
    hash = reinterpret_cast<uintptr_t>(value.object()) >> 4;
  } else {
    hash = reinterpret_cast<uintptr_t>(value.object()) >> 4;
  }
  return true;
}

}  // namespace loadstone::python
