// The module copy.

#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/builtins/copy.h"
#include "custom_ops/python_source/builtins/tables.h"

namespace loadstone::python {
namespace {

using Args = absl::Span<const Value>;

struct MemoObject : InstanceObject {
  static constexpr NativeType kType = {};
  explicit MemoObject(ClassObject* cls) : InstanceObject(cls, &kType) {}
  void Clear() override {
    InstanceObject::Clear();
    copies.clear();
    originals.clear();
  }
  absl::flat_hash_map<const Object*, Value> copies;
  std::vector<Value> originals;  // kept, so that no new object takes their place
};

// What Python shares between copies.
bool IsAtomic(const Value& value) {
  if (!value.is_object()) return true;
  switch (value.object()->kind()) {
    case Kind::kStr:
    case Kind::kFunction:
    case Kind::kBuiltin:
    case Kind::kClass:
    case Kind::kRange:
    case Kind::kProperty:
      return true;
    case Kind::kInstance:
      return static_cast<bool>(static_cast<InstanceObject*>(value.object())->cls()->members);
    default:
      return false;
  }
}

bool CopyItems(Evaluator& evaluator, std::vector<Value> from, const Value& memo, std::vector<Value>& to) {
  for (const Value& item : from) {
    to.push_back(DeepCopy(evaluator, item, memo));
    if (!to.back()) return false;
  }
  return true;
}

bool CopyAttributes(Evaluator& evaluator, const InstanceObject* from, const Value& memo, InstanceObject* to) {
  for (size_t i = 0; i < from->attributes.entries().size(); ++i) {
    const Table::Entry entry = from->attributes.entries()[i];
    if (!entry.key) continue;
    StrObject* name = evaluator.Intern(entry.key.As<StrObject>()->text());
    const Value held = evaluator.GetOwn(from, name);
    const Value value = memo ? DeepCopy(evaluator, held, memo) : held;
    if (!value || !evaluator.SetOwn(to, name, value)) return false;
  }
  return true;
}

Value DeepCopyInside(Evaluator& evaluator, const Value& value, const Value& memo) {
  Heap& heap = evaluator.heap();
  ClassObject* own = value.object()->own_class();
  if (const auto* list = value.As<ListObject>()) {
    const Value made(heap.New<ListObject>());
    made.object()->set_class(own);
    RememberCopy(memo, value, made);
    return CopyItems(evaluator, list->items, memo, made.As<ListObject>()->items) ? made : Value();
  }
  if (const auto* tuple = value.As<TupleObject>()) {
    std::vector<Value> items;
    if (!CopyItems(evaluator, tuple->items, memo, items)) return Value();
    // A tuple of what is not copied is not copied.
    bool same = true;
    for (size_t i = 0; i < items.size(); ++i) same = same && items[i].Is(tuple->items[i]);
    Value made = same ? value : Value(heap.New<TupleObject>(std::move(items)));
    if (!same) made.object()->set_class(own);
    RememberCopy(memo, value, made);
    return made;
  }
  if (const auto* dict = value.As<DictObject>()) {
    const Value made(heap.New<DictObject>());
    made.object()->set_class(own);
    made.As<DictObject>()->factory = dict->factory;
    RememberCopy(memo, value, made);
    for (size_t i = 0; i < dict->table.entries().size(); ++i) {
      const Table::Entry entry = dict->table.entries()[i];
      if (!entry.key) continue;
      const Value key = DeepCopy(evaluator, entry.key, memo);
      const Value item = key ? DeepCopy(evaluator, entry.value, memo) : Value();
      if (!item || !evaluator.DictSet(made.As<DictObject>(), key, item)) return Value();
    }
    return made;
  }
  if (const auto* set = value.As<SetObject>()) {
    const Value made(heap.New<SetObject>());
    for (size_t i = 0; i < set->table.entries().size(); ++i) {
      const Value item = set->table.entries()[i].key;
      if (!item) continue;
      const Value copy = DeepCopy(evaluator, item, memo);
      if (!copy || !evaluator.SetAdd(made.As<SetObject>(), copy)) return Value();
    }
    made.object()->set_class(own);
    RememberCopy(memo, value, made);
    return made;
  }
  if (const auto* method = value.As<BoundMethodObject>()) {
    const Value self = DeepCopy(evaluator, method->self, memo);
    return self ? Value(heap.New<BoundMethodObject>(method->function, self)) : Value();
  }
  const auto* instance = value.As<InstanceObject>();
  if (instance == nullptr || instance->native_type != nullptr || instance->cls()->is_exception) {
    return evaluator.Refuse(absl::StrCat("copy.deepcopy of ", evaluator.TypeName(value)));
  }
  const Value made(heap.New<InstanceObject>(instance->cls()));
  RememberCopy(memo, value, made);
  return CopyAttributes(evaluator, instance, memo, made.As<InstanceObject>()) ? made : Value();
}

Value ShallowCopy(Evaluator& evaluator, Args args) {
  const Value& value = args[0];
  if (IsAtomic(value) || value.is(Kind::kTuple) || value.is(Kind::kBoundMethod)) return value;
  if (const Value* method = evaluator.ClassOf(value)->Find(evaluator.Intern("__copy__"))) {
    return evaluator.Call(*method, {&value, 1});
  }
  Heap& heap = evaluator.heap();
  Value made;
  if (const auto* list = value.As<ListObject>()) made = Value(heap.New<ListObject>(list->items));
  if (const auto* set = value.As<SetObject>()) return evaluator.CopySet(set->table, set->own_class());
  if (const auto* dict = value.As<DictObject>()) {
    made = Value(heap.New<DictObject>());
    made.As<DictObject>()->table = dict->table;
    made.As<DictObject>()->factory = dict->factory;
  }
  if (made) {
    made.object()->set_class(value.object()->own_class());
    return made;
  }
  const auto* instance = value.As<InstanceObject>();
  if (instance == nullptr || instance->native_type != nullptr || instance->cls()->is_exception) {
    return evaluator.Refuse(absl::StrCat("copy.copy of ", evaluator.TypeName(value)));
  }
  made = Value(heap.New<InstanceObject>(instance->cls()));
  return CopyAttributes(evaluator, instance, Value(), made.As<InstanceObject>()) ? made : Value();
}

constexpr NativeEntry kFunctions[] = {
    {"copy", "x", ShallowCopy},
    {"deepcopy", "x, memo=",
     [](Evaluator& evaluator, Args args) {
       const bool given = args[1] && !args[1].is_none();
       if (given && AsNative<MemoObject>(args[1]) == nullptr) return evaluator.Refuse("deepcopy() with a memo");
       return DeepCopy(evaluator, args[0], given ? args[1] : NewMemo(evaluator));
     }},
};

}  // namespace

Value NewMemo(Evaluator& evaluator) {
  auto* cls = evaluator.world().FindModule("copy")->names.FindName(evaluator.Intern(" memo"))->As<ClassObject>();
  return Value(evaluator.heap().New<MemoObject>(cls));
}

void RememberCopy(const Value& memo, const Value& original, const Value& copy) {
  if (auto* table = AsNative<MemoObject>(memo)) {
    table->originals.push_back(original);
    table->copies[original.object()] = copy;
  }
}

Value DeepCopy(Evaluator& evaluator, const Value& value, const Value& memo) {
  if (IsAtomic(value)) return value;
  auto* table = AsNative<MemoObject>(memo);
  if (table == nullptr) return evaluator.Refuse("deepcopy() with a memo of the source's own");
  const auto found = table->copies.find(value.object());
  if (found != table->copies.end()) return found->second;
  if (value.is(Kind::kInstance)) {
    if (const Value* method = evaluator.ClassOf(value)->Find(evaluator.Intern("__deepcopy__"))) {
      const Value args[] = {value, memo};
      Value copy = evaluator.Call(*method, args);
      if (copy) RememberCopy(memo, value, copy);
      return copy;
    }
  }
  // Nested lists end at the limit of calls.
  static const NativeEntry* const inside = new NativeEntry{
      "deepcopy", "value, memo", [](Evaluator& e, Args args) { return DeepCopyInside(e, args[0], args[1]); }};
  const Value pair[] = {value, memo};
  return evaluator.Call(NewFunction(evaluator.heap(), *inside), pair);
}

void InstallCopy(World& world) {
  ModuleObject* module = NewModule(world, "copy");
  AddFunctions(world, module, kFunctions);
  SetName(world, module, " memo", Value(world.NewClass("builtins", "dict")));
}

}  // namespace loadstone::python
