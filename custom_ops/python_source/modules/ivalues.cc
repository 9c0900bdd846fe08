// Inputs and outputs of forward from and to Python's values.

#include <string>
#include <utility>
#include <vector>

#include <ATen/core/Dict.h>
#include <ATen/core/List.h>

#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/modules/values.h"

namespace loadstone::python {

Value FromIValue(Evaluator& evaluator, const c10::IValue& value) {
  if (value.isTensor()) return value.toTensor().defined() ? MakeTensor(evaluator, value.toTensor()) : Value::None();
  if (value.isNone()) return Value::None();
  if (value.isBool()) return Value::Bool(value.toBool());
  if (value.isInt()) return Value::Int(value.toInt());
  if (value.isDouble()) return Value::Float(value.toDouble());
  if (value.isString()) return evaluator.Text(value.toStringRef());
  if (value.isDevice()) return MakeDevice(evaluator, value.toDevice());
  if (value.isTuple() || value.isList()) {
    std::vector<Value> items;
    const auto add = [&](const c10::IValue& item) {
      items.push_back(FromIValue(evaluator, item));
      return static_cast<bool>(items.back());
    };
    if (value.isTuple()) {
      for (const c10::IValue& item : value.toTupleRef().elements()) {
        if (!add(item)) return Value();
      }
      return Value(evaluator.heap().New<TupleObject>(std::move(items)));
    }
    for (const c10::IValue& item : value.toListRef()) {
      if (!add(item)) return Value();
    }
    return Value(evaluator.heap().New<ListObject>(std::move(items)));
  }
  if (value.isGenericDict()) {
    auto* dict = evaluator.heap().New<DictObject>();
    const Value made(dict);
    for (const auto& entry : value.toGenericDict()) {
      const Value key = FromIValue(evaluator, entry.key());
      const Value item = key ? FromIValue(evaluator, entry.value()) : Value();
      if (!item || !evaluator.DictSet(dict, key, item)) return Value();
    }
    return made;
  }
  return evaluator.Refuse(absl::StrCat("an input of type ", value.tagKind()));
}

namespace {

// The names and values of an object of a dataclass; null: it is none.
const Table* FieldsOf(Evaluator& evaluator, const Value& value) {
  const auto* instance = value.As<InstanceObject>();
  const bool data = instance != nullptr && instance->cls()->Find(evaluator.Intern("__dataclass_fields__")) != nullptr;
  return data ? &instance->attributes : nullptr;
}

bool ToDict(Evaluator& evaluator, const Table& table, c10::IValue& result) {
  c10::impl::GenericDict items(c10::StringType::get(), c10::AnyType::get());
  for (const Table::Entry& entry : table.entries()) {
    if (!entry.key) continue;
    if (!entry.key.is(Kind::kStr)) {
      evaluator.Refuse("a dict with keys that are no text, as an output");
      return false;
    }
    c10::IValue item;
    if (!ToIValue(evaluator, entry.value, item)) return false;
    items.insert(std::string(entry.key.As<StrObject>()->text()), std::move(item));
  }
  result = std::move(items);
  return true;
}

}  // namespace

bool ToIValue(Evaluator& evaluator, const Value& value, c10::IValue& result) {
  if (const at::Tensor* tensor = TensorOf(value)) {
    result = *tensor;
  } else if (value.is_none()) {
    result = c10::IValue();
  } else if (value.is_bool()) {
    result = value.integer() != 0;
  } else if (value.is_int()) {
    result = value.integer();
  } else if (value.is_float()) {
    result = value.real();
  } else if (const auto* text = value.As<StrObject>()) {
    result = std::string(text->text());
  } else if (const auto* tuple = value.As<TupleObject>()) {
    std::vector<c10::IValue> items(tuple->items.size());
    for (size_t i = 0; i < items.size(); ++i) {
      if (!ToIValue(evaluator, tuple->items[i], items[i])) return false;
    }
    result = c10::ivalue::Tuple::create(std::move(items));
  } else if (const auto* list = value.As<ListObject>()) {
    c10::impl::GenericList items(c10::AnyType::get());
    for (const Value& item : list->items) {
      c10::IValue one;
      if (!ToIValue(evaluator, item, one)) return false;
      items.push_back(std::move(one));
    }
    result = std::move(items);
  } else if (const auto* dict = value.As<DictObject>()) {
    return ToDict(evaluator, dict->table, result);
  } else if (const Table* fields = FieldsOf(evaluator, value)) {
    return ToDict(evaluator, *fields, result);
  } else {
    evaluator.Refuse(absl::StrCat("a ", evaluator.TypeName(value), " as an output"));
    return false;
  }
  return true;
}

}  // namespace loadstone::python
