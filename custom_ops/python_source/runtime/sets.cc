// Operators of sets and dicts of Evaluator, with CPython's orders.

#include <utility>

#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/runtime/evaluator.h"

namespace loadstone::python {

Value Evaluator::CopySet(const SetTable& table, ClassObject* cls) {
  Value copy(heap_.New<SetObject>());
  copy.object()->set_class(cls);
  auto* set = copy.As<SetObject>();
  return set->table.Merge(*this, table) && Grown(set) ? copy : Value();
}

bool Evaluator::SetAdd(SetObject* set, const Value& item) {
  uint64_t hash = 0;
  return Hash(item, hash) && AllowChange(set, "a set") && Allow(static_cast<int64_t>(set->table.size()) + 1) &&
         set->table.Add(*this, item, hash) && Grown(set);
}

bool Evaluator::DictSet(DictObject* dict, const Value& key, const Value& value) {
  uint64_t hash = 0;
  return Hash(key, hash) && AllowChange(dict, "a dict") && Allow(static_cast<int64_t>(dict->table.size()) + 1) &&
         dict->table.Set(*this, key, hash, value) && Grown(dict);
}

Value Evaluator::DictGet(const DictObject* dict, const Value& key) {
  uint64_t hash = 0;
  if (!Hash(key, hash)) return Value();
  const int at = dict->table.Find(*this, key, hash);
  return at >= 0 ? dict->table.entries()[at].value : Value();
}

bool Evaluator::DictUpdate(const Value& dict, const Value& from) {
  auto* into = dict.As<DictObject>();
  if (!AllowChange(into, "a dict")) return false;
  if (const auto* other = from.As<DictObject>()) {
    const Value held = from;
    for (size_t i = 0; i < other->table.entries().size(); ++i) {
      const Table::Entry entry = other->table.entries()[i];
      if (entry.key && !into->table.Set(*this, entry.key, entry.hash, entry.value)) return false;
    }
    return Grown(into);
  }
  // A mapping of another class has keys(); else pairs.
  std::vector<Value> items;
  const Value keys = FindAttribute(from, Intern("keys"));
  if (failed()) return false;
  if (keys) {
    const Value listed = Call(keys, {});
    if (!listed || !ToVector(listed, items)) return false;
    for (const Value& key : items) {
      const Value value = GetItem(from, key);
      if (!value || !DictSet(into, key, value)) return false;
    }
    return true;
  }
  if (!ToVector(from, items)) return false;
  for (size_t i = 0; i < items.size(); ++i) {
    std::vector<Value> pair;
    if (!ToVector(items[i], pair)) {
      if (Raised("TypeError")) {
        TakeException();
        Raise("TypeError", absl::StrCat("cannot convert dictionary update sequence element #", i, " to a sequence"));
      }
      return false;
    }
    if (pair.size() != 2) {
      Raise("ValueError",
            absl::StrCat("dictionary update sequence element #", i, " has length ", pair.size(), "; 2 is required"));
      return false;
    }
    if (!DictSet(into, pair[0], pair[1])) return false;
  }
  return true;
}

Value Evaluator::SetBinary(Operator op, const Value& left, const Value& right) {
  const SetTable& a = left.As<SetObject>()->table;
  const SetTable& b = right.As<SetObject>()->table;
  ClassObject* cls = left.object()->own_class();
  switch (op) {
    case Operator::kBitOr: {
      Value result = CopySet(a, cls);
      return result && result.As<SetObject>()->table.Merge(*this, b) ? result : Value();
    }
    case Operator::kBitAnd: {
      const bool swap = b.size() > a.size();
      const SetTable& smaller = swap ? a : b;
      const SetTable& larger = swap ? b : a;
      Value result = CopySet(SetTable(), cls);
      for (size_t at = 0; at < smaller.entries().size(); ++at) {
        const SetTable::Entry entry = smaller.entries()[at];
        if (!result || !entry.key) continue;
        const int in = larger.Contains(*this, entry.key, entry.hash);
        if (in < 0 || (in > 0 && !result.As<SetObject>()->table.Add(*this, entry.key, entry.hash))) return Value();
      }
      return result;
    }
    case Operator::kSubtract: {
      if (a.size() >> 2 > b.size()) {
        Value result = CopySet(a, cls);
        return result && result.As<SetObject>()->table.RemoveAll(*this, b) ? result : Value();
      }
      Value result = CopySet(SetTable(), cls);
      for (size_t at = 0; at < a.entries().size(); ++at) {
        const SetTable::Entry entry = a.entries()[at];
        if (!result || !entry.key) continue;
        const int in = b.Contains(*this, entry.key, entry.hash);
        if (in < 0 || (in == 0 && !result.As<SetObject>()->table.Add(*this, entry.key, entry.hash))) return Value();
      }
      return result;
    }
    case Operator::kBitXor: {
      Value result = CopySet(b, cls);
      return result && ToggleAll(result.As<SetObject>()->table, a) ? result : Value();
    }
    default:
      return Value::NotImplemented();
  }
}

bool Evaluator::ToggleAll(SetTable& table, const SetTable& other) {
  if (&table == &other) {
    table.Clear();
    return true;
  }
  for (size_t at = 0; at < other.entries().size(); ++at) {
    const SetTable::Entry entry = other.entries()[at];
    if (!entry.key) continue;
    const int removed = table.Remove(*this, entry.key, entry.hash);
    if (removed < 0 || (removed == 0 && !table.Add(*this, entry.key, entry.hash))) return false;
  }
  return true;
}

Value Evaluator::SetInPlace(Operator op, const Value& left, const Value& right) {
  auto* set = left.As<SetObject>();
  const SetTable& other = right.As<SetObject>()->table;
  if (!AllowChange(set, "a set")) return Value();
  bool done = true;
  switch (op) {
    case Operator::kBitOr:
      done = set->table.Merge(*this, other);
      break;
    case Operator::kBitAnd: {
      Value both = SetBinary(op, left, right);
      if (!both) return Value();
      set->table.SwapItems(both.As<SetObject>()->table);
      break;
    }
    case Operator::kSubtract:
      done = set->table.RemoveAll(*this, other);
      break;
    case Operator::kBitXor:
      done = ToggleAll(set->table, other);
      break;
    default:
      return Value::NotImplemented();
  }
  return done && Grown(set) ? left : Value();
}

int Evaluator::IsSubset(const SetTable& smaller, const SetTable& larger) {
  if (smaller.size() > larger.size()) return 0;
  for (size_t at = 0; at < smaller.entries().size(); ++at) {
    const SetTable::Entry entry = smaller.entries()[at];
    if (!entry.key) continue;
    const int in = larger.Contains(*this, entry.key, entry.hash);
    if (in <= 0) return in;
  }
  return 1;
}

Value Evaluator::SetCompare(Operator op, const Value& left, const Value& right) {
  const SetTable& a = left.As<SetObject>()->table;
  const SetTable& b = right.As<SetObject>()->table;
  const bool less = op == Operator::kLess || op == Operator::kLessEqual;
  const bool strict = op == Operator::kLess || op == Operator::kGreater;
  if (strict && (less ? a.size() >= b.size() : b.size() >= a.size())) return Value::Bool(false);
  const int subset = less ? IsSubset(a, b) : IsSubset(b, a);
  return subset < 0 ? Value() : Value::Bool(subset > 0);
}

}  // namespace loadstone::python
