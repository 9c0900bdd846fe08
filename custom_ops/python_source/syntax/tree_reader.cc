#include "custom_ops/python_source/syntax/tree_reader.h"

#include <cstring>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "custom_ops/python_source/syntax/literals.h"

extern "C" const TSLanguage* tree_sitter_python(void);

namespace loadstone::python {
namespace {

constexpr size_t kLargestFile = size_t{8} << 20;
constexpr size_t kMostErrors = 20;

}  // namespace

absl::StatusOr<std::shared_ptr<const SourceFile>> SourceFile::Parse(std::string name, std::string text) {
  if (text.size() > kLargestFile) {
    return absl::ResourceExhaustedError(
        absl::StrCat(name, " has ", text.size(), " bytes, and source files of up to ", kLargestFile, " are read"));
  }
  if (absl::StartsWith(text, "\xEF\xBB\xBF")) text.erase(0, 3);
  if (text.find('\0') != std::string::npos) return absl::InvalidArgumentError(absl::StrCat(name, " holds a NUL byte"));
  if (!IsUtf8(text)) return absl::InvalidArgumentError(absl::StrCat(name, " is not UTF-8"));
  std::shared_ptr<SourceFile> file(new SourceFile(std::move(name), std::move(text)));
  absl::Status status = TreeReader(*file).Read();
  if (!status.ok()) return status;
  return file;
}

absl::Status TreeReader::Read() {
  std::unique_ptr<TSParser, void (*)(TSParser*)> parser(ts_parser_new(), ts_parser_delete);
  if (!ts_parser_set_language(parser.get(), tree_sitter_python())) {
    return absl::InternalError("tree-sitter and its grammar of Python do not fit each other");
  }
  const absl::string_view text = file_.text();
  std::unique_ptr<TSTree, void (*)(TSTree*)> tree(
      ts_parser_parse_string(parser.get(), nullptr, text.data(), static_cast<uint32_t>(text.size())), ts_tree_delete);
  const TSNode root = ts_tree_root_node(tree.get());
  if (ts_node_has_error(root)) CollectErrors(root);
  if (errors_.empty()) file_.root_ = Block(root);
  if (too_deep_) return absl::ResourceExhaustedError(absl::StrJoin(errors_, "\n"));
  if (!errors_.empty()) return absl::InvalidArgumentError(absl::StrJoin(errors_, "\n"));
  return absl::OkStatus();
}

void TreeReader::CollectErrors(TSNode root) {
  // Without recursion: a wrong tree may be as deep as the file is long.
  TSTreeCursor cursor = ts_tree_cursor_new(root);
  bool descend = true;
  while (errors_.size() < kMostErrors) {
    const TSNode node = ts_tree_cursor_current_node(&cursor);
    if (descend && ts_node_is_missing(node)) {
      Error(node, absl::StrCat("syntax error: missing '", Type(node), "'"));
      descend = false;
    } else if (descend && ts_node_is_error(node)) {
      Error(node, "syntax error");
      descend = false;
    } else if (descend && !ts_node_has_error(node)) {
      descend = false;
    }
    if (descend && ts_tree_cursor_goto_first_child(&cursor)) continue;
    descend = true;
    if (ts_tree_cursor_goto_next_sibling(&cursor)) continue;
    if (!ts_tree_cursor_goto_parent(&cursor)) break;
    descend = false;
  }
  ts_tree_cursor_delete(&cursor);
  if (errors_.empty()) errors_.push_back(absl::StrCat(file_.name(), ": syntax error"));
}

void TreeReader::Error(TSNode at, absl::string_view message) {
  if (errors_.size() >= kMostErrors) return;
  const TSPoint point = ts_node_start_point(at);
  errors_.push_back(file_.Describe(point.row + 1, point.column, message));
}

const Node* TreeReader::TooDeep(TSNode at) {
  if (!too_deep_) Error(at, absl::StrCat("nested deeper than ", kDeepest, " levels"));
  too_deep_ = true;
  return Make(NodeKind::kNone, at);
}

const Node* TreeReader::Unsupported(TSNode at, std::string what) {
  Node* node = Make(NodeKind::kUnsupported, at);
  node->text = file_.KeepText(std::move(what));
  file_.unsupported_.push_back(node);
  return node;
}

Node* TreeReader::Make(NodeKind kind, TSNode at) {
  Node* node = file_.NewNode();
  const TSPoint point = ts_node_start_point(at);
  node->kind = kind;
  node->line = point.row + 1;
  node->column = point.column;
  node->begin = ts_node_start_byte(at);
  node->end = ts_node_end_byte(at);
  return node;
}

const Node* TreeReader::Make(NodeKind kind, TSNode at, const Nodes& children, absl::string_view text) {
  Node* node = Make(kind, at);
  node->children = file_.KeepChildren(children);
  node->text = text;
  return node;
}

absl::string_view TreeReader::Text(TSNode node) const {
  const uint32_t begin = ts_node_start_byte(node);
  return file_.text().substr(begin, ts_node_end_byte(node) - begin);
}

TSNode TreeReader::Field(TSNode node, absl::string_view name) {
  return ts_node_child_by_field_name(node, name.data(), static_cast<uint32_t>(name.size()));
}

std::vector<TSNode> TreeReader::Parts(TSNode node) {
  std::vector<TSNode> parts;
  // A cursor, because ts_node_child counts from the front each time.
  TSTreeCursor cursor = ts_tree_cursor_new(node);
  if (ts_tree_cursor_goto_first_child(&cursor)) {
    do {
      const TSNode child = ts_tree_cursor_current_node(&cursor);
      if (ts_node_is_named(child) && !ts_node_is_extra(child)) parts.push_back(child);
    } while (ts_tree_cursor_goto_next_sibling(&cursor));
  }
  ts_tree_cursor_delete(&cursor);
  return parts;
}

bool TreeReader::HasToken(TSNode node, absl::string_view token) {
  for (uint32_t i = 0, count = ts_node_child_count(node); i < count; ++i) {
    const TSNode child = ts_node_child(node, i);
    if (!ts_node_is_named(child) && Type(child) == token) return true;
  }
  return false;
}

}  // namespace loadstone::python
