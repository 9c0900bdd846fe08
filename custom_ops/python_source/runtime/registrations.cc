#include "custom_ops/python_source/runtime/registrations.h"

#include <algorithm>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"

namespace loadstone::python {
namespace {

using Names = absl::flat_hash_set<absl::string_view>;

void AddMentioned(const Node* node, Names& names) {
  if (node == nullptr) return;
  if (node->kind == NodeKind::kName) names.insert(node->text);
  for (const Node* child : node->children) AddMentioned(child, names);
}

bool IsDefinition(const Node& node) { return node.kind == NodeKind::kFunctionDef || node.kind == NodeKind::kClassDef; }

// The last name of a dotted one.
absl::string_view LastName(const Node& node) {
  return node.kind == NodeKind::kName || node.kind == NodeKind::kAttribute ? node.text : "";
}

// The name and value of `name = value`, also annotated; else nulls.
struct Binding {
  const Node* name = nullptr;
  const Node* value = nullptr;
};

Binding BindingOf(const Node& statement) {
  if (statement.kind == NodeKind::kAssign && statement.children.size() == 2) {
    return {statement.children[1], statement.children[0]};
  }
  if (statement.kind == NodeKind::kAnnAssign) return {statement.children[0], statement.children[1]};
  return {};
}

class Finder {
 public:
  explicit Finder(const Node& root) : root_(root) {
    for (const Node* statement : root.children) {
      if (IsDefinition(*statement)) definitions_[statement->text] = statement;
    }
  }

  absl::flat_hash_map<std::string, std::vector<int>> Find() {
    absl::flat_hash_map<std::string, std::vector<int>> result;
    const Names registries = Registries();
    if (registries.empty()) return result;
    for (size_t i = 0; i < root_.children.size(); ++i) {
      const Node& statement = *root_.children[i];
      const Names reached = IsDefinition(statement) ? ReachedByDecorators(statement) : MentionedBeside(statement);
      for (absl::string_view name : reached) {
        if (registries.contains(name)) result[std::string(name)].push_back(static_cast<int>(i));
      }
    }
    return result;
  }

 private:
  // Containers, objects and classes of this file that some decorator of it leads to.
  Names Registries() {
    Names decorated;
    for (const Node* statement : root_.children) {
      if (IsDefinition(*statement)) decorated.merge(ReachedByDecorators(*statement));
    }
    Names registries;
    for (const Node* statement : root_.children) {
      const Binding binding = BindingOf(*statement);
      if (binding.name == nullptr || binding.value == nullptr || binding.name->kind != NodeKind::kName) continue;
      if (decorated.contains(binding.name->text) && IsContainer(*binding.value)) registries.insert(binding.name->text);
    }
    return registries;
  }

  bool IsContainer(const Node& value) const {
    if (value.kind == NodeKind::kDict || value.kind == NodeKind::kList || value.kind == NodeKind::kSet) return true;
    if (value.kind != NodeKind::kCall) return false;
    constexpr absl::string_view kMakers[] = {"dict", "list", "set", "OrderedDict", "defaultdict"};
    const absl::string_view maker = LastName(*value.children[0]);
    const auto made_here = definitions_.find(maker);
    return absl::c_linear_search(kMakers, maker) ||
           (made_here != definitions_.end() && made_here->second->kind == NodeKind::kClassDef);
  }

  // What the decorators mention, and the functions and classes of this file that they mention.
  Names ReachedByDecorators(const Node& definition) const {
    Names names;
    for (const Node* decorator : definition.children.subspan(2)) AddMentioned(decorator, names);
    std::vector<absl::string_view> waiting(names.begin(), names.end());
    while (!waiting.empty()) {
      const auto found = definitions_.find(waiting.back());
      waiting.pop_back();
      if (found == definitions_.end()) continue;
      Names inner;
      for (const Node* child : found->second->children) AddMentioned(child, inner);
      for (absl::string_view name : inner) {
        if (names.insert(name).second) waiting.push_back(name);
      }
    }
    return names;
  }

  // What an assignment mentions, but not what it binds itself.
  static Names MentionedBeside(const Node& statement) {
    Names names;
    const Binding binding = BindingOf(statement);
    AddMentioned(&statement, names);
    if (binding.name != nullptr && binding.name->kind == NodeKind::kName) names.erase(binding.name->text);
    return names;
  }

  const Node& root_;
  absl::flat_hash_map<absl::string_view, const Node*> definitions_;
};

}  // namespace

absl::flat_hash_map<std::string, std::vector<int>> FindRegistrations(const Node& root) {
  const bool decorated = absl::c_any_of(
      root.children, [](const Node* statement) { return IsDefinition(*statement) && statement->children.size() > 2; });
  if (!decorated) return {};
  return Finder(root).Find();
}

}  // namespace loadstone::python
