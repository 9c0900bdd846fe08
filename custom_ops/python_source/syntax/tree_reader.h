// tree-sitter's tree as Nodes. Nothing else knows of tree-sitter.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_SYNTAX_TREE_READER_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_SYNTAX_TREE_READER_H_

#include <tree_sitter/api.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "custom_ops/python_source/syntax/node.h"
#include "custom_ops/python_source/syntax/source_file.h"

namespace loadstone::python {

// Fills one SourceFile.
class TreeReader {
 public:
  explicit TreeReader(SourceFile& file) : file_(file) {}
  absl::Status Read();

 private:
  using Nodes = std::vector<const Node*>;

  // What the parser could not read, each with its place.
  void CollectErrors(TSNode root);
  void Error(TSNode at, absl::string_view message);
  const Node* Unsupported(TSNode at, std::string what);
  const Node* TooDeep(TSNode at);

  Node* Make(NodeKind kind, TSNode at);
  const Node* Make(NodeKind kind, TSNode at, const Nodes& children, absl::string_view text = "");
  absl::string_view Text(TSNode node) const;
  static absl::string_view Type(TSNode node) { return ts_node_type(node); }
  static TSNode Field(TSNode node, absl::string_view name);
  // The named children without comments.
  static std::vector<TSNode> Parts(TSNode node);
  static bool HasToken(TSNode node, absl::string_view token);

  // statements.cc
  const Node* Block(TSNode node);
  const Node* BlockOf(TSNode clause);  // the block in an else or finally clause; null for a null node
  void Statement(TSNode node, Nodes& statements);
  const Node* ExpressionStatement(TSNode node);
  const Node* Assignment(TSNode node);
  const Node* FunctionDef(TSNode node, const Nodes& decorators);
  const Node* ClassDef(TSNode node, const Nodes& decorators);
  const Node* Decorated(TSNode node);
  const Node* If(TSNode node);
  const Node* Try(TSNode node);
  const Node* With(TSNode node);
  void WithItem(TSNode value, Nodes& items);
  const Node* Import(TSNode node);
  const Node* ImportFrom(TSNode node);
  const Node* Alias(TSNode node);
  const Node* Names(NodeKind kind, TSNode node);

  // expressions.cc
  const Node* Expression(TSNode node);
  const Node* ExpressionInside(TSNode node);
  const Node* StarOutside(TSNode node, const Node* expression);
  Nodes Expressions(TSNode node);
  const Node* Target(TSNode node);
  const Node* Name(TSNode node);
  const Node* Comparison(TSNode node);
  const Node* Comprehension(TSNode node, NodeKind kind);
  const Node* Dict(TSNode node);
  const Node* Call(TSNode node);
  Nodes Arguments(TSNode node);
  const Node* Subscript(TSNode node);
  const Node* Slice(TSNode node);
  const Node* Lambda(TSNode node);
  const Node* Parameters(TSNode node);
  const Node* Yield(TSNode node);
  const Node* Number(TSNode node);
  const Node* Strings(TSNode node);
  void String(TSNode node, Nodes& pieces);
  const Node* Interpolation(TSNode node, bool raw, Nodes& pieces);
  void AddText(TSNode at, absl::string_view raw_text, bool raw, bool formatted, Nodes& pieces);

  static constexpr size_t kDeepest = 200;

  SourceFile& file_;
  size_t depth_ = 0;
  bool too_deep_ = false;
  std::vector<std::string> errors_;
};

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_SYNTAX_TREE_READER_H_
