// The steps of Evaluator.

#include <utility>

#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/runtime/evaluator.h"
#include "custom_ops/python_source/runtime/generator.h"

namespace loadstone::python {
namespace {

// No name of Python's.
constexpr absl::string_view kTraceName = " trace";

bool Holds(Operator op, int64_t left, int64_t right) {
  switch (op) {
    case Operator::kEqual:
      return left == right;
    case Operator::kNotEqual:
      return left != right;
    case Operator::kLess:
      return left < right;
    case Operator::kLessEqual:
      return left <= right;
    case Operator::kGreater:
      return left > right;
    default:
      return left >= right;
  }
}

}  // namespace

// Goes to the handler of the step that failed. False: there is none here.
bool Evaluator::Fails(Running& frame, int at) {
  frame.at = at;
  Trace(frame);
  if (!fatal_.ok()) return false;
  for (const Code::Handler& handler : frame.code->handlers) {
    if (at < handler.begin || at >= handler.end) continue;
    Value* operands = frame.slots + frame.code->slots;
    while (frame.top != operands) *--frame.top = Value();
    // Kept in case it is raised again.
    auto* exception = static_cast<InstanceObject*>(exception_.object());
    if (!exception->frozen()) exception->attributes.SetName(Intern(kTraceName), Value(heap_.New<StrObject>(trace_)));
    *frame.top++ = std::exchange(exception_, Value());
    trace_.clear();
    frame.at = handler.target;
    return true;
  }
  return false;
}

Value Evaluator::Run(Running& frame) {
  const Code& code = *frame.code;
  const Instruction* const steps = code.instructions.data();
  int at = frame.at;
  Value*& top = frame.top;
  if (failed()) {  // a generator that is thrown into
    if (!Fails(frame, at - 1)) return Value();
    at = frame.at;
  }
  // Each step ends with `continue`, or falls out of the switch with `result` to push or an error to handle.
  while (true) {
    const Instruction& step = steps[at++];
    Value result;
    switch (step.step) {
      case Step::kConstant:
        *top++ = code.constants[step.a];
        continue;
      case Step::kLoadLocal:
        if (frame.slots[step.a]) {
          *top++ = frame.slots[step.a];
          continue;
        }
        Raise("UnboundLocalError", absl::StrCat("cannot access local variable '", code.slot_names[step.a],
                                                "' where it is not associated with a value"));
        break;
      case Step::kStoreLocal:
      case Step::kStackToSlot:
        frame.slots[step.a] = std::move(*--top);
        continue;
      case Step::kClearSlot:
        frame.slots[step.a] = Value();
        continue;
      case Step::kDeleteLocal:
        if (frame.slots[step.a]) {
          frame.slots[step.a] = Value();
          continue;
        }
        Raise("UnboundLocalError", "cannot delete a local variable without a value");
        break;
      case Step::kLoadCell:
        result = static_cast<CellObject*>(frame.slots[step.a].object())->value;
        // b: the variable is this function's own.
        if (!result) {
          Raise(step.b == 1 ? "UnboundLocalError" : "NameError",
                absl::StrCat("variable '", code.slot_names[step.a], "' has no value"));
        }
        break;
      case Step::kStoreCell:
        if (!AllowChange(frame.slots[step.a].object(), "an outer function's variable")) break;
        static_cast<CellObject*>(frame.slots[step.a].object())->value = std::move(*--top);
        continue;
      case Step::kDeleteCell: {
        Value& held = static_cast<CellObject*>(frame.slots[step.a].object())->value;
        if (held) {
          held = Value();
          continue;
        }
        Raise(step.b == 1 ? "UnboundLocalError" : "NameError", "cannot delete a variable without a value");
        break;
      }
      case Step::kLoadCellItself:
        *top++ = frame.slots[step.a];
        continue;
      case Step::kLoadGlobal:
        result = LoadGlobal(frame.module, code.names[step.a]);
        break;
      case Step::kStoreGlobal:
        if (!AllowChange(frame.module, "a module")) break;
        frame.module->names.SetName(code.names[step.a], std::move(*--top));
        continue;
      case Step::kDeleteGlobal:
        if (!AllowChange(frame.module, "a module")) break;
        if (frame.module->names.RemoveName(code.names[step.a])) continue;
        Raise("NameError", absl::StrCat("name '", code.names[step.a]->text(), "' is not defined"));
        break;
      case Step::kLoadName:
      case Step::kLoadClassCell: {
        const bool cell = step.step == Step::kLoadClassCell;
        StrObject* name = code.names[cell ? step.b : step.a];
        if (const Value* found = frame.names->FindName(name)) {
          result = *found;
        } else if (cell) {
          result = static_cast<CellObject*>(frame.slots[step.a].object())->value;
          if (!result) Raise("NameError", absl::StrCat("variable '", name->text(), "' has no value"));
        } else {
          result = LoadGlobal(frame.module, name);
        }
        break;
      }
      case Step::kStoreName:
        frame.names->SetName(code.names[step.a], std::move(*--top));
        continue;
      case Step::kDeleteName:
        if (frame.names->RemoveName(code.names[step.a])) continue;
        Raise("NameError", absl::StrCat("name '", code.names[step.a]->text(), "' is not defined"));
        break;
      case Step::kPop:
        *--top = Value();
        continue;
      case Step::kDuplicate:
        *top = top[-1];
        ++top;
        continue;
      case Step::kDuplicateTwo:
        top[0] = top[-2];
        top[1] = top[-1];
        top += 2;
        continue;
      case Step::kSwap:
        std::swap(top[-1], top[-2]);
        continue;
      case Step::kRotateThree:
        std::swap(top[-1], top[-2]);
        std::swap(top[-2], top[-3]);
        continue;
      case Step::kUnary:
        result = Unary(static_cast<Operator>(step.b), top[-1]);
        *--top = Value();
        break;
      case Step::kBinary:
      case Step::kInPlace: {
        const auto op = static_cast<Operator>(step.b);
        if (top[-2].is_int() && top[-1].is_int()) {
          const int64_t left = top[-2].integer(), right = top[-1].integer();
          int64_t number = 0;
          const bool done = op == Operator::kAdd        ? !__builtin_add_overflow(left, right, &number)
                            : op == Operator::kSubtract ? !__builtin_sub_overflow(left, right, &number)
                            : op == Operator::kMultiply ? !__builtin_mul_overflow(left, right, &number)
                                                        : false;
          if (done) {
            --top;
            top[-1] = Value::Int(number);
            continue;
          }
        }
        result = step.step == Step::kInPlace ? InPlace(op, top[-2], top[-1]) : Binary(op, top[-2], top[-1]);
        *--top = Value();
        *--top = Value();
        break;
      }
      case Step::kCompare:
        if (top[-2].is_int() && top[-1].is_int()) {
          --top;
          top[-1] = Value::Bool(Holds(static_cast<Operator>(step.b), top[-1].integer(), top[0].integer()));
          continue;
        }
        result = Compare(static_cast<Operator>(step.b), top[-2], top[-1]);
        *--top = Value();
        *--top = Value();
        break;
      case Step::kIsIn: {
        const auto op = static_cast<Operator>(step.b);
        if (op == Operator::kIs || op == Operator::kIsNot) {
          result = Value::Bool(top[-2].Is(top[-1]) == (op == Operator::kIs));
        } else if (const int contains = Contains(top[-1], top[-2]); contains >= 0) {
          result = Value::Bool((contains != 0) == (op == Operator::kIn));
        }
        *--top = Value();
        *--top = Value();
        break;
      }
      case Step::kJump:
        at = step.a;
        continue;
      case Step::kJumpBack:
        if (!CountStep()) break;
        at = step.a;
        continue;
      case Step::kPopJumpIfFalse:
      case Step::kPopJumpIfTrue:
      case Step::kJumpIfFalseOrPop:
      case Step::kJumpIfTrueOrPop: {
        const int truth = top[-1].is_bool() ? static_cast<int>(top[-1].integer()) : Truth(top[-1]);
        if (truth < 0) break;
        const bool pop_always = step.step == Step::kPopJumpIfFalse || step.step == Step::kPopJumpIfTrue;
        const bool jump_if = step.step == Step::kPopJumpIfTrue || step.step == Step::kJumpIfTrueOrPop;
        const bool jumps = (truth != 0) == jump_if;
        if (pop_always || !jumps) *--top = Value();
        if (jumps) at = step.a;
        continue;
      }
      case Step::kLoadAttribute:
        result = GetAttribute(top[-1], code.names[step.a]);
        *--top = Value();
        break;
      case Step::kStoreAttribute: {
        const bool done = SetAttribute(top[-1], code.names[step.a], top[-2]);
        *--top = Value();
        *--top = Value();
        if (done) continue;
        break;
      }
      case Step::kDeleteAttribute: {
        const bool done = DeleteAttribute(top[-1], code.names[step.a]);
        *--top = Value();
        if (done) continue;
        break;
      }
      case Step::kLoadMethod:
        if (LoadMethod(frame, code.names[step.a])) continue;
        break;
      case Step::kLoadItem:
        if (top[-1].is_int() && top[-2].is(Kind::kList)) {
          const std::vector<Value>& items = static_cast<ListObject*>(top[-2].object())->items;
          const int64_t index = top[-1].integer();
          if (index >= 0 && index < static_cast<int64_t>(items.size())) {
            Value item = items[index];
            --top;
            top[-1] = std::move(item);
            continue;
          }
        }
        result = GetItem(top[-2], top[-1]);
        *--top = Value();
        *--top = Value();
        break;
      case Step::kStoreItem: {
        const bool done = SetItem(top[-2], top[-1], top[-3]);
        for (int i = 0; i < 3; ++i) *--top = Value();
        if (done) continue;
        break;
      }
      case Step::kDeleteItem: {
        const bool done = DeleteItem(top[-2], top[-1]);
        *--top = Value();
        *--top = Value();
        if (done) continue;
        break;
      }
      case Step::kBuildTuple:
      case Step::kBuildList: {
        std::vector<Value> items(std::make_move_iterator(top - step.a), std::make_move_iterator(top));
        top -= step.a;
        result = step.step == Step::kBuildTuple ? Value(heap_.New<TupleObject>(std::move(items)))
                                                : Value(heap_.New<ListObject>(std::move(items)));
        break;
      }
      case Step::kBuildSet:
        result = BuildSet(frame, step.a);
        break;
      case Step::kBuildDict:
        result = BuildDict(frame, step.a);
        break;
      case Step::kBuildSlice:
        result = Value(heap_.New<SliceObject>(top[-3], top[-2], top[-1]));
        for (int i = 0; i < 3; ++i) *--top = Value();
        break;
      case Step::kBuildString: {
        std::string text;
        for (int i = step.a; i > 0; --i) absl::StrAppend(&text, top[-i].As<StrObject>()->text());
        for (int i = 0; i < step.a; ++i) *--top = Value();
        result = Text(std::move(text));
        break;
      }
      case Step::kListAppend: {
        auto* list = top[-2].As<ListObject>();
        const bool grows = list->items.size() == list->items.capacity();
        list->items.push_back(std::move(*--top));
        if (!grows || (Allow(static_cast<int64_t>(list->items.size())) && Grown(list))) continue;
        break;
      }
      case Step::kListExtend:
        if (!ToVector(top[-1], top[-2].As<ListObject>()->items)) break;
        *--top = Value();
        continue;
      case Step::kSetAdd: {
        if (!SetAdd(top[-2].As<SetObject>(), top[-1])) break;
        *--top = Value();
        continue;
      }
      case Step::kSetUpdate:
        if (ExtendSet(frame, step.b == 1)) continue;
        break;
      case Step::kDictSet: {
        if (!DictSet(top[-3].As<DictObject>(), top[-2], top[-1])) break;
        *--top = Value();
        *--top = Value();
        continue;
      }
      case Step::kDictUpdate:
      case Step::kDictMergeCall:
        if (MergeDict(frame, step.step == Step::kDictMergeCall)) continue;
        break;
      case Step::kListToTuple:
        result = Value(heap_.New<TupleObject>(std::move(top[-1].As<ListObject>()->items)));
        *--top = Value();
        break;
      case Step::kFormat: {
        const auto conversion = static_cast<Operator>(step.b);
        const Value specification = step.a == 1 ? std::move(*--top) : Value();
        const Value value = std::move(*--top);
        Value converted = conversion == Operator::kConvertStr                                             ? Str(value)
                          : conversion == Operator::kConvertRepr || conversion == Operator::kConvertAscii ? Repr(value)
                                                                                                          : value;
        if (conversion == Operator::kConvertAscii && converted && !converted.As<StrObject>()->ascii()) {
          converted = Refuse("the conversion '!a' of text that is not ASCII");
        }
        if (!converted) break;
        result = Format(converted, specification ? specification.As<StrObject>()->text() : "");
        break;
      }
      case Step::kUnpack:
      case Step::kUnpackStarred: {
        const Value unpacked = std::move(*--top);
        if (Unpack(unpacked, step.a, step.b, step.step == Step::kUnpackStarred, top)) continue;
        break;
      }
      case Step::kGetIterator:
        result = Iterate(top[-1]);
        *--top = Value();
        break;
      case Step::kForNext:
        result = Next(frame.slots[step.b]);
        if (result || failed()) break;
        at = step.a;
        continue;
      case Step::kCall:
      case Step::kCallKeywords:
      case Step::kCallMethod:
      case Step::kCallMethodKeywords:
        result = CallStep(frame, step);
        break;
      case Step::kCallSpread:
        result = CallSpread(frame);
        break;
      case Step::kSuper:
        result = SuperStep(frame, step);
        break;
      case Step::kMakeFunction:
        result = MakeFunction(frame, step);
        break;
      case Step::kMakeClass:
        result = BuildClass(frame, step);
        break;
      case Step::kReturn:
        return std::move(*--top);
      case Step::kYield:
        // The generator goes on after this step, with None in place of what was yielded.
        frame.at = at;
        frame.yielded = true;
        result = std::exchange(top[-1], Value::None());
        return result;
      case Step::kYieldFromNext: {
        const Value sent = std::move(*--top);
        const Value& iterator = frame.slots[step.b];
        auto* generator = dynamic_cast<GeneratorObject*>(iterator.object());
        if (generator == nullptr && !sent.is_none()) {
          Refuse("send() through 'yield from' to what is no generator");
          break;
        }
        result = generator != nullptr ? generator->Resume(*this, sent) : Next(iterator);
        if (result || failed()) break;
        at = step.a;
        result = generator != nullptr ? generator->result() : Value::None();
        break;
      }
      case Step::kRaise:
        RaiseStep(frame, step.b == 1);
        break;
      case Step::kReraise: {
        const Value raised = frame.slots[step.a];
        RaiseObject(raised);
        const Value* trace = raised.As<InstanceObject>()->attributes.FindName(Intern(kTraceName));
        if (trace != nullptr) trace_ = std::string(trace->As<StrObject>()->text());
        break;
      }
      case Step::kMatchException: {
        // Held: the step may push where the classes were.
        result = MatchException(frame, frame.slots[step.a]);
        break;
      }
      case Step::kWithEnter:
        if (EnterStep(frame, step.a)) continue;
        break;
      case Step::kWithExit: {
        const Value exit = std::exchange(frame.slots[step.a], Value());
        const Value none[] = {Value::None(), Value::None(), Value::None()};
        if (Call(exit, none)) continue;
        break;
      }
      case Step::kWithExitError: {
        const Value exit = std::exchange(frame.slots[step.a], Value());
        const Value& raised = frame.slots[step.b];
        const Value details[] = {Value(ClassOf(raised)), raised, Value::None()};
        const Value swallowed = Call(exit, details);
        const int truth = swallowed ? Truth(swallowed) : -1;
        if (truth >= 0) result = Value::Bool(truth != 0);
        break;
      }
      case Step::kImport:
        result = ImportStep(frame, step);
        break;
      case Step::kImportFrom:
        result = ImportFrom(frame.module, code.constants[step.a].As<TupleObject>()->items);
        break;
      case Step::kCheckMetaclass: {
        const Value metaclass = std::move(*--top);
        const auto* cls = metaclass.As<ClassObject>();
        if (cls != nullptr && (cls->name == "ABCMeta" || cls->name == "type") && cls->native) continue;
        Refuse("a metaclass");
        break;
      }
      case Step::kAssertionError: {
        auto* exception = heap_.New<InstanceObject>(world_.FindBuiltinClass("AssertionError"));
        std::vector<Value> args;
        if (step.b == 1) args.push_back(std::move(*--top));
        exception->args = Value(heap_.New<TupleObject>(std::move(args)));
        RaiseObject(Value(exception));
        break;
      }
      case Step::kUnsupported:
        Refuse(code.constants[step.a].As<StrObject>()->text());
        break;
    }
    if (result) {
      *top++ = std::move(result);
      continue;
    }
    if (!Fails(frame, at - 1)) return Value();
    at = frame.at;
  }
}

}  // namespace loadstone::python
