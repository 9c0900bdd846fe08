#include "custom_ops/python_source/syntax/source_file.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace loadstone::python {
namespace {

constexpr size_t kNodesPerBlock = 256;
constexpr size_t kChildrenPerBlock = 1024;
// A caret under a line of megabytes helps nobody.
constexpr size_t kLongestShownLine = 200;

bool StartsCharacter(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }

}  // namespace

Node* SourceFile::NewNode() {
  if (nodes_left_ == 0) {
    node_blocks_.push_back(std::make_unique<Node[]>(kNodesPerBlock));
    nodes_left_ = kNodesPerBlock;
  }
  return &node_blocks_.back()[kNodesPerBlock - nodes_left_--];
}

absl::string_view SourceFile::KeepText(std::string text) {
  strings_.push_back(std::make_unique<std::string>(std::move(text)));
  return *strings_.back();
}

absl::Span<const Node* const> SourceFile::KeepChildren(const std::vector<const Node*>& children) {
  if (children.empty()) return {};
  if (children.size() > children_left_) {
    child_block_size_ = std::max(kChildrenPerBlock, children.size());
    child_blocks_.push_back(std::make_unique<const Node*[]>(child_block_size_));
    children_left_ = child_block_size_;
  }
  const Node** place = child_blocks_.back().get() + (child_block_size_ - children_left_);
  std::copy(children.begin(), children.end(), place);
  children_left_ -= children.size();
  return {place, children.size()};
}

absl::string_view SourceFile::Line(uint32_t line) const {
  absl::string_view rest = text_;
  for (uint32_t i = 1; i < line; ++i) {
    const size_t end = rest.find('\n');
    if (end == absl::string_view::npos) return "";
    rest.remove_prefix(end + 1);
  }
  absl::string_view found = rest.substr(0, rest.find('\n'));
  while (!found.empty() && found.back() == '\r') found.remove_suffix(1);
  return found;
}

std::string SourceFile::Place(uint32_t line, uint32_t column) const {
  const absl::string_view before = Line(line).substr(0, column);
  return absl::StrCat(name_, ":", line, ":", 1 + std::count_if(before.begin(), before.end(), StartsCharacter));
}

std::string SourceFile::Describe(uint32_t line, uint32_t column, absl::string_view message) const {
  std::string text = absl::StrCat(Place(line, column), ": ", message);
  const absl::string_view shown = Line(line);
  if (column > shown.size() || column > kLongestShownLine) return text;
  std::string caret;
  for (char byte : shown.substr(0, column)) {
    if (byte == '\t') {
      caret += '\t';
    } else if (StartsCharacter(byte)) {
      caret += ' ';
    }
  }
  size_t end = std::min(shown.size(), kLongestShownLine);
  while (end < shown.size() && end > 0 && !StartsCharacter(shown[end])) --end;
  return absl::StrCat(text, "\n  ", shown.substr(0, end), "\n  ", caret, "^");
}

}  // namespace loadstone::python
