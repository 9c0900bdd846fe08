// Classes and super() of Evaluator.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/runtime/evaluator.h"

namespace loadstone::python {
namespace {

// What would change how objects of a class behave, and is not done here.
constexpr const char* kRefusedMethods[] = {"__getattribute__", "__get__",           "__set__",      "__slots__",
                                           "__del__",          "__init_subclass__", "__set_name__", "__instancecheck__",
                                           "__mro_entries__",  "__subclasscheck__", "__prepare__",  "__await__",
                                           "__aenter__",       "__aexit__",         "__aiter__",    "__length_hint__",
                                           "__class_getitem__"};

// Methods of C++ look for what only C++ can make.
bool HasMethods(const ClassObject& cls) {
  for (const Table::Entry& entry : cls.attributes.entries()) {
    if (entry.key && entry.value.is(Kind::kBuiltin)) return true;
  }
  return false;
}

}  // namespace

Value Evaluator::BuildClass(Running& frame, const Instruction& instruction) {
  // On the stack: bases, closure; each a tuple.
  const Value closure = std::move(*--frame.top);
  const Value bases = std::move(*--frame.top);
  const Code& code = *frame.code->codes[instruction.a];
  auto* cls = heap_.New<ClassObject>(code.name);
  const Value made(cls);
  cls->qualname = code.qualname;
  cls->module_name = frame.module->name;
  cls->annotations = code.annotations;
  for (const Value& base : bases.As<TupleObject>()->items) {
    if (base.is(Kind::kBuiltin) || (base.is(Kind::kInstance) && ClassOf(base)->native)) {
      return Refuse(absl::StrCat("a class derived from what is no class here: a base of ", code.name));
    }
    if (!base.is(Kind::kClass)) return Raise("TypeError", absl::StrCat("a base of ", code.name, " is no class"));
    cls->bases.push_back(base);
  }
  const int count = code.slots + code.stack;
  Value* slots = TakeStack(count);
  if (slots == nullptr) return Value();
  for (int slot : code.cells) slots[slot] = Value(heap_.New<CellObject>());
  for (size_t i = 0; i < code.captures.size(); ++i) slots[code.captures[i]] = closure.As<TupleObject>()->items[i];
  Running inner{&code, nullptr, frame.module, &cls->attributes, slots, slots + code.slots};
  Value result = Run(inner);
  if (result) result = MakeClass(cls);
  if (result && code.class_cell >= 0) static_cast<CellObject*>(slots[code.class_cell].object())->value = result;
  GiveBack(slots, count);
  return result;
}

Value Evaluator::MakeClass(ClassObject* cls) {
  const Value made(cls);
  if (cls->bases.empty()) cls->bases.emplace_back(world_.object_class());
  bool finishes = false;
  for (const Value& base : cls->bases) finishes |= base.As<ClassObject>()->finish != nullptr;
  for (const Value& base : cls->bases) {
    const auto* parent = base.As<ClassObject>();
    const bool bare = parent->native && parent->make == nullptr && parent->finish == nullptr && HasMethods(*parent);
    if ((!parent->derivable || bare) && !finishes) return Refuse(absl::StrCat("a class derived from ", parent->name));
    cls->is_exception |= parent->is_exception;
  }
  if (!Linearize(*cls)) return Raise("TypeError", "Cannot create a consistent method resolution order (MRO) for bases");
  for (const char* name : kRefusedMethods) {
    if (cls->attributes.FindName(Intern(name)) != nullptr) return Refuse(absl::StrCat("a class with ", name));
  }
  // Equality of its own without a hash: objects have none.
  if (cls->attributes.FindName(world_.name(Special::kEqual)) != nullptr &&
      cls->attributes.FindName(world_.name(Special::kHash)) == nullptr) {
    cls->attributes.SetName(world_.name(Special::kHash), Value::None());
  }
  if (const Value* made_by = cls->attributes.FindName(world_.name(Special::kNew)); made_by != nullptr) {
    if (made_by->is(Kind::kFunction)) {
      cls->attributes.SetName(world_.name(Special::kNew), Value(heap_.New<StaticMethodObject>(*made_by)));
    }
  }
  for (size_t i = 1; i < cls->mro.size(); ++i) {
    const ClassObject* base = cls->mro[i];
    if (base->make == nullptr) continue;
    const auto plain = world_.object_class()->make;
    if (cls->make != nullptr && cls->make != plain && cls->make != base->make && base->make != plain) {
      // Of two kinds of objects, one must be made as the other's kind.
      bool derived = false;
      for (size_t j = 1; j < i; ++j) derived |= cls->mro[j]->make == cls->make && cls->mro[j]->IsSubclassOf(base);
      if (!derived && !finishes) return Raise("TypeError", "multiple bases have instance lay-out conflict");
    }
    if (cls->make == nullptr || cls->make == plain) cls->make = base->make;
  }
  // A hook of C++ for classes derived from its own: enum, NamedTuple.
  for (size_t i = 1; i < cls->mro.size(); ++i) {
    if (cls->mro[i]->finish != nullptr) {
      cls->finish = cls->mro[i]->finish;
      return cls->finish(*this, cls);
    }
  }
  return made;
}

Value Evaluator::Instantiate(ClassObject* cls, absl::Span<const Value> args, absl::Span<StrObject* const> keywords) {
  const Value held(cls);
  Value made;
  const Value* maker = cls->Find(world_.name(Special::kNew));
  if (maker != nullptr && maker->is(Kind::kStaticMethod)) {
    made = CallWithSelf(maker->As<StaticMethodObject>()->function, held, args, keywords);
  } else if (cls->make == nullptr) {
    return Refuse(absl::StrCat("a call of ", cls->name));
  } else {
    made = cls->make(*this, cls, args, keywords);
  }
  if (!made || !ClassOf(made)->IsSubclassOf(cls)) return made;
  const Value* init = cls->Find(world_.name(Special::kInit));
  if (init == nullptr) {
    // object takes no arguments; a `make` of C++ has looked at them.
    if (cls->make != world_.object_class()->make || args.empty() || maker != nullptr) return made;
    return Raise("TypeError", absl::StrCat(cls->name, "() takes no arguments"));
  }
  const Value result = CallWithSelf(*init, made, args, keywords);
  if (!result) return Value();
  if (!result.is_none()) return Raise("TypeError", "__init__() should return None");
  return made;
}

Value Evaluator::SuperStep(Running& frame, const Instruction& instruction) {
  // super() without arguments: the class of this method's body, and its first parameter.
  const Value& cell = frame.slots[instruction.a];
  const Value cls = static_cast<CellObject*>(cell.object())->value;
  Value self = frame.slots[0];
  if (instruction.b == 1) self = static_cast<CellObject*>(self.object())->value;
  if (!cls) return Raise("RuntimeError", "super(): empty __class__ cell");
  if (!self) return Raise("RuntimeError", "super(): arg[0] deleted");
  return Call(Value(world_.ClassOf(Kind::kSuper)), std::vector<Value>{cls, self});
}

Value Evaluator::GetOfSuper(const SuperObject& super, StrObject* name) {
  auto* start = super.start.As<ClassObject>();
  auto at = std::find(start->mro.begin(), start->mro.end(), super.after.As<ClassObject>());
  if (at != start->mro.end()) ++at;
  for (; at != start->mro.end(); ++at) {
    const Value* found = (*at)->attributes.FindName(name);
    if (found == nullptr) continue;
    // In a class method `self` is the class.
    if (super.self.Is(super.start)) return Bind(*found, Value(), start);
    return Bind(*found, super.self, start);
  }
  if (const Value* method = world_.object_methods().FindName(name)) {
    return Bind(*method, super.self.Is(super.start) ? Value() : super.self, start);
  }
  return Raise("AttributeError", absl::StrCat("'super' object has no attribute '", name->text(), "'"));
}

int Evaluator::IsSubclass(const Value& cls, const Value& classes) {
  // Tuples of tuples may be nested deeply.
  std::vector<Value> waiting = {classes};
  while (!waiting.empty()) {
    const Value next = std::move(waiting.back());
    waiting.pop_back();
    if (const auto* tuple = next.As<TupleObject>()) {
      waiting.insert(waiting.end(), tuple->items.rbegin(), tuple->items.rend());
      continue;
    }
    if (const auto* form = next.As<InstanceObject>(); form != nullptr && form->cls()->native) {
      // typing.Callable stands for collections.abc.Callable.
      if (const Value* origin = form->attributes.FindName(Intern("__origin__"))) {
        waiting.push_back(*origin);
        continue;
      }
    }
    const auto* derived = cls.As<ClassObject>();
    const auto* base = next.As<ClassObject>();
    if (derived == nullptr || base == nullptr) {
      if (next.is(Kind::kBuiltin) || (next.is(Kind::kInstance) && ClassOf(next)->native)) {
        Refuse("isinstance() or issubclass() with what is no class here");
      } else {
        Raise("TypeError", "isinstance() or issubclass() needs a class, or a tuple of classes");
      }
      return -1;
    }
    if (derived->IsSubclassOf(base) || (base->includes != nullptr && base->includes(derived))) return 1;
  }
  return 0;
}

int Evaluator::IsInstance(const Value& value, const Value& classes) {
  return IsSubclass(Value(ClassOf(value)), classes);
}

}  // namespace loadstone::python
