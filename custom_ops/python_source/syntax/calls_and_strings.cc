// Calls, parameters and strings of TreeReader.

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "custom_ops/python_source/syntax/literals.h"
#include "custom_ops/python_source/syntax/tree_reader.h"

namespace loadstone::python {

const Node* TreeReader::Call(TSNode node) {
  const TSNode arguments = Field(node, "arguments");
  Nodes children = {Expression(Field(node, "function"))};
  if (Type(arguments) == "generator_expression") {
    children.push_back(Expression(arguments));
  } else {
    const Nodes given = Arguments(arguments);
    children.insert(children.end(), given.begin(), given.end());
  }
  return Make(NodeKind::kCall, node, children);
}

TreeReader::Nodes TreeReader::Arguments(TSNode node) {
  Nodes result;
  bool keyword_seen = false;
  for (TSNode part : Parts(node)) {
    const absl::string_view type = Type(part);
    if (type == "keyword_argument") {
      keyword_seen = true;
      const absl::string_view name = Text(Field(part, "name"));
      for (const Node* other : result) {
        if (other->kind == NodeKind::kKeyword && other->text == name) {
          Error(part, absl::StrCat("syntax error: keyword argument repeated: ", name));
        }
      }
      result.push_back(Make(NodeKind::kKeyword, part, {Expression(Field(part, "value"))}, name));
    } else if (type == "dictionary_splat") {
      keyword_seen = true;
      result.push_back(Make(NodeKind::kDoubleStarred, part, {Expression(Parts(part)[0])}));
    } else {
      if (keyword_seen && type != "list_splat")
        Error(part, "syntax error: positional argument follows keyword argument");
      result.push_back(Expression(part));
    }
  }
  return result;
}

const Node* TreeReader::Lambda(TSNode node) {
  const TSNode parameters = Field(node, "parameters");
  const Node* read = ts_node_is_null(parameters) ? Make(NodeKind::kParameters, node, {}) : Parameters(parameters);
  return Make(NodeKind::kLambda, node, {read, Expression(Field(node, "body"))});
}

const Node* TreeReader::Parameters(TSNode node) {
  Nodes result;
  std::vector<Node*> made;
  Operator form = Operator::kNone;
  const auto add = [&](TSNode at, Operator op, absl::string_view name, const Node* default_value) {
    for (const Node* other : made) {
      if (other->text == name) Error(at, absl::StrCat("syntax error: duplicate argument '", name, "'"));
    }
    if (default_value == nullptr && op == Operator::kNone && !made.empty() && made.back()->op == Operator::kNone &&
        made.back()->children[0] != nullptr) {
      Error(at, "syntax error: parameter without a default follows parameter with a default");
    }
    Node* parameter = Make(NodeKind::kParameter, at);
    parameter->text = name;
    parameter->op = op;
    parameter->children = file_.KeepChildren({default_value});
    made.push_back(parameter);
    result.push_back(parameter);
  };
  for (TSNode part : Parts(node)) {
    TSNode inner = part;
    if (Type(part) == "typed_parameter") inner = Parts(part)[0];
    const absl::string_view type = Type(inner);
    if (type == "identifier") {
      add(part, form, Text(inner), nullptr);
    } else if (type == "default_parameter" || type == "typed_default_parameter") {
      add(part, form, Text(Field(part, "name")), Expression(Field(part, "value")));
    } else if (type == "list_splat_pattern") {
      form = Operator::kKeywordOnly;
      add(part, Operator::kStar, Text(Parts(inner)[0]), nullptr);
    } else if (type == "dictionary_splat_pattern") {
      add(part, Operator::kDoubleStar, Text(Parts(inner)[0]), nullptr);
    } else if (type == "keyword_separator") {
      form = Operator::kKeywordOnly;
    } else if (type == "positional_separator") {
      for (Node* parameter : made) parameter->op = Operator::kPositionalOnly;
    } else {
      Error(part, "syntax error: not a parameter of Python 3");
    }
  }
  return Make(NodeKind::kParameters, node, result);
}

const Node* TreeReader::Strings(TSNode node) {
  Nodes pieces;
  if (Type(node) == "string") {
    String(node, pieces);
  } else {
    for (TSNode part : Parts(node)) String(part, pieces);
  }
  for (const Node* piece : pieces) {
    if (piece->kind == NodeKind::kUnsupported) return piece;
  }
  // Neighbouring texts become one.
  Nodes merged;
  bool formatted = false;
  for (const Node* piece : pieces) {
    formatted |= piece->kind == NodeKind::kFormatted;
    if (piece->kind == NodeKind::kString && !merged.empty() && merged.back()->kind == NodeKind::kString) {
      merged.back() = Make(NodeKind::kString, node, {}, file_.KeepText(absl::StrCat(merged.back()->text, piece->text)));
    } else {
      merged.push_back(piece);
    }
  }
  if (formatted) return Make(NodeKind::kJoined, node, merged);
  return Make(NodeKind::kString, node, {}, merged.empty() ? "" : merged[0]->text);
}

void TreeReader::String(TSNode node, Nodes& pieces) {
  bool raw = false, formatted = false;
  uint32_t text_begin = ts_node_start_byte(node), text_end = ts_node_end_byte(node);
  for (TSNode part : Parts(node)) {
    if (Type(part) == "string_start") {
      text_begin = ts_node_end_byte(part);
      for (char letter : Text(part)) {
        letter |= 0x20;
        raw |= letter == 'r';
        formatted |= letter == 'f';
        if (letter == 'b') return pieces.push_back(Unsupported(node, "bytes"));
      }
    } else if (Type(part) == "string_end") {
      text_end = ts_node_start_byte(part);
    }
  }
  // The text lies between the interpolations; how the grammar cuts it up does not matter.
  const absl::string_view source = file_.text();
  for (TSNode part : Parts(node)) {
    if (Type(part) != "interpolation") continue;
    AddText(node, source.substr(text_begin, ts_node_start_byte(part) - text_begin), raw, formatted, pieces);
    pieces.push_back(Interpolation(part, raw, pieces));
    text_begin = ts_node_end_byte(part);
  }
  AddText(node, source.substr(text_begin, text_end - text_begin), raw, formatted, pieces);
}

void TreeReader::AddText(TSNode at, absl::string_view raw_text, bool raw, bool formatted, Nodes& pieces) {
  if (raw_text.empty()) return;
  std::string text(raw_text);
  if (formatted) text = absl::StrReplaceAll(text, {{"{{", "{"}, {"}}", "}"}});
  if (raw) {
    text = absl::StrReplaceAll(text, {{"\r\n", "\n"}});
  } else {
    absl::optional<std::string> resolved = ResolveEscapes(text);
    if (!resolved) return pieces.push_back(Unsupported(at, "this escape in a string"));
    text = *std::move(resolved);
  }
  pieces.push_back(Make(NodeKind::kString, at, {}, file_.KeepText(std::move(text))));
}

const Node* TreeReader::Interpolation(TSNode node, bool raw, Nodes& pieces) {
  Node* result = Make(NodeKind::kFormatted, node);
  const Node* value = nullptr;
  const Node* format = nullptr;
  TSNode expression = Field(node, "expression");
  if (HasToken(node, "=")) {  // f"{x = }": the source, then the value
    for (uint32_t i = 0, count = ts_node_child_count(node); i < count; ++i) {
      const TSNode token = ts_node_child(node, i);
      if (Type(token) != "=") continue;
      uint32_t end = ts_node_end_byte(token);
      while (absl::ascii_isspace(file_.text()[end])) ++end;
      const uint32_t begin = ts_node_start_byte(node) + 1;
      pieces.push_back(Make(NodeKind::kString, node, {}, file_.text().substr(begin, end - begin)));
    }
    result->op = Operator::kConvertRepr;
  }
  // Python reads `:=` there as a format that begins with `=`; the grammar does not.
  value =
      Type(expression) == "named_expression" ? Unsupported(expression, "':=' in an f-string") : Expression(expression);
  for (TSNode part : Parts(node)) {
    if (Type(part) == "type_conversion") {
      const char letter = Text(part).back();
      result->op = letter == 'r'   ? Operator::kConvertRepr
                   : letter == 'a' ? Operator::kConvertAscii
                                   : Operator::kConvertStr;
    } else if (Type(part) == "format_specifier") {
      Nodes inner;
      const absl::string_view source = file_.text();
      uint32_t begin = ts_node_start_byte(part) + 1;
      for (TSNode nested : Parts(part)) {
        if (Type(nested) != "format_expression" && Type(nested) != "interpolation") continue;
        AddText(part, source.substr(begin, ts_node_start_byte(nested) - begin), raw, true, inner);
        inner.push_back(Interpolation(nested, raw, inner));
        begin = ts_node_end_byte(nested);
      }
      AddText(part, source.substr(begin, ts_node_end_byte(part) - begin), raw, true, inner);
      format = Make(NodeKind::kJoined, part, inner);
      if (result->op == Operator::kConvertRepr && HasToken(node, "=")) result->op = Operator::kNone;
    }
  }
  result->children = file_.KeepChildren({value, format});
  return result;
}

}  // namespace loadstone::python
