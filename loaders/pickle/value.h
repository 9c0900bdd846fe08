// What a pickle says, as inert data. Nothing here is a Python object: a class or function is a Name,
// a call is a record of the call, and no name is ever looked up, imported or called.
#ifndef LOADSTONE_LOADERS_PICKLE_VALUE_H_
#define LOADSTONE_LOADERS_PICKLE_VALUE_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "loaders/pickle/arena_vector.h"

namespace loadstone::pickle {

enum class Kind : uint8_t {
  kNone,
  kBool,
  kInt,           // fits int64
  kFloat,
  kBigInt,        // little-endian two's complement, the fewest bytes that hold it: more than 8
  kText,          // str: UTF-8, lone surrogates allowed
  kBytes,         // bytes, bytearray, and the 8-bit strings of Python 2
  kTuple,
  kList,
  kSet,           // set and frozenset, items as written
  kDict,
  kName,          // a class or function, by module and name
  kObject,        // the record of a REDUCE, NEWOBJ, NEWOBJ_EX, INST or OBJ
  kPersistentId,  // BINPERSID: means what the container says it means
};

// "int", "str", "dict", ...: for messages.
absl::string_view KindName(Kind kind);

struct Sequence;
struct Dict;
struct Name;
struct Object;
struct PersistentId;

// A handle of 16 bytes, freely copied. Two Values that name the same container are the same Python object: see
// identity(). Containers may hold themselves, so a walk needs a depth limit or a visited set.
// Valid while the Document that made it lives, and the bytes it was made from.
class Value {
 public:
  Value() = default;
  static Value Bool(bool value);
  static Value Int(int64_t value);
  static Value Float(double value);
  // These four borrow. REQUIRES: fewer than 4 GiB.
  static Value Text(absl::string_view text);
  static Value Bytes(absl::string_view bytes);
  static Value Python2String(absl::string_view bytes);
  static Value BigInt(absl::string_view bytes);
  static Value Container(Kind kind, Sequence* items);  // kTuple, kList or kSet
  static Value Of(Dict* dict);
  static Value Of(const Name* name);
  static Value Of(Object* object);
  static Value Of(const PersistentId* id);

  Kind kind() const { return kind_; }
  bool is_none() const { return kind_ == Kind::kNone; }
  bool is_text() const { return kind_ == Kind::kText; }
  // kBytes from Python 2, where a string is bytes and text at once: compares equal to text of the same bytes.
  bool is_python2_string() const { return python2_string_; }
  // For the kind that says so. Of a value of another kind each gives zero or something empty: what a file holds is
  // never taken for something else.
  bool bool_value() const { return kind_ == Kind::kBool && int_ != 0; }
  int64_t int_value() const { return kind_ == Kind::kInt || kind_ == Kind::kBool ? int_ : 0; }  // a bool is an int
  double float_value() const { return kind_ == Kind::kFloat ? float_ : 0; }
  // kText, kBytes or kBigInt.
  absl::string_view bytes() const {
    const bool has_bytes = kind_ == Kind::kText || kind_ == Kind::kBytes || kind_ == Kind::kBigInt;
    return has_bytes ? absl::string_view(data_, size_) : absl::string_view();
  }
  // kTuple, kList or kSet.
  absl::Span<const Value> items() const;
  // kSet: a frozenset, which may be a key.
  bool is_frozen() const;
  const Dict& dict() const { return *(kind_ == Kind::kDict ? dict_ : NoDict()); }
  const Name& name() const { return *(kind_ == Kind::kName ? name_ : NoName()); }
  const Object& object() const { return *(kind_ == Kind::kObject ? object_ : NoObject()); }
  const PersistentId& persistent_id() const {
    return *(kind_ == Kind::kPersistentId ? persistent_id_ : NoPersistentId());
  }

  // True for a str, and for a Python 2 string that is ASCII: sets *text. Otherwise false, *text untouched.
  bool AsText(absl::string_view* text) const;
  // True for the Name `module`.`name` exactly.
  bool IsName(absl::string_view module, absl::string_view name) const;
  // The address of the container, name, object or string, which memo reads share; null for the plain kinds.
  const void* identity() const { return kind_ >= Kind::kBigInt ? static_cast<const void*>(data_) : nullptr; }

 private:
  friend class Machine;
  static Value Borrow(Kind kind, absl::string_view bytes);
  static const Dict* NoDict();
  static const Name* NoName();
  static const Object* NoObject();
  static const PersistentId* NoPersistentId();

  Kind kind_ = Kind::kNone;
  bool python2_string_ = false;
  uint32_t size_ = 0;
  union {
    int64_t int_ = 0;
    double float_;
    const char* data_;
    Sequence* sequence_;
    Dict* dict_;
    const Name* name_;
    Object* object_;
    const PersistentId* persistent_id_;
  };
};

struct Sequence {
  ArenaVector<Value> items;
  bool frozen = false;  // a frozenset
};

// Entries in insertion order. Keys follow Python's equality (1, True and 1.0 are one key); of duplicates the last
// value stays, at the first one's place. Filled by InsertInDict (dict_insertion.h).
struct Dict {
  struct Entry {
    Value key;
    Value value;
  };
  ArenaVector<Entry> entries;
  // The value of a text key, or null.
  const Value* Find(absl::string_view key) const;

  // Hash table over `entries`, empty while they are few; readers do not need it.
  struct Slot {
    uint32_t hash = 0;
    uint32_t entry = kNoEntry;
  };
  static constexpr uint32_t kNoEntry = 0xFFFFFFFF;
  static uint32_t HashText(absl::string_view text);
  ArenaVector<Slot> slots;
};

// Normalised to Python 3's spelling (name_normalization.h): `__builtin__ long` is builtins.int.
struct Name {
  absl::string_view module;
  absl::string_view name;    // may hold dots when it came from STACK_GLOBAL
  size_t offset = 0;         // in the pickle, of the opcode that named it first: for messages
};

// callable(*args, **kwargs), then what the pickle did to the result.
struct Object {
  enum class How : uint8_t { kReduce, kNewObject };
  How how = How::kReduce;
  Value callable;             // a Name, a PersistentId (classes of the legacy stream) or another Object
  Value args;                 // a tuple
  Value kwargs;               // a dict or None
  ArenaVector<Value> states;  // of each BUILD
  ArenaVector<Value> items;   // of APPEND(S) and ADDITEMS
  Dict entries;               // of SETITEM(S)
  size_t offset = 0;          // of the opcode in the pickle, for messages

  // The state of the last BUILD, or None.
  Value state() const { return states.empty() ? Value() : states.back(); }
};

struct PersistentId {
  Value id;
  size_t offset = 0;
};

}  // namespace loadstone::pickle

#endif  // LOADSTONE_LOADERS_PICKLE_VALUE_H_
