// The parts of InstallBuiltins, one for each file of this folder, and what they share.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_BUILTINS_TABLES_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_BUILTINS_TABLES_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "custom_ops/python_source/runtime/evaluator.h"
#include "custom_ops/python_source/runtime/native.h"
#include "custom_ops/python_source/runtime/refused.h"

namespace loadstone::python {

void InstallTypes(World& world);
void InstallFunctions(World& world);
void InstallIterators(World& world);
void InstallTextMethods(World& world);
void InstallSplitting(World& world, ClassObject* text);
void InstallListMethods(World& world);
void InstallDictMethods(World& world);
void InstallSetMethods(World& world);
void InstallMath(World& world);
void InstallFunctools(World& world);
void InstallCollections(World& world);
void InstallNamedTuple(World& world);
void InstallItertools(World& world);
void InstallCopy(World& world);
void InstallDataclasses(World& world);
void InstallEnum(World& world);
void InstallDeque(World& world);
void InstallInspect(World& world);
void InstallModuleViews(World& world);
void InstallTyping(World& world);
void InstallOperator(World& world);
void InstallContextlib(World& world);
void InstallIdentities(World& world);  // abc, warnings, logging, numbers, os, sys ...

// None, or Empty after a failure.
inline Value NoneIf(bool done) { return done ? Value::None() : Value(); }

// Null with TypeError: no text.
const StrObject* TakeText(Evaluator& evaluator, const Value& value, absl::string_view function);

// A stable sort by `<`, as list.sort. False: failed.
bool SortValues(Evaluator& evaluator, std::vector<Value>& items, const Value& key, bool reverse);

// What the modules installed so far have in Python and not here is refused from here on.
void RefuseOtherNames(World& world);

// enum.IntEnum, which derives from enum.Enum.
ClassObject* NewIntEnum(World& world, ClassObject* enum_class);

// A callable that keeps a value: `bound` comes before the arguments of `function`.
Value NewPartial(Evaluator& evaluator, const Value& function, std::vector<Value> args, const Value& keywords);

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_BUILTINS_TABLES_H_
