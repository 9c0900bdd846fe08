// str.split and its kin.

#include <algorithm>

#include "custom_ops/python_source/builtins/characters.h"
#include "custom_ops/python_source/builtins/tables.h"

namespace loadstone::python {
namespace {

using Args = absl::Span<const Value>;

Value ListOf(Evaluator& evaluator, const std::vector<absl::string_view>& parts) {
  std::vector<Value> items;
  for (absl::string_view part : parts) {
    items.push_back(evaluator.Text(std::string(part)));
    if (!items.back()) return Value();
  }
  return Value(evaluator.heap().New<ListObject>(std::move(items)));
}

bool IsSpaceAt(absl::string_view text, size_t at, size_t& end) {
  end = at;
  return IsSpace(DecodeCharacter(text, end));
}

std::vector<absl::string_view> SplitSpace(absl::string_view text, int64_t most) {
  std::vector<absl::string_view> parts;
  size_t at = 0, end = 0;
  while (true) {
    while (at < text.size() && IsSpaceAt(text, at, end)) at = end;
    if (at == text.size()) return parts;
    if (most >= 0 && static_cast<int64_t>(parts.size()) == most) break;
    const size_t begin = at;
    while (at < text.size() && !IsSpaceAt(text, at, end)) at = end;
    parts.push_back(text.substr(begin, at - begin));
  }
  parts.push_back(StripRight(text.substr(at), nullptr));
  return parts;
}

std::vector<absl::string_view> SplitSpaceFromRight(absl::string_view text, int64_t most) {
  std::vector<absl::string_view> parts;
  while (true) {
    text = StripRight(text, nullptr);
    if (text.empty()) break;
    if (most >= 0 && static_cast<int64_t>(parts.size()) == most) {
      parts.push_back(text);
      break;
    }
    size_t begin = text.size();
    while (begin > 0) {
      size_t previous = begin - 1, end = 0;
      while (previous > 0 && (text[previous] & 0xC0) == 0x80) --previous;
      if (IsSpaceAt(text, previous, end)) break;
      begin = previous;
    }
    parts.push_back(text.substr(begin));
    text = text.substr(0, begin);
  }
  std::reverse(parts.begin(), parts.end());
  return parts;
}

enum class Side { kLeft, kRight };

Value Split(Evaluator& evaluator, Args args, Side side) {
  const absl::string_view text = args[0].As<StrObject>()->text();
  int64_t most = -1;
  if (args[2] && !evaluator.Index(args[2], most)) return Value();
  if (!args[1] || args[1].is_none()) {
    return ListOf(evaluator, side == Side::kLeft ? SplitSpace(text, most) : SplitSpaceFromRight(text, most));
  }
  const auto* separator = TakeText(evaluator, args[1], "split");
  if (separator == nullptr) return Value();
  const absl::string_view cut = separator->text();
  if (cut.empty()) return evaluator.Raise("ValueError", "empty separator");
  std::vector<absl::string_view> parts;
  absl::string_view rest = text;
  while (most < 0 || static_cast<int64_t>(parts.size()) < most) {
    const size_t at = side == Side::kLeft ? rest.find(cut) : rest.rfind(cut);
    if (at == absl::string_view::npos) break;
    if (side == Side::kLeft) {
      parts.push_back(rest.substr(0, at));
      rest.remove_prefix(at + cut.size());
    } else {
      parts.push_back(rest.substr(at + cut.size()));
      rest = rest.substr(0, at);
    }
  }
  parts.push_back(rest);
  if (side == Side::kRight) std::reverse(parts.begin(), parts.end());
  return ListOf(evaluator, parts);
}

Value SplitLines(Evaluator& evaluator, Args args) {
  const int keep = args[1] ? evaluator.Truth(args[1]) : 0;
  if (keep < 0) return Value();
  const absl::string_view text = args[0].As<StrObject>()->text();
  std::vector<absl::string_view> parts;
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at;
    size_t end = at, next = at;
    while (next < text.size()) {
      end = next;
      const uint32_t c = DecodeCharacter(text, next);
      const bool breaks =
          (c >= 0x0A && c <= 0x0D) || (c >= 0x1C && c <= 0x1E) || c == 0x85 || c == 0x2028 || c == 0x2029;
      if (breaks) {
        if (c == '\r' && next < text.size() && text[next] == '\n') ++next;
        break;
      }
      end = next;
    }
    parts.push_back(text.substr(begin, (keep == 1 ? next : end) - begin));
    at = next;
  }
  return ListOf(evaluator, parts);
}

constexpr NativeEntry kMethods[] = {
    {"split", "self, /, sep=, maxsplit=", [](Evaluator& e, Args args) { return Split(e, args, Side::kLeft); }},
    {"rsplit", "self, /, sep=, maxsplit=", [](Evaluator& e, Args args) { return Split(e, args, Side::kRight); }},
    {"splitlines", "self, /, keepends=", SplitLines},
};

}  // namespace

void InstallSplitting(World& world, ClassObject* text) { AddMethods(world, text, kMethods); }

}  // namespace loadstone::python
