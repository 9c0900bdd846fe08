#include "custom_ops/torch_nn/register.h"

#include "custom_ops/torch_nn/activation.h"
#include "custom_ops/torch_nn/adaptive_pooling.h"
#include "custom_ops/torch_nn/adaptive_softmax.h"
#include "custom_ops/torch_nn/batchnorm.h"
#include "custom_ops/torch_nn/container.h"
#include "custom_ops/torch_nn/conv.h"
#include "custom_ops/torch_nn/distance.h"
#include "custom_ops/torch_nn/dropout.h"
#include "custom_ops/torch_nn/hooks.h"
#include "custom_ops/torch_nn/lazy.h"
#include "custom_ops/torch_nn/linear.h"
#include "custom_ops/torch_nn/linear_cross_entropy.h"
#include "custom_ops/torch_nn/loss.h"
#include "custom_ops/torch_nn/margin_loss.h"
#include "custom_ops/torch_nn/multihead_attention.h"
#include "custom_ops/torch_nn/normalization.h"
#include "custom_ops/torch_nn/padding.h"
#include "custom_ops/torch_nn/parameter_container.h"
#include "custom_ops/torch_nn/pooling.h"
#include "custom_ops/torch_nn/reparametrization.h"
#include "custom_ops/torch_nn/reshaping.h"
#include "custom_ops/torch_nn/rnn.h"
#include "custom_ops/torch_nn/rnn_cell.h"
#include "custom_ops/torch_nn/softmax.h"
#include "custom_ops/torch_nn/sparse.h"
#include "custom_ops/torch_nn/transformer.h"
#include "custom_ops/torch_nn/transformer_layer.h"
#include "custom_ops/torch_nn/unpooling.h"
#include "custom_ops/torch_nn/upsampling.h"
#include "custom_ops/torch_nn/wrapper.h"
#include "engine/base/status_macros.h"

namespace loadstone {

absl::Status RegisterTorchNn(PluginRegistry& registry) {
  RETURN_IF_ERROR(RegisterContainers(registry));
  RETURN_IF_ERROR(RegisterParameterContainers(registry));
  RETURN_IF_ERROR(RegisterLinear(registry));
  RETURN_IF_ERROR(RegisterConv(registry));
  RETURN_IF_ERROR(RegisterBatchNorm(registry));
  RETURN_IF_ERROR(RegisterNormalization(registry));
  RETURN_IF_ERROR(RegisterSparse(registry));
  RETURN_IF_ERROR(RegisterActivation(registry));
  RETURN_IF_ERROR(RegisterSoftmax(registry));
  RETURN_IF_ERROR(RegisterPooling(registry));
  RETURN_IF_ERROR(RegisterAdaptivePooling(registry));
  RETURN_IF_ERROR(RegisterUnpooling(registry));
  RETURN_IF_ERROR(RegisterDropout(registry));
  RETURN_IF_ERROR(RegisterReshaping(registry));
  RETURN_IF_ERROR(RegisterPadding(registry));
  RETURN_IF_ERROR(RegisterUpsampling(registry));
  RETURN_IF_ERROR(RegisterDistance(registry));
  RETURN_IF_ERROR(RegisterLoss(registry));
  RETURN_IF_ERROR(RegisterMarginLoss(registry));
  RETURN_IF_ERROR(RegisterLinearCrossEntropy(registry));
  RETURN_IF_ERROR(RegisterAdaptiveSoftmax(registry));
  RETURN_IF_ERROR(RegisterRnn(registry));
  RETURN_IF_ERROR(RegisterRnnCells(registry));
  RETURN_IF_ERROR(RegisterMultiheadAttention(registry));
  RETURN_IF_ERROR(RegisterTransformerLayers(registry));
  RETURN_IF_ERROR(RegisterTransformer(registry));
  RETURN_IF_ERROR(RegisterWrappers(registry));
  RETURN_IF_ERROR(RegisterLazy(registry));
  RETURN_IF_ERROR(RegisterHooks(registry));
  RETURN_IF_ERROR(RegisterReparametrizations(registry));
  return absl::OkStatus();
}

}  // namespace loadstone
