// Arithmetic at the edges of each type, against values worked out by hand.
#include "tests/ptx/operations.hpp"

#include <bit>
#include <cmath>
#include <limits>

#include "tests/catch.hpp"

using namespace ptx;

namespace {

Word of(double x) { return std::bit_cast<Word>(x); }
Word low(Word x) { return x & 0xffff'ffff; }

Word result(const char* opcode, Word a, Word b = 0, Word c = 0) {
  INFO(opcode);
  const Operation operation = find_operation(opcode);
  REQUIRE(operation != nullptr);
  return operation(a, b, c);
}

const Word not_a_number = of(std::numeric_limits<double>::quiet_NaN()), infinity = of(INFINITY);
constexpr Word minus_one = ~Word{0};
constexpr Word dirt = 0x1234'5678'0000'0000;  // above a 32-bit value: it means nothing

}  // namespace

TEST_CASE("operations: integers wrap around") {
  CHECK(low(result("add.s32", dirt | 0x7fff'ffff, 1)) == 0x8000'0000);
  CHECK(result("add.s64", minus_one, 1) == 0);
  CHECK(low(result("sub.s32", 0, 1)) == 0xffff'ffff);
  CHECK(low(result("mul.lo.s32", 0x10001, 0x10001)) == 0x20001);
  CHECK(result("mul.wide.u32", dirt | 0xffff'ffff, 0xffff'ffff) == 0xffff'fffe'0000'0001);
  CHECK(result("mul.wide.s32", 0xffff'ffff, 5) == static_cast<Word>(-5));
  CHECK(low(result("mul.hi.u32", 0xffff'ffff, 0xffff'ffff)) == 0xffff'fffe);
  CHECK(result("mul.hi.u64", minus_one, minus_one) == minus_one - 1);
  CHECK(low(result("mad.lo.s32", 3, 0xffff'ffff, 4)) == 1);
  CHECK(result("mad.wide.u32", 0xffff'ffff, 2, 3) == 0x2'0000'0001);
  CHECK(result("neg.s64", 1) == minus_one);
}

TEST_CASE("operations: a sign where the type has one") {
  CHECK(low(result("div.u32", 0xffff'fffe, 2)) == 0x7fff'ffff);
  CHECK(low(result("div.s32", 0xffff'fffe, 2)) == 0xffff'ffff);
  CHECK(low(result("rem.s32", 0xffff'fff9, 3)) == 0xffff'ffff);  // -7 = -2 3 - 1
  CHECK(low(result("min.s32", 0xffff'ffff, 1)) == 0xffff'ffff);
  CHECK(low(result("min.u32", 0xffff'ffff, 1)) == 1);
  CHECK(result("max.u64", minus_one, 1) == minus_one);
  CHECK(result("max.s64", minus_one, 1) == 1);
  CHECK(result("setp.lt.s32", 0xffff'ffff, 1) == 1);
  CHECK(result("setp.lt.u32", dirt | 0xffff'ffff, 1) == 0);
  CHECK(result("cvt.s64.s32", 0xffff'ffff) == minus_one);
  CHECK(result("cvt.u64.u32", dirt | 0xffff'ffff) == 0xffff'ffff);
  CHECK(result("cvt.s64.s8", 0x1280) == static_cast<Word>(-128));
  CHECK_THROWS(result("div.u32", 1, 0));
}

TEST_CASE("operations: shifts beyond the register") {
  CHECK(result("shl.b32", 1, 31) == 0x8000'0000);
  CHECK(result("shl.b32", 1, 32) == 0);
  CHECK(result("shl.b64", 1, 63) == Word{1} << 63);
  CHECK(result("shr.u32", dirt | 0x8000'0000, 31) == 1);
  CHECK(result("shr.u32", minus_one, 32) == 0);
  CHECK(low(result("shr.s32", 0x8000'0000, 40)) == 0xffff'ffff);
  CHECK(result("shr.s64", Word{1} << 63, 63) == minus_one);
}

TEST_CASE("operations: bits and predicates") {
  CHECK(low(result("not.b32", 0x0f0f'0f0f)) == 0xf0f0'f0f0);
  CHECK(result("not.pred", 1) == 0);
  CHECK(result("not.pred", 0) == 1);
  CHECK(result("and.pred", 1, 0) == 0);
  CHECK(result("or.pred", 1, 0) == 1);
  CHECK(result("xor.b64", minus_one, 1) == minus_one - 1);
  CHECK(result("selp.b64", 7, 8, 1) == 7);
  CHECK(result("selp.b64", 7, 8, 0) == 8);
}

TEST_CASE("operations: comparisons with what is no number") {
  for (const char* ordered :
       {"setp.eq.f64", "setp.ne.f64", "setp.lt.f64", "setp.le.f64", "setp.gt.f64", "setp.ge.f64"}) {
    CHECK(result(ordered, not_a_number, of(1)) == 0);
    CHECK(result(ordered, of(1), not_a_number) == 0);
  }
  for (const char* unordered :
       {"setp.equ.f64", "setp.neu.f64", "setp.ltu.f64", "setp.leu.f64", "setp.gtu.f64", "setp.geu.f64"})
    CHECK(result(unordered, not_a_number, not_a_number) == 1);
  CHECK(result("setp.ltu.f64", of(1), of(2)) == 1);
  CHECK(result("setp.ltu.f64", of(2), of(1)) == 0);
  CHECK(result("setp.geu.f64", of(2), of(2)) == 1);
  CHECK(result("setp.equ.f64", of(0.0), of(-0.0)) == 1);
}

TEST_CASE("operations: floating point rounds once each") {
  const double x = 1 + std::ldexp(1, -30), square = 1 + std::ldexp(1, -29);  // x x = square + 2^-60
  CHECK(result("mul.rn.f64", of(x), of(x)) == of(square));
  CHECK(result("fma.rn.f64", of(x), of(x), of(-square)) == of(std::ldexp(1, -60)));
  CHECK(result("add.rn.f64", of(1), of(std::ldexp(1, -53))) == of(1));
  CHECK(result("div.rn.f64", of(1), of(3)) == of(1.0 / 3));
  CHECK(result("sqrt.rn.f64", of(2)) == of(1.4142135623730951));
  CHECK(result("neg.f64", of(0.0)) == of(-0.0));
  CHECK(result("abs.f64", of(-2.5)) == of(2.5));
  CHECK(result("max.f64", not_a_number, of(3)) == of(3));
  CHECK(result("div.rn.f64", of(1), of(0.0)) == infinity);
}

TEST_CASE("operations: conversions of floating point") {
  CHECK(result("cvt.rn.f64.u64", minus_one) == of(std::ldexp(1, 64)));
  CHECK(result("cvt.rn.f64.s64", minus_one) == of(-1));
  CHECK(result("cvt.rn.f64.u32", dirt | 0xffff'ffff) == of(4294967295.0));
  CHECK(result("cvt.rzi.f64.f64", of(-2.75)) == of(-2));
  CHECK(low(result("cvt.rzi.s32.f64", of(-2.75))) == 0xffff'fffe);
  CHECK(low(result("cvt.rzi.u32.f64", of(-2.75))) == 0);
  CHECK(low(result("cvt.rzi.s32.f64", of(1e300))) == 0x7fff'ffff);
  CHECK(low(result("cvt.rzi.s32.f64", not_a_number)) == 0);
  CHECK(result("rcp.approx.ftz.f64", of(4)) == of(0.25));
  CHECK((result("rcp.approx.ftz.f64", of(3)) & 0xffff'ffff) == 0);
}

TEST_CASE("operations: one that nobody wrote is none") {
  CHECK(find_operation("add.f16") == nullptr);
  CHECK(find_operation("") == nullptr);
}
