#include "engine/internal/state_dict_binding.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>

#include "engine/base/status_matchers.h"
#include "engine/module_def_builder.h"
#include "engine/testing/fakes.h"

namespace loadstone {
namespace {

using testing::BlockDef;
using testing::IsOk;
using testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;

at::Tensor Meta(std::vector<int64_t> sizes, at::ScalarType type = at::kFloat) {
  return at::empty(sizes, at::TensorOptions().dtype(type).device(at::kMeta));
}

class StateDictBindingTest : public ::testing::Test {
 protected:
  std::shared_ptr<ModuleDef> Linear(int64_t in_features, int64_t out_features) {
    return Construct("tiny.Linear", {{in_features, out_features}, {}}, *registry_).value();
  }
  absl::Status Bind(const std::shared_ptr<ModuleDef>& architecture, NamedList<Attribute> entries) {
    weights_.entries = std::move(entries);
    return BindStateDict(weights_, spec_, *registry_, *architecture, report_);
  }

  const std::unique_ptr<PluginRegistry> registry_ = testing::NewRegistry();
  StateDict weights_;
  ModelSpec spec_;
  LoadReport report_;
};

TEST_F(StateDictBindingTest, TensorsTakeTheirPlacesWithoutACopy) {
  const std::shared_ptr<ModuleDef> def = BlockDef({{"fc", Linear(2, 3)}});
  const at::Tensor weight = at::ones({3, 2});
  ASSERT_OK(Bind(def, {{"fc.bias", at::ones({3})}, {"fc.weight", weight}}));
  EXPECT_TRUE(FindNamed(def->children[0].value->parameters, "weight")->is_same(weight));
  EXPECT_THAT(report_.missing_keys, IsEmpty());
}

TEST_F(StateDictBindingTest, StrictListsAllThreeKindsOfMistakes) {
  const std::shared_ptr<ModuleDef> def = BlockDef({{"a", Linear(2, 3)}, {"b", Linear(2, 3)}});
  EXPECT_THAT(Bind(def, {{"a.weight", at::ones({3, 2})},
                         {"a.bias", at::ones({4})},
                         {"extra.one", at::ones({1})},
                         {"extra.two", at::ones({1})}}),
              StatusIs(kInvalid, AllOf(HasSubstr("do not fit tiny.Block"),
                                       HasSubstr("2 missing from the file:\n    b.weight\n    b.bias"),
                                       HasSubstr("2 in the file but not in the model:\n    extra.one\n    extra.two"),
                                       HasSubstr("1 of another shape:\n    a.bias: [4] in the file, [3] in the model"))));
}

TEST_F(StateDictBindingTest, StrictRefusalTakesNoMemory) {
  const std::shared_ptr<ModuleDef> def = Linear(int64_t{1} << 20, int64_t{1} << 30);
  EXPECT_THAT(Bind(def, {}), StatusIs(kInvalid, HasSubstr("2 missing")));
  EXPECT_TRUE(FindNamed(def->parameters, "weight")->is_meta());
}

TEST_F(StateDictBindingTest, LenientLoadsWhatFitsAndReportsTheRest) {
  spec_.strictness = Strictness::kLenient;
  const std::shared_ptr<ModuleDef> def = BlockDef({{"a", Linear(1, 1)}, {"b", Linear(1, 2)}});
  ASSERT_OK(Bind(def, {{"a.weight", at::full({1, 1}, 7.0)}, {"b.weight", at::ones({3, 1})}, {"b.bias", at::ones({2})}, {"c", at::ones({1})}}));
  EXPECT_THAT(report_.missing_keys, ElementsAre("a.bias"));
  EXPECT_THAT(report_.unexpected_keys, ElementsAre("c"));
  EXPECT_THAT(report_.mismatched_keys, ElementsAre("b.weight: [3, 1] in the file, [2, 1] in the model"));
  const ModuleDef& a = *def->children[0].value;
  EXPECT_EQ(a.parameters[0].value.item<float>(), 7.0f);
  EXPECT_EQ(a.parameters[1].value.item<float>(), 0.0f);
  EXPECT_EQ(def->children[1].value->parameters[0].value.sum().item<float>(), 0.0f);
}

TEST_F(StateDictBindingTest, LenientKeepsWhatTheConstructorAlwaysGives) {
  spec_.strictness = Strictness::kLenient;
  const std::shared_ptr<ModuleDef> def = BlockDef();
  def->parameters.push_back({"scale", at::full({1}, 3.0)});
  ASSERT_OK(Bind(def, {}));
  EXPECT_EQ(def->parameters[0].value.item<float>(), 3.0f);
}

TEST_F(StateDictBindingTest, OneElementFitsAScalar) {
  const std::shared_ptr<ModuleDef> def = BlockDef();
  def->parameters.push_back({"scale", Meta({})});
  ASSERT_OK(Bind(def, {{"scale", at::full({1}, 5.0)}}));
  EXPECT_EQ(def->parameters[0].value.dim(), 0);
  EXPECT_EQ(def->parameters[0].value.item<float>(), 5.0f);
}

TEST_F(StateDictBindingTest, ScalarDoesNotFitOneElement) {
  const std::shared_ptr<ModuleDef> def = BlockDef();
  def->parameters.push_back({"scale", Meta({1})});
  EXPECT_THAT(Bind(def, {{"scale", at::full({}, 5.0)}}),
              StatusIs(kInvalid, HasSubstr("scale: [] in the file, [1] in the model")));
}

TEST_F(StateDictBindingTest, OtherDtypeIsConverted) {
  const std::shared_ptr<ModuleDef> def = BlockDef();
  def->parameters.push_back({"scale", Meta({2})});
  ASSERT_OK(Bind(def, {{"scale", at::full({2}, 1.5, at::kHalf)}}));
  EXPECT_EQ(def->parameters[0].value.scalar_type(), at::kFloat);
  EXPECT_EQ(def->parameters[0].value.sum().item<float>(), 3.0f);
}

TEST_F(StateDictBindingTest, ValueThatIsNoTensorIsMismatched) {
  const std::shared_ptr<ModuleDef> def = BlockDef();
  def->parameters.push_back({"scale", Meta({2})});
  EXPECT_THAT(Bind(def, {{"scale", 3}}),
              StatusIs(kInvalid, HasSubstr("scale: int in the file, a tensor of shape [2] in the model")));
}

TEST_F(StateDictBindingTest, KeyOfANoneParameterIsUnexpected) {
  const std::shared_ptr<ModuleDef> def = BlockDef();
  def->parameters.push_back({"bias", at::Tensor()});
  EXPECT_THAT(Bind(def, {{"bias", at::ones({1})}}),
              StatusIs(kInvalid, HasSubstr("1 in the file but not in the model:\n    bias")));
}

TEST_F(StateDictBindingTest, BufferIsBound) {
  const std::shared_ptr<ModuleDef> def = BlockDef();
  def->buffers.push_back({"mean", at::ones({1})});
  ASSERT_OK(Bind(def, {{"mean", at::full({1}, 4.0)}}));
  EXPECT_EQ(def->buffers[0].value.item<float>(), 4.0f);
}

TEST_F(StateDictBindingTest, NonPersistentBufferIsNotWanted) {
  const std::shared_ptr<ModuleDef> def = BlockDef();
  def->buffers.push_back({"mean", at::ones({1})});
  def->non_persistent_buffers.push_back("mean");
  EXPECT_THAT(Bind(def, {}), IsOk());
  EXPECT_THAT(Bind(def, {{"mean", at::ones({1})}}), StatusIs(kInvalid, HasSubstr("not in the model:\n    mean")));
}

TEST_F(StateDictBindingTest, SharedModuleHasItsKeysUnderEachName) {
  const std::shared_ptr<ModuleDef> shared = Linear(1, 1);
  const std::shared_ptr<ModuleDef> def = BlockDef({{"a", shared}, {"b", shared}});
  ASSERT_OK(Bind(def, {{"a.weight", at::full({1, 1}, 1.0)}, {"a.bias", at::ones({1})},
                       {"b.weight", at::full({1, 1}, 2.0)}, {"b.bias", at::ones({1})}}));
  EXPECT_EQ(shared->parameters[0].value.item<float>(), 2.0f);  // load_state_dict copies both, the last stays
}

TEST_F(StateDictBindingTest, SharedModuleNeedsOneOfItsNames) {
  const std::shared_ptr<ModuleDef> shared = Linear(1, 1);
  const std::shared_ptr<ModuleDef> def = BlockDef({{"a", shared}, {"b", shared}});
  EXPECT_THAT(Bind(def, {{"b.weight", at::ones({1, 1})}, {"b.bias", at::ones({1})}}), IsOk());
  EXPECT_THAT(report_.missing_keys, IsEmpty());
}

TEST_F(StateDictBindingTest, WrongShapeUnderTheSecondNameIsSaid) {
  const std::shared_ptr<ModuleDef> shared = Linear(1, 1);
  const std::shared_ptr<ModuleDef> def = BlockDef({{"a", shared}, {"b", shared}});
  EXPECT_THAT(Bind(def, {{"a.weight", at::ones({1, 1})}, {"a.bias", at::ones({1})},
                         {"b.weight", at::ones({2, 1})}, {"b.bias", at::ones({1})}}),
              StatusIs(kInvalid, HasSubstr("b.weight: [2, 1] in the file, [1, 1] in the model")));
}

TEST_F(StateDictBindingTest, NonPersistentBufferOfASharedModuleIsNotWantedEither) {
  const std::shared_ptr<ModuleDef> shared = BlockDef();
  shared->buffers.push_back({"mean", at::ones({1})});
  shared->non_persistent_buffers.push_back("mean");
  EXPECT_THAT(Bind(BlockDef({{"a", shared}, {"b", shared}}), {{"b.mean", at::ones({1})}}),
              StatusIs(kInvalid, HasSubstr("not in the model:\n    b.mean")));
}

TEST_F(StateDictBindingTest, TiedParametersStayTied) {
  const at::Tensor tied = Meta({2, 2});
  const std::shared_ptr<ModuleDef> embedding = BlockDef();
  embedding->parameters.push_back({"weight", tied});
  const std::shared_ptr<ModuleDef> head = BlockDef();
  head->parameters.push_back({"weight", tied});
  ASSERT_OK(Bind(BlockDef({{"embedding", embedding}, {"head", head}}), {{"embedding.weight", at::ones({2, 2})}}));
  EXPECT_TRUE(head->parameters[0].value.is_same(embedding->parameters[0].value));
  EXPECT_FALSE(head->parameters[0].value.is_meta());
}

TEST_F(StateDictBindingTest, TiedParametersWithoutAnyKeyAreMissing) {
  const at::Tensor tied = Meta({1});
  const std::shared_ptr<ModuleDef> def = BlockDef();
  def->parameters = {{"a", tied}, {"b", tied}};
  EXPECT_THAT(Bind(def, {}), StatusIs(kInvalid, HasSubstr("2 missing from the file:\n    a\n    b")));
}

TEST_F(StateDictBindingTest, PrefixesAreRenamedInOrder) {
  spec_.key_renames = {{"net.", "x."}, {"x.", "fc."}};
  EXPECT_THAT(Bind(BlockDef({{"fc", Linear(1, 1)}}), {{"net.weight", at::ones({1, 1})}, {"x.bias", at::ones({1})}}), IsOk());
}

TEST_F(StateDictBindingTest, TwoKeysRenamedToOneAreRefused) {
  spec_.key_renames = {{"ema.", ""}};
  EXPECT_THAT(Bind(Linear(1, 1), {{"weight", at::ones({1, 1})}, {"ema.weight", at::ones({1, 1})}, {"bias", at::ones({1})}}),
              StatusIs(kInvalid, HasSubstr("keys weight and ema.weight of the file are both renamed to weight")));
}

TEST_F(StateDictBindingTest, WrapperPrefixOfEveryKeyIsStripped) {
  ASSERT_OK(Bind(Linear(1, 1), {{"_orig_mod.module.weight", at::ones({1, 1})}, {"_orig_mod.module.bias", at::ones({1})}}));
  EXPECT_EQ(report_.stripped_prefix, "_orig_mod.module.");
}

TEST_F(StateDictBindingTest, WrapperPrefixOfSomeKeysIsNotStripped) {
  EXPECT_THAT(Bind(Linear(1, 1), {{"module.weight", at::ones({1, 1})}, {"bias", at::ones({1})}}),
              StatusIs(kInvalid, HasSubstr("not in the model:\n    module.weight")));
}

TEST_F(StateDictBindingTest, PrefixThatTheModelHasItselfStays) {
  ASSERT_OK(Bind(BlockDef({{"module", Linear(1, 1)}}), {{"module.weight", at::ones({1, 1})}, {"module.bias", at::ones({1})}}));
  EXPECT_EQ(report_.stripped_prefix, "");
}

class PartsTest : public StateDictBindingTest {
 protected:
  PartsTest() {
    EXPECT_OK(registry_->AddReparametrization(
        {.name = "sum",
         .parts = {"*_a", "halves.*.b"},
         .compute = [](const ModuleDef& module, absl::Span<const at::Tensor> parts) -> absl::StatusOr<at::Tensor> {
           if (module.class_name != "tiny.Linear") return absl::InvalidArgumentError("of another class");
           return parts[0].add(parts[1]);
         }}));
  }

  const std::shared_ptr<ModuleDef> def_ = BlockDef({{"fc", Linear(1, 1)}});
};

TEST_F(PartsTest, TensorWithoutAKeyIsPutTogether) {
  ASSERT_OK(Bind(def_, {{"fc.weight_a", at::full({1, 1}, 1.0)},
                        {"fc.halves.weight.b", at::full({1, 1}, 2.0)},
                        {"fc.bias", at::ones({1})}}));
  EXPECT_EQ(def_->children[0].value->parameters[0].value.item<float>(), 3.0f);
  EXPECT_THAT(report_.reparametrized, ElementsAre("fc.weight from fc.weight_a and fc.halves.weight.b: sum"));
}

TEST_F(PartsTest, PrefixIsFoundBehindParts) {
  ASSERT_OK(Bind(def_, {{"module.fc.weight_a", at::ones({1, 1})},
                        {"module.fc.halves.weight.b", at::ones({1, 1})},
                        {"module.fc.bias", at::ones({1})}}));
  EXPECT_EQ(report_.stripped_prefix, "module.");
}

TEST_F(PartsTest, OwnKeyIsPreferred) {
  EXPECT_THAT(Bind(def_, {{"fc.weight", at::ones({1, 1})},
                          {"fc.weight_a", at::ones({1, 1})},
                          {"fc.halves.weight.b", at::ones({1, 1})},
                          {"fc.bias", at::ones({1})}}),
              StatusIs(kInvalid, HasSubstr("2 in the file but not in the model")));
}

TEST_F(PartsTest, PartAloneIsUnexpected) {
  EXPECT_THAT(Bind(def_, {{"fc.weight_a", at::ones({1, 1})}, {"fc.bias", at::ones({1})}}),
              StatusIs(kInvalid, AllOf(HasSubstr("1 missing from the file:\n    fc.weight"),
                                       HasSubstr("not in the model:\n    fc.weight_a"))));
}

TEST_F(PartsTest, OtherShapeIsMismatched) {
  EXPECT_THAT(Bind(def_, {{"fc.weight_a", at::ones({2, 1})},
                          {"fc.halves.weight.b", at::ones({2, 1})},
                          {"fc.bias", at::ones({1})}}),
              StatusIs(kInvalid, HasSubstr("fc.weight: [2, 1] in the file, [1, 1] in the model")));
}

TEST_F(PartsTest, RefusalNamesTheTensor) {
  const std::shared_ptr<ModuleDef> def = BlockDef();
  def->parameters.push_back({"scale", Meta({1})});
  EXPECT_THAT(Bind(def, {{"scale_a", at::ones({1})}, {"halves.scale.b", at::ones({1})}}),
              StatusIs(kInvalid, HasSubstr("scale: of another class")));
}

class AddedEntriesTest : public StateDictBindingTest {
 protected:
  AddedEntriesTest() {
    ModuleClass norm = testing::BlockClass();
    norm.name = "tiny.Norm";
    norm.added_entries = {{"num_batches_tracked", 2}};
    EXPECT_OK(registry_->AddModuleClass(std::move(norm)));
    norm_->class_name = "tiny.Norm";
    norm_->buffers = {{"mean", at::ones({1})}, {"num_batches_tracked", at::full({}, 9)}};
  }

  const std::shared_ptr<ModuleDef> norm_ = BlockDef();
  const std::shared_ptr<ModuleDef> def_ = BlockDef({{"bn", norm_}});
};

TEST_F(AddedEntriesTest, EntryThatAnOldStateDictLacksKeepsItsValue) {
  weights_.versions = {{"", 1}, {"bn", 1}};
  ASSERT_OK(Bind(def_, {{"bn.mean", at::ones({1})}}));
  EXPECT_EQ(norm_->buffers[1].value.item<int64_t>(), 9);
}

TEST_F(AddedEntriesTest, NoVersionIsTheOldest) { EXPECT_THAT(Bind(def_, {{"bn.mean", at::ones({1})}}), IsOk()); }

TEST_F(AddedEntriesTest, EntryThatANewStateDictLacksIsMissing) {
  weights_.versions = {{"", 1}, {"bn", 2}};
  EXPECT_THAT(Bind(def_, {{"bn.mean", at::ones({1})}}),
              StatusIs(kInvalid, HasSubstr("1 missing from the file:\n    bn.num_batches_tracked")));
}

TEST_F(AddedEntriesTest, EntryThatIsThereIsBound) {
  ASSERT_OK(Bind(def_, {{"bn.mean", at::ones({1})}, {"bn.num_batches_tracked", at::full({}, 3)}}));
  EXPECT_EQ(norm_->buffers[1].value.item<int64_t>(), 3);
}

TEST_F(AddedEntriesTest, VersionsAreFoundUnderAStrippedPrefix) {
  weights_.versions = {{"module.bn", 2}};
  EXPECT_THAT(Bind(def_, {{"module.bn.mean", at::ones({1})}}), StatusIs(kInvalid, HasSubstr("bn.num_batches_tracked")));
}

TEST_F(AddedEntriesTest, VersionOfAWrapperIsNotTheModels) {
  weights_.versions = {{"", 1}, {"module", 2}};
  EXPECT_THAT(Bind(norm_, {{"module.mean", at::ones({1})}}), StatusIs(kInvalid, HasSubstr("num_batches_tracked")));
}

TEST_F(AddedEntriesTest, VersionsAreFoundUnderARenamedPrefix) {
  spec_.key_renames = {{"norm.", "bn."}};
  weights_.versions = {{"norm", 2}};
  EXPECT_THAT(Bind(def_, {{"norm.mean", at::ones({1})}}), StatusIs(kInvalid, HasSubstr("bn.num_batches_tracked")));
}

TEST_F(StateDictBindingTest, ModuleThatContainsItselfEnds) {
  const std::shared_ptr<ModuleDef> def = BlockDef();
  def->children.push_back({"self", def});
  EXPECT_THAT(Bind(def, {}), StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("deeper than 500")));
  def->children.clear();
}

}  // namespace
}  // namespace loadstone
