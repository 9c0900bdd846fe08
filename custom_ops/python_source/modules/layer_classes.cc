#include "custom_ops/python_source/modules/layer_classes.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "custom_ops/python_source/modules/layer_functions.h"
#include "custom_ops/python_source/modules/values.h"
#include "custom_ops/python_source/runtime/native.h"
#include "custom_ops/python_source/runtime/refused.h"

namespace loadstone::python {
namespace {

using Args = absl::Span<const Value>;

constexpr absl::string_view kModules = "torch.nn.modules.";

// Classes of torch.nn.modules.<module> that derive from another class than Module, with it: what isinstance sees.
struct Derived {
  const char* module;
  const char* base;
  const char* names;
};
constexpr Derived kDerived[] = {
    {"activation", "activation.Hardtanh", "ReLU6"},
    {"batchnorm", "batchnorm._BatchNorm", "BatchNorm1d BatchNorm2d BatchNorm3d SyncBatchNorm"},
    {"batchnorm", "batchnorm._NormBase", "_BatchNorm _LazyNormBase"},
    {"conv", "conv._ConvNd", "Conv1d Conv2d Conv3d _ConvTransposeNd"},
    {"conv", "conv._ConvTransposeNd", "ConvTranspose1d ConvTranspose2d ConvTranspose3d _ConvTransposeMixin"},
    {"dropout", "dropout._DropoutNd", "AlphaDropout Dropout Dropout1d Dropout2d Dropout3d FeatureAlphaDropout"},
    {"instancenorm", "instancenorm._InstanceNorm", "InstanceNorm1d InstanceNorm2d InstanceNorm3d"},
    {"instancenorm", "batchnorm._NormBase", "_InstanceNorm"},
    {"linear", "linear.Linear", "NonDynamicallyQuantizableLinear"},
    {"loss", "loss._WeightedLoss", "BCELoss CrossEntropyLoss LinearCrossEntropyLoss MultiLabelSoftMarginLoss"},
    {"loss", "loss._WeightedLoss", "MultiMarginLoss NLLLoss"},
    {"loss", "loss._Loss", "BCEWithLogitsLoss CTCLoss CosineEmbeddingLoss GaussianNLLLoss HingeEmbeddingLoss"},
    {"loss", "loss._Loss", "HuberLoss KLDivLoss L1Loss MSELoss MarginRankingLoss MultiLabelMarginLoss"},
    {"loss", "loss._Loss", "PoissonNLLLoss SmoothL1Loss SoftMarginLoss TripletMarginLoss"},
    {"loss", "loss._Loss", "TripletMarginWithDistanceLoss _WeightedLoss"},
    {"loss", "loss.NLLLoss", "NLLLoss2d"},
    {"padding", "padding._CircularPadNd", "CircularPad1d CircularPad2d CircularPad3d"},
    {"padding", "padding._ConstantPadNd", "ConstantPad1d ConstantPad2d ConstantPad3d"},
    {"padding", "padding._ReflectionPadNd", "ReflectionPad1d ReflectionPad2d ReflectionPad3d"},
    {"padding", "padding._ReplicationPadNd", "ReplicationPad1d ReplicationPad2d ReplicationPad3d"},
    {"padding", "padding.ConstantPad1d", "ZeroPad1d"},
    {"padding", "padding.ConstantPad2d", "ZeroPad2d"},
    {"padding", "padding.ConstantPad3d", "ZeroPad3d"},
    {"pooling", "pooling._AdaptiveAvgPoolNd", "AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d"},
    {"pooling", "pooling._AdaptiveMaxPoolNd", "AdaptiveMaxPool1d AdaptiveMaxPool2d AdaptiveMaxPool3d"},
    {"pooling", "pooling._AvgPoolNd", "AvgPool1d AvgPool2d AvgPool3d"},
    {"pooling", "pooling._LPPoolNd", "LPPool1d LPPool2d LPPool3d"},
    {"pooling", "pooling._MaxPoolNd", "MaxPool1d MaxPool2d MaxPool3d"},
    {"pooling", "pooling._MaxUnpoolNd", "MaxUnpool1d MaxUnpool2d MaxUnpool3d"},
    {"rnn", "rnn.RNNBase", "GRU LSTM RNN"},
    {"rnn", "rnn.RNNCellBase", "GRUCell LSTMCell RNNCell"},
    {"upsampling", "upsampling.Upsample", "UpsamplingBilinear2d UpsamplingNearest2d"},
};

// "torch.nn.modules.batchnorm._BatchNorm" for "torch.nn.modules.batchnorm.BatchNorm2d"; "" for Module.
std::string BaseOf(absl::string_view qualified_name) {
  absl::string_view name = qualified_name;
  if (!absl::ConsumePrefix(&name, kModules)) return "";
  const std::vector<absl::string_view> parts = absl::StrSplit(name, '.');
  if (parts.size() != 2) return "";
  for (const Derived& derived : kDerived) {
    if (parts[0] != derived.module) continue;
    for (const absl::string_view each : absl::StrSplit(derived.names, ' ')) {
      if (each == parts[1]) return absl::StrCat(kModules, derived.base);
    }
  }
  return "";
}

bool IsBase(absl::string_view qualified_name) {
  absl::string_view name = qualified_name;
  if (!absl::ConsumePrefix(&name, kModules)) return false;
  for (const Derived& derived : kDerived) {
    if (name == derived.base) return true;
  }
  return false;
}

Value MakeModule(Evaluator& evaluator, ClassObject* cls, Args args, absl::Span<StrObject* const> keywords) {
  return Value(evaluator.heap().New<ModuleInstance>(cls));
}

Value MakeNothing(Evaluator& evaluator, ClassObject* cls, Args args, absl::Span<StrObject* const> keywords) {
  return evaluator.Refuse(absl::StrCat("the layer ", cls->module_name, ".", cls->name));
}

// Lays weights out anew, or starts them: they come from a file.
Value Nothing(Evaluator& evaluator, Args args) { return Value::None(); }

// What the classes have besides __init__ and forward: nothing, where it only concerns training or CUDA; else refused.
struct LayerMethods {
  const char* cls;
  const char* do_nothing;
  const char* refused;
};
constexpr LayerMethods kLayerMethods[] = {
    {"activation.MultiheadAttention", "_reset_parameters", "merge_masks"},
    {"activation.PReLU", "reset_parameters", ""},
    {"adaptive.AdaptiveLogSoftmaxWithLoss", "reset_parameters", "log_prob predict"},
    {"batchnorm._NormBase", "reset_parameters reset_running_stats", "_check_input_dim"},
    {"conv._ConvNd", "reset_parameters", "_conv_forward"},
    {"linear.Bilinear", "reset_parameters", ""},
    {"linear.Linear", "reset_parameters", ""},
    {"normalization.GroupNorm", "reset_parameters", ""},
    {"normalization.LayerNorm", "reset_parameters", ""},
    {"normalization.RMSNorm", "reset_parameters", ""},
    {"rnn.RNNBase", "flatten_parameters reset_parameters",
     "all_weights check_forward_args check_hidden_size check_input get_expected_cell_size get_expected_hidden_size "
     "permute_hidden"},
    {"rnn.RNNCellBase", "reset_parameters", ""},
    {"sparse.Embedding", "reset_parameters", "from_pretrained"},
    {"sparse.EmbeddingBag", "reset_parameters", "from_pretrained"},
    {"transformer.Transformer", "_reset_parameters", ""},
    {"transformer.TransformerDecoderLayer", "", "_ff_block _mha_block _sa_block"},
    {"transformer.TransformerEncoderLayer", "", "_ff_block _sa_block"},
};

void AddLayerMethods(NnWorld& world, ClassObject* cls, absl::string_view qualified_name) {
  if (!absl::ConsumePrefix(&qualified_name, kModules)) return;
  for (const LayerMethods& methods : kLayerMethods) {
    if (qualified_name != methods.cls) continue;
    for (const absl::string_view name : absl::StrSplit(methods.do_nothing, ' ', absl::SkipEmpty())) {
      const std::string method(name);
      const NativeEntry entry{method.c_str(), "self", Nothing};
      AddMethods(world, cls, {&entry, 1});
    }
    AddRefusedMethods(world, cls, methods.refused);
  }
}

// A class of torch.nn that only others derive from.
ClassObject* BaseClass(Evaluator& evaluator, const std::string& qualified_name) {
  NnWorld& world = NnWorld::Of(evaluator);
  const auto found = world.layer_classes.find(qualified_name);
  if (found != world.layer_classes.end()) return found->second.As<ClassObject>();
  const std::string base_name = BaseOf(qualified_name);
  ClassObject* base = base_name.empty() ? world.module_class : world.LayerClass(evaluator, base_name);
  const size_t dot = qualified_name.rfind('.');
  ClassObject* cls = world.NewClass(qualified_name.substr(0, dot), qualified_name.substr(dot + 1), {base});
  cls->make = MakeModule;
  AddLayerMethods(world, cls, qualified_name);
  world.layer_classes[qualified_name] = Value(cls);
  return cls;
}

}  // namespace

ClassObject* NnWorld::LayerClass(Evaluator& evaluator, absl::string_view qualified_name) {
  const auto library = library_classes.find(qualified_name);
  if (library != library_classes.end()) return library->second.As<ClassObject>();
  const auto made = layer_classes.find(qualified_name);
  if (made != layer_classes.end()) return made->second.As<ClassObject>();
  if (!registry.HasModuleClass(qualified_name)) {
    return IsBase(qualified_name) ? BaseClass(evaluator, std::string(qualified_name)) : nullptr;
  }
  const absl::StatusOr<const ModuleClass*> found = registry.FindModuleClass(qualified_name);
  if (!found.ok() || frozen()) {
    evaluator.Fail(found.ok() ? absl::UnimplementedError(absl::StrCat(qualified_name, " used first in forward"))
                              : found.status());
    return nullptr;
  }
  const std::string name = (*found)->name;
  if (name != qualified_name) {  // an alias
    ClassObject* aliased = LayerClass(evaluator, name);
    if (aliased != nullptr) layer_classes[std::string(qualified_name)] = Value(aliased);
    return aliased;
  }
  const std::string base_name = BaseOf(name);
  ClassObject* base = base_name.empty() ? module_class : LayerClass(evaluator, base_name);
  if (base == nullptr) return nullptr;
  const size_t dot = name.rfind('.');
  ClassObject* cls = NewClass(name.substr(0, dot), name.substr(dot + 1), {base});
  cls->make = MakeModule;
  const auto set = [&](const char* attribute, Value value) {
    cls->attributes.SetName(heap().Intern(attribute), std::move(value));
  };
  set("__init__", NewLayerInit(heap(), name));
  set("forward", NewLayerForward(heap()));
  set("extra_repr", NewLayerExtraRepr(heap()));
  AddLayerMethods(*this, cls, name);
  layer_classes[name] = Value(cls);
  layer_names[cls] = name;
  if (name == "torch.nn.modules.transformer.Transformer") {
    constexpr char kMask[] = "generate_square_subsequent_mask";
    const Value mask = FindByName(evaluator, absl::StrCat("torch.nn._transformer.", kMask));
    if (!mask) return nullptr;
    set(kMask, Value(heap().New<StaticMethodObject>(mask)));
  }
  return cls;
}

const std::string& NnWorld::LayerName(const ClassObject* cls) const {
  static const auto* const kNone = new std::string();
  for (const ClassObject* base : cls->mro) {
    const auto found = layer_names.find(base);
    if (found != layer_names.end()) return found->second;
  }
  return *kNone;
}

ClassObject* MissingLayerClass(NnWorld& world, absl::string_view name) {
  ClassObject* cls = world.NewClass("torch.nn", name, {world.module_class});
  cls->make = MakeNothing;
  world.layer_classes[absl::StrCat("torch.nn.", name)] = Value(cls);
  return cls;
}

void SetModuleClass(NnWorld& world, ClassObject* cls) {
  cls->make = MakeModule;
  world.module_class = cls;
}

}  // namespace loadstone::python
