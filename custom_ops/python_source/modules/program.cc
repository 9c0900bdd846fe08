#include "custom_ops/python_source/modules/program.h"

#include <utility>

#include <c10/util/Exception.h>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "custom_ops/python_source/modules/module_attributes.h"
#include "custom_ops/python_source/modules/module_parts.h"
#include "custom_ops/python_source/modules/preparation.h"
#include "custom_ops/python_source/modules/values.h"
#include "custom_ops/python_source/runtime/lazy_module.h"
#include "custom_ops/python_source/torch_api/library.h"
#include "engine/base/logging.h"
#include "engine/base/status_macros.h"

namespace loadstone::python {
namespace {

constexpr absl::string_view kMain = "__main__.";

// What this thread is running, so that a module of the source inside a layer of C++ goes on in the same call.
struct Current {
  const Program* program = nullptr;
  Evaluator* evaluator = nullptr;
};
thread_local Current current;

class CurrentScope {
 public:
  explicit CurrentScope(Current next) : outer_(std::exchange(current, next)) {}
  ~CurrentScope() { current = outer_; }

 private:
  const Current outer_;
};

[[noreturn]] void Throw(const absl::Status& status) {
  const std::string text(status.message());
  TORCH_CHECK_WITH(OutOfMemoryError, !absl::IsResourceExhausted(status), text);
  TORCH_CHECK_NOT_IMPLEMENTED(!absl::IsUnimplemented(status), text);
  TORCH_CHECK(false, text);
}

c10::IValue Run(Evaluator& evaluator, const Value& object, const Inputs& inputs) {
  std::vector<Value> args;
  std::vector<StrObject*> keywords;
  for (const c10::IValue& input : inputs.args) args.push_back(FromIValue(evaluator, input));
  for (const Named<c10::IValue>& input : inputs.kwargs) {
    args.push_back(FromIValue(evaluator, input.value));
    keywords.push_back(evaluator.Intern(input.name));
  }
  for (const Value& arg : args) {
    if (!arg) return c10::IValue();
  }
  c10::IValue output;
  const Value result = evaluator.Call(object, args, keywords);
  if (result) ToIValue(evaluator, result, output);
  return output;
}

}  // namespace

// The tree's modules, and those of the library.
struct Program::Finder {
  class TreeFinder : public ModuleFinder {
   public:
    explicit TreeFinder(const SourceTree& tree) : tree_(tree) {}
    absl::StatusOr<FoundSource> Find(const std::string& name) override {
      ASSIGN_OR_RETURN(const std::shared_ptr<const SourceModule> module, tree_.Find(name));
      FoundSource found;
      ASSIGN_OR_RETURN(found.file, SourceFile::Parse(module->path, module->text));
      found.package = module->package;
      return found;
    }

   private:
    const SourceTree& tree_;
  };

  explicit Finder(const SourceTree& source) : tree(source), library(NnLibraryTexts(), &tree) {}
  TreeFinder tree;
  LibraryFinder library;
};

Program::Program(std::shared_ptr<const SourceTree> tree, std::shared_ptr<const PluginRegistry> registry)
    : tree_(std::move(tree)),
      registry_(std::move(registry)),
      finder_(std::make_unique<Finder>(*tree_)),
      world_(std::make_unique<NnWorld>(&finder_->library, *registry_)) {
  world_->main_module = tree_->OnlyModule();
}

Program::~Program() = default;

absl::StatusOr<std::shared_ptr<Program>> Program::Create(std::shared_ptr<const SourceTree> tree,
                                                         std::shared_ptr<const PluginRegistry> registry) {
  std::shared_ptr<Program> program(new Program(std::move(tree), std::move(registry)));
  absl::MutexLock lock(&program->mutex_);
  program->loader_ = std::make_unique<Evaluator>(*program->world_);
  program->attributes_ = std::make_unique<AttributeValues>(*program->loader_);
  if (!DefineNn(*program->loader_)) return program->loader_->TakeError();
  return program;
}

absl::StatusOr<Value> Program::Resolve(const std::string& qualified_name, std::string& why) {
  std::string name = qualified_name;
  if (absl::StartsWith(name, kMain)) {
    if (world_->main_module.empty()) {
      const std::string plain = name.substr(kMain.size());
      const std::vector<std::string> modules = tree_->ModulesThatDefine(plain);
      why = absl::StrCat("__main__ is not one file of ", tree_->path(),
                         modules.empty() ? "" : absl::StrCat("; defined in ", absl::StrJoin(modules, ", ")));
      return Value();
    }
    name = absl::StrCat(world_->main_module, ".", name.substr(kMain.size()));
  }
  const std::vector<std::string> parts = absl::StrSplit(name, '.');
  for (size_t count = parts.size() - 1; count > 0; --count) {
    const std::string module = absl::StrJoin(parts.begin(), parts.begin() + static_cast<int64_t>(count), ".");
    const absl::Status found = tree_->Find(module).status();
    if (absl::IsNotFound(found)) {
      why = std::string(found.message());
      continue;
    }
    RETURN_IF_ERROR(found);
    Value value = loader_->Import(module);
    for (size_t i = count; i < parts.size() && value; ++i) {
      const Value outer = value;
      value = loader_->FindAttribute(outer, loader_->Intern(parts[i]));
      if (!value && !loader_->failed()) {
        why = absl::StrCat(module, " (", tree_->path(), ") has no ", parts[i]);
        return Value();
      }
    }
    if (!value) return loader_->TakeError();
    return value;
  }
  return Value();
}

absl::StatusOr<Program::Kind> Program::Find(const std::string& qualified_name, std::string& why) {
  absl::MutexLock lock(&mutex_);
  if (sealed_) return absl::FailedPreconditionError("a class of the source is asked for after the model was loaded");
  ASSIGN_OR_RETURN(const Value value, Resolve(qualified_name, why));
  if (!value) return Kind::kNothing;
  if (value.is(python::Kind::kFunction)) return Kind::kFunction;
  const auto* cls = value.As<ClassObject>();
  if (cls != nullptr && cls->IsSubclassOf(world_->module_class)) return Kind::kModuleClass;
  why = absl::StrCat(qualified_name, " is no nn.Module");
  return Kind::kNothing;
}

absl::StatusOr<std::shared_ptr<ModuleDef>> Program::Construct(const std::string& qualified_name,
                                                              const Arguments& arguments) {
  absl::MutexLock lock(&mutex_);
  if (sealed_) return absl::FailedPreconditionError(absl::StrCat(qualified_name, " is constructed after a module ran"));
  std::string why;
  ASSIGN_OR_RETURN(const Value callable, Resolve(qualified_name, why));
  if (!callable) return absl::FailedPreconditionError(why);
  AttributeValues values(*loader_);
  std::vector<Value> args;
  std::vector<StrObject*> keywords;
  const auto add = [&](const Attribute& attribute) {
    args.push_back(values.ToValue(attribute, [&](const std::shared_ptr<ModuleDef>&) {
      return loader_->Refuse("a module as an argument of a constructor of the source");
    }));
    return static_cast<bool>(args.back());
  };
  for (const Attribute& argument : arguments.positional) {
    if (!add(argument)) return loader_->TakeError();
  }
  for (const Named<Attribute>& argument : arguments.keyword) {
    if (!add(argument.value)) return loader_->TakeError();
    keywords.push_back(loader_->Intern(argument.name));
  }
  const Value made = loader_->Call(callable, args, keywords);
  if (!made) return loader_->TakeError();
  if (AsNative<ModuleInstance>(made) == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat(qualified_name, "() gives a ", loader_->TypeName(made),
                                                   ", needs an nn.Module"));
  }
  const std::shared_ptr<ModuleDef> def = ModuleDefs(*loader_, constructed_).Make(made);
  if (def == nullptr) return loader_->TakeError();
  return def;
}

void Program::Expect(const ModuleDef& def) {
  absl::MutexLock lock(&mutex_);
  expected_ = &def;
}

absl::Status Program::Join(const Module& module, const ModuleParts& parts) {
  absl::MutexLock lock(&mutex_);
  if (expected_ != nullptr) NoteModules(*std::exchange(expected_, nullptr), module);
  const Value object = ObjectOf(module, &parts);
  if (!object) return loader_->TakeError();
  joined_[&module] = {object, &parts};
  return absl::OkStatus();
}

void Program::Leave(const Module& module) {
  absl::MutexLock lock(&mutex_);
  joined_.erase(&module);
}

bool Program::BindAll() {
  for (const auto& [module, joined] : joined_) {
    if (!BindTensors(joined.object, *module, joined.parts)) return false;
  }
  for (const auto& [module, joined] : joined_) {
    auto* instance = AsNative<ModuleInstance>(joined.object);
    if (world_->LayerName(instance->cls()).empty()) continue;
    instance->layer = BuildLayer(*loader_, instance);
    if (instance->layer == nullptr) return false;
  }
  return true;
}

std::vector<Value> Program::Outermost() {
  absl::flat_hash_set<const Module*> parts;
  std::vector<const Module*> waiting;
  for (const auto& [module, joined] : joined_) waiting.push_back(module);
  while (!waiting.empty()) {
    const Module* module = waiting.back();
    waiting.pop_back();
    for (const Named<std::shared_ptr<Module>>& child : module->children()) {
      if (child.value != nullptr && parts.insert(child.value.get()).second) waiting.push_back(child.value.get());
    }
  }
  std::vector<Value> outermost;
  for (const auto& [module, joined] : joined_) {
    if (!parts.contains(module)) outermost.push_back(joined.object);
  }
  return outermost;
}

bool Program::AddLibrary(std::vector<Value>& roots) {
  for (const char* name : {"torch._functions", "torch.nn.functional"}) {
    const Value library = loader_->Import(name);
    if (!library) return false;
    for (const std::string& bound : dynamic_cast<LazyModule*>(library.object())->Names()) {
      roots.push_back(loader_->FindAttribute(library, loader_->Intern(bound)));
      if (!roots.back()) return false;
    }
  }
  return true;
}

absl::Status Program::Seal() {
  absl::MutexLock lock(&mutex_);
  if (sealed_) return absl::OkStatus();
  std::vector<Value> roots;
  for (const auto& [module, joined] : joined_) roots.push_back(joined.object);
  if (!BindAll() || !AddLibrary(roots)) return loader_->TakeError();
  {
    Preparation preparation(*loader_);
    preparation.Evaluate(roots, [this](const Value& value) {
      const at::Tensor* tensor = TensorOf(value);
      if (tensor != nullptr && tensor->has_storage()) fixed_.insert(tensor->storage().unsafeGetStorageImpl());
    });
    RETURN_IF_ERROR(preparation.Check(Outermost()));
  }
  attributes_.reset();
  loader_.reset();
  world_->Freeze();
  sealed_ = true;
  return absl::OkStatus();
}

c10::IValue Program::Forward(const Module& module, const Inputs& inputs) {
  if (current.program == this) {
    c10::IValue output = Run(*current.evaluator, joined_.find(&module)->second.object, inputs);
    TORCH_CHECK(!current.evaluator->failed(), "in the source");  // the evaluator holds the error
    return output;
  }
  if (!sealed_) {
    const absl::Status sealed = Seal();
    if (!sealed.ok()) Throw(sealed);
  }
  const FixedTensorsScope fixed(&fixed_);
  Heap heap;
  Evaluator evaluator(*world_, heap, {.steps = 5'000'000});
  const CurrentScope scope({this, &evaluator});
  c10::IValue output = Run(evaluator, joined_.find(&module)->second.object, inputs);
  if (evaluator.failed()) Throw(evaluator.TakeError());
  if (evaluator.wrote() && !told_writes_.exchange(true)) {
    LOG(WARNING) << tree_->path()
                 << ": forward writes to the model's objects; Python would keep that, here it ends with each call";
  }
  return output;
}

std::string Program::Text(const Module& module) {
  if (!sealed_ && !Seal().ok()) return "";
  Heap heap;
  Evaluator evaluator(*world_, heap);
  const Value text = evaluator.Repr(joined_.find(&module)->second.object);
  return text ? std::string(text.As<StrObject>()->text()) : "";
}

}  // namespace loadstone::python
