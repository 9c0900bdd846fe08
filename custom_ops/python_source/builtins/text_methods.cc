// Methods of str. What depends on tables of Unicode is refused beyond ASCII.

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "custom_ops/python_source/builtins/characters.h"
#include "custom_ops/python_source/builtins/tables.h"

namespace loadstone::python {
namespace {

using Args = absl::Span<const Value>;

absl::string_view Self(const Value& value) { return value.As<StrObject>()->text(); }

Value Ascii(Evaluator& evaluator, const Value& self, char (*change)(char)) {
  if (!self.As<StrObject>()->ascii()) return evaluator.Refuse("letters beyond ASCII in upper or lower case");
  std::string text(Self(self));
  for (char& byte : text) byte = change(byte);
  return evaluator.Text(std::move(text));
}

char Lower(char byte) { return static_cast<char>(absl::ascii_tolower(static_cast<unsigned char>(byte))); }
char Upper(char byte) { return static_cast<char>(absl::ascii_toupper(static_cast<unsigned char>(byte))); }
bool IsAlpha(char byte) { return absl::ascii_isalpha(static_cast<unsigned char>(byte)); }
bool IsDigit(char byte) { return absl::ascii_isdigit(static_cast<unsigned char>(byte)); }

Value All(Evaluator& evaluator, const Value& self, bool (*test)(char)) {
  if (!self.As<StrObject>()->ascii()) return evaluator.Refuse("the class of letters beyond ASCII");
  const absl::string_view text = Self(self);
  return Value::Bool(!text.empty() && std::all_of(text.begin(), text.end(), test));
}

// isupper and islower: some letter, and none of the other case.
Value AllCased(Evaluator& evaluator, const Value& self, bool (*wanted)(unsigned char), bool (*other)(unsigned char)) {
  if (!self.As<StrObject>()->ascii()) return evaluator.Refuse("the class of letters beyond ASCII");
  bool any = false;
  for (char byte : Self(self)) {
    if (other(static_cast<unsigned char>(byte))) return Value::Bool(false);
    any |= wanted(static_cast<unsigned char>(byte));
  }
  return Value::Bool(any);
}

Value Title(Evaluator& evaluator, Args args) {
  if (!args[0].As<StrObject>()->ascii()) return evaluator.Refuse("letters beyond ASCII in upper or lower case");
  std::string text(Self(args[0]));
  bool inside = false;
  for (char& byte : text) {
    byte = inside ? Lower(byte) : Upper(byte);
    inside = IsAlpha(byte);
  }
  return evaluator.Text(std::move(text));
}

Value Capitalize(Evaluator& evaluator, Args args) {
  if (!args[0].As<StrObject>()->ascii()) return evaluator.Refuse("letters beyond ASCII in upper or lower case");
  std::string text = absl::AsciiStrToLower(Self(args[0]));
  if (!text.empty()) text[0] = Upper(text[0]);
  return evaluator.Text(std::move(text));
}

Value Strip(Evaluator& evaluator, Args args, bool left, bool right) {
  absl::string_view text = Self(args[0]), set;
  const bool given = args[1] && !args[1].is_none();
  if (given) {
    const auto* characters = TakeText(evaluator, args[1], "strip");
    if (characters == nullptr) return Value();
    set = characters->text();
  }
  if (left) text = StripLeft(text, given ? &set : nullptr);
  if (right) text = StripRight(text, given ? &set : nullptr);
  return evaluator.Text(std::string(text));
}

// The bytes of the optional [start, end) of find and its kin. False: failed.
bool Range(Evaluator& evaluator, const Value& self, const Value& start, const Value& end, int64_t& first,
           int64_t& last) {
  const int64_t length = self.As<StrObject>()->length();
  first = 0;
  last = length;
  if (start && !start.is_none() && !evaluator.Index(start, first)) return false;
  if (end && !end.is_none() && !evaluator.Index(end, last)) return false;
  if (last > length) last = length;
  if (last < 0) last = std::max<int64_t>(0, last + length);
  if (first < 0) first = std::max<int64_t>(0, first + length);
  return true;
}

enum class Side { kLeft, kRight };

// The character where `part` is found, -1, or -2: failed.
int64_t FindPart(Evaluator& evaluator, Args args, Side side, const char* name) {
  const auto* part = TakeText(evaluator, args[1], name);
  int64_t first = 0, last = 0;
  if (part == nullptr || !Range(evaluator, args[0], args[2], args[3], first, last)) return -2;
  if (first > last) return -1;
  const absl::string_view text = Self(args[0]);
  const size_t begin = ByteOf(text, first);
  const absl::string_view inside = text.substr(begin, ByteOf(text, last) - begin);
  const size_t found = side == Side::kLeft ? inside.find(part->text()) : inside.rfind(part->text());
  return found == absl::string_view::npos ? -1 : first + CountCharacters(inside.substr(0, found));
}

Value Find(Evaluator& evaluator, Args args, Side side) {
  const int64_t at = FindPart(evaluator, args, side, "find");
  return at == -2 ? Value() : Value::Int(at);
}

Value IndexOf(Evaluator& evaluator, Args args, Side side) {
  const int64_t at = FindPart(evaluator, args, side, "index");
  return at == -2 ? Value() : at == -1 ? evaluator.Raise("ValueError", "substring not found") : Value::Int(at);
}

Value Count(Evaluator& evaluator, Args args) {
  const auto* part = TakeText(evaluator, args[1], "count");
  int64_t first = 0, last = 0;
  if (part == nullptr || !Range(evaluator, args[0], args[2], args[3], first, last)) return Value();
  if (first > last) return Value::Int(0);
  if (part->text().empty()) return Value::Int(last - first + 1);
  const absl::string_view text = Self(args[0]);
  const size_t begin = ByteOf(text, first);
  absl::string_view inside = text.substr(begin, ByteOf(text, last) - begin);
  int64_t count = 0;
  for (size_t at = inside.find(part->text()); at != absl::string_view::npos; at = inside.find(part->text())) {
    ++count;
    inside.remove_prefix(at + part->text().size());
  }
  return Value::Int(count);
}

Value Affix(Evaluator& evaluator, Args args, Side side) {
  int64_t first = 0, last = 0;
  if (!Range(evaluator, args[0], args[2], args[3], first, last)) return Value();
  const absl::string_view text = Self(args[0]);
  const bool possible = first <= last;
  const size_t begin = ByteOf(text, first);
  const absl::string_view inside = possible ? text.substr(begin, ByteOf(text, last) - begin) : "";
  std::vector<Value> parts = {args[1]};
  if (const auto* tuple = args[1].As<TupleObject>()) parts = tuple->items;
  for (const Value& value : parts) {
    const auto* part = value.As<StrObject>();
    if (part == nullptr) {
      return evaluator.Raise(
          "TypeError", absl::StrCat(side == Side::kLeft ? "starts" : "ends",
                                    "with first arg must be str or a tuple of str, not ", evaluator.TypeName(value)));
    }
    const bool fits =
        side == Side::kLeft ? absl::StartsWith(inside, part->text()) : absl::EndsWith(inside, part->text());
    if (possible && fits) return Value::Bool(true);
  }
  return Value::Bool(false);
}

Value Join(Evaluator& evaluator, Args args) {
  std::vector<Value> items;
  if (!evaluator.ToVector(args[1], items)) return Value();
  std::string text;
  for (size_t i = 0; i < items.size(); ++i) {
    const auto* item = items[i].As<StrObject>();
    if (item == nullptr) {
      return evaluator.Raise("TypeError", absl::StrCat("sequence item ", i, ": expected str instance, ",
                                                       evaluator.TypeName(items[i]), " found"));
    }
    if (i > 0) absl::StrAppend(&text, Self(args[0]));
    absl::StrAppend(&text, item->text());
    if (!evaluator.Allow(static_cast<int64_t>(text.size()))) return Value();
  }
  return evaluator.Text(std::move(text));
}

Value Replace(Evaluator& evaluator, Args args) {
  const auto* old = TakeText(evaluator, args[1], "replace");
  const auto* replacement = old == nullptr ? nullptr : TakeText(evaluator, args[2], "replace");
  int64_t most = -1;
  if (replacement == nullptr || (args[3] && !evaluator.Index(args[3], most))) return Value();
  absl::string_view text = Self(args[0]);
  std::string result;
  for (bool first = true; most != 0; --most, first = false) {
    if (old->text().empty()) {
      // Before each character and at the end.
      if (!first) {
        if (text.empty()) break;
        size_t size = 0;
        DecodeCharacter(text, size);
        absl::StrAppend(&result, text.substr(0, size));
        text.remove_prefix(size);
      }
    } else {
      const size_t at = text.find(old->text());
      if (at == absl::string_view::npos) break;
      absl::StrAppend(&result, text.substr(0, at));
      text.remove_prefix(at + old->text().size());
    }
    absl::StrAppend(&result, replacement->text());
    if (!evaluator.Allow(static_cast<int64_t>(result.size()))) return Value();
  }
  absl::StrAppend(&result, text);
  return evaluator.Text(std::move(result));
}

// ljust, rjust, center.
Value Justify(Evaluator& evaluator, Args args, char align) {
  int64_t width = 0;
  if (!evaluator.Index(args[1], width)) return Value();
  std::string fill = " ";
  if (args[2]) {
    const auto* character = args[2].As<StrObject>();
    if (character == nullptr || character->length() != 1) {
      return evaluator.Raise("TypeError", "The fill character must be exactly one character long");
    }
    fill = std::string(character->text());
  }
  const int64_t missing = width - args[0].As<StrObject>()->length();
  if (missing <= 0) return args[0];
  if (!evaluator.Allow(missing * static_cast<int64_t>(fill.size()))) return Value();
  // As str.center does: the odd one goes left when the width is odd.
  const int64_t left = align == '<' ? 0 : align == '>' ? missing : missing / 2 + (missing & width & 1);
  std::string text;
  for (int64_t i = 0; i < left; ++i) text += fill;
  absl::StrAppend(&text, Self(args[0]));
  for (int64_t i = left; i < missing; ++i) text += fill;
  return evaluator.Text(std::move(text));
}

Value Zfill(Evaluator& evaluator, Args args) {
  int64_t width = 0;
  if (!evaluator.Index(args[1], width)) return Value();
  const absl::string_view text = Self(args[0]);
  const int64_t missing = width - args[0].As<StrObject>()->length();
  if (missing <= 0) return args[0];
  if (!evaluator.Allow(missing)) return Value();
  const size_t sign = !text.empty() && (text[0] == '+' || text[0] == '-') ? 1 : 0;
  return evaluator.Text(absl::StrCat(text.substr(0, sign), std::string(missing, '0'), text.substr(sign)));
}

Value Partition(Evaluator& evaluator, Args args, Side side) {
  const auto* part = TakeText(evaluator, args[1], "partition");
  if (part == nullptr) return Value();
  if (part->text().empty()) return evaluator.Raise("ValueError", "empty separator");
  const absl::string_view text = Self(args[0]);
  const size_t at = side == Side::kLeft ? text.find(part->text()) : text.rfind(part->text());
  absl::string_view parts[3] = {text, "", ""};
  if (at == absl::string_view::npos) {
    if (side == Side::kRight) std::swap(parts[0], parts[2]);
  } else {
    parts[0] = text.substr(0, at);
    parts[1] = part->text();
    parts[2] = text.substr(at + part->text().size());
  }
  std::vector<Value> items;
  for (absl::string_view piece : parts) items.push_back(evaluator.Text(std::string(piece)));
  return Value(evaluator.heap().New<TupleObject>(std::move(items)));
}

Value Format(Evaluator& evaluator, Args args) {
  return evaluator.FormatBraces(Self(args[0]), *args[1].As<TupleObject>(), *args[2].As<DictObject>());
}

Value Without(Evaluator& evaluator, Args args, Side side) {
  const auto* part = TakeText(evaluator, args[1], side == Side::kLeft ? "removeprefix" : "removesuffix");
  if (part == nullptr) return Value();
  absl::string_view text = Self(args[0]);
  if (side == Side::kLeft ? absl::StartsWith(text, part->text()) : absl::EndsWith(text, part->text())) {
    side == Side::kLeft ? text.remove_prefix(part->text().size()) : text.remove_suffix(part->text().size());
  }
  return evaluator.Text(std::string(text));
}

char SwapCase(char byte) { return absl::ascii_isupper(static_cast<unsigned char>(byte)) ? Lower(byte) : Upper(byte); }

Value Isspace(Evaluator& evaluator, Args args) {
  const absl::string_view text = Self(args[0]);
  for (size_t at = 0; at < text.size();) {
    if (!IsSpace(DecodeCharacter(text, at))) return Value::Bool(false);
  }
  return Value::Bool(!text.empty());
}

constexpr NativeEntry kMethods[] = {
    {"lower", "self, /", [](Evaluator& e, Args args) { return Ascii(e, args[0], Lower); }},
    {"casefold", "self, /", [](Evaluator& e, Args args) { return Ascii(e, args[0], Lower); }},
    {"upper", "self, /", [](Evaluator& e, Args args) { return Ascii(e, args[0], Upper); }},
    {"swapcase", "self, /", [](Evaluator& e, Args args) { return Ascii(e, args[0], SwapCase); }},
    {"title", "self, /", Title},
    {"capitalize", "self, /", Capitalize},
    {"strip", "self, chars=, /", [](Evaluator& e, Args args) { return Strip(e, args, true, true); }},
    {"lstrip", "self, chars=, /", [](Evaluator& e, Args args) { return Strip(e, args, true, false); }},
    {"rstrip", "self, chars=, /", [](Evaluator& e, Args args) { return Strip(e, args, false, true); }},
    {"find", "self, sub, start=, end=, /", [](Evaluator& e, Args args) { return Find(e, args, Side::kLeft); }},
    {"rfind", "self, sub, start=, end=, /", [](Evaluator& e, Args args) { return Find(e, args, Side::kRight); }},
    {"index", "self, sub, start=, end=, /", [](Evaluator& e, Args args) { return IndexOf(e, args, Side::kLeft); }},
    {"rindex", "self, sub, start=, end=, /", [](Evaluator& e, Args args) { return IndexOf(e, args, Side::kRight); }},
    {"count", "self, sub, start=, end=, /", Count},
    {"startswith", "self, prefix, start=, end=, /",
     [](Evaluator& e, Args args) { return Affix(e, args, Side::kLeft); }},
    {"endswith", "self, suffix, start=, end=, /", [](Evaluator& e, Args args) { return Affix(e, args, Side::kRight); }},
    {"join", "self, iterable, /", Join},
    {"replace", "self, old, new, count=, /", Replace},
    {"ljust", "self, width, fillchar=, /", [](Evaluator& e, Args args) { return Justify(e, args, '<'); }},
    {"rjust", "self, width, fillchar=, /", [](Evaluator& e, Args args) { return Justify(e, args, '>'); }},
    {"center", "self, width, fillchar=, /", [](Evaluator& e, Args args) { return Justify(e, args, '^'); }},
    {"zfill", "self, width, /", Zfill},
    {"partition", "self, sep, /", [](Evaluator& e, Args args) { return Partition(e, args, Side::kLeft); }},
    {"rpartition", "self, sep, /", [](Evaluator& e, Args args) { return Partition(e, args, Side::kRight); }},
    {"removeprefix", "self, prefix, /", [](Evaluator& e, Args args) { return Without(e, args, Side::kLeft); }},
    {"removesuffix", "self, suffix, /", [](Evaluator& e, Args args) { return Without(e, args, Side::kRight); }},
    {"format", "self, /, *args, **kwargs", Format},
    {"isspace", "self, /", Isspace},
    {"isalpha", "self, /", [](Evaluator& e, Args args) { return All(e, args[0], IsAlpha); }},
    {"isdigit", "self, /", [](Evaluator& e, Args args) { return All(e, args[0], IsDigit); }},
    {"isdecimal", "self, /", [](Evaluator& e, Args args) { return All(e, args[0], IsDigit); }},
    {"isnumeric", "self, /", [](Evaluator& e, Args args) { return All(e, args[0], IsDigit); }},
    {"isalnum", "self, /",
     [](Evaluator& e, Args args) { return All(e, args[0], [](char byte) { return IsAlpha(byte) || IsDigit(byte); }); }},
    {"isupper", "self, /",
     [](Evaluator& e, Args args) { return AllCased(e, args[0], absl::ascii_isupper, absl::ascii_islower); }},
    {"islower", "self, /",
     [](Evaluator& e, Args args) { return AllCased(e, args[0], absl::ascii_islower, absl::ascii_isupper); }},
    {"isascii", "self, /", [](Evaluator& e, Args args) { return Value::Bool(args[0].As<StrObject>()->ascii()); }},
    {"isidentifier", "self, /",
     [](Evaluator& e, Args args) {
       const absl::string_view text = Self(args[0]);
       if (!args[0].As<StrObject>()->ascii()) return e.Refuse("the class of letters beyond ASCII");
       return Value::Bool(!text.empty() && !IsDigit(text[0]) && std::all_of(text.begin(), text.end(), [](char byte) {
         return IsAlpha(byte) || IsDigit(byte) || byte == '_';
       }));
     }},
};

}  // namespace

void InstallTextMethods(World& world) {
  ClassObject* text = world.ClassOf(Kind::kStr);
  AddMethods(world, text, kMethods);
  InstallSplitting(world, text);
  AddRefused(world, text->attributes, "str",
             {"encode", "expandtabs", "format_map", "isprintable", "istitle", "maketrans", "translate"});
}

}  // namespace loadstone::python
