#include "custom_ops/torch_nn/loss_base.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <ATen/core/Reduction.h>

#include "absl/strings/str_cat.h"
#include "engine/python_format.h"

namespace loadstone {
namespace {

// torch.nn._reduction.legacy_get_string
std::string LegacyReduction(const Attribute& size_average, const Attribute& reduce) {
  if (AsInt(reduce).value_or(1) == 0) return "none";
  return AsInt(size_average).value_or(1) == 0 ? "sum" : "mean";
}

}  // namespace

int64_t ReductionOf(AttributeReader& attributes) {
  const std::string reduction = attributes.Text("reduction");
  if (reduction == "none") return at::Reduction::None;
  if (reduction == "mean" || reduction == "elementwise_mean") return at::Reduction::Mean;  // the latter in 0.4.1
  if (reduction != "sum") attributes.Fail(absl::StrCat(PythonQuote(reduction), " is not a valid value for reduction"));
  return at::Reduction::Sum;
}

at::Tensor Reduce(const at::Tensor& loss, int64_t reduction) {
  if (reduction == at::Reduction::Mean) return loss.mean();
  if (reduction == at::Reduction::Sum) return loss.sum();
  return loss;
}

ConstructFunction ConstructLoss(std::vector<std::string> buffers, std::vector<std::string> attributes) {
  return [buffers = std::move(buffers), attributes = std::move(attributes)](AttributeReader& arguments,
                                                                           ModuleDefBuilder& self) {
    const Attribute& size_average = arguments.Get("size_average");
    const Attribute& reduce = arguments.Get("reduce");
    const bool is_legacy = !size_average.is_none() || !reduce.is_none();
    self.Attribute("reduction", is_legacy ? LegacyReduction(size_average, reduce) : arguments.Get("reduction"));
    for (const std::string& name : buffers) {
      const Attribute& value = arguments.Get(name);
      if (value.tensor() == nullptr && !value.is_none()) {
        self.Fail(absl::StrCat(name, " is ", value.TypeName(), ", needs a tensor"));
      }
      self.Buffer(name, value.tensor() == nullptr ? at::Tensor() : *value.tensor());
    }
    StoreArguments(arguments, self, attributes);
  };
}

SetStateFunction SetLossState(NamedList<Attribute> defaults) {
  return [defaults = std::move(defaults)](ModuleDef& state) {
    const AttributeReader reader(state.class_name, state.attributes);
    FillAbsent(state, "reduction", LegacyReduction(reader.Get("size_average"), reader.Get("reduce")));
    for (const Named<Attribute>& entry : defaults) FillAbsent(state, entry.name, entry.value);
  };
}

}  // namespace loadstone
