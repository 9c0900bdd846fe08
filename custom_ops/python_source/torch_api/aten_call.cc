#include "custom_ops/python_source/torch_api/aten_call.h"

#include <algorithm>
#include <exception>
#include <memory>
#include <new>
#include <utility>

#include <c10/util/Exception.h>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "custom_ops/python_source/torch_api/allowed_operators.h"
#include "custom_ops/python_source/torch_api/fixed_tensors.h"
#include "custom_ops/python_source/torch_api/objects.h"

namespace loadstone::python {
namespace {

using OperatorTable = absl::flat_hash_map<std::string, AtenOperator>;

const OperatorTable& Operators() {
  static const OperatorTable* const kTable = [] {
    auto* table = new OperatorTable();
    c10::Dispatcher& dispatcher = c10::Dispatcher::singleton();
    for (const c10::OperatorName& name : dispatcher.getAllOpNames()) {
      absl::string_view plain(name.name);
      if (!absl::ConsumePrefix(&plain, "aten::") || !AllowedOperators().contains(plain)) continue;
      const std::optional<c10::OperatorHandle> handle = dispatcher.findSchema(name);
      if (!handle.has_value()) continue;
      std::optional<Overload> overload = Overload::Make(*handle);
      if (!overload.has_value()) continue;
      AtenOperator& aten = (*table)[std::string(plain)];
      aten.name = std::string(plain);
      aten.overloads.push_back(*std::move(overload));
    }
    for (auto& [name, aten] : *table) {
      // The dispatcher's order is a hash table's: first by name, then by what Python's parser tries first.
      std::sort(aten.overloads.begin(), aten.overloads.end(), [](const Overload& a, const Overload& b) {
        return a.schema().overload_name() < b.schema().overload_name();
      });
      std::stable_sort(aten.overloads.begin(), aten.overloads.end(),
                       [](const Overload& a, const Overload& b) { return a.GoesBefore(b); });
    }
    return table;
  }();
  return *kTable;
}

Value NoOverload(Evaluator& evaluator, const AtenOperator& aten, absl::Span<const Value> args,
                 absl::Span<StrObject* const> keywords) {
  constexpr size_t kShown = 4;
  std::vector<std::string> given;
  const size_t by_position = args.size() - keywords.size();
  for (size_t i = 0; i < args.size(); ++i) {
    const std::string keyword = i < by_position ? "" : absl::StrCat(keywords[i - by_position]->text(), "=");
    given.push_back(absl::StrCat(keyword, evaluator.TypeName(args[i])));
  }
  std::string text = absl::StrCat(aten.name, "() got (", absl::StrJoin(given, ", "), "), but takes one of:");
  for (size_t i = 0; i < aten.overloads.size() && i < kShown; ++i) {
    absl::StrAppend(&text, "\n  ", c10::toString(aten.overloads[i].schema()));
  }
  if (aten.overloads.size() > kShown) absl::StrAppend(&text, "\n  and ", aten.overloads.size() - kShown, " more");
  return evaluator.Raise("TypeError", std::move(text));
}

Value FromTensor(Evaluator& evaluator, const at::Tensor& tensor, absl::Span<const Value> args) {
  if (!tensor.defined()) return Value::None();
  for (const Value& arg : args) {
    const at::Tensor* given = TensorOf(arg);
    if (given != nullptr && given->is_same(tensor)) return arg;
  }
  return MakeTensor(evaluator, tensor);
}

Value FromIValue(Evaluator& evaluator, const c10::IValue& value, absl::Span<const Value> args) {
  if (value.isTensor()) return FromTensor(evaluator, value.toTensor(), args);
  if (value.isBool()) return Value::Bool(value.toBool());
  if (value.isInt()) return Value::Int(value.toInt());
  if (value.isDouble()) return Value::Float(value.toDouble());
  if (value.isNone()) return Value::None();
  if (value.isTensorList() || value.isIntList()) {
    std::vector<Value> items;
    for (const c10::IValue& item : value.toListRef()) items.push_back(FromIValue(evaluator, item, args));
    return Value(evaluator.heap().New<TupleObject>(std::move(items)));
  }
  return evaluator.Refuse(absl::StrCat("a result of type ", value.tagKind()));
}

Value Results(Evaluator& evaluator, const c10::FunctionSchema& schema, const torch::jit::Stack& stack,
              absl::Span<const Value> args) {
  if (stack.empty()) return Value::None();
  if (stack.size() == 1) return FromIValue(evaluator, stack.front(), args);
  std::vector<Value> items;
  for (const c10::IValue& value : stack) {
    Value item = FromIValue(evaluator, value, args);
    if (!item) return Value();
    items.push_back(std::move(item));
  }
  return MakeResultTuple(evaluator, schema.name(), std::move(items));
}

}  // namespace

const AtenOperator* FindAtenOperator(absl::string_view name) {
  const auto found = Operators().find(name);
  return found == Operators().end() ? nullptr : &found->second;
}

Value RaiseCaught(Evaluator& evaluator) {
  // A call from a layer back into the evaluator, whose error is already here.
  if (evaluator.failed()) return Value();
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return evaluator.Exceed("memory");
  } catch (const c10::OutOfMemoryError& error) {
    return evaluator.Exceed(error.what_without_backtrace());
  } catch (const c10::IndexError& error) {
    return evaluator.Raise("IndexError", error.what_without_backtrace());
  } catch (const c10::ValueError& error) {
    return evaluator.Raise("ValueError", error.what_without_backtrace());
  } catch (const c10::TypeError& error) {
    return evaluator.Raise("TypeError", error.what_without_backtrace());
  } catch (const c10::NotImplementedError& error) {
    return evaluator.Raise("NotImplementedError", error.what_without_backtrace());
  } catch (const c10::Error& error) {
    return evaluator.Raise("RuntimeError", error.what_without_backtrace());
  } catch (const std::exception& error) {
    return evaluator.Raise("RuntimeError", error.what());
  }
}

Value AtenCall(Evaluator& evaluator, const AtenOperator& aten, absl::Span<const Value> args,
               absl::Span<StrObject* const> keywords, CallForm form) {
  torch::jit::Stack stack;
  for (const Overload& overload : aten.overloads) {
    const Fit fit = overload.Bind(evaluator, args, keywords, form != CallForm::kFunction, stack);
    if (fit == Fit::kNo) continue;
    if (fit == Fit::kFailed) return Value();
    if (overload.writes() && !CheckNotFixed(evaluator, aten.name, overload.schema(), stack)) return Value();
    return CatchAten(evaluator, [&] {
      overload.handle().callBoxed(stack);
      return Results(evaluator, overload.schema(), stack, args);
    });
  }
  if (form == CallForm::kOperator) return Value::NotImplemented();
  return NoOverload(evaluator, aten, args, keywords);
}

Value AtenCall(Evaluator& evaluator, absl::string_view name, absl::Span<const Value> args,
               absl::Span<StrObject* const> keywords, CallForm form) {
  const AtenOperator* aten = FindAtenOperator(name);
  if (aten == nullptr) return evaluator.Refuse(absl::StrCat("the operator ", name));
  return AtenCall(evaluator, *aten, args, keywords, form);
}

}  // namespace loadstone::python
