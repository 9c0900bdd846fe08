// str(), repr() and f-strings of Evaluator.

#include <cmath>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/runtime/evaluator.h"
#include "engine/python_format.h"

namespace loadstone::python {
namespace {

// Characters that repr() surely shows as they are; Python decides the others by its tables of Unicode.
bool IsPrintable(uint32_t character) {
  static constexpr uint32_t kRanges[][2] = {{0xA1, 0xAC},     {0xAE, 0x377},    {0x391, 0x3A1},    {0x3A3, 0x3FF},
                                            {0x400, 0x52F},   {0x2010, 0x2027}, {0x2030, 0x205E},  {0x20A0, 0x20BF},
                                            {0x2190, 0x23FF}, {0x2500, 0x25FF}, {0x3041, 0x3096},  {0x30A1, 0x30FA},
                                            {0x4E00, 0x9FA5}, {0xAC00, 0xD7A3}, {0x1F600, 0x1F64F}};
  for (const auto& [first, last] : kRanges) {
    if (character >= first && character <= last) return true;
  }
  return false;
}

// False: some character is not known.
bool Quote(absl::string_view text, std::string& quoted) {
  const bool doubled = absl::StrContains(text, '\'') && !absl::StrContains(text, '"');
  const char quote = doubled ? '"' : '\'';
  quoted += quote;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x80) {
      const size_t begin = i;
      uint32_t character = byte >= 0xF0 ? byte & 0x07u : byte >= 0xE0 ? byte & 0x0Fu : byte & 0x1Fu;
      while (i + 1 < text.size() && (text[i + 1] & 0xC0) == 0x80) {
        character = character << 6 | (static_cast<unsigned char>(text[++i]) & 0x3Fu);
      }
      if (!IsPrintable(character)) return false;
      absl::StrAppend(&quoted, text.substr(begin, i + 1 - begin));
    } else if (byte == '\\' || byte == static_cast<unsigned char>(quote)) {
      quoted += {'\\', text[i]};
    } else if (byte == '\n' || byte == '\r' || byte == '\t') {
      quoted += byte == '\n' ? "\\n" : byte == '\r' ? "\\r" : "\\t";
    } else if (byte < 0x20 || byte == 0x7F) {
      absl::StrAppend(&quoted, "\\x", absl::Hex(byte, absl::kZeroPad2));
    } else {
      quoted += text[i];
    }
  }
  quoted += quote;
  return true;
}

}  // namespace

Value Evaluator::Str(const Value& value) {
  if (value.is(Kind::kStr) && value.object()->own_class() == nullptr) return value;
  if (value.is(Kind::kInstance) || (value.is_object() && value.object()->own_class() != nullptr)) {
    bool found = false;
    const Value text = CallSpecial(value, Special::kStr, {}, found);
    if (found && text && !text.is(Kind::kStr)) return Raise("TypeError", "__str__ returned non-string");
    if (found) return text;
    const auto* instance = value.As<InstanceObject>();
    if (instance != nullptr && instance->cls()->is_exception) {
      const auto& args = instance->args.As<TupleObject>()->items;
      if (args.empty()) return Text("");
      if (args.size() > 1) return Repr(instance->args);
      // KeyError shows its key.
      return instance->cls()->IsSubclassOf(world_.FindBuiltinClass("KeyError")) ? Repr(args[0]) : Str(args[0]);
    }
  }
  return Repr(value);
}

Value Evaluator::Repr(const Value& value) {
  std::string text;
  if (!ReprInto(value, text, 0)) return Value();
  return Text(std::move(text));
}

bool Evaluator::ReprInto(const Value& value, std::string& text, int depth) {
  if (depth > limits_.depth || static_cast<int64_t>(text.size()) > limits_.items) {
    return static_cast<bool>(Exceed("nesting or length of what is shown"));
  }
  const auto items = [&](const std::vector<Value>& list, const char* open, const char* close) {
    absl::StrAppend(&text, open);
    for (size_t i = 0; i < list.size(); ++i) {
      const Value item = list[i];
      absl::StrAppend(&text, i == 0 ? "" : ", ");
      if (!ReprInto(item, text, depth + 1)) return false;
    }
    absl::StrAppend(&text, close);
    return true;
  };
  if (value.is_object() && (value.is(Kind::kInstance) || value.object()->own_class() != nullptr)) {
    bool found = false;
    const Value shown = CallSpecial(value, Special::kRepr, {}, found);
    if (found && !shown) return false;
    if (found && !shown.is(Kind::kStr)) return static_cast<bool>(Raise("TypeError", "__repr__ returned non-string"));
    if (found) {
      absl::StrAppend(&text, shown.As<StrObject>()->text());
      return true;
    }
  }
  if (value.is_none()) {
    absl::StrAppend(&text, "None");
  } else if (value.is_bool()) {
    absl::StrAppend(&text, value.integer() != 0 ? "True" : "False");
  } else if (value.is_int()) {
    absl::StrAppend(&text, value.integer());
  } else if (value.is_float()) {
    absl::StrAppend(&text, PythonFloat(value.real()));
  } else if (value.tag() == Value::Tag::kEllipsis) {
    absl::StrAppend(&text, "Ellipsis");
  } else if (const auto* string = value.As<StrObject>()) {
    if (!Quote(string->text(), text)) return static_cast<bool>(Refuse("repr() of these characters"));
  } else if (const auto* list = value.As<ListObject>()) {
    return items(list->items, "[", "]");
  } else if (const auto* tuple = value.As<TupleObject>()) {
    return items(tuple->items, "(", tuple->items.size() == 1 ? ",)" : ")");
  } else if (const auto* set = value.As<SetObject>()) {
    std::vector<Value> keys;
    for (const SetTable::Entry& entry : set->table.entries()) {
      if (entry.key) keys.push_back(entry.key);
    }
    const bool frozen = set->own_class() != nullptr;
    if (!keys.empty()) return frozen ? items(keys, "frozenset({", "})") : items(keys, "{", "}");
    absl::StrAppend(&text, frozen ? "frozenset()" : "set()");
  } else if (const auto* dict = value.As<DictObject>()) {
    absl::StrAppend(&text, "{");
    const char* comma = "";
    for (size_t i = 0; i < dict->table.entries().size(); ++i) {
      const Table::Entry entry = dict->table.entries()[i];
      if (!entry.key) continue;
      absl::StrAppend(&text, comma);
      comma = ", ";
      if (!ReprInto(entry.key, text, depth + 1)) return false;
      absl::StrAppend(&text, ": ");
      if (!ReprInto(entry.value, text, depth + 1)) return false;
    }
    absl::StrAppend(&text, "}");
  } else if (value.tag() == Value::Tag::kNotImplemented) {
    absl::StrAppend(&text, "NotImplemented");
  } else if (const auto* range = value.As<RangeObject>()) {
    absl::StrAppend(&text, "range(", range->start, ", ", range->stop);
    if (range->step != 1) absl::StrAppend(&text, ", ", range->step);
    absl::StrAppend(&text, ")");
  } else if (const auto* slice = value.As<SliceObject>()) {
    return items({slice->start, slice->stop, slice->step}, "slice(", ")");
  } else if (const auto* cls = value.As<ClassObject>()) {
    absl::StrAppend(&text, "<class '", cls->module_name == "builtins" ? "" : absl::StrCat(cls->module_name, "."),
                    cls->qualname, "'>");
  } else if (const auto* instance = value.As<InstanceObject>(); instance != nullptr && instance->cls()->is_exception) {
    const auto& args = instance->args.As<TupleObject>()->items;
    absl::StrAppend(&text, instance->cls()->name);
    return items(args, "(", ")");
  } else {
    // Python shows an address.
    return static_cast<bool>(Refuse(absl::StrCat("repr() of ", TypeName(value))));
  }
  return true;
}

}  // namespace loadstone::python
