// Instructions that move data, branch and work together, in kernels written by hand; and texts that cannot be read.
#include "tests/catch.hpp"
#include "tests/ptx/by_hand.hpp"

using namespace ptx;
using by_hand::run;
using by_hand::zeros;

namespace {

// %rd2 = %rd1 + 8 times the thread's number among all.
const std::string own_place =
    "mov.u32 %r1, %ctaid.x; mov.u32 %r2, %ntid.x; mov.u32 %r3, %tid.x; mad.lo.s32 %r4, %r1, %r2, %r3;"
    "mul.wide.u32 %rd3, %r4, 8; add.s64 %rd2, %rd1, %rd3;";

std::vector<Word> lanes(auto value) {
  std::vector<Word> all(32);
  for (Word lane = 0; lane < 32; ++lane) all[lane] = value(lane);
  return all;
}

}  // namespace

TEST_CASE("interpreter: loads and stores of every width, vectors and halves") {
  const std::vector<Word> array = {0x1122'3344'5566'7788, 0xffff'ffff'ffff'ff80, 0, 0, 0, 0};
  const auto result = run(
      "ld.global.v2.u32 {%r1, %r2}, [%rd1]; st.global.u32 [%rd1+16], %r2; st.global.u8 [%rd1+20], %r1;"
      "ld.global.s8 %rs1, [%rd1+8]; cvt.s64.s16 %rd3, %rs1; st.global.u64 [%rd1+24], %rd3;"
      "mov.b64 %rd4, {%r2, %r1}; st.global.b64 [%rd1+32], %rd4;"
      "mov.b64 {%temp, %r5}, %rd4; mov.b32 {%rs2, %rs3}, %r5; cvt.u64.u16 %rd5, %rs3; st.global.u64 [%rd1+40], %rd5;",
      array);
  CHECK(result[2] == 0x88'1122'3344);
  CHECK(result[3] == static_cast<Word>(-128));
  CHECK(result[4] == 0x5566'7788'1122'3344);
  CHECK(result[5] == 0x5566);
}

TEST_CASE("interpreter: local memory and generic addresses") {
  const auto result =
      run(".local .align 8 .b8 depot[16]; mov.u64 %rd2, depot; mov.u64 %rd3, 42; st.local.u64 [%rd2+8], %rd3;"
          "ld.local.u64 %rd4, [depot+8]; st.global.u64 [%rd1], %rd4;"
          "mov.u64 %rd5, part; cvta.shared.u64 %rd6, %rd5; st.u64 [%rd6+16], %rd4; ld.shared.u64 %rd7, [part+16];"
          "st.u64 [%rd1+8], %rd7; mov.u32 %r9, dynamic; st.shared.u64 [%r9], %rd3; ld.shared.u64 %rd8, [part+248];"
          "st.global.u64 [%rd1+16], %rd8;",
          zeros(3));
  CHECK(result == std::vector<Word>{42, 42, ~Word{0}});
}

TEST_CASE("interpreter: loops, guards and calls") {
  const std::string twice =
      ".func (.param .b64 out) twice(.param .b64 in) { ld.param.u64 %rd1, [in]; add.s64 %rd2, %rd1, %rd1;"
      "st.param.b64 [out], %rd2; ret; }\n";
  const auto result = run(
      "mov.u64 %rd2, 0; mov.u64 %rd3, 0;\n$again:\nadd.s64 %rd3, %rd3, %rd2; add.s64 %rd2, %rd2, 1;"
      "setp.lt.u64 %p1, %rd2, 10; @%p1 bra $again; @!%p1 st.global.u64 [%rd1], %rd3; @%p1 st.global.u64 [%rd1+8], %rd3;"
      "{ .param .b64 param0; st.param.b64 [param0+0], %rd3; .param .b64 retval0; call.uni (retval0), twice, (param0);"
      "ld.param.b64 %rd4, [retval0+0]; } st.global.u64 [%rd1+16], %rd4;",
      zeros(3), {}, twice);
  CHECK(result == std::vector<Word>{45, 0, 90});
}

TEST_CASE("interpreter: shuffles and votes") {
  const auto shuffled = [](const std::string& kind, const std::string& operands) {
    return run(own_place + "shfl.sync." + kind + ".b32 %r6|%p1, %r3, " + operands +
                   "; cvt.u64.u32 %rd4, %r6; @%p1 add.s64 %rd4, %rd4, 100; st.global.u64 [%rd2], %rd4;",
               zeros(32), {1, 32});
  };
  CHECK(shuffled("idx", "5, 31, -1") == lanes([](Word) { return 105; }));
  CHECK(shuffled("down", "4, 31, -1") == lanes([](Word k) { return k < 28 ? 100 + k + 4 : k; }));
  CHECK(shuffled("down", "4, 6175, -1") == lanes([](Word k) { return k % 8 < 4 ? 100 + k + 4 : k; }));  // of 8 lanes
  CHECK(shuffled("up", "3, 0, -1") == lanes([](Word k) { return k >= 3 ? 100 + k - 3 : k; }));
  CHECK(shuffled("bfly", "9, 31, -1") == lanes([](Word k) { return 100 + (k ^ 9); }));
  const auto votes =
      run(own_place +
              "setp.lt.u32 %p1, %r3, 3; vote.sync.any.pred %p2, %p1, -1; vote.sync.all.pred %p3, %p1, -1;"
              "vote.sync.ballot.b32 %r6, %p1, -1; selp.b64 %rd4, 16, 0, %p2; selp.b64 %rd5, 32, 0, %p3;"
              "cvt.u64.u32 %rd6, %r6; or.b64 %rd4, %rd4, %rd5; or.b64 %rd4, %rd4, %rd6;"
              "st.global.u64 [%rd2], %rd4;",
          zeros(32), {1, 32});
  CHECK(votes == lanes([](Word) { return 16 + 7; }));
}

TEST_CASE("interpreter: atomics, in whatever order") {
  for (const char* order : {"forward", "reverse", "random:3"}) {
    const auto result =
        run("mov.u64 %rd2, 1; mov.u32 %r1, %tid.x; cvt.u64.u32 %rd3, %r1; atom.global.add.u64 %rd4, [%rd1], %rd2;"
            "atom.global.max.u64 %rd4, [%rd1+8], %rd3; atom.global.inc.u32 %r2, [%rd1+16], 49;",
            zeros(3), {2, 50}, "", order);
    CHECK(result == std::vector<Word>{100, 49, 0});  // 100 increments modulo 50
  }
}

TEST_CASE("interpreter: what it cannot read is named") {
  CHECK_THROWS_WITH(run("bfe.u32 %r1, %r2, 3, 4;", {}),
                    ContainsSubstring("function k") && ContainsSubstring("bfe.u32"));
  CHECK_THROWS_WITH(run("ld.global.nc.u32 %r1, [%rd1];", {}), ContainsSubstring("ld.global.nc.u32"));
  CHECK_THROWS_WITH(run("bar.sync 1;", {}), ContainsSubstring("bar.sync"));
  CHECK_THROWS_WITH(run("bra $nowhere;", {}), ContainsSubstring("no label $nowhere"));
  CHECK_THROWS_WITH(run("mov.u64 %rd2, nothing;", {}), ContainsSubstring("no variable nothing"));
  CHECK_THROWS_WITH(run("add.s64 %rd2, %rd1, 1x;", {}), ContainsSubstring("'1x' is no number"));
  CHECK_THROWS_WITH(run("call.uni elsewhere, ();", {}), ContainsSubstring("elsewhere"));
  CHECK_THROWS_WITH(run("", {}, {}, ".global .align 8 .b8 table[8];\n"), ContainsSubstring("table"));
  CHECK_THROWS_WITH(read_module(".entry k() { ret;"), ContainsSubstring("without end"));
  CHECK_THROWS_WITH(Order("sideways"), ContainsSubstring("sideways"));
}
