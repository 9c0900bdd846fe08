// The modules torch.nn, torch.nn.modules and torch.nn.parameter.

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "custom_ops/python_source/builtins/builtins.h"
#include "custom_ops/python_source/modules/layer_classes.h"
#include "custom_ops/python_source/modules/module_attributes.h"
#include "custom_ops/python_source/modules/nn_world.h"
#include "custom_ops/python_source/runtime/native.h"
#include "custom_ops/python_source/torch_api/torch_module.h"

namespace loadstone::python {
namespace {

constexpr char kNnText[] =
#include "custom_ops/python_source/modules/library/nn.inc"
    ;
constexpr char kSmallModulesText[] =
#include "custom_ops/python_source/modules/library/nn_small_modules.inc"
    ;

// Where Python has the classes of nn.py.
constexpr const char* kLibraryClasses[][2] = {
    {"Module", "torch.nn.modules.module"},           {"Sequential", "torch.nn.modules.container"},
    {"ModuleList", "torch.nn.modules.container"},    {"ModuleDict", "torch.nn.modules.container"},
    {"ParameterList", "torch.nn.modules.container"}, {"ParameterDict", "torch.nn.modules.container"},
};

// torch.nn or a module below torch.nn.modules: classes come when they are first asked for.
struct LayersModule : ModuleObject {
  explicit LayersModule(std::string module_name) : ModuleObject(std::move(module_name)) {}
  Value Missing(Evaluator& evaluator, StrObject* attribute) override {
    const absl::string_view wanted = attribute->text();
    if (absl::StartsWith(wanted, "__")) return Value();
    NnWorld& world = NnWorld::Of(evaluator);
    const std::string qualified = absl::StrCat(name, ".", wanted);
    if (ClassObject* layer = world.LayerClass(evaluator, qualified)) return Value(layer);
    if (evaluator.failed()) return Value();
    if (world.FindModule(qualified) != nullptr || NnLibraryTexts().contains(qualified)) {
      return evaluator.Import(qualified);
    }
    // torch.nn.modules.Linear is torch.nn.Linear.
    if (name == "torch.nn.modules") return evaluator.GetAttribute(Value(world.FindModule("torch.nn")), attribute);
    const bool is_class = absl::ascii_isupper(static_cast<unsigned char>(wanted[0]));
    if (world.frozen() || !is_class) return evaluator.Refuse(qualified);
    return Value(MissingLayerClass(world, wanted));
  }
};

void AddLayersModule(NnWorld& world, const std::string& name) {
  if (world.FindModule(name) != nullptr) return;
  auto* module = world.heap().New<LayersModule>(name);
  world.AddModule(module);
}

}  // namespace

LibraryTexts NnLibraryTexts() {
  static const auto* const kTexts = [] {
    auto* texts = new LibraryTexts(TorchLibraryTexts());
    texts->emplace("torch.nn._library", kNnText);
    AddModulesOf(kSmallModulesText, *texts);
    return texts;
  }();
  return *kTexts;
}

bool DefineNn(Evaluator& evaluator) {
  NnWorld& world = NnWorld::Of(evaluator);
  InstallBuiltins(world);
  DefineTorch(world);
  const auto name = [&](const char* text) { return world.heap().Intern(text); };
  world.parameters = name("_parameters");
  world.buffers = name("_buffers");
  world.modules = name("_modules");
  world.non_persistent = name("_non_persistent_buffers_set");
  world.training = name("training");
  world.forward = name("forward");
  AddLayersModule(world, "torch.nn");
  AddLayersModule(world, "torch.nn.modules");
  DefineNativeModule(world);
  world.parameter_class->make = world.tensor_class->make;
  ModuleObject* parameter = NewModule(world, "torch.nn.parameter");
  SetName(world, parameter, "Parameter", Value(world.parameter_class));
  SetName(world, world.FindModule("torch.nn"), "Parameter", Value(world.parameter_class));
  for (const auto& entry : world.registry.module_classes()) {
    const std::string& qualified = entry.value->name;
    if (absl::StartsWith(qualified, "torch.nn.modules.")) {
      AddLayersModule(world, qualified.substr(0, qualified.rfind('.')));
    }
  }
  if (!AddLibraryMethods(evaluator)) return false;
  const Value library = evaluator.Import("torch.nn._library");
  if (!library) return false;
  for (const auto& [class_name, module_name] : kLibraryClasses) {
    const Value found = evaluator.GetAttribute(library, name(class_name));
    if (!found) return false;
    auto* cls = found.As<ClassObject>();
    if (world.module_class == nullptr) SetModuleClass(world, cls);
    cls->module_name = module_name;
    AddLayersModule(world, module_name);
    world.library_classes[absl::StrCat(module_name, ".", class_name)] = found;
    world.library_classes[absl::StrCat("torch.nn.", class_name)] = found;
  }
  return true;
}

}  // namespace loadstone::python
