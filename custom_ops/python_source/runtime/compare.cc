// Comparison, truth and hashes of Evaluator.

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

// May its class compare with methods of its own?
bool HasComparison(const Value& value) {
  return value.is_object() && (value.is(Kind::kInstance) || value.object()->own_class() != nullptr);
}

}  // namespace

Value Evaluator::Compare(Operator op, const Value& left, const Value& right) {
  if (left.is_number() && right.is_number()) {
    const int order = CompareNumbers(left, right);
    if (order == kUnordered) return Value::Bool(op == Operator::kNotEqual);
    return Value::Bool(Holds(op, order));
  }
  if (HasComparison(left) || HasComparison(right)) {
    Value result = RichCompare(op, left, right);
    if (result.tag() != Value::Tag::kNotImplemented) return result;
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
  if (left.is(Kind::kSet) && right.is(Kind::kSet)) return SetCompare(op, left, right);
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
  if (const auto* a_range = left.As<RangeObject>(); a_range != nullptr && right.is(Kind::kRange)) {
    const auto* b_range = right.As<RangeObject>();
    return a_range->length == b_range->length &&
           (a_range->length == 0 ||
            (a_range->start == b_range->start && (a_range->length == 1 || a_range->step == b_range->step)));
  }
  if (const auto* a_slice = left.As<SliceObject>(); a_slice != nullptr && right.is(Kind::kSlice)) {
    const auto* b_slice = right.As<SliceObject>();
    for (const auto part : {&SliceObject::start, &SliceObject::stop, &SliceObject::step}) {
      const int equal = Equal(a_slice->*part, b_slice->*part);
      if (equal <= 0) return equal;
    }
    return 1;
  }
  if (const auto* method = left.As<BoundMethodObject>(); method != nullptr && right.is(Kind::kBoundMethod)) {
    const auto* other = right.As<BoundMethodObject>();
    return method->self.Is(other->self) && method->function.Is(other->function);
  }
  if (HasComparison(left) || HasComparison(right)) {
    const Value result = RichCompare(Operator::kEqual, left, right);
    if (!result) return -1;
    if (result.tag() != Value::Tag::kNotImplemented) return Truth(result);
  }
  return left.Is(right);
}

Value Evaluator::RichCompare(Operator op, const Value& left, const Value& right) {
  static constexpr Operator kMirrored[] = {Operator::kEqual,        Operator::kNotEqual, Operator::kGreater,
                                           Operator::kGreaterEqual, Operator::kLess,     Operator::kLessEqual};
  const Operator mirrored = kMirrored[static_cast<size_t>(op) - static_cast<size_t>(Operator::kEqual)];
  const ClassObject* a = ClassOf(left);
  const ClassObject* b = ClassOf(right);
  const bool right_first = a != b && b->IsSubclassOf(a);
  for (int turn = 0; turn < 2; ++turn) {
    const bool reflected = (turn == 1) != right_first;
    const Value& object = reflected ? right : left;
    const Value& other = reflected ? left : right;
    bool found = false;
    Value result = CallSpecial(object, CompareSpecialOf(reflected ? mirrored : op), {&other, 1}, found);
    if (!found && op == Operator::kNotEqual) {
      // object.__ne__ inverts what __eq__ says.
      result = CallSpecial(object, Special::kEqual, {&other, 1}, found);
      if (found && result && result.tag() != Value::Tag::kNotImplemented) {
        const int truth = Truth(result);
        return truth < 0 ? Value() : Value::Bool(truth == 0);
      }
    }
    if (found && result.tag() != Value::Tag::kNotImplemented) return result;
  }
  return Value::NotImplemented();
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
    Value result = CallSpecial(value, Special::kBool, {}, found);
    if (found && !result) return -1;
    if (found && !result.is_bool()) {
      Raise("TypeError", "__bool__ should return bool");
      return -1;
    }
    if (found) return result.integer() != 0;
    if (ClassOf(value)->Find(world_.name(Special::kLen)) == nullptr) return 1;
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
  } else if (const auto* set = value.As<SetObject>(); set != nullptr && set->own_class() != nullptr) {
    // frozenset_hash of CPython.
    uint64_t sum = 0;
    for (const SetTable::Entry& entry : set->table.entries()) {
      if (entry.key) sum ^= ((entry.hash ^ 89869747u) ^ (entry.hash << 16)) * 3644798167u;
    }
    sum ^= (static_cast<uint64_t>(set->table.size()) + 1) * 1927868237u;
    sum ^= (sum >> 11) ^ (sum >> 25);
    sum = sum * 69069u + 907133923u;
    hash = sum == ~uint64_t{0} ? 590923713u : sum;
  } else if (value.is(Kind::kList) || value.is(Kind::kDict) || value.is(Kind::kSet) || value.is(Kind::kSlice)) {
    return Unhashable(value);
  } else if (value.is(Kind::kRange)) {
    return static_cast<bool>(Refuse("the hash of a range"));
  } else if (const auto* method = value.As<BoundMethodObject>()) {
    hash = (reinterpret_cast<uintptr_t>(method->self.object()) >> 4) ^
           (reinterpret_cast<uintptr_t>(method->function.object()) >> 4);
  } else {
    const Value* hasher = value.is(Kind::kInstance) ? ClassOf(value)->Find(world_.name(Special::kHash)) : nullptr;
    if (hasher != nullptr) {
      if (hasher->is_none()) return Unhashable(value);
      bool found = false;
      const Value result = CallSpecial(value, Special::kHash, {}, found);
      if (!result) return false;
      if (!result.is_integral()) {
        Raise("TypeError", "__hash__ method should return an integer");
        return false;
      }
      hash = static_cast<uint64_t>(result.integer());
      return true;
    }
    hash = reinterpret_cast<uintptr_t>(value.object()) >> 4;
  }
  return true;
}

bool Evaluator::Unhashable(const Value& value) {
  Raise("TypeError", absl::StrCat("unhashable type: '", TypeName(value), "'"));
  return false;
}

}  // namespace loadstone::python
