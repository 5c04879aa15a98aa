// What a kernel must not do, and the nearest thing that it may.
#include <tuple>

#include "tests/catch.hpp"
#include "tests/ptx/by_hand.hpp"

using namespace ptx;
using by_hand::run;
using by_hand::Shape;
using by_hand::zeros;

namespace {

const std::string thread_number = "mov.u32 %r1, %tid.x; mul.wide.u32 %rd3, %r1, 8; add.s64 %rd2, %rd1, %rd3;";

// Each thread leaves its number in shared memory, and reads its neighbour's.
std::string swap_by_shared_memory(const std::string& barrier) {
  return thread_number + "shl.b32 %r2, %r1, 2; mov.u32 %r3, part; add.s32 %r4, %r3, %r2; st.shared.u32 [%r4], %r1;" +
         barrier + "xor.b32 %r5, %r2, 4; add.s32 %r6, %r3, %r5; ld.shared.u32 %r7, [%r6]; cvt.u64.u32 %rd4, %r7;" +
         "st.global.u64 [%rd2], %rd4;";
}

// The first thread of each block leaves the block's number + 1; the last thread of the block that comes last adds up.
std::string sum_over_blocks(const std::string& before, const std::string& after) {
  return "mov.u32 %r1, %ctaid.x; mov.u32 %r2, %nctaid.x; mul.wide.u32 %rd3, %r1, 8; add.s64 %rd2, %rd1, %rd3;"
         "add.s32 %r3, %r1, 1; cvt.u64.u32 %rd4, %r3; mov.u32 %r8, %tid.x; setp.ne.s32 %p3, %r8, 0; @%p3 bra $meet;"
         "st.global.u64 [%rd2+16], %rd4;" +
         before +
         "sub.s32 %r4, %r2, 1; atom.global.inc.u32 %r5, [%rd1], %r4; st.shared.u32 [part], %r5;"
         "\n$meet:\nbar.sync 0; ld.shared.u32 %r5, [part]; sub.s32 %r4, %r2, 1; setp.ne.s32 %p1, %r5, %r4; @%p1 bra "
         "$end;" +
         after +
         "setp.ne.s32 %p3, %r8, 39; @%p3 bra $end; mov.u64 %rd5, 0; mov.u32 %r6, 0; add.s64 %rd6, %rd1, 16;\n$next:\n"
         "ld.global.cg.u64 %rd7, [%rd6]; add.s64 %rd5, %rd5, %rd7; add.s64 %rd6, %rd6, 8; add.s32 %r6, %r6, 1;"
         "setp.lt.u32 %p2, %r6, %r2; @%p2 bra $next; st.global.u64 [%rd1+8], %rd5;\n$end:\n";
}

}  // namespace

TEST_CASE("memory: addresses that are not aligned, or nobody's") {
  CHECK_THROWS_WITH(run("ld.global.u64 %rd2, [%rd1+4];", zeros(2)), ContainsSubstring("not aligned"));
  CHECK_THROWS_WITH(run("ld.global.v2.u64 {%rd2, %rd3}, [%rd1+8];", zeros(3)), ContainsSubstring("not aligned"));
  CHECK_THROWS_WITH(run("ld.global.u64 %rd2, [%rd1+16];", zeros(2)), ContainsSubstring("no memory of the device"));
  CHECK_THROWS_WITH(run("ld.global.u64 %rd2, [%rd1+-8];", zeros(2)), ContainsSubstring("no memory of the device"));
  CHECK_THROWS_WITH(run("mov.u64 %rd2, 0; ld.u64 %rd3, [%rd2];", zeros(2)), ContainsSubstring("no memory"));
  CHECK_THROWS_WITH(run("ld.shared.u64 %rd2, [part+512];", zeros(2)), ContainsSubstring("512 of 512 of shared"));
  CHECK_THROWS_WITH(run("ld.param.u64 %rd2, [k_param_0+8];", zeros(2)), ContainsSubstring("behind what"));
}

TEST_CASE("memory: what was freed is nobody's") {
  const Word freed = device_memory().allocate(64);
  REQUIRE(device_memory().release(freed));
  CHECK_FALSE(device_memory().release(freed));
  CHECK_THROWS_WITH(run("ld.global.u64 %rd2, [%rd1]; ld.global.u64 %rd3, [%rd2];", {freed + 8}),
                    ContainsSubstring("freed"));
  CHECK(device_memory().allocate(DeviceMemory::total_bytes + 1) == 0);
}

TEST_CASE("threads of a block: a barrier between what one writes and another reads") {
  for (const char* order : {"forward", "reverse", "random:1"}) {
    const auto swapped = run(swap_by_shared_memory("bar.sync 0;"), zeros(64), {1, 64}, "", order);
    for (Word t = 0; t < 64; ++t) CHECK(swapped[t] == (t ^ 1));
    CHECK_THROWS_WITH(run(swap_by_shared_memory(""), zeros(64), {1, 64}, "", order), ContainsSubstring("race"));
    CHECK_THROWS_WITH(run(thread_number + "st.global.u64 [%rd1], %rd3;", zeros(1), {1, 2}, "", order),
                      ContainsSubstring("race with block 0, warp 0, in global"));
  }
}

TEST_CASE("lanes of a warp: a warp's barrier is enough for its lanes, and for no others") {
  const auto swapped = run(swap_by_shared_memory("bar.warp.sync -1;"), zeros(64), {1, 64});
  for (Word t = 0; t < 64; ++t) CHECK(swapped[t] == (t ^ 1));
  // Pairs of lanes with a mask of their own.
  const std::string pairs = "and.b32 %r8, %r1, 30; mov.u32 %r9, 3; shl.b32 %r10, %r9, %r8; bar.warp.sync %r10;";
  CHECK(run(swap_by_shared_memory(pairs), zeros(32), {1, 32})[4] == 5);
  // Threads 31 and 32 are of two warps.
  const std::string across = swap_by_shared_memory("bar.warp.sync -1; add.s32 %r2, %r2, 124; and.b32 %r2, %r2, 252;");
  CHECK_THROWS_WITH(run(across, zeros(64), {1, 64}), ContainsSubstring("race"));
  // A shuffle passes a value on, and orders no memory.
  CHECK_THROWS_WITH(run(swap_by_shared_memory("shfl.sync.idx.b32 %r9, %r1, 0, 31, -1;"), zeros(32), {1, 32}),
                    ContainsSubstring("race"));
}

TEST_CASE("blocks: a fence, an atomic, and a fence") {
  const std::string fence = "membar.gl;";
  const Shape shape{5, 40};
  for (const char* order : {"forward", "reverse", "random:2"}) {
    CHECK(run(sum_over_blocks(fence, fence), zeros(7), shape, "", order)[1] == 15);
    CHECK_THROWS_WITH(run(sum_over_blocks("", fence), zeros(7), shape, "", order), ContainsSubstring("race"));
    CHECK_THROWS_WITH(run(sum_over_blocks(fence, ""), zeros(7), shape, "", order), ContainsSubstring("race"));
  }
}

TEST_CASE("atomics to one word: not ordered with each other, and each with all that is none") {
  const auto by_first_lanes = [](const std::string& before, const std::string& after) {
    return "mov.u32 %r1, %tid.x; and.b32 %r2, %r1, 31; setp.ne.s32 %p1, %r2, 0; @%p1 bra $meet;" + before +
           "atom.global.add.u32 %r3, [%rd1], 1;\n$meet:\n" + after;
  };
  // Done by this thread alone.
  const auto by = [](const std::string& thread, const std::string& what) {
    return "setp.ne.s32 %p2, %r1, " + thread + "; @%p2 bra $past;" + what + "\n$past:\n";
  };
  for (const auto& [order, first, last] : {std::tuple{"forward", "0", "32"}, {"reverse", "32", "0"}}) {
    const auto run_two_warps = [order = order](const std::string& body) {
      return run(body, zeros(1), {1, 64}, "", order);
    };
    CHECK(run_two_warps(by_first_lanes("", ""))[0] == 2);
    for (const char* access : {"ld.global.u32 %r4, [%rd1];", "st.global.u32 [%rd1], %r1;"}) {
      INFO(order << ", " << access);
      CHECK_NOTHROW(run_two_warps(by_first_lanes("", "bar.sync 0;" + by(last, access))));
      CHECK_THROWS_WITH(run_two_warps(by_first_lanes("", by(last, access))), ContainsSubstring("race"));
      CHECK_THROWS_WITH(run_two_warps(by_first_lanes(by(first, access), "")), ContainsSubstring("race"));
    }
  }
  const std::string read_by_second_block = "mov.u32 %r1, %ctaid.x;" + by("1", "ld.global.u32 %r4, [%rd1];");
  CHECK_THROWS_WITH(run("atom.global.add.u32 %r3, [%rd1], 1;" + read_by_second_block, zeros(1), {2, 1}),
                    ContainsSubstring("a race with block 0"));
}

TEST_CASE("warps: masks that are wrong") {
  const auto vote = [](const std::string& mask, Shape shape) {
    return run(thread_number + "setp.eq.u32 %p1, %r1, 0; vote.sync.any.pred %p2, %p1, " + mask + ";", zeros(1), shape);
  };
  CHECK_NOTHROW(vote("255", {1, 8}));
  CHECK_THROWS_WITH(vote("65535", {1, 32}), ContainsSubstring("without the lane itself"));
  CHECK_THROWS_WITH(vote("-1", {1, 8}), ContainsSubstring("lanes that the block does not have"));
  CHECK_THROWS_WITH(run(thread_number + "setp.eq.u32 %p1, %r1, 9; @%p1 ret; bar.warp.sync -1;", zeros(1), {1, 32}),
                    ContainsSubstring("a lane that has ended"));
  CHECK_THROWS_WITH(run(thread_number + "shfl.sync.idx.b32 %r2, %r1, 9, 31, 255;", zeros(1), {1, 8}),
                    ContainsSubstring("a lane that the mask does not name"));
}

TEST_CASE("blocks: barriers that not all threads come to") {
  const std::string half = thread_number + "setp.lt.u32 %p1, %r1, 32;";
  CHECK_THROWS_WITH(run(half + "@%p1 ret; bar.sync 0;", zeros(1), {1, 64}), ContainsSubstring("has ended"));
  CHECK_THROWS_WITH(run(half + "@%p1 bra $one; bar.sync 0; bra $end;\n$one:\nbar.sync 0;\n$end:\n", zeros(1), {1, 64}),
                    ContainsSubstring("at another barrier"));
  CHECK_THROWS_WITH(run(half + "setp.lt.u32 %p2, %r1, 16; @%p2 bra $one; bar.warp.sync -1; bra $end;\n$one:\n"
                               "bar.warp.sync -1;\n$end:\n",
                        zeros(1), {1, 32}),
                    ContainsSubstring("never come"));
}
