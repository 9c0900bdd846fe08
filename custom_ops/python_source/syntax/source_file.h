// One file of Python source, parsed.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_SYNTAX_SOURCE_FILE_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_SYNTAX_SOURCE_FILE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "custom_ops/python_source/syntax/node.h"

namespace loadstone::python {

// Owns the text and all nodes. Immutable: any thread may read it.
class SourceFile {
 public:
  // `name` is how messages call the file. Whatever the bytes, nothing worse than a Status:
  //   InvalidArgument: syntax errors, each with its place, line and caret; text that is not UTF-8.
  //   ResourceExhausted: larger than 8 MiB, or nested deeper than 200 levels.
  // What is valid Python but not supported is a node of kind kUnsupported: library files are full of functions that a
  // model never calls.
  static absl::StatusOr<std::shared_ptr<const SourceFile>> Parse(std::string name, std::string text);

  SourceFile(const SourceFile&) = delete;
  SourceFile& operator=(const SourceFile&) = delete;

  const std::string& name() const { return name_; }
  absl::string_view text() const { return text_; }
  const Node& root() const { return *root_; }
  // Every kUnsupported node, in the order of the file.
  const std::vector<const Node*>& unsupported() const { return unsupported_; }

  // "model.py:3:9", counted from 1, columns in characters.
  std::string Place(uint32_t line, uint32_t column) const;
  // "model.py:3:9: `message`", the source line and a caret below the column.
  std::string Describe(uint32_t line, uint32_t column, absl::string_view message) const;

 private:
  friend class TreeReader;
  SourceFile(std::string name, std::string text) : name_(std::move(name)), text_(std::move(text)) {}

  absl::string_view Line(uint32_t line) const;

  // Makers for the parser; the nodes live as long as the file.
  Node* NewNode();
  absl::string_view KeepText(std::string text);
  absl::Span<const Node* const> KeepChildren(const std::vector<const Node*>& children);

  std::string name_;
  std::string text_;
  const Node* root_ = nullptr;
  std::vector<const Node*> unsupported_;
  std::vector<std::unique_ptr<Node[]>> node_blocks_;
  size_t nodes_left_ = 0;
  std::vector<std::unique_ptr<const Node*[]>> child_blocks_;
  size_t child_block_size_ = 0;
  size_t children_left_ = 0;
  std::vector<std::unique_ptr<std::string>> strings_;
};

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_SYNTAX_SOURCE_FILE_H_
