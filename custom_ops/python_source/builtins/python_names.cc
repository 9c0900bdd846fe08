// The public names of those of Python 3.11's modules that are here in part.

#include "custom_ops/python_source/builtins/tables.h"

namespace loadstone::python {
namespace {

struct ModuleNames {
  const char* module;
  const char* names;
};
constexpr ModuleNames kModules[] = {
    {"abc",
     "ABC ABCMeta abstractclassmethod abstractmethod abstractproperty abstractstaticmethod get_cache_token "
     "update_abstractmethods "},
    {"collections",
     "ChainMap Counter OrderedDict UserDict UserList UserString defaultdict deque namedtuple "},
    {"collections.abc",
     "AsyncGenerator AsyncIterable AsyncIterator Awaitable ByteString Callable Collection Container Coroutine "
     "Generator Hashable ItemsView Iterable Iterator KeysView Mapping MappingView MutableMapping "
     "MutableSequence MutableSet Reversible Sequence Set Sized ValuesView "},
    {"contextlib",
     "AbstractAsyncContextManager AbstractContextManager AsyncExitStack ContextDecorator ExitStack aclosing "
     "asynccontextmanager chdir closing contextmanager nullcontext redirect_stderr redirect_stdout suppress "},
    {"copy",
     "Error copy deepcopy "},
    {"dataclasses",
     "Field FrozenInstanceError InitVar KW_ONLY MISSING asdict astuple dataclass field fields is_dataclass "
     "make_dataclass replace "},
    {"enum",
     "CONFORM CONTINUOUS EJECT Enum EnumCheck EnumMeta EnumType Flag FlagBoundary IntEnum IntFlag KEEP "
     "NAMED_FLAGS ReprEnum STRICT StrEnum UNIQUE auto global_enum global_enum_repr global_flag_repr global_str "
     "member nonmember pickle_by_enum_name pickle_by_global_name property unique verify "},
    {"functools",
     "WRAPPER_ASSIGNMENTS WRAPPER_UPDATES cache cached_property cmp_to_key lru_cache partial partialmethod "
     "reduce singledispatch singledispatchmethod total_ordering update_wrapper wraps "},
    {"itertools",
     "accumulate chain combinations combinations_with_replacement compress count cycle dropwhile filterfalse "
     "groupby islice pairwise permutations product repeat starmap takewhile tee zip_longest "},
    {"logging",
     "BASIC_FORMAT BufferingFormatter CRITICAL DEBUG ERROR FATAL FileHandler Filter Formatter Handler INFO "
     "LogRecord Logger LoggerAdapter NOTSET NullHandler StreamHandler WARN WARNING addLevelName basicConfig "
     "captureWarnings critical debug disable error exception fatal getLevelName getLevelNamesMapping "
     "getLogRecordFactory getLogger getLoggerClass info lastResort log makeLogRecord raiseExceptions "
     "setLogRecordFactory setLoggerClass shutdown warn warning "},
    {"math",
     "acos acosh asin asinh atan atan2 atanh cbrt ceil comb copysign cos cosh degrees dist e erf erfc exp exp2 "
     "expm1 fabs factorial floor fmod frexp fsum gamma gcd hypot inf isclose isfinite isinf isnan isqrt lcm "
     "ldexp lgamma log log10 log1p log2 modf nan nextafter perm pi pow prod radians remainder sin sinh sqrt "
     "tan tanh tau trunc ulp "},
    {"numbers",
     "Complex Integral Number Rational Real "},
    {"operator",
     "abs add and_ attrgetter call concat contains countOf delitem eq floordiv ge getitem gt iadd iand iconcat "
     "ifloordiv ilshift imatmul imod imul index indexOf inv invert ior ipow irshift is_ is_not isub itemgetter "
     "itruediv ixor le length_hint lshift lt matmul methodcaller mod mul ne neg not_ or_ pos pow rshift "
     "setitem sub truediv truth xor "},
    {"typing",
     "AbstractSet Annotated Any AnyStr AsyncContextManager AsyncGenerator AsyncIterable AsyncIterator "
     "Awaitable BinaryIO ByteString Callable ChainMap ClassVar Collection Concatenate Container ContextManager "
     "Coroutine Counter DefaultDict Deque Dict Final ForwardRef FrozenSet Generator Generic Hashable IO "
     "ItemsView Iterable Iterator KeysView List Literal LiteralString Mapping MappingView Match MutableMapping "
     "MutableSequence MutableSet NamedTuple Never NewType NoReturn NotRequired Optional OrderedDict ParamSpec "
     "ParamSpecArgs ParamSpecKwargs Pattern Protocol Required Reversible Self Sequence Set Sized SupportsAbs "
     "SupportsBytes SupportsComplex SupportsFloat SupportsIndex SupportsInt SupportsRound TYPE_CHECKING Text "
     "TextIO Tuple Type TypeAlias TypeGuard TypeVar TypeVarTuple TypedDict Union Unpack ValuesView "
     "assert_never assert_type cast clear_overloads dataclass_transform final get_args get_origin "
     "get_overloads get_type_hints is_typeddict no_type_check no_type_check_decorator overload reveal_type "
     "runtime_checkable "},
    {"warnings",
     "catch_warnings filterwarnings formatwarning resetwarnings showwarning simplefilter warn warn_explicit "},
};

}  // namespace

void RefuseOtherNames(World& world) {
  for (const auto& [name, names] : kModules) {
    if (ModuleObject* module = world.FindModule(name)) AddRefusedNames(world, module, names);
  }
}

}  // namespace loadstone::python
