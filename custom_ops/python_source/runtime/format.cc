// format(), str.format and the operator % of text.

#include <cmath>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "custom_ops/python_source/runtime/evaluator.h"
#include "custom_ops/python_source/runtime/format_spec.h"

namespace loadstone::python {
namespace {

// One call of str.format.
class BraceFormat {
 public:
  BraceFormat(Evaluator& evaluator, const TupleObject& args, const DictObject& keywords)
      : evaluator_(evaluator), args_(args), keywords_(keywords) {}

  bool Expand(absl::string_view format, int depth, std::string& result) {
    if (depth < 0) return Fails("Max string recursion exceeded");
    while (!format.empty()) {
      const size_t brace = format.find_first_of("{}");
      absl::StrAppend(&result, format.substr(0, brace));
      if (brace == absl::string_view::npos) break;
      const char kind = format[brace];
      format.remove_prefix(brace + 1);
      if (!format.empty() && format[0] == kind) {
        result += kind;
        format.remove_prefix(1);
        continue;
      }
      if (kind == '}') return Fails("Single '}' encountered in format string");
      if (format.empty()) return Fails("Single '{' encountered in format string");
      size_t end = 0;
      for (int open = 1; end < format.size(); ++end) {
        if (format[end] == '{') ++open;
        if (format[end] == '}' && --open == 0) break;
      }
      if (end == format.size()) return Fails("expected '}' before end of string");
      if (!Field(format.substr(0, end), depth, result)) return false;
      format.remove_prefix(end + 1);
    }
    return evaluator_.Allow(static_cast<int64_t>(result.size()));
  }

 private:
  bool Fails(const std::string& message) { return static_cast<bool>(evaluator_.Raise("ValueError", message)); }

  bool Field(absl::string_view field, int depth, std::string& result) {
    const size_t cut = field.find_first_of("!:");
    const absl::string_view name = field.substr(0, cut);
    char conversion = 0;
    absl::string_view specification;
    if (cut != absl::string_view::npos) {
      specification = field.substr(cut);
      if (specification[0] == '!') {
        if (specification.size() < 2) return Fails("unmatched '{' in format spec");
        conversion = specification[1];
        specification.remove_prefix(2);
        if (!specification.empty() && specification[0] != ':') return Fails("expected ':' after conversion specifier");
      }
      absl::ConsumePrefix(&specification, ":");
    }
    Value value;
    if (!Find(name, value)) return false;
    if (conversion == 'r' || conversion == 'a') {
      value = evaluator_.Repr(value);
    } else if (conversion == 's') {
      value = evaluator_.Str(value);
    } else if (conversion != 0) {
      return Fails(absl::StrFormat("Unknown conversion specifier %c", conversion));
    }
    std::string expanded;
    if (!value || !Expand(specification, depth - 1, expanded)) return false;
    const Value text = evaluator_.Format(value, expanded);
    if (text) absl::StrAppend(&result, text.As<StrObject>()->text());
    return static_cast<bool>(text);
  }

  bool Find(absl::string_view name, Value& value) {
    const size_t end = name.find_first_of(".[");
    const absl::string_view first = name.substr(0, end);
    int64_t at = 0;
    bool number = !first.empty() && first.size() < 10;
    for (char byte : first) {
      number = number && absl::ascii_isdigit(byte);
      if (number) at = at * 10 + (byte - '0');
    }
    if (first.empty() || number) {
      const Numbering numbering = number ? Numbering::kManual : Numbering::kAutomatic;
      if (numbering_ != Numbering::kNone && numbering_ != numbering) {
        return Fails(
            "cannot switch between manual field specification and "
            "automatic field numbering");
      }
      numbering_ = numbering;
      if (!number) at = next_++;
      if (at >= static_cast<int64_t>(args_.items.size())) {
        return static_cast<bool>(evaluator_.Raise(
            "IndexError", absl::StrCat("Replacement index ", at, " out of range for positional args tuple")));
      }
      value = args_.items[at];
    } else {
      StrObject* key = evaluator_.Intern(first);
      const Value* found = keywords_.table.FindName(key);
      if (found == nullptr) return static_cast<bool>(evaluator_.RaiseKey(Value(key)));
      value = *found;
    }
    if (end == absl::string_view::npos) return true;
    return Items(name.substr(end), value);
  }

  bool Items(absl::string_view path, Value& value) {
    while (!path.empty()) {
      if (path[0] == '.') return static_cast<bool>(evaluator_.Refuse("an attribute in the text of str.format"));
      const size_t end = path.find(']');
      if (path[0] != '[' || end == absl::string_view::npos) return Fails("Missing ']' in format string");
      const absl::string_view key = path.substr(1, end - 1);
      if (key.empty()) return Fails("Empty attribute in format string");
      int64_t at = 0;
      bool number = key.size() < 10;
      for (char byte : key) {
        number = number && absl::ascii_isdigit(byte);
        if (number) at = at * 10 + (byte - '0');
      }
      value = evaluator_.GetItem(value, number ? Value::Int(at) : Value(evaluator_.Intern(key)));
      if (!value) return false;
      path.remove_prefix(end + 1);
    }
    return true;
  }

  enum class Numbering { kNone, kAutomatic, kManual } numbering_ = Numbering::kNone;
  Evaluator& evaluator_;
  const TupleObject& args_;
  const DictObject& keywords_;
  int64_t next_ = 0;
};

// One use of the operator %.
class PercentFormat {
 public:
  PercentFormat(Evaluator& evaluator, const Value& values) : evaluator_(evaluator), values_(values) {}

  Value Expand(absl::string_view format) {
    std::string result;
    while (!format.empty()) {
      const size_t percent = format.find('%');
      absl::StrAppend(&result, format.substr(0, percent));
      if (percent == absl::string_view::npos) break;
      format.remove_prefix(percent + 1);
      if (!Field(format, result) || !evaluator_.Allow(static_cast<int64_t>(result.size()))) return Value();
    }
    const auto* tuple = values_.As<TupleObject>();
    const size_t given = tuple != nullptr ? tuple->items.size() : 1;
    if (next_ < given && !IsMapping() && !by_name_) {
      return evaluator_.Raise("TypeError", "not all arguments converted during string formatting");
    }
    return evaluator_.Text(std::move(result));
  }

 private:
  // What PyMapping_Check takes: whatever has items, but for a tuple and text.
  bool IsMapping() const {
    if (values_.is(Kind::kList) || values_.is(Kind::kDict) || values_.is(Kind::kRange)) return true;
    return values_.is(Kind::kInstance) &&
           evaluator_.ClassOf(values_)->Find(evaluator_.world().name(Special::kGetItem)) != nullptr;
  }

  Value Take() {
    const auto* tuple = values_.As<TupleObject>();
    const size_t given = tuple != nullptr ? tuple->items.size() : 1;
    if (next_ >= given) return evaluator_.Raise("TypeError", "not enough arguments for format string");
    ++next_;
    return tuple != nullptr ? tuple->items[next_ - 1] : values_;
  }

  // A number or '*' at the front of `format`.
  bool Count(absl::string_view& format, int64_t& count) {
    if (absl::ConsumePrefix(&format, "*")) {
      const Value given = Take();
      if (!given) return false;
      if (!given.is_integral()) return static_cast<bool>(evaluator_.Raise("TypeError", "* wants int"));
      count = given.integer();
      return true;
    }
    count = 0;
    while (!format.empty() && absl::ascii_isdigit(format[0])) {
      if (count > INT32_MAX) return static_cast<bool>(evaluator_.Raise("ValueError", "width too big"));
      count = count * 10 + (format[0] - '0');
      format.remove_prefix(1);
    }
    return true;
  }

  bool Field(absl::string_view& format, std::string& result) {
    Value value;
    if (absl::ConsumePrefix(&format, "(")) {
      size_t end = 0;
      for (int open = 1; end < format.size(); ++end) {
        if (format[end] == '(') ++open;
        if (format[end] == ')' && --open == 0) break;
      }
      if (!IsMapping()) return static_cast<bool>(evaluator_.Raise("TypeError", "format requires a mapping"));
      if (end == format.size()) return static_cast<bool>(evaluator_.Raise("ValueError", "incomplete format key"));
      value = evaluator_.GetItem(values_, Value(evaluator_.Intern(format.substr(0, end))));
      if (!value) return false;
      by_name_ = true;
      format.remove_prefix(end + 1);
    }
    FormatSpec spec;
    bool left = false, zero = false;
    for (; !format.empty() && absl::string_view("-+ #0").find(format[0]) != absl::string_view::npos;
         format.remove_prefix(1)) {
      left |= format[0] == '-';
      zero |= format[0] == '0';
      spec.alternate |= format[0] == '#';
      if (format[0] == '+' || (format[0] == ' ' && spec.sign == 0)) spec.sign = format[0];
    }
    if (!Count(format, spec.width)) return false;
    if (spec.width < 0) {
      left = true;
      spec.width = -spec.width;
    }
    if (absl::ConsumePrefix(&format, ".")) {
      if (!Count(format, spec.precision)) return false;
      spec.precision = std::max<int64_t>(spec.precision, 0);
    }
    if (!format.empty() && (format[0] == 'l' || format[0] == 'h' || format[0] == 'L')) format.remove_prefix(1);
    if (format.empty()) return static_cast<bool>(evaluator_.Raise("ValueError", "incomplete format"));
    spec.type = format[0];
    format.remove_prefix(1);
    if (spec.type == '%') {
      result += '%';
      return true;
    }
    if (absl::string_view("diouxXeEfFgGcrsa").find(spec.type) == absl::string_view::npos) {
      return static_cast<bool>(
          evaluator_.Raise("ValueError", absl::StrFormat("unsupported format character '%c'", spec.type)));
    }
    if (!value) value = Take();
    if (!value) return false;
    spec.align = left ? '<' : '>';
    const Value text = Convert(spec, zero && !left, value);
    if (text) absl::StrAppend(&result, text.As<StrObject>()->text());
    return static_cast<bool>(text);
  }

  Value Convert(FormatSpec spec, bool zero, const Value& value) {
    const char type = spec.type;
    if (type == 's' || type == 'r' || type == 'a') {
      const Value text = type == 's' ? evaluator_.Str(value) : evaluator_.Repr(value);
      if (text && type == 'a' && !text.As<StrObject>()->ascii()) return evaluator_.Refuse("'%a' beyond ASCII");
      spec.type = 's';
      spec.sign = 0;
      spec.alternate = false;
      return text ? FormatText(evaluator_, spec, *text.As<StrObject>()) : Value();
    }
    if (type == 'c') return Character(spec, value);
    if (evaluator_.IsInstance(value, Value(evaluator_.ClassOf(Value::Int(0)))) == 1) {
      int64_t plain = 0;
      if (!evaluator_.Index(value, plain)) return Value();
      return Number(type, spec, zero, Value::Int(plain));
    }
    return Number(type, spec, zero, value);
  }

  Value Number(char type, FormatSpec spec, bool zero, const Value& value) {
    if (zero) {
      spec.fill = "0";
      spec.align = '=';
    }
    if (absl::string_view("eEfFgG").find(type) != absl::string_view::npos) {
      if (!value.is_number()) {
        return evaluator_.Raise("TypeError", absl::StrCat("must be real number, not ", evaluator_.TypeName(value)));
      }
      return FormatFloat(evaluator_, spec, value.as_double());
    }
    int64_t number = 0;
    const bool bits = type == 'o' || type == 'x' || type == 'X';
    if (value.is_float() && !bits) {
      if (!std::isfinite(value.real())) {
        return evaluator_.Raise(std::isnan(value.real()) ? "ValueError" : "OverflowError",
                                "cannot convert float infinity or NaN to integer");
      }
      if (std::fabs(value.real()) >= 9.2e18) return evaluator_.Refuse("an int beyond 64 bits");
      number = static_cast<int64_t>(value.real());
    } else if (value.is_integral()) {
      number = value.integer();
    } else {
      return evaluator_.Raise("TypeError", absl::StrFormat("%%%c format: a real number is required, not %s", type,
                                                           evaluator_.TypeName(value)));
    }
    spec.digits = std::max<int64_t>(spec.precision, 0);
    spec.precision = -1;
    spec.type = bits ? type : 'd';
    return FormatInt(evaluator_, spec, number);
  }

  Value Character(FormatSpec spec, const Value& value) {
    if (const auto* text = value.As<StrObject>(); text != nullptr && text->length() == 1) {
      spec.type = 's';
      spec.sign = 0;
      spec.alternate = false;
      spec.precision = -1;
      return FormatText(evaluator_, spec, *text);
    }
    if (!value.is_integral()) return evaluator_.Raise("TypeError", "%c requires int or char");
    spec.sign = 0;
    spec.alternate = false;
    spec.precision = -1;
    return FormatInt(evaluator_, spec, value.integer());
  }

  Evaluator& evaluator_;
  const Value values_;
  size_t next_ = 0;
  bool by_name_ = false;
};

}  // namespace

Value Evaluator::FormatPercent(const StrObject& format, const Value& values) {
  return PercentFormat(*this, values).Expand(format.text());
}

Value Evaluator::FormatBraces(absl::string_view format, const TupleObject& args, const DictObject& keywords) {
  std::string result;
  if (!BraceFormat(*this, args, keywords).Expand(format, 2, result)) return Value();
  return Text(std::move(result));
}

Value Evaluator::Format(const Value& value, absl::string_view specification) {
  if (value.is_object() && (value.is(Kind::kInstance) || value.object()->own_class() != nullptr)) {
    const Value text(heap_.New<StrObject>(std::string(specification)));
    bool found = false;
    const Value result = CallSpecial(value, Special::kFormat, {&text, 1}, found);
    if (found && result && !result.is(Kind::kStr)) return Raise("TypeError", "__format__ must return a str");
    if (found) return result;
  }
  if (specification.empty()) return Str(value);
  const auto* text = value.As<StrObject>();
  if (text == nullptr && !value.is_number()) {
    return Raise("TypeError", absl::StrCat("unsupported format string passed to ", TypeName(value), ".__format__"));
  }
  FormatSpec spec;
  if (!ParseFormatSpec(*this, specification, TypeName(value), spec)) return Value();
  if (text != nullptr) return FormatText(*this, spec, *text);
  return value.is_float() ? FormatFloat(*this, spec, value.real()) : FormatInt(*this, spec, value.integer());
}

}  // namespace loadstone::python
