// The steps of Evaluator.

#include <utility>

#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/runtime/evaluator.h"
#include "custom_ops/python_source/runtime/numbers.h"

namespace loadstone::python {

// Goes to the handler of the step that failed. False: there is none here.
bool Evaluator::Fails(Running& frame, int at) {
  frame.at = at;
  Trace(frame);
  if (!fatal_.ok()) return false;
  for (const Code::Handler& handler : frame.code->handlers) {
    if (at < handler.begin || at >= handler.end) continue;
    Value* operands = frame.slots + frame.code->slots;
    while (frame.top != operands) *--frame.top = Value();
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
        frame.module->names.SetName(code.names[step.a], std::move(*--top));
        continue;
      case Step::kDeleteGlobal:
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
        int64_t sum = 0;
        if (op == Operator::kAdd && top[-2].is_int() && top[-1].is_int() &&
            !__builtin_add_overflow(top[-2].integer(), top[-1].integer(), &sum)) {
          --top;
          top[-1] = Value::Int(sum);
          continue;
        }
        result = step.step == Step::kInPlace ? InPlace(op, top[-2], top[-1]) : Binary(op, top[-2], top[-1]);
        *--top = Value();
        *--top = Value();
        break;
      }
      case Step::kCompare:
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
        if (++steps_ <= limits_.steps) {
          at = step.a;
          continue;
        }
        Exceed(absl::StrCat(steps_, " calls and turns of loops"));
        break;
      case Step::kPopJumpIfFalse:
      case Step::kPopJumpIfTrue:
      case Step::kJumpIfFalseOrPop:
      case Step::kJumpIfTrueOrPop: {
        const int truth = Truth(top[-1]);
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
      case Step::kLoadMethod: {
        // A method of the class is called with the object before its arguments, without a bound method in between.
        if (auto* instance = top[-1].As<InstanceObject>()) {
          const Value* found = instance->attributes.FindName(code.names[step.a]);
          if (found == nullptr) found = instance->cls->Find(code.names[step.a]);
          if (found != nullptr && found->is(Kind::kFunction) &&
              instance->attributes.FindName(code.names[step.a]) == nullptr) {
            *top = top[-1];
            top[-1] = *found;
            ++top;
            continue;
          }
        }
        Value method = GetAttribute(top[-1], code.names[step.a]);
        if (!method) break;
        top[-1] = std::move(method);
        *top++ = Value();
        continue;
      }
      case Step::kLoadItem:
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
      case Step::kBuildSet: {
        Value made(heap_.New<SetObject>());
        bool fine = true;
        for (int i = 0; i < step.a && fine; ++i) {
          uint64_t hash = 0;
          fine = Hash(top[i - step.a], hash) && made.As<SetObject>()->table.Add(*this, top[i - step.a], hash);
        }
        for (int i = 0; i < step.a; ++i) *--top = Value();
        if (fine) result = std::move(made);
        break;
      }
      case Step::kBuildDict: {
        Value made(heap_.New<DictObject>());
        bool fine = true;
        for (int i = 2 * step.a; i > 0 && fine; i -= 2) {
          uint64_t hash = 0;
          fine = Hash(top[-i], hash) && made.As<DictObject>()->table.Set(*this, top[-i], hash, top[1 - i]);
        }
        for (int i = 0; i < 2 * step.a; ++i) *--top = Value();
        if (fine) result = std::move(made);
        break;
      }
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
      case Step::kListAppend:
        if (!Allow(static_cast<int64_t>(top[-2].As<ListObject>()->items.size()) + 1)) break;
        top[-2].As<ListObject>()->items.push_back(std::move(top[-1]));
        --top;
        continue;
      case Step::kListExtend:
        if (!ToVector(top[-1], top[-2].As<ListObject>()->items)) break;
        *--top = Value();
        continue;
      case Step::kSetAdd: {
        uint64_t hash = 0;
        if (!Hash(top[-1], hash) || !top[-2].As<SetObject>()->table.Add(*this, top[-1], hash)) break;
        *--top = Value();
        continue;
      }
      case Step::kSetUpdate: {
        if (const auto* other = top[-1].As<SetObject>()) {
          // b: CPython's compiler has also copied the constant, item by item in the order of the first one.
          SetTable again;
          for (const SetTable::Entry& entry : other->table.entries()) {
            if (step.b == 1 && entry.key && !again.Add(*this, entry.key, entry.hash)) break;
          }
          if (failed() || !top[-2].As<SetObject>()->table.Merge(*this, step.b == 1 ? again : other->table)) break;
          *--top = Value();
          continue;
        }
        std::vector<Value> items;
        bool fine = ToVector(top[-1], items);
        for (size_t i = 0; i < items.size() && fine; ++i) {
          uint64_t hash = 0;
          fine = Hash(items[i], hash) && top[-2].As<SetObject>()->table.Add(*this, items[i], hash);
        }
        if (!fine) break;
        *--top = Value();
        continue;
      }
      case Step::kDictSet: {
        uint64_t hash = 0;
        if (!Hash(top[-2], hash) || !top[-3].As<DictObject>()->table.Set(*this, top[-2], hash, top[-1])) break;
        *--top = Value();
        *--top = Value();
        continue;
      }
      case Step::kDictUpdate:
      case Step::kDictMergeCall: {
        const auto* other = top[-1].As<DictObject>();
        Table& table = top[-2].As<DictObject>()->table;
        const bool call = step.step == Step::kDictMergeCall;
        if (other == nullptr) {
          Raise("TypeError", absl::StrCat("'", TypeName(top[-1]), "' object is not a mapping"));
          break;
        }
        bool fine = true;
        for (const Table::Entry& entry : other->table.entries()) {
          if (!entry.key) continue;
          if (call && !entry.key.is(Kind::kStr)) Raise("TypeError", "keywords must be strings");
          if (call && !failed() && table.Find(*this, entry.key, entry.hash) >= 0) {
            Raise("TypeError", "got multiple values for a keyword argument");
          }
          fine = !failed() && table.Set(*this, entry.key, entry.hash, entry.value);
          if (!fine) break;
        }
        if (!fine) break;
        *--top = Value();
        continue;
      }
      case Step::kListToTuple:
        result = Value(heap_.New<TupleObject>(std::move(top[-1].As<ListObject>()->items)));
        *--top = Value();
        break;
      case Step::kFormat:
        result = Format(top[step.a == 1 ? -2 : -1], static_cast<Operator>(step.b), step.a == 1 ? top[-1] : Value());
        *--top = Value();
        if (step.a == 1) *--top = Value();
        break;
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
      case Step::kCallKeywords: {
        const size_t count = step.a;
        absl::Span<StrObject* const> names;
        std::vector<StrObject*> keywords;
        if (step.step == Step::kCallKeywords) {
          for (const Value& name : code.constants[step.b].As<TupleObject>()->items)
            keywords.push_back(name.As<StrObject>());
          names = keywords;
        }
        frame.at = at - 1;
        result = Call(top[-step.a - 1], {top - step.a, count}, names);
        for (size_t i = 0; i <= count; ++i) *--top = Value();
        break;
      }
      case Step::kCallMethod:
      case Step::kCallMethodKeywords: {
        // Below the arguments: the function, then the object or Empty.
        std::vector<StrObject*> keywords;
        if (step.step == Step::kCallMethodKeywords) {
          for (const Value& name : code.constants[step.b].As<TupleObject>()->items)
            keywords.push_back(name.As<StrObject>());
        }
        const size_t self = top[-step.a - 1] ? 1 : 0;
        const size_t count = static_cast<size_t>(step.a) + self;
        result = Call(top[-step.a - 2], {top - count, count}, keywords);
        for (int i = 0; i < step.a + 2; ++i) *--top = Value();
        break;
      }
      case Step::kCallSpread: {
        std::vector<Value> args = top[-2].As<ListObject>()->items;
        std::vector<StrObject*> keywords;
        for (const Table::Entry& entry : top[-1].As<DictObject>()->table.entries()) {
          keywords.push_back(entry.key.As<StrObject>());
          args.push_back(entry.value);
        }
        result = Call(top[-3], args, keywords);
        for (int i = 0; i < 3; ++i) *--top = Value();
        break;
      }
      case Step::kMakeFunction:
        result = MakeFunction(frame, step);
        break;
      case Step::kMakeClass:
        result = MakeClass(frame, step);
        break;
      case Step::kReturn:
        return std::move(*--top);
      case Step::kYield:
        // The generator goes on after this step, with None in place of what was yielded.
        frame.at = at;
        frame.yielded = true;
        result = std::exchange(top[-1], Value::None());
        return result;
      case Step::kRaise: {
        Value raised = top[step.b == 1 ? -2 : -1];
        for (int i = 0; i <= step.b; ++i) *--top = Value();
        if (auto* cls = raised.As<ClassObject>(); cls != nullptr && cls->is_exception) raised = Call(raised, {});
        if (!raised) break;
        const auto* instance = raised.As<InstanceObject>();
        if (instance == nullptr || !instance->cls->is_exception) {
          Raise("TypeError", "exceptions must derive from BaseException");
        } else {
          RaiseObject(raised);
        }
        break;
      }
      case Step::kReraise:
        RaiseObject(frame.slots[step.a]);
        break;
      case Step::kMatchException: {
        const Value classes = std::move(*--top);
        const auto* instance = frame.slots[step.a].As<InstanceObject>();
        std::vector<Value> list = {classes};
        if (const auto* tuple = classes.As<TupleObject>()) list = tuple->items;
        bool matches = false;
        for (const Value& item : list) {
          const auto* cls = item.As<ClassObject>();
          if (cls == nullptr || !cls->is_exception) {
            Raise("TypeError", "catching classes that do not inherit from BaseException is not allowed");
            break;
          }
          matches |= instance->cls->IsSubclassOf(cls);
        }
        if (!failed()) result = Value::Bool(matches);
        break;
      }
      case Step::kAssertionError: {
        auto* exception = heap_.New<InstanceObject>(FindBuiltinClass("AssertionError"));
        std::vector<Value> args;
        if (step.b == 1) args.push_back(std::move(*--top));
        exception->args = Value(heap_.New<TupleObject>(std::move(args)));
        RaiseObject(Value(exception));
        break;
      }
      case Step::kUnsupported:
        Refuse(code.constants[step.a].As<StrObject>()->text());
        break;
      default:
        Refuse("this construct");
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
