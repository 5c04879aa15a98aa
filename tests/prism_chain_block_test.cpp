// Blocks of a chain, each found from the decision diagram alone: put together they are the chain.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include <steady/model.hpp>

#include "formats/io/file.hpp"
#include "formats/model/prism/language/compile.hpp"
#include "formats/model/prism/language/parser.hpp"
#include "formats/model/prism/prism.hpp"
#include "tests/catch.hpp"
#include "tests/prism_models.hpp"

using namespace steady;
using namespace steady::detail;
using prism::ChainBlock;
using tests::error_of;

namespace {

std::string example(const std::string& name) { return read_file(STEADY_EXAMPLES "/" + name); }

ReadOptions with(const std::string& constants) {
  ReadOptions options;
  options.constants = constants;
  return options;
}

std::vector<ChainBlock> blocks_of(const std::string& text, const std::string& constants, std::uint64_t count) {
  std::vector<ChainBlock> blocks;
  for (std::uint64_t k = 0; k < count; ++k)
    blocks.push_back(prism::read_prism_block("model.prism", std::string(text), with(constants), {k, count}));
  return blocks;
}

using Entries = std::map<std::pair<std::uint64_t, std::uint64_t>, double>;  // of the generator, by row and column

// Of the block's rows; each has to ascend, and to have its diagonal.
void add_rows(const ChainBlock& block, Entries& entries) {
  const prism::BlockRows& rows = block.rows;
  REQUIRE(rows.own_start.size() == block.model.chain.size() + 1);
  for (std::size_t i = 0; i < block.model.chain.size(); ++i) {
    const auto add = [&](const auto& start, const auto& column, const auto& value, std::uint64_t first) {
      for (auto e = static_cast<std::size_t>(start[i]); e < static_cast<std::size_t>(start[i + 1]); ++e) {
        REQUIRE((e == static_cast<std::size_t>(start[i]) || column[e - 1] < column[e]));
        entries[{block.first + i, first + static_cast<std::uint64_t>(column[e])}] = value[e];
      }
    };
    add(rows.own_start, rows.own_column, rows.own_value, block.first);
    add(rows.other_start, rows.other_column, rows.other_value, 0);
    REQUIRE(entries.count({block.first + i, block.first + i}) == 1);
  }
}

Entries generator_of(const Chain& chain) {
  Entries entries;
  for (std::size_t k = 0; k < chain.size(); ++k) {
    entries[{k, k}] = -chain.exit_rate[k];
    for (std::uint64_t e = chain.inflow.row_start[k]; e < chain.inflow.row_start[k + 1]; ++e)
      entries[{chain.inflow.column[e], k}] = chain.inflow.value[e];
  }
  return entries;
}

// What is said of the block's states is what the chain says of them.
void require_same_states(const ChainBlock& block, const Chain& chain) {
  const Chain& own = block.model.chain;
  REQUIRE(own.kind == chain.kind);
  REQUIRE(own.rewards.size() == chain.rewards.size());
  REQUIRE(own.labels.size() == chain.labels.size());
  for (std::size_t i = 0; i < own.size(); ++i) {
    const std::size_t s = block.first + i;
    REQUIRE(own.exit_rate[i] == chain.exit_rate[s]);
    if (chain.states.has_variables()) REQUIRE(own.states.describe(i) == chain.states.describe(s));
    for (std::size_t r = 0; r < chain.rewards.size(); ++r) REQUIRE(own.rewards[r].rate[i] == chain.rewards[r].rate[s]);
    for (std::size_t l = 0; l < chain.labels.size(); ++l) REQUIRE(own.labels[l].holds[i] == chain.labels[l].holds[s]);
  }
}

void require_blocks_are_chain(const std::string& text, const std::string& constants = "") {
  const Model model = prism::read_prism("model.prism", std::string(text), with(constants));
  const Chain& chain = model.chain;
  for (const std::uint64_t count : {1, 2, 3, 7}) {
    INFO(text << "\n" << constants << "\n" << count << " blocks");
    Entries entries;
    std::uint64_t next = 0, self_loops = 0;
    for (const ChainBlock& block : blocks_of(text, constants, count)) {
      REQUIRE(block.first == next);
      REQUIRE(block.states == chain.size());
      next += block.model.chain.size();
      self_loops += block.self_loops;
      require_same_states(block, chain);
      add_rows(block, entries);
      REQUIRE(block.initial.size() == chain.initial.size());
      for (std::size_t k = 0; k < chain.initial.size(); ++k) REQUIRE(block.initial[k] == chain.initial[k].state);
    }
    REQUIRE(next == chain.size());
    REQUIRE(self_loops == chain.self_loops.size());
    REQUIRE(entries == generator_of(chain));
  }
}

}  // namespace

TEST_CASE("chain blocks: put together they are the chain") {
  require_blocks_are_chain(example("kanban.prism"), "t=2");
  require_blocks_are_chain(example("fms.prism"), "n=2");
  require_blocks_are_chain(example("tandem.prism"), "c=3");
  require_blocks_are_chain(example("weather.prism"));
}

TEST_CASE("chain blocks: awkward chains") {
  require_blocks_are_chain("ctmc\nmodule m\n x : bool;\nendmodule\n");  // one state, fewer than blocks
  require_blocks_are_chain("dtmc\nmodule m\n x : [0..4];\n [] true -> (x'=mod(x+1,5));\nendmodule\n");  // periodic
  require_blocks_are_chain(                                                                             // reducible
      "ctmc\nmodule m\n x : [0..5];\n [] x<3 -> 2 : (x'=x+1) + 1e-9 : (x'=5);\n [] x=3 -> 1 : (x'=4);\n"
      " [] x=4 -> 1e9 : (x'=3) + 7 : true;\nendmodule\nlabel \"low\" = x<2;\nrewards \"r\" x>1 : x; endrewards\n");
  require_blocks_are_chain(
      "ctmc\nmodule m\n x : [0..3];\n y : bool;\n [a] x<3 -> 0.5 : (x'=x+1);\n [] x>0 -> 2 : (x'=x-1)&(y'=!y);\n"
      "endmodule\ninit x<=1 endinit\n");  // several initial states
}

TEST_CASE("chain blocks: a rate of 0 is told of") {
  const std::string text =
      "ctmc\nmodule a\n x : [0..2];\n [] x<2 -> y*1.0 : (x'=x+1);\n [] x>0 -> 1 : (x'=x-1);\nendmodule\n"
      "module b\n y : [0..1];\n [] true -> 1 : (y'=1-y);\nendmodule\n";
  require_blocks_are_chain(text);
  const std::vector<ChainBlock> blocks = blocks_of(text, "", 2);
  CHECK(std::any_of(blocks.begin(), blocks.end(), [](const ChainBlock& block) { return block.dropped; }));
}

TEST_CASE("chain blocks: numbers above 2^32") {
  const auto source = std::make_shared<prism::Source>(prism::Source{"kanban.prism", example("kanban.prism")});
  const prism::CompiledModel model =
      prism::compile_model(source, prism::parse_model(*source), {prism::parse_settings("t=13")});
  const prism::NumberedStates states(model, [](std::string_view) {});
  // Two cells by themselves, C(16, 3) states each; two that take and give parts together: by the cards in use there.
  std::uint64_t together = 0;
  for (std::uint64_t k = 0; k <= 13; ++k) together += (k + 1) * (k + 2) / 2 * ((k + 1) * (k + 2) / 2);
  REQUIRE(states.count() == 560 * 560 * together);
  std::vector<std::uint64_t> words(model.words()), before(model.words());
  for (const std::uint64_t number : {std::uint64_t{1}, std::uint64_t{1} << 32, states.count() - 1}) {
    states.numbers().find(number, words.data());
    CHECK(states.numbers().number(words.data()) == number);
    states.numbers().find(number - 1, before.data());
    CHECK(before < words);  // lexicographic order
  }
  constexpr std::uint64_t first = 11'000'000'000;
  const ChainBlock block =
      make_block(model, states, first, first + 50, [](std::string_view) {}, {"kanban.prism", 1u << 30});
  CHECK(block.first == first);
  REQUIRE(!block.rows.other_column.empty());
  for (const std::int64_t column : block.rows.other_column) {
    CHECK((static_cast<std::uint64_t>(column) < first || static_cast<std::uint64_t>(column) >= first + 50));
    CHECK(static_cast<std::uint64_t>(column) < states.count());
  }
  CHECK(*std::max_element(block.rows.other_column.begin(), block.rows.other_column.end()) > std::int64_t{1} << 32);
}

TEST_CASE("chain blocks: what a decision diagram does not suit is refused") {
  const auto error = [](const std::string& text) { return error_of([&] { blocks_of(text, "", 2); }); };
  CHECK(error("ctmc\nmodule m\n x : int;\n [] x<3 -> 1 : (x'=x+1);\n [] x>0 -> 1 : (x'=x-1);\nendmodule\n") ==
        "model.prism: the int 'x' has no range; steady_mpi finds the states from a decision diagram alone: try steady "
        "solve");
  CHECK(error("ctmc\nmodule m\nendmodule\n") ==
        "model.prism: a decision diagram does not suit its variables and commands; steady_mpi finds the states from a "
        "decision diagram alone: try steady solve");
  const std::string outside = error("ctmc\nmodule m\n x : [0..3];\n [] true -> 1 : (x'=x+1);\nendmodule\n");
  CHECK(outside.find("model.prism:4:") == 0);
  ReadOptions options;
  options.memory_limit = 100;
  CHECK(error_of([&] {
          prism::read_prism_block("model.prism",
                                  "dtmc\nmodule m\n x : [0..99];\n [] true -> (x'=mod(x+1,100));\nendmodule\n", options,
                                  {0, 2});
        }).find("model.prism: a block of 50 states takes") == 0);
}
