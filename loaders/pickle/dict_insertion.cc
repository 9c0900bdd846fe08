#include "loaders/pickle/dict_insertion.h"

#include <cmath>

#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace loadstone::pickle {
namespace {

constexpr int kMaxKeyDepth = 100;
constexpr size_t kMaxUnindexedEntries = 8;

absl::Status Spend(WorkBudget& work, uint64_t steps = 1) {
  work.used += steps;
  if (work.used <= work.limit) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat("dictionary keys take more than ", work.limit, " steps to hash"));
}

uint32_t Fold(uint64_t hash) { return static_cast<uint32_t>(hash ^ (hash >> 32)); }

// 2.0 hashes as 2, for the two are one key.
bool AsInt(const Value& value, int64_t* result) {
  if (value.kind() == Kind::kInt || value.kind() == Kind::kBool) {
    *result = value.int_value();
    return true;
  }
  if (value.kind() != Kind::kFloat) return false;
  const double number = value.float_value();
  // 2^63 itself does not fit; -2^63 does.
  if (!(number >= -0x1p63 && number < 0x1p63) || number != std::floor(number)) return false;
  *result = static_cast<int64_t>(number);
  return true;
}

bool IsTextLike(const Value& value) { return value.is_text() || value.is_python2_string(); }

absl::Status HashKey(const Value& key, int depth, WorkBudget& work, uint32_t* hash);

absl::Status HashTuple(const Value& key, int depth, WorkBudget& work, uint32_t* hash) {
  if (depth >= kMaxKeyDepth) {
    return absl::ResourceExhaustedError(
        absl::StrCat("a dictionary key has tuples nested deeper than ", kMaxKeyDepth, " levels"));
  }
  uint64_t mixed = key.items().size();
  for (const Value& item : key.items()) {
    RETURN_IF_ERROR(Spend(work));
    uint32_t item_hash;
    RETURN_IF_ERROR(HashKey(item, depth + 1, work, &item_hash));
    mixed = absl::HashOf(mixed, item_hash);
  }
  *hash = Fold(mixed);
  return absl::OkStatus();
}

absl::Status HashKey(const Value& key, int depth, WorkBudget& work, uint32_t* hash) {
  int64_t number;
  if (IsTextLike(key)) {
    RETURN_IF_ERROR(Spend(work, key.bytes().size() / kBytesPerStep));
    *hash = Dict::HashText(key.bytes());
  } else if (AsInt(key, &number)) {
    *hash = Fold(absl::HashOf(number));
  } else if (key.kind() == Kind::kFloat) {
    *hash = Fold(absl::HashOf(key.float_value()));
  } else if (key.kind() == Kind::kBytes || key.kind() == Kind::kBigInt) {
    RETURN_IF_ERROR(Spend(work, key.bytes().size() / kBytesPerStep));
    *hash = Fold(absl::HashOf(key.kind(), key.bytes()));
  } else if (key.kind() == Kind::kTuple) {
    return HashTuple(key, depth, work, hash);
  } else if (key.kind() == Kind::kList || key.kind() == Kind::kDict || (key.kind() == Kind::kSet && !key.is_frozen())) {
    return absl::DataLossError(absl::StrCat("a ", KindName(key.kind()), " cannot be a key"));
  } else {
    *hash = Fold(absl::HashOf(key.identity()));
  }
  return absl::OkStatus();
}

absl::Status Equal(const Value& a, const Value& b, WorkBudget& work, bool* equal);

// No depth limit of its own: both were hashed, which has one.
absl::Status EqualTuples(const Value& a, const Value& b, WorkBudget& work, bool* equal) {
  *equal = a.items().size() == b.items().size();
  if (a.identity() == b.identity()) return absl::OkStatus();
  for (size_t i = 0; *equal && i < a.items().size(); ++i) {
    RETURN_IF_ERROR(Spend(work));
    RETURN_IF_ERROR(Equal(a.items()[i], b.items()[i], work, equal));
  }
  return absl::OkStatus();
}

absl::Status EqualBytes(absl::string_view a, absl::string_view b, WorkBudget& work, bool* equal) {
  *equal = a.size() == b.size();
  if (!*equal || a.data() == b.data()) return absl::OkStatus();
  RETURN_IF_ERROR(Spend(work, a.size() / kBytesPerStep));
  *equal = a == b;
  return absl::OkStatus();
}

absl::Status Equal(const Value& a, const Value& b, WorkBudget& work, bool* equal) {
  int64_t a_number, b_number;
  *equal = false;
  if (IsTextLike(a) && IsTextLike(b)) {
    return EqualBytes(a.bytes(), b.bytes(), work, equal);
  } else if (AsInt(a, &a_number)) {
    *equal = AsInt(b, &b_number) && a_number == b_number;
  } else if (a.kind() != b.kind() || IsTextLike(a) || IsTextLike(b)) {
    *equal = false;
  } else if (a.kind() == Kind::kFloat) {
    *equal = a.float_value() == b.float_value();
  } else if (a.kind() == Kind::kBytes || a.kind() == Kind::kBigInt) {
    return EqualBytes(a.bytes(), b.bytes(), work, equal);
  } else if (a.kind() == Kind::kTuple) {
    return EqualTuples(a, b, work, equal);
  } else {
    *equal = a.identity() == b.identity();
  }
  return absl::OkStatus();
}

bool IsNan(const Value& key) { return key.kind() == Kind::kFloat && std::isnan(key.float_value()); }

void Place(ArenaVector<Dict::Slot>& slots, Dict::Slot slot) {
  const size_t mask = slots.size() - 1;
  size_t i = slot.hash & mask;
  while (slots[i].entry != Dict::kNoEntry) i = (i + 1) & mask;
  slots[i] = slot;
}

// Keeps at least half of the slots empty once one more entry is in.
absl::Status MakeRoom(Dict& dict, InsertContext context) {
  if ((dict.entries.size() + 1) * 2 <= dict.slots.size()) return absl::OkStatus();
  ArenaVector<Dict::Slot> slots;
  slots.AppendDefault(dict.slots.empty() ? 4 * kMaxUnindexedEntries : 2 * dict.slots.size(), context.arena);
  if (dict.slots.empty()) {
    for (uint32_t i = 0; i < dict.entries.size(); ++i) {
      const Value& key = dict.entries[i].key;
      if (IsNan(key)) continue;
      uint32_t hash;
      RETURN_IF_ERROR(HashKey(key, 0, context.work, &hash));
      Place(slots, {hash, i});
    }
  }
  for (const Dict::Slot& slot : dict.slots) {
    if (slot.entry != Dict::kNoEntry) Place(slots, slot);
  }
  dict.slots = slots;
  return absl::OkStatus();
}

absl::Status InsertUnindexed(Dict& dict, const Dict::Entry& added, InsertContext context) {
  if (added.key.kind() >= Kind::kTuple) RETURN_IF_ERROR(CheckHashable(added.key, context.work));
  for (Dict::Entry& entry : dict.entries) {
    bool equal;
    RETURN_IF_ERROR(Equal(added.key, entry.key, context.work, &equal));
    if (!equal) continue;
    entry.value = added.value;
    return absl::OkStatus();
  }
  dict.entries.Append(added, context.arena);
  return absl::OkStatus();
}

absl::Status InsertIndexed(Dict& dict, const Dict::Entry& added, InsertContext context) {
  RETURN_IF_ERROR(MakeRoom(dict, context));
  uint32_t hash;
  RETURN_IF_ERROR(HashKey(added.key, 0, context.work, &hash));
  const size_t mask = dict.slots.size() - 1;
  size_t i = hash & mask;
  for (; dict.slots[i].entry != Dict::kNoEntry; i = (i + 1) & mask) {
    // Keys chosen to collide cost what they use.
    RETURN_IF_ERROR(Spend(context.work));
    if (dict.slots[i].hash != hash) continue;
    Dict::Entry& entry = dict.entries[dict.slots[i].entry];
    bool equal;
    RETURN_IF_ERROR(Equal(added.key, entry.key, context.work, &equal));
    if (!equal) continue;
    entry.value = added.value;
    return absl::OkStatus();
  }
  dict.slots[i] = {hash, static_cast<uint32_t>(dict.entries.size())};
  dict.entries.Append(added, context.arena);
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckHashable(const Value& key, WorkBudget& work) {
  uint32_t hash;
  return HashKey(key, 0, work, &hash);
}

absl::Status InsertInDict(Dict& dict, const Value& key, const Value& value, InsertContext context) {
  const bool indexed = !dict.slots.empty() || dict.entries.size() >= kMaxUnindexedEntries;
  if (!indexed) return InsertUnindexed(dict, {key, value}, context);
  // Equal to nothing, so never found: kept out of the table, where all of them would share one place.
  if (IsNan(key)) {
    dict.entries.Append({key, value}, context.arena);
    return absl::OkStatus();
  }
  return InsertIndexed(dict, {key, value}, context);
}

}  // namespace loadstone::pickle
