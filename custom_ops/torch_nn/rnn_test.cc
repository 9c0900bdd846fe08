// RNN, LSTM, GRU and their cells. Numbers: sequence_layer_numbers.py, torch 2.13.0.
#include <memory>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>
#include <c10/util/Exception.h>

#include "custom_ops/torch_nn/layer_test_util.h"
#include "engine/base/status_matchers.h"
#include "engine/module.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace loadstone::testing {
namespace {

using absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::Pointwise;

at::Tensor Item(const c10::IValue& tuple, size_t index) { return tuple.toTupleRef().elements()[index].toTensor(); }

std::vector<std::string> ParameterNames(const Module& module) {
  std::vector<std::string> names;
  for (const auto& [name, tensor] : module.named_parameters()) names.push_back(name);
  return names;
}

TEST(RnnTest, ConstructorLaysOutNamesInPythonsOrder) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> lstm,
                       BuildLayer("torch.nn.LSTM", {{3, 4}, {{"bidirectional", true}, {"proj_size", 2}}}));
  EXPECT_THAT(ParameterNames(*lstm),
              ElementsAre("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0", "weight_hr_l0",
                          "weight_ih_l0_reverse", "weight_hh_l0_reverse", "bias_ih_l0_reverse", "bias_hh_l0_reverse",
                          "weight_hr_l0_reverse"));
}

TEST(RnnTest, PrintsOnlyWhatIsNotTheDefault) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> plain, BuildLayer("torch.nn.GRU", {{3, 4}, {}}));
  EXPECT_EQ(plain->ToString(), "GRU(3, 4)");
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> lstm,
                       BuildLayer("torch.nn.LSTM", {{3, 4, 2, false, true, 0.5, true, 2}, {}}));
  EXPECT_EQ(lstm->ToString(),
            "LSTM(3, 4, proj_size=2, num_layers=2, bias=False, batch_first=True, dropout=0.5, bidirectional=True)");
}

TEST(RnnTest, NonlinearityIsTheFourthPositionalArgument) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> rnn, BuildLayer("torch.nn.RNN", {{2, 2, 1, "relu"}, {}}));
  const c10::IValue result = (*rnn)(Inputs{Ramp({2, 1, 2})});
  EXPECT_THAT(Numbers(Item(result, 0)), Pointwise(FloatNear(1e-5), {0.0, 0.833333, 0.0, 1.69444}));
}

TEST(RnnTest, LstmGivesOutputAndBothStates) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> lstm,
                       BuildLayer("torch.nn.LSTM", {{2, 3}, {{"bidirectional", true}, {"proj_size", 1}}}));
  const c10::IValue result = (*lstm)(Inputs{Ramp({2, 1, 2})});
  EXPECT_THAT(Numbers(Item(result, 0)), Pointwise(FloatNear(1e-5), {0.0330294, 0.0568711, 0.0742161, 0.0549433}));
  const c10::IValue states = result.toTupleRef().elements()[1];
  EXPECT_THAT(Numbers(Item(states, 0)), Pointwise(FloatNear(1e-5), {0.0742161, 0.0568711}));
  EXPECT_THAT(Numbers(Item(states, 1)),
              Pointwise(FloatNear(1e-5), {0.0350627, 0.118416, 0.221796, 0.035041, 0.112007, 0.204066}));
}

TEST(RnnTest, UnbatchedInputGivesUnbatchedOutput) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> gru,
                       BuildLayer("torch.nn.GRU", {{2, 2}, {{"num_layers", 2}, {"batch_first", true}}}));
  const c10::IValue result = (*gru)(Inputs{Ramp({3, 2})});
  EXPECT_EQ(Item(result, 1).sizes(), at::IntArrayRef({2, 2}));
  EXPECT_THAT(Numbers(Item(result, 0)),
              Pointwise(FloatNear(1e-5), {0.232837, 0.292038, 0.387828, 0.490331, 0.493297, 0.626131}));
}

c10::IValue Packed(const at::Tensor& data, at::ArrayRef<int64_t> batch_sizes) {
  return c10::ivalue::Tuple::create(data, at::tensor(batch_sizes), c10::IValue(), c10::IValue());
}

TEST(RnnTest, PackedSequenceGivesAPackedSequence) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> gru, BuildLayer("torch.nn.GRU", {{2, 2}, {}}));
  const c10::IValue result = (*gru)(Inputs{Packed(Ramp({3, 2}), {2, 1})});
  const c10::IValue packed = result.toTupleRef().elements()[0];
  ASSERT_EQ(packed.toTupleRef().elements().size(), 4u);
  EXPECT_THAT(Numbers(Item(packed, 0)),
              Pointwise(FloatNear(1e-5), {0.102143, 0.156488, 0.203497, 0.267069, 0.349131, 0.422205}));
  EXPECT_THAT(Numbers(Item(result, 1)), Pointwise(FloatNear(1e-5), {0.349131, 0.422205, 0.203497, 0.267069}));
}

TEST(RnnTest, BatchSizesBeyondThePackedDataAreRefused) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> gru, BuildLayer("torch.nn.GRU", {{2, 2}, {}}));
  EXPECT_THROW((*gru)(Inputs{Packed(Ramp({3, 2}), {1'000'000, 1})}), c10::Error);
  EXPECT_THROW((*gru)(Inputs{Packed(Ramp({3, 2}), {1, 2})}), c10::Error);
  EXPECT_THROW((*gru)(Inputs{Packed(Ramp({3, 2}), {2, -1})}), c10::Error);
}

TEST(RnnTest, HiddenStateOfAnotherShapeIsRefused) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> gru, BuildLayer("torch.nn.GRU", {{2, 2}, {}}));
  EXPECT_THROW((*gru)(Inputs{Ramp({3, 1, 2}), Ramp({1, 5, 2})}), c10::Error);
}

// A file whose weights are smaller than its attributes say: the kernels would not notice.
TEST(RnnTest, WeightOfAnotherShapeIsInvalidArgument) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ModuleDef> def, ConstructLayer("torch.nn.LSTM", {{3, 4}, {}}));
  *FindNamed(def->parameters, "weight_hh_l0") = Ramp({2, 2});
  EXPECT_THAT(BuildLayer(*def), StatusIs(StatusCode::kInvalidArgument,
                                         HasSubstr("weight_hh_l0 has shape [2, 2], needs [16, 4]")));
}

TEST(RnnTest, MoreLayersThanWeightsIsInvalidArgument) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ModuleDef> def, ConstructLayer("torch.nn.RNN", {{3, 4}, {}}));
  *FindNamed(def->attributes, "num_layers") = Attribute(9'000);
  EXPECT_THAT(BuildLayer(*def), StatusIs(StatusCode::kInvalidArgument, HasSubstr("weight_ih_l1")));
  *FindNamed(def->attributes, "num_layers") = Attribute(int64_t{1} << 60);
  EXPECT_THAT(BuildLayer(*def), StatusIs(StatusCode::kInvalidArgument, HasSubstr("num_layers")));
}

TEST(RnnTest, FileOfAnOldReleaseLacksProjSizeAndHoldsTensorLists) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ModuleDef> def, ConstructLayer("torch.nn.LSTM", {{3, 4}, {}}));
  NamedList<Attribute> kept;
  for (const Named<Attribute>& entry : def->attributes) {
    if (entry.name != "proj_size" && entry.name != "_all_weights") kept.push_back(entry);
  }
  kept.push_back({"all_weights", Attribute::List({Attribute::List({Ramp({1})})})});
  def->attributes = kept;
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> lstm, BuildLayer(*def));
  EXPECT_EQ(lstm->ToString(), "LSTM(3, 4)");
  EXPECT_EQ(FindNamed(lstm->attributes(), "all_weights"), nullptr);
}

TEST(RnnTest, ConstructorRefusesWhatPythonRefuses) {
  EXPECT_THAT(BuildLayer("torch.nn.GRU", {{3, 4}, {{"proj_size", 2}}}),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("only supported for LSTM")));
  EXPECT_THAT(BuildLayer("torch.nn.RNN", {{3, 4}, {{"nonlinearity", "gelu"}}}),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("Unknown nonlinearity 'gelu'")));
  EXPECT_THAT(BuildLayer("torch.nn.LSTM", {{3, 0}, {}}),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("hidden_size must be greater than zero")));
  EXPECT_THAT(BuildLayer("torch.nn.LSTM", {{3}, {}}), StatusIs(StatusCode::kInvalidArgument, HasSubstr("hidden_size")));
}

TEST(RnnCellTest, PrintsNonlinearityAndMissingBias) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> cell,
                       BuildLayer("torch.nn.RNNCell", {{2, 3, false}, {{"nonlinearity", "relu"}}}));
  EXPECT_EQ(cell->ToString(), "RNNCell(2, 3, bias=False, nonlinearity=relu)");
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> plain, BuildLayer("torch.nn.LSTMCell", {{2, 3}, {}}));
  EXPECT_EQ(plain->ToString(), "LSTMCell(2, 3)");
}

TEST(RnnCellTest, TakesAHiddenState) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> cell, BuildLayer("torch.nn.RNNCell", {{2, 2}, {}}));
  const c10::IValue next = (*cell)(Inputs{Ramp({1, 2}), Ramp({1, 2})});
  EXPECT_THAT(Numbers(next.toTensor()), Pointwise(FloatNear(1e-5), {-0.582783, 0.870062}));
}

TEST(RnnCellTest, LstmCellGivesBothStatesWithoutTheBatchThatItWasNotGiven) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> cell, BuildLayer("torch.nn.LSTMCell", {{2, 2}, {}}));
  const c10::IValue next = (*cell)(Inputs{Ramp({2})});
  EXPECT_THAT(Numbers(Item(next, 0)), Pointwise(FloatNear(1e-5), {0.0325861, 0.10624}));
  EXPECT_THAT(Numbers(Item(next, 1)), Pointwise(FloatNear(1e-5), {0.0480523, 0.145051}));
}

TEST(RnnCellTest, GruCellWorksWithoutBias) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> cell, BuildLayer("torch.nn.GRUCell", {{2, 2}, {{"bias", false}}}));
  EXPECT_THAT(Numbers((*cell)(Inputs{Ramp({1, 2})}).toTensor()),
              Pointwise(FloatNear(1e-5), {0.0221956, 0.0221956}));
}

TEST(RnnCellTest, WeightOfAnotherShapeIsInvalidArgument) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ModuleDef> def, ConstructLayer("torch.nn.GRUCell", {{2, 2}, {}}));
  *FindNamed(def->parameters, "bias_hh") = Ramp({3});
  EXPECT_THAT(BuildLayer(*def), StatusIs(StatusCode::kInvalidArgument, HasSubstr("bias_hh has shape [3], needs [6]")));
}

}  // namespace
}  // namespace loadstone::testing
