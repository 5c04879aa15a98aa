// PTX ISA 9.0, chapter 9.7: integer, floating-point, comparison, logic, shift and conversion instructions.
#include "tests/ptx/operations.hpp"

#include <bit>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <string>
#include <type_traits>
#include <unordered_map>

#include "tests/ptx/violation.hpp"

namespace ptx {
namespace {

using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using s8 = std::int8_t;
using s16 = std::int16_t;
using s32 = std::int32_t;
using s64 = std::int64_t;
using f32 = float;
using f64 = double;
__extension__ using u128 = unsigned __int128;

template <class T>
T as(Word word) {
  if constexpr (std::is_same_v<T, bool>) {
    return (word & 1) != 0;
  } else {
    T value;
    std::memcpy(&value, &word, sizeof value);  // the low bytes
    return value;
  }
}

template <class T>
Word word(T value) {
  if constexpr (std::is_floating_point_v<T>) {
    Word bits = 0;
    std::memcpy(&bits, &value, sizeof value);
    return bits;
  } else {
    return static_cast<Word>(value);  // a signed one with its sign
  }
}

template <class T, auto operation>
Word unary(Word a, Word, Word) {
  return word<T>(static_cast<T>(operation(as<T>(a))));
}
template <class T, auto operation>
Word binary(Word a, Word b, Word) {
  return word<T>(static_cast<T>(operation(as<T>(a), as<T>(b))));
}
template <class T, auto operation>
Word ternary(Word a, Word b, Word c) {
  return word<T>(static_cast<T>(operation(as<T>(a), as<T>(b), as<T>(c))));
}
template <class T, auto compare>
Word predicate(Word a, Word b, Word) {
  return compare(as<T>(a), as<T>(b)) ? 1 : 0;
}

constexpr auto plus = std::plus<>{};
constexpr auto minus = std::minus<>{};
constexpr auto times = std::multiplies<>{};
constexpr auto bit_and = [](auto a, auto b) { return a & b; };
constexpr auto bit_or = [](auto a, auto b) { return a | b; };
constexpr auto bit_xor = [](auto a, auto b) { return a ^ b; };
constexpr auto bit_not = [](auto a) { return ~a; };
constexpr auto least = [](auto a, auto b) { return b < a ? b : a; };
constexpr auto most = [](auto a, auto b) { return a < b ? b : a; };
constexpr auto times_plus = [](auto a, auto b, auto c) { return a * b + c; };
constexpr auto negative = [](auto a) { return decltype(a)(0) - a; };

template <class T>
constexpr auto divided = [](T a, T b) {
  if (b == 0) throw Violation("an integer is divided by 0");
  return a / b;
};
template <class T>
constexpr auto remainder = [](T a, T b) {
  if (b == 0) throw Violation("an integer is divided by 0");
  return a % b;
};

// Of twice as many bits.
template <class T, class Wide>
Word wide_product(Word a, Word b, Word) {
  return word<Wide>(Wide{as<T>(a)} * Wide{as<T>(b)});
}
template <class T, class Wide>
Word wide_product_plus(Word a, Word b, Word c) {
  return wide_product<T, Wide>(a, b, 0) + c;
}
Word high_product_u32(Word a, Word b, Word) { return u64{as<u32>(a)} * as<u32>(b) >> 32; }
Word high_product_u64(Word a, Word b, Word) { return static_cast<Word>(u128{a} * b >> 64); }

// Shifts by as many bits as there are, or more, leave nothing but the sign.
template <class T>
Word left(Word a, Word bits, Word) {
  return as<u32>(bits) < 8 * sizeof(T) ? word<T>(static_cast<T>(as<T>(a) << as<u32>(bits))) : 0;
}
template <class T>
Word right(Word a, Word bits, Word) {
  constexpr u32 last = 8 * sizeof(T) - 1;
  if (as<u32>(bits) > last) return std::is_signed_v<T> ? word<T>(static_cast<T>(as<T>(a) >> last)) : 0;
  return word<T>(static_cast<T>(as<T>(a) >> as<u32>(bits)));
}

Word select(Word a, Word b, Word condition) { return as<bool>(condition) ? a : b; }
Word same(Word a, Word, Word) { return a; }
Word in_shared_window(Word a, Word, Word) { return shared_window + as<u32>(a); }

// The reciprocal's high word; the low one is 0, and subnormal numbers are.
Word approximate_reciprocal(Word a, Word, Word) {
  const auto flushed = [](f64 x) { return std::fpclassify(x) == FP_SUBNORMAL ? std::copysign(0.0, x) : x; };
  return word<f64>(flushed(1 / flushed(as<f64>(a)))) & 0xffff'ffff'0000'0000;
}

template <class From, class To>
Word converted(Word a, Word, Word) {
  return word<To>(static_cast<To>(as<From>(a)));
}

// Towards 0, and to the nearest there is of what is too large.
template <class To>
Word truncated(Word a, Word, Word) {
  const f64 x = std::trunc(as<f64>(a));
  if (std::isnan(x)) return 0;
  constexpr To lowest = std::numeric_limits<To>::lowest(), highest = std::numeric_limits<To>::max();
  if (x <= static_cast<f64>(lowest)) return word<To>(lowest);
  if (x >= static_cast<f64>(highest)) return word<To>(highest);
  return word<To>(static_cast<To>(x));
}

using Table = std::unordered_map<std::string, Operation>;

template <class T>
void add_integer(Table& table, const std::string& type) {
  using Unsigned = std::make_unsigned_t<T>;  // whose overflow is defined; the low bits are the same
  table["add." + type] = binary<Unsigned, plus>;
  table["sub." + type] = binary<Unsigned, minus>;
  table["mul.lo." + type] = binary<Unsigned, times>;
  table["mad.lo." + type] = ternary<Unsigned, times_plus>;
  table["div." + type] = binary<T, divided<T>>;
  table["rem." + type] = binary<T, remainder<T>>;
  table["min." + type] = binary<T, least>;
  table["max." + type] = binary<T, most>;
  table["shr." + type] = right<T>;
  if constexpr (std::is_signed_v<T>) table["neg." + type] = unary<Unsigned, negative>;
}

template <class T>
void add_bits(Table& table, const std::string& type) {
  table["and." + type] = binary<T, bit_and>;
  table["or." + type] = binary<T, bit_or>;
  table["xor." + type] = binary<T, bit_xor>;
  if constexpr (!std::is_same_v<T, bool>) table["not." + type] = unary<T, bit_not>;
  if constexpr (!std::is_same_v<T, bool>) table["shl." + type] = left<T>;
}

template <class T>
void add_comparisons(Table& table, const std::string& type) {
  table["setp.eq." + type] = predicate<T, std::equal_to<>{}>;
  table["setp.ne." + type] = predicate<T, [](auto a, auto b) { return a < b || b < a; }>;
  table["setp.lt." + type] = predicate<T, std::less<>{}>;
  table["setp.le." + type] = predicate<T, std::less_equal<>{}>;
  table["setp.gt." + type] = predicate<T, std::greater<>{}>;
  table["setp.ge." + type] = predicate<T, std::greater_equal<>{}>;
  if constexpr (std::is_floating_point_v<T>) {  // true where there is no order, too
    table["setp.equ." + type] = predicate<T, [](auto a, auto b) { return !(a < b || b < a); }>;
    table["setp.neu." + type] = predicate<T, std::not_equal_to<>{}>;
    table["setp.ltu." + type] = predicate<T, [](auto a, auto b) { return !(a >= b); }>;
    table["setp.leu." + type] = predicate<T, [](auto a, auto b) { return !(a > b); }>;
    table["setp.gtu." + type] = predicate<T, [](auto a, auto b) { return !(a <= b); }>;
    table["setp.geu." + type] = predicate<T, [](auto a, auto b) { return !(a < b); }>;
  }
}

void add_floating_point(Table& table) {
  table["add.f64"] = table["add.rn.f64"] = binary<f64, plus>;
  table["sub.f64"] = table["sub.rn.f64"] = binary<f64, minus>;
  table["mul.f64"] = table["mul.rn.f64"] = binary<f64, times>;
  table["div.rn.f64"] = binary<f64, std::divides<>{}>;
  table["fma.rn.f64"] = ternary<f64, [](f64 a, f64 b, f64 c) { return std::fma(a, b, c); }>;
  table["sqrt.rn.f64"] = unary<f64, [](f64 a) { return std::sqrt(a); }>;
  table["abs.f64"] = unary<f64, [](f64 a) { return std::fabs(a); }>;
  table["abs.f32"] = unary<f32, [](f32 a) { return std::fabs(a); }>;
  table["neg.f64"] = unary<f64, [](f64 a) { return -a; }>;
  table["max.f64"] = binary<f64, [](f64 a, f64 b) { return std::fmax(a, b); }>;
  table["min.f64"] = binary<f64, [](f64 a, f64 b) { return std::fmin(a, b); }>;
  table["rcp.approx.ftz.f64"] = approximate_reciprocal;
  table["cvt.rn.f64.u32"] = converted<u32, f64>;
  table["cvt.rn.f64.s32"] = converted<s32, f64>;
  table["cvt.rn.f64.u64"] = converted<u64, f64>;
  table["cvt.rn.f64.s64"] = converted<s64, f64>;
  table["cvt.rzi.f64.f64"] = unary<f64, [](f64 a) { return std::trunc(a); }>;
  table["cvt.rzi.s32.f64"] = truncated<s32>;
  table["cvt.rzi.u32.f64"] = truncated<u32>;
}

template <class From>
void add_conversions(Table& table, const std::string& from) {
  table["cvt.u16." + from] = converted<From, u16>;
  table["cvt.s16." + from] = converted<From, s16>;
  table["cvt.u32." + from] = converted<From, u32>;
  table["cvt.s32." + from] = converted<From, s32>;
  table["cvt.u64." + from] = converted<From, u64>;
  table["cvt.s64." + from] = converted<From, s64>;
}

void add_products(Table& table) {
  table["mul.wide.u16"] = wide_product<u16, u32>;
  table["mul.wide.u32"] = wide_product<u32, u64>;
  table["mul.wide.s32"] = wide_product<s32, s64>;
  table["mad.wide.u32"] = wide_product_plus<u32, u64>;
  table["mad.wide.s32"] = wide_product_plus<s32, s64>;
  table["mul.hi.u32"] = high_product_u32;
  table["mul.hi.u64"] = high_product_u64;
}

Table make_table() {
  Table table;
  add_integer<u16>(table, "u16"), add_integer<s16>(table, "s16");
  add_integer<u32>(table, "u32"), add_integer<s32>(table, "s32");
  add_integer<u64>(table, "u64"), add_integer<s64>(table, "s64");
  add_bits<u16>(table, "b16"), add_bits<u32>(table, "b32"), add_bits<u64>(table, "b64"), add_bits<bool>(table, "pred");
  table["not.pred"] = [](Word a, Word, Word) { return ~a & 1; };
  add_comparisons<u16>(table, "u16"), add_comparisons<s16>(table, "s16"), add_comparisons<u16>(table, "b16");
  add_comparisons<u32>(table, "u32"), add_comparisons<s32>(table, "s32"), add_comparisons<u32>(table, "b32");
  add_comparisons<u64>(table, "u64"), add_comparisons<s64>(table, "s64"), add_comparisons<u64>(table, "b64");
  add_comparisons<f32>(table, "f32"), add_comparisons<f64>(table, "f64");
  add_products(table);
  add_floating_point(table);
  add_conversions<s8>(table, "s8"), add_conversions<u16>(table, "u16"), add_conversions<s16>(table, "s16");
  add_conversions<u32>(table, "u32"), add_conversions<s32>(table, "s32");
  add_conversions<u64>(table, "u64"), add_conversions<s64>(table, "s64");
  for (const char* type : {"b16", "u16", "s16", "b32", "u32", "s32", "f32", "b64", "u64", "s64", "f64", "pred"}) {
    table[std::string("mov.") + type] = same;
    table[std::string("selp.") + type] = select;
  }
  for (const char* space : {"cvta.to.global.u64", "cvta.to.local.u64", "cvta.global.u64"}) table[space] = same;
  table["cvta.shared.u64"] = in_shared_window;
  return table;
}

}  // namespace

Operation find_operation(std::string_view opcode) {
  static const Table table = make_table();
  const auto found = table.find(std::string(opcode));
  return found == table.end() ? nullptr : found->second;
}

}  // namespace ptx
