#include "engine/testing/fakes.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include <ATen/ops/full.h>
#include <ATen/ops/linear.h>

#include "absl/strings/str_cat.h"
#include "engine/attribute_reader.h"
#include "engine/base/logging.h"
#include "engine/module_def_builder.h"
#include "engine/module_state.h"

namespace loadstone::testing {
namespace {

class Linear : public TensorModule {
 public:
  explicit Linear(ModuleState& state)
      : TensorModule(state), weight_(state.Parameter("weight")), bias_(state.Parameter("bias")) {}
  at::Tensor ForwardTensor(const at::Tensor& input) const override { return at::linear(input, weight_, bias_); }
  std::string ExtraRepr() const override {
    return absl::StrCat("in_features=", weight_.size(1), ", out_features=", weight_.size(0));
  }

 private:
  const at::Tensor& weight_;
  const at::Tensor& bias_;
};

class Block : public TensorModule {
 public:
  explicit Block(ModuleState& state) : TensorModule(state), extra_(state.attributes().Text("extra", "")) {}
  at::Tensor ForwardTensor(const at::Tensor& input) const override {
    at::Tensor value = input;
    for (const Named<std::shared_ptr<Module>>& child : children()) {
      if (child.value != nullptr) value = (*child.value)(value);
    }
    return value;
  }
  std::string ExtraRepr() const override { return extra_; }

 private:
  const std::string extra_;
};

}  // namespace

ModuleClass LinearClass() {
  ModuleClass linear;
  linear.name = "tiny.Linear";
  linear.signature = "in_features, out_features, bias=True";
  linear.construct = [](AttributeReader& arguments, ModuleDefBuilder& self) {
    const int64_t out_features = arguments.Int("out_features");
    self.Parameter("weight", {out_features, arguments.Int("in_features")});
    if (arguments.Bool("bias")) {
      self.Parameter("bias", {out_features});
    } else {
      self.NoParameter("bias");
    }
  };
  linear.build = BuildModule<Linear>;
  return linear;
}

ModuleClass BlockClass() {
  ModuleClass block;
  block.name = "tiny.Block";
  block.construct = [](AttributeReader&, ModuleDefBuilder&) {};
  block.build = BuildModule<Block>;
  return block;
}

std::unique_ptr<PluginRegistry> NewRegistry() {
  auto registry = std::make_unique<PluginRegistry>();
  CHECK_EQ(registry->AddModuleClass(LinearClass()), absl::OkStatus());
  CHECK_EQ(registry->AddModuleClass(BlockClass()), absl::OkStatus());
  return registry;
}

std::shared_ptr<ModuleDef> BlockDef(NamedList<std::shared_ptr<ModuleDef>> children) {
  auto def = std::make_shared<ModuleDef>();
  def->class_name = "tiny.Block";
  def->children = std::move(children);
  return def;
}

std::shared_ptr<ModuleDef> LinearDef(int64_t in_features, int64_t out_features, double value) {
  auto def = std::make_shared<ModuleDef>();
  def->class_name = "tiny.Linear";
  def->parameters.push_back({"weight", at::full({out_features, in_features}, value)});
  def->parameters.push_back({"bias", at::full({out_features}, value)});
  return def;
}

}  // namespace loadstone::testing
