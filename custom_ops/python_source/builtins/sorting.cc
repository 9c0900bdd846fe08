// The order of list.sort() and sorted().

#include <cmath>

#include "custom_ops/python_source/builtins/tables.h"

namespace loadstone::python {
namespace {

struct Keyed {
  Value key, item;
};

// What orders only partly: the result would depend on which pairs Python compares.
bool HasNoOrder(const Value& value, int depth = 0) {
  if (value.is_float()) return std::isnan(value.real());
  if (depth > 50) return true;
  const auto* tuple = value.As<TupleObject>();
  if (tuple == nullptr) return value.is(Kind::kSet);
  for (const Value& item : tuple->items) {
    if (HasNoOrder(item, depth + 1)) return true;
  }
  return false;
}

class Sorter {
 public:
  explicit Sorter(Evaluator& evaluator) : evaluator_(evaluator) {}

  // Stable: an item moves before another only when it is less.
  bool Sort(std::vector<Keyed>& items, size_t begin, size_t end) {
    if (end - begin < 2) return true;
    const size_t middle = begin + (end - begin) / 2;
    if (!Sort(items, begin, middle) || !Sort(items, middle, end)) return false;
    std::vector<Keyed> merged;
    merged.reserve(end - begin);
    size_t left = begin, right = middle;
    while (left < middle && right < end) {
      const Value less = evaluator_.Compare(Operator::kLess, items[right].key, items[left].key);
      const int truth = less ? evaluator_.Truth(less) : -1;
      if (truth < 0) return false;
      merged.push_back(std::move(items[truth == 1 ? right++ : left++]));
    }
    while (left < middle) merged.push_back(std::move(items[left++]));
    while (right < end) merged.push_back(std::move(items[right++]));
    for (size_t i = 0; i < merged.size(); ++i) items[begin + i] = std::move(merged[i]);
    return true;
  }

 private:
  Evaluator& evaluator_;
};

}  // namespace

bool SortValues(Evaluator& evaluator, std::vector<Value>& items, const Value& key, bool reverse) {
  std::vector<Keyed> keyed;
  keyed.reserve(items.size());
  for (const Value& item : items) {
    Value made = key.is_none() ? item : evaluator.Call(key, {&item, 1});
    if (!made) return false;
    if (items.size() > 1 && HasNoOrder(made)) {
      return static_cast<bool>(evaluator.Refuse("sorting by nan or by sets, which have no order"));
    }
    keyed.push_back({std::move(made), item});
  }
  // Reversed twice, so that equal items keep their order.
  const auto turn = [&] {
    for (size_t i = 0; i + 1 + i < keyed.size(); ++i) std::swap(keyed[i], keyed[keyed.size() - 1 - i]);
  };
  if (reverse) turn();
  if (!Sorter(evaluator).Sort(keyed, 0, keyed.size())) return false;
  if (reverse) turn();
  for (size_t i = 0; i < items.size(); ++i) items[i] = std::move(keyed[i].item);
  return true;
}

}  // namespace loadstone::python
