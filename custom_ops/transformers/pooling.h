// sentence_transformers' Pooling: the vectors of a text's tokens to one vector.
#ifndef LOADSTONE_CUSTOM_OPS_TRANSFORMERS_POOLING_H_
#define LOADSTONE_CUSTOM_OPS_TRANSFORMERS_POOLING_H_

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>

#include <string>
#include <vector>

#include "engine/attribute_reader.h"
#include "engine/module.h"
#include "engine/module_def_builder.h"
#include "engine/module_state.h"

namespace loadstone::transformers {

class Pooling : public Module {
 public:
  static constexpr char kSignature[] =
      "embedding_dimension=None, pooling_mode=None, include_prompt=True, word_embedding_dimension=None, "
      "pooling_mode_cls_token=False, pooling_mode_max_tokens=False, pooling_mode_mean_tokens=False, "
      "pooling_mode_mean_sqrt_len_tokens=False, pooling_mode_weightedmean_tokens=False, pooling_mode_lasttoken=False";
  static void Construct(AttributeReader& arguments, ModuleDefBuilder& self);
  explicit Pooling(ModuleState& state);
  // forward(features): adds sentence_embedding, made of token_embeddings and, where given, attention_mask.
  c10::IValue Forward(const Inputs& inputs) const override;

 private:
  using PoolFunction = at::Tensor (*)(const at::Tensor& tokens, const at::Tensor& mask);
  std::vector<PoolFunction> pools_;  // their results are concatenated
};

}  // namespace loadstone::transformers

#endif  // LOADSTONE_CUSTOM_OPS_TRANSFORMERS_POOLING_H_
