// The opcodes that name, call and fill what is not plain data.
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "loaders/pickle/dict_insertion.h"
#include "loaders/pickle/machine.h"
#include "loaders/pickle/text_decoding.h"

namespace loadstone::pickle {

absl::Status Machine::PushName(absl::string_view module, absl::string_view name) {
  absl::StatusOr<const Name*> known = names_.Intern(module, name, opcode_offset_);
  if (!known.ok()) return AtThisOpcode(known.status());
  return Push(Value::Of(*known));
}

absl::Status Machine::TakeName() {
  absl::string_view module;
  absl::string_view name;
  RETURN_IF_ERROR(TakeLine(&module));
  RETURN_IF_ERROR(TakeLine(&name));
  return PushName(module, name);
}

absl::Status Machine::NameFromStack() {
  Value module;
  Value name;
  RETURN_IF_ERROR(Pop(&name));
  RETURN_IF_ERROR(Pop(&module));
  absl::string_view module_text;
  absl::string_view name_text;
  // Python reads an 8-bit string as text here too.
  if (!module.AsText(&module_text) || !name.AsText(&name_text)) {
    return Malformed(absl::StrCat("module and name are ", KindName(module.kind()), " and ", KindName(name.kind()),
                                  ", want str and str"));
  }
  return PushName(module_text, name_text);
}

absl::Status Machine::PersistentIdFromStack() {
  PersistentId* persistent_id = arena_.New<PersistentId>();
  persistent_id->offset = opcode_offset_;
  RETURN_IF_ERROR(Pop(&persistent_id->id));
  document_.persistent_ids_.push_back(persistent_id);
  return Push(Value::Of(persistent_id));
}

absl::Status Machine::CallFromStack(Object::How how) {
  Value callable;
  Value args;
  RETURN_IF_ERROR(Pop(&args));
  RETURN_IF_ERROR(Pop(&callable));
  return PushCall(how, callable, args, Value());
}

absl::Status Machine::KeywordCallFromStack() {
  Value callable;
  Value args;
  Value kwargs;
  RETURN_IF_ERROR(Pop(&kwargs));
  RETURN_IF_ERROR(Pop(&args));
  RETURN_IF_ERROR(Pop(&callable));
  if (kwargs.kind() != Kind::kDict) {
    return Malformed(absl::StrCat("keyword arguments are a ", KindName(kwargs.kind()), ", want a dict"));
  }
  return PushCall(Object::How::kNewObject, callable, args, kwargs);
}

absl::Status Machine::CallFromMark() {
  size_t begin = 0;
  RETURN_IF_ERROR(PopMark(&begin));
  if (begin == stack_.size()) return Malformed("there is no class above the mark");
  const Value callable = stack_[begin];
  return PushCallOfItems(callable, begin, begin + 1);
}

absl::Status Machine::NamedCallFromMark() {
  RETURN_IF_ERROR(TakeName());
  Value callable;
  RETURN_IF_ERROR(Pop(&callable));
  size_t begin = 0;
  RETURN_IF_ERROR(PopMark(&begin));
  return PushCallOfItems(callable, begin, begin);
}

absl::Status Machine::PushCallOfItems(const Value& callable, size_t begin, size_t args_begin) {
  Sequence* args = nullptr;
  RETURN_IF_ERROR(NewSequence(absl::MakeConstSpan(stack_).subspan(args_begin), &args));
  stack_.resize(begin);
  // Python 2 calls an old-style class only when there are arguments.
  const auto how = args->items.empty() ? Object::How::kNewObject : Object::How::kReduce;
  return PushCall(how, callable, Value::Container(Kind::kTuple, args), Value());
}

absl::Status Machine::PushCall(Object::How how, const Value& callable, const Value& args, const Value& kwargs) {
  const bool can_be_called = callable.kind() == Kind::kName || callable.kind() == Kind::kObject ||
                             callable.kind() == Kind::kPersistentId;
  if (!can_be_called) return Malformed(absl::StrCat("a ", KindName(callable.kind()), " cannot be called"));
  if (args.kind() != Kind::kTuple) {
    return Malformed(absl::StrCat("arguments are a ", KindName(args.kind()), ", want a tuple"));
  }
  if (how == Object::How::kReduce && callable.kind() == Kind::kName) {
    Value folded;
    RETURN_IF_ERROR(FoldPlainData(callable.name(), args, &folded));
    if (!folded.is_none()) return Push(folded);
  }
  Object* object = arena_.New<Object>();
  object->how = how;
  object->callable = callable;
  object->args = args;
  object->kwargs = kwargs;
  object->offset = opcode_offset_;
  if (how == Object::How::kReduce && callable.kind() == Kind::kName) RETURN_IF_ERROR(Respell(callable.name(), *object));
  return Push(Value::Of(object));
}

// Calls that spell another opcode become what they spell: protocols 0 and 1 and Python 2 have no other way.
absl::Status Machine::Respell(const Name& name, Object& object) {
  const absl::Span<const Value> args = object.args.items();
  if (name.module == "copyreg" && name.name == "__newobj__") {
    if (args.empty()) return Malformed("copyreg.__newobj__ has no class");
    Sequence* rest = nullptr;
    RETURN_IF_ERROR(NewSequence(args.subspan(1), &rest));
    return BecomeNewObject(args[0], Value::Container(Kind::kTuple, rest), Value(), object);
  }
  if (name.module == "copyreg" && name.name == "__newobj_ex__") {
    if (args.size() != 3 || args[1].kind() != Kind::kTuple || args[2].kind() != Kind::kDict) {
      return Malformed("copyreg.__newobj_ex__ takes a class, a tuple and a dict");
    }
    return BecomeNewObject(args[0], args[1], args[2], object);
  }
  if (name.module == "copyreg" && name.name == "_reconstructor") {
    if (args.size() != 3) return Malformed("copyreg._reconstructor takes a class, a base and a state");
    Sequence* state = nullptr;
    RETURN_IF_ERROR(NewSequence(args.subspan(2, args[1].IsName("builtins", "object") ? 0 : 1), &state));
    return BecomeNewObject(args[0], Value::Container(Kind::kTuple, state), Value(), object);
  }
  if (name.module == "collections" && name.name == "OrderedDict" && args.size() == 1) return SetPairs(args[0], object);
  return absl::OkStatus();
}

absl::Status Machine::BecomeNewObject(const Value& callable, const Value& args, const Value& kwargs, Object& object) {
  if (callable.kind() != Kind::kName && callable.kind() != Kind::kPersistentId) {
    return Malformed(absl::StrCat("the class to make is a ", KindName(callable.kind())));
  }
  object.how = Object::How::kNewObject;
  object.callable = callable;
  object.args = args;
  object.kwargs = kwargs;
  return absl::OkStatus();
}

// OrderedDict([[key, value], ...]), as Python 2 writes one.
absl::Status Machine::SetPairs(const Value& pairs, Object& object) {
  if (pairs.kind() != Kind::kList && pairs.kind() != Kind::kTuple) return absl::OkStatus();
  // One memo read can stand for a long list: the copy counts.
  work_.used += pairs.items().size();
  RETURN_IF_ERROR(CountItems(pairs.items().size()));
  for (const Value& pair : pairs.items()) {
    const bool is_sequence = pair.kind() == Kind::kList || pair.kind() == Kind::kTuple;
    if (!is_sequence || pair.items().size() != 2) return Malformed("an OrderedDict's items are no pairs");
    const absl::Status inserted = InsertInDict(object.entries, pair.items()[0], pair.items()[1], {work_, arena_});
    if (!inserted.ok()) return AtThisOpcode(inserted);
  }
  object.args = empty_tuple_;
  return absl::OkStatus();
}

// Leaves *folded None when the call is a call after all.
absl::Status Machine::FoldPlainData(const Name& name, const Value& args, Value* folded) {
  if (name.module == "_codecs" && name.name == "encode") return FoldEncode(args, folded);
  if (name.module != "builtins") return absl::OkStatus();
  if (name.name == "set" || name.name == "frozenset") return FoldSet(name, args, folded);
  if (name.name == "bytes" || name.name == "bytearray") return FoldBytes(args, folded);
  return absl::OkStatus();
}

absl::Status Machine::FoldEncode(const Value& args, Value* folded) {
  absl::Span<const Value> items = args.items();
  absl::string_view codec;
  if (items.size() != 2 || !items[0].is_text() || !items[1].AsText(&codec)) {
    return Malformed("_codecs.encode takes a str and the name of a codec");
  }
  if (codec != "latin1" && codec != "latin-1") {
    return Malformed(absl::StrCat("codec \"", absl::CHexEscape(codec.substr(0, 40)), "\", want latin1"));
  }
  const absl::string_view text = items[0].bytes();
  // One memo read can stand for a long text: reading it counts.
  work_.used += text.size() / kBytesPerStep;
  if (IsAscii(text)) {
    *folded = Value::Bytes(text);
    return absl::OkStatus();
  }
  absl::StatusOr<std::string> bytes = EncodeLatin1(text);
  if (!bytes.ok()) return AtThisOpcode(bytes.status());
  *folded = Value::Bytes(arena_.Copy(*bytes));
  return absl::OkStatus();
}

absl::Status Machine::FoldBytes(const Value& args, Value* folded) {
  absl::Span<const Value> items = args.items();
  if (items.empty()) {
    *folded = Value::Bytes("");
  } else if (items.size() == 1 && items[0].kind() == Kind::kBytes) {
    *folded = Value::Bytes(items[0].bytes());
  } else if (items.size() == 2) {
    return FoldEncode(args, folded);
  }
  return absl::OkStatus();
}

absl::Status Machine::FoldSet(const Name& name, const Value& args, Value* folded) {
  absl::Span<const Value> items;
  if (!args.items().empty()) {
    const Value& source = args.items()[0];
    const bool is_plain = source.kind() == Kind::kList || source.kind() == Kind::kTuple;
    if (args.items().size() > 1 || !is_plain) return absl::OkStatus();
    items = source.items();
  }
  // One memo read can stand for a long list: the copy counts.
  work_.used += items.size();
  RETURN_IF_ERROR(CheckItemsHashable(items));
  Sequence* set = nullptr;
  RETURN_IF_ERROR(NewSequence(items, &set));
  set->frozen = name.name == "frozenset";
  *folded = Value::Container(Kind::kSet, set);
  return absl::OkStatus();
}

absl::Status Machine::Build() {
  Value state;
  RETURN_IF_ERROR(Pop(&state));
  RETURN_IF_ERROR(CheckTop());
  const Value& target = stack_.back();
  if (target.kind() != Kind::kObject) return WrongTarget(target);
  target.object_->states.Append(state, arena_);
  return absl::OkStatus();
}

}  // namespace loadstone::pickle
