// States from a decision diagram: the same chain, bit for bit, as by a search.
#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "formats/file.hpp"
#include "formats/model/prism/parser.hpp"
#include "formats/model/prism/state_space.hpp"
#include "tests/catch.hpp"
#include "tests/prism_models.hpp"

using namespace steady;
using prism::StatesBy;
using tests::error_of;

namespace {

prism::Network network_of(std::string text, const std::string& constants = "", bool rate_errors = false) {
  const auto source = std::make_shared<prism::Source>(prism::Source{"model.prism", std::move(text)});
  prism::Network network =
      prism::build_network(source, prism::parse_model(*source), {prism::parse_settings(constants)});
  network.rate_errors = rate_errors;
  return network;
}

struct Explored {
  Chain chain;
  std::vector<std::string> notes;
  std::string error;
};

Explored explored(const std::string& text, const std::string& constants, bool rate_errors, StatesBy by) {
  Explored result;
  result.error = error_of([&] {
    prism::Network network = network_of(text, constants, rate_errors);
    result.chain = explore(
        network, [](std::string_view) {}, {"model.prism", 1u << 30}, result.notes, by);
  });
  return result;
}

bool same(const Chain& a, const Chain& b) {
  const auto equal = [](const auto& x, const auto& y, auto same_one) {
    return std::equal(x.begin(), x.end(), y.begin(), y.end(), same_one);
  };
  return a.states.words == b.states.words && a.inflow.row_start == b.inflow.row_start &&
         a.inflow.column == b.inflow.column && a.inflow.value == b.inflow.value && a.exit_rate == b.exit_rate &&
         a.rate_error == b.rate_error &&
         equal(a.self_loops, b.self_loops,
               [](const SelfLoop& x, const SelfLoop& y) { return x.state == y.state && x.value == y.value; }) &&
         equal(a.initial, b.initial,
               [](const StateProbability& x, const StateProbability& y) {
                 return x.state == y.state && x.probability == y.probability;
               }) &&
         equal(a.labels, b.labels, [](const Label& x, const Label& y) { return x.holds == y.holds; }) &&
         equal(a.rewards, b.rewards, [](const Reward& x, const Reward& y) { return x.rate == y.rate; });
}

// Requires the same of both ways. Returns whether the diagram had the states, and what was assumed for it holds.
bool require_same(const std::string& text, const std::string& constants = "") {
  INFO(text << "\n" << constants);
  Explored search;
  for (const bool rate_errors : {true, false}) {  // with them, states from a diagram are expanded one by one
    search = explored(text, constants, rate_errors, StatesBy::search);
    const Explored either = explored(text, constants, rate_errors, StatesBy::diagram_or_search);
    REQUIRE(either.error == search.error);
    REQUIRE(either.notes == search.notes);
    REQUIRE(same(either.chain, search.chain));
  }
  if (!search.error.empty()) return false;
  const prism::Network network = network_of(text, constants);
  const auto states = diagram_states(network, initial_states(network), {"model.prism", 1u << 30});
  return states && states->words == search.chain.states.words &&
         states->row_start.back() >= search.chain.inflow.entries();
}

// What is said while the model is explored.
std::vector<std::string> lines_of(const std::string& text, const std::string& constants) {
  std::vector<std::string> lines, notes;
  prism::Network network = network_of(text, constants);
  explore(
      network, [&](std::string_view line) { lines.emplace_back(line); }, {"model.prism", 1u << 30}, notes,
      StatesBy::diagram_or_search);
  return lines;
}

std::string example(const std::string& name) {
  return read_file(std::string(STEADY_EXAMPLES) + "/" + name + ".prism", 1u << 30);
}

// Models of two or three modules that read one another's variables, act together, and now and then go wrong.
class RandomModel {
 public:
  explicit RandomModel(unsigned seed) : random_(seed) {}

  std::string text() {
    const bool discrete = below(5) == 0;
    std::string text = discrete ? "dtmc\n" : "ctmc\n";
    const std::size_t modules = 2 + below(2);
    for (std::size_t m = 0; m < modules; ++m)
      for (std::size_t k = 1 + below(2); k-- > 0;) variables_.push_back({fmt::format("x{}_{}", m, k), m});
    for (std::size_t m = 0; m < modules; ++m) text += module(m, discrete);
    if (below(2) == 0) text += fmt::format("rewards [a] {} : 2; true : {}; endrewards\n", condition(), variable());
    if (below(2) == 0) text += fmt::format("label \"some\" = {};\n", condition());
    if (below(4) == 0) text += fmt::format("init {} endinit\n", condition());
    return text;
  }

 private:
  struct Own {
    std::string name;
    std::size_t module;
  };

  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_); }
  const std::string& variable() { return variables_[below(variables_.size())].name; }

  std::string module(std::size_t number, bool discrete) {
    std::string text = fmt::format("module m{}\n", number);
    for (const Own& v : variables_)
      if (v.module == number)
        text += fmt::format("  {} : [{}..{}];\n", v.name, below(2) == 0 ? "-1" : "0", 2 + below(2));
    for (std::size_t c = 2 + below(4); c-- > 0;) {
      const char* actions[] = {"", "", "a", "b"};
      text += fmt::format("  [{}] {} -> ", actions[below(4)], guard());
      text += discrete ? fmt::format("0.25 : {} + 0.75 : {};\n", update(number), update(number))
                       : fmt::format("{} : {};\n", rate(), update(number));
    }
    return text + "endmodule\n";
  }

  std::string condition() {
    const char* comparisons[] = {"<", "<=", "=", "!=", ">="};
    return fmt::format("{}{}{}", variable(), comparisons[below(5)],
                       below(6) == 0 ? variable() : std::to_string(below(3)));
  }

  std::string guard() {
    std::string text = condition();
    for (std::size_t k = below(3); k-- > 0;) text += fmt::format(" & ({})", condition());
    if (below(6) == 0) text += fmt::format(" | {}", condition());
    return below(80) == 0 ? text + fmt::format(" & mod(7, {})=1", variable()) : text;
  }

  std::string rate() {
    const std::size_t kind = below(40);
    return kind == 0   ? variable()  // may be negative
           : kind == 1 ? fmt::format("max(0, {})", variable())
           : kind < 12 ? fmt::format("2+{}", variable())
                       : std::to_string(1 + below(3));
  }

  std::string update(std::size_t number) {
    std::string text;
    for (const Own& v : variables_) {
      if (v.module != number || below(3) == 0) continue;
      if (!text.empty()) text += " & ";
      text += below(200) == 0 ? fmt::format("({0}'={0}+1)", v.name)
              : below(2) == 0 ? fmt::format("({0}'=min(2, {0}+1))", v.name)
                              : fmt::format("({}'=max(0, min(2, {}-{})))", v.name, variable(), below(2));
    }
    return text.empty() ? "true" : text;
  }

  std::mt19937 random_;
  std::vector<Own> variables_;
};

}  // namespace

TEST_CASE("diagram and search: the examples") {
  const std::pair<const char*, const char*> examples[] = {
      {"fms", "n=3"},     {"kanban", "t=2"}, {"polling", ""},    {"cluster", "N=8"},
      {"tandem", "c=40"}, {"weather", ""},   {"lattice", "k=6"}, {"rings", "n=20,c=3"},
  };
  for (const auto& [name, constants] : examples) {
    INFO(name);
    CHECK(require_same(example(name), constants));
  }
}

TEST_CASE("diagram and search: random models") {
  std::size_t by_diagram = 0;
  constexpr unsigned models = 200;
  for (unsigned seed = 0; seed < models; ++seed)
    if (require_same(RandomModel(seed).text())) ++by_diagram;
  CHECK(by_diagram > models / 4);
  CHECK(by_diagram < models);
}

TEST_CASE("two commands lead from a state to the same: a row has less than its room") {
  CHECK(require_same(R"(
    ctmc
    module a x : [0..5]; [] x<5 -> 1 : (x'=x+1); [] x=2 -> 1e16 : (x'=3); [] x>3 -> 2 : (x'=0); [] x>=4 -> (x'=0);
      [] x=1 -> (x'=x); [] true -> 3 : true; endmodule
    module b y : [0..40]; [] x=5 & y<40 -> (y'=y+1); [] y>0 & x<3 -> 2 : (y'=y-1); [] y=7 -> (y'=6); endmodule
  )"));
}

TEST_CASE("what only transitions of rate 0 lead to is no state") {
  CHECK_FALSE(require_same(R"(
    ctmc
    module a x : [0..2]; [] x<2 -> y : (x'=x+1); endmodule
    module b y : [0..1]; [] y=0 & x=2 -> (y'=1); endmodule
  )"));
}

TEST_CASE("rates that other modules set are 0 in some states") {
  const std::string others = R"(
    module b y : [0..2]; [] y<2 -> (y'=y+1); [] y>0 -> 2 : (y'=y-1); endmodule
    module c z : [0..200]; [] z<200 -> (z'=z+1); [] z>0 -> (z'=z-1); endmodule
    rewards [a] true : x; endrewards
  )";
  // Each state is reached in another way, against the order of the states or with it.
  for (const char* module : {"x : [0..N]; [a] x<N -> y : (x'=x+1); [] x=N -> (x'=0);",
                             "x : [0..N] init N; [a] x>0 -> 1e-3*y*(2-y) : (x'=x-1);",
                             "x : [0..N] init 4; [a] x<N -> y : (x'=x+1); [a] x>0 -> y : (x'=x-1);"}) {
    const std::string text = fmt::format("ctmc const int N; module a {} endmodule {}", module, others);
    CHECK(require_same(text, "N=5"));
    // A search says of every 100,000 states how many transitions they have.
    bool searched = false;
    const std::vector<std::string> lines = lines_of(text, "N=199");
    for (const std::string& line : lines)
      searched = searched ||
                 (line.find(" states, ") != std::string::npos && line.find(" states, at most ") == std::string::npos);
    CHECK_THAT(lines.front(), StartsWith("120,600 states, at most "));
    CHECK_FALSE(searched);
  }
  // Nothing leads to the states x>0, though transitions between them have rates.
  CHECK_FALSE(require_same(R"(
    ctmc
    module a x : [0..2]; [] x=0 -> max(0, y-1) : (x'=1); [] x>0 -> (x'=3-x); endmodule
    module b y : [0..1]; [] true -> (y'=1-y); endmodule
  )"));
}

TEST_CASE("a diagram's pieces need memory, too") {
  const prism::Network network = network_of(example("tandem"), "c=40");
  const std::vector<std::uint64_t> initial = initial_states(network);
  const auto states = [&](double bytes) {
    return diagram_states(network, initial, {"model.prism", static_cast<std::uint64_t>(bytes)});
  };
  const auto all = states(1e9);
  REQUIRE(all);
  const double result = 8.0 * static_cast<double>(all->words.size() + all->row_start.size());
  CHECK_FALSE(states(result - 100));
  CHECK_FALSE(states(result + 100));
  CHECK(states(2 * result));
}

TEST_CASE("an error is that of the search") {
  // By the order of the numbers the first state that goes wrong is (0,9); the search meets (8,0) first.
  const std::string text =
      "ctmc module a x:[0..9]; [] x<9 -> (x'=x+1); endmodule "
      "module b y:[0..9]; [] y<9 -> (y'=y+1); [] y=9 & x=0 -> (y'=10); [] x=8 & y=0 -> (y'=-1); endmodule";
  CHECK_FALSE(require_same(text));
  CHECK_THAT(tests::error_of_model(text), tests::mentions("'y' becomes -1, outside its range [0..9], in state (8,0)"));
}

TEST_CASE("diagrams leave to the search what they do not suit") {
  const auto by_diagram = [](const std::string& text) {
    const prism::Network network = network_of(text);
    return diagram_states(network, initial_states(network), {"model.prism", 1u << 30}).has_value();
  };
  CHECK(by_diagram("ctmc module a x:[0..9]; [] x<9 -> (x'=x+1); endmodule"));
  CHECK_FALSE(by_diagram("ctmc module a x:int; [] x<9 -> (x'=x+1); endmodule"));
  CHECK_FALSE(by_diagram("ctmc module a x:[0..1000000]; [] x<9 -> (x'=x+1); endmodule"));
  CHECK_FALSE(by_diagram("ctmc module a [] true -> true; endmodule"));
  CHECK_FALSE(by_diagram(  // a guard of five variables, each of 1,000 values
      "ctmc module a a:[0..999]; b:[0..999]; c:[0..999]; d:[0..999]; e:[0..999]; "
      "[] a+b+c+d+e<9 -> (a'=a+1); endmodule"));
}
