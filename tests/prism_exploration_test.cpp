// States found and numbered by any number of threads, and commands looked up by local state.
#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "formats/model/prism/explore/state_numbers.hpp"
#include "tests/catch.hpp"
#include "tests/prism_models.hpp"

using namespace steady;
using namespace steady::detail;
using tests::error_of_model;
using tests::mentions;
using tests::rate;
using tests::read_example;
using tests::read_text;

namespace {

template <class F>
auto with_threads(int threads, F f) {
  const int before = omp_get_max_threads();
  omp_set_num_threads(threads);
  auto result = f();
  omp_set_num_threads(before);
  return result;
}

void require_same(const Chain& a, const Chain& b) {
  REQUIRE(a.states.words == b.states.words);
  REQUIRE(a.inflow.row_start == b.inflow.row_start);
  REQUIRE(a.inflow.column == b.inflow.column);
  REQUIRE(a.inflow.value == b.inflow.value);
  REQUIRE(a.exit_rate == b.exit_rate);
  REQUIRE(a.self_loops.size() == b.self_loops.size());
  for (std::size_t k = 0; k < a.self_loops.size(); ++k) {
    REQUIRE(a.self_loops[k].state == b.self_loops[k].state);
    REQUIRE(a.self_loops[k].value == b.self_loops[k].value);
  }
  for (std::size_t l = 0; l < a.labels.size(); ++l) REQUIRE(a.labels[l].holds == b.labels[l].holds);
  for (std::size_t r = 0; r < a.rewards.size(); ++r) REQUIRE(a.rewards[r].rate == b.rewards[r].rate);
}

}  // namespace

TEST_CASE("a state's number is found wherever the search begins") {
  using steady::detail::prism::StateNumbers;
  constexpr std::size_t count = 1000;
  for (const std::size_t width : {1, 2}) {
    // Words with gaps; of two words, the first is shared by five states.
    std::vector<std::uint64_t> words;
    for (std::size_t s = 0; s < count; ++s)
      for (std::size_t w = 0; w < width; ++w) words.push_back(width == 2 && w == 0 ? s / 5 : 4 * s + s * s % 4);
    StateNumbers numbers(words, width);
    std::size_t right = 0;
    for (std::size_t k = 0; k < 100 * count; ++k) {  // in turn near, far up and far down
      const std::size_t source = k * 7919 % count, target = k % 3 == 0 ? (source + k % 11) % count : k * k % count;
      if (numbers.find(static_cast<State>(source), &words[target * width], width) == target) ++right;
      if (numbers.find(&words[target * width], width) == target) ++right;
    }
    REQUIRE(right == 200 * count);
  }
}

TEST_CASE("any number of threads finds the same chain") {
  const std::pair<const char*, const char*> examples[] = {{"fms", "n=4"},     {"kanban", "t=3"},  {"polling", ""},
                                                          {"cluster", "N=8"}, {"tandem", "c=40"}, {"weather", ""}};
  for (const auto& [name, constants] : examples) {
    const auto read = [&] { return read_example(name, constants).chain; };
    const Chain one = with_threads(1, read);
    validate(one);
    require_same(one, with_threads(2, read));
    require_same(one, with_threads(3, read));
  }
}

TEST_CASE("states of several words are numbered by any number of threads") {
  // Two digits far apart in 130 bits count 0..59 each; the state (k,0,..,0,l) is number 60 k + l.
  const auto read = [] {
    return read_text(R"(
      ctmc
      module a x : [0..1000000000000]; [] x<59 -> 2 : (x'=x+1); [] x=59 -> (x'=0); endmodule
      module b y : [0..1000000000000]; [go] y<0 -> (y'=y+1); endmodule
      module c z : [0..1000000000000]; [] z<59 -> 3 : (z'=z+1) + 1 : (z'=z+1); [] z=59 -> (z'=0); endmodule
    )")
        .chain;
  };
  const Chain one = with_threads(1, read);
  validate(one);
  CHECK(one.states.packing.words() == 3);
  REQUIRE(one.size() == 3600);
  CHECK(rate(one, 61, 121) == 2);
  CHECK(rate(one, 61, 62) == 4);
  CHECK(one.states.describe(3599) == "(59,0,59)");
  require_same(one, with_threads(3, read));
}

TEST_CASE("more local states than a table keeps") {
  // One module whose three counters are read by different commands: its table is split, and those of the parts
  // begin again when they are full.
  const auto read = [] {
    return read_text(R"(
      ctmc
      module a
        x : [0..39]; y : [0..39]; z : [0..39];
        [] x<39 -> 1 : (x'=x+1);
        [] x=39 & y<39 -> 2 : (x'=0) & (y'=y+1);
        [] y=39 & x=39 & z<39 -> 3 : (y'=0) & (x'=0) & (z'=z+1);
        [] x+40*y+1600*z>0 -> x+y+z : (x'=0) & (y'=0) & (z'=0);
      endmodule
    )")
        .chain;
  };
  const Chain one = with_threads(1, read);
  validate(one);
  REQUIRE(one.size() == 64'000);
  for (const State s : {1u, 39u, 1600u, 31'234u, 63'999u}) {
    // x is the first, and so the most significant.
    const State x = s / 1600, y = s / 40 % 40, z = s % 40;
    CHECK(rate(one, s, 0) == x + y + z);
    if (x < 39) CHECK(rate(one, s, s + 1600) == 1);
  }
  require_same(one, with_threads(2, read));
}

TEST_CASE("a rate that depends on other modules is the state's own") {
  const Chain c = read_text(R"(
    ctmc
    module a x : [0..3]; [] x<3 -> 1+x*y : (x'=x+1); [] x=3 -> y : (x'=0); endmodule
    module b y : [0..3]; [] y<3 -> 1+x : (y'=y+1); [] y=3 -> x/2 : (y'=0); endmodule
  )")
                      .chain;
  validate(c);
  REQUIRE(c.size() == 16);
  for (State x = 0; x < 4; ++x)
    for (State y = 0; y < 4; ++y) {
      CHECK(rate(c, 4 * x + y, 4 * ((x + 1) % 4) + y) == (x < 3 ? 1 + x * y : y));
      CHECK(rate(c, 4 * x + y, 4 * x + (y + 1) % 4) == (y < 3 ? 1 + x : x / 2.0));
    }
}

TEST_CASE("what a command would do wrong is no error where it is not taken") {
  // The first module may go beyond 2 whenever the second is ready, which it is not then; a rate of 0 is not taken.
  const Chain c = read_text(R"(
    ctmc
    module a x : [0..2]; [go] true -> (x'=x+1); [] x=2 -> (x'=0); [] true -> (y=0?0:0) : (x'=x+9); endmodule
    module b y : [0..1]; [go] x<2 & mod(4,2-x)=0 -> (y'=1-y); endmodule
  )")
                      .chain;
  CHECK(c.size() == 3);
  CHECK_THAT(error_of_model(R"(
    ctmc
    module a x : [0..2]; [go] true -> (x'=x+1); endmodule
    module b y : [0..3]; [go] y<3 -> (y'=y+1); endmodule
  )"),
             mentions("'x' becomes 3, outside its range [0..2], in state (2,2)"));
  CHECK_THAT(error_of_model(R"(
    ctmc
    module a x : [0..2]; [] true -> 1-y : (x'=min(2,x+1)); endmodule
    module b y : [0..3]; [] y<3 -> (y'=y+1); endmodule
  )"),
             mentions("the rate is -1 in state (0,2)"));
}

TEST_CASE("the same error is met by any number of threads") {
  const std::string text =
      "ctmc module a x:[0..99]; [] x<99 -> (x'=x+1); [] x>0 -> (x'=x-1); endmodule "
      "module b y:[0..99]; [] x+y<150 -> (y'=y+1); endmodule";
  const auto error = [&] { return error_of_model(text); };
  const std::string one = with_threads(1, error);
  CHECK_THAT(one, mentions("'y' becomes 100, outside its range [0..99], in state ("));
  CHECK(with_threads(2, error) == one);
  CHECK(with_threads(3, error) == one);
}

TEST_CASE("one state, deadlocked") {
  const Model m = read_text("ctmc module a x : [0..1]; y : [3..3]; [] x=1 -> (x'=0); endmodule");
  REQUIRE(m.chain.size() == 1);
  CHECK(m.chain.inflow.entries() == 0);
  CHECK(rate(m.chain, 0, 0) == 1);
  CHECK(m.chain.labels.back().holds == std::vector<bool>{true});
  CHECK(m.notes.size() == 1);
}

TEST_CASE("commands that lead to the same state add up, from the smallest rate on") {
  const Chain c = read_text(R"(
    ctmc
    module a x : [0..1];
      [] x=0 -> 1e16 : (x'=1);
      [] x=0 -> 1 : (x'=1) + 1 : (x'=1);
      [go] x=0 -> 1 : (x'=1);
      [] x=1 -> (x'=0);
    endmodule
  )")
                      .chain;
  CHECK(rate(c, 0, 1) == 1e16 + 3 + 1);  // 3 + 1e16 is 1e16 + 4
  CHECK(c.transitions() == 2);
}

TEST_CASE("more than 64 parts of modules") {
  constexpr std::size_t places = 66;  // of a ring, round which one token goes
  std::string text = "ctmc ";
  for (std::size_t k = 0; k < places; ++k) {
    const std::size_t before = (k + places - 1) % places;
    text += fmt::format("module place{0} x{0} : [0..1] init {1}; [to{0}] x{0}=0 -> {2} : (x{0}'=1);", k, k == 0 ? 1 : 0,
                        k + 1);
    text += fmt::format("[to{}] x{}=1 -> (x{}'=0); endmodule ", (before + 2) % places, k, k);
  }
  const Chain c = read_text(text).chain;
  REQUIRE(c.size() == places);  // the later the token's place, the earlier the state
  CHECK(c.transitions() == places);
  for (std::size_t s = 0; s < places; ++s) CHECK(c.exit_rate[s] == static_cast<double>(s == 0 ? 1 : places - s + 1));
}

TEST_CASE("a model is read by the threads that are asked for") {
  ReadOptions options;
  options.constants = "n=3";
  options.threads = omp_get_max_threads() + 1;
  std::set<int> seen;
  options.progress = [&](std::string_view) { seen.insert(omp_get_max_threads()); };
  const int before = omp_get_max_threads();
  read_model(std::string(STEADY_EXAMPLES) + "/fms.prism", options);
  CHECK(seen == std::set<int>{options.threads});
  CHECK(omp_get_max_threads() == before);
}
