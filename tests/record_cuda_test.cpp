// Chains that are generated on the device against the same chains explored state by state.
#include <algorithm>
#include <tuple>

#include <steady/error.hpp>
#include <steady/solve.hpp>

#include "bench/families/chains.hpp"
#include "bench/record/generated.hpp"
#include "bench/record/kanban_rows.cuh"
#include "bench/record/polling_rows.cuh"
#include "formats/matrix/mask.hpp"
#include "solver/methods/jacobi.hpp"
#include "solver/methods/power.hpp"
#include "solver/preconditioners/none.hpp"
#include "tests/catch.hpp"
#include "tests/reference.hpp"

using namespace steady;
using namespace steady::detail;

namespace {

using Entry = std::tuple<std::int64_t, double, std::uint32_t>;  // distance, rate, lanes

// A slice's entries in one order, whatever the codes of the rates are.
std::vector<Entry> slice_of(const Mask& mask, std::size_t slice) {
  std::vector<Entry> entries;
  for (std::uint64_t k = mask.start[slice]; k < mask.start[slice + 1]; ++k) {
    const auto [lanes, word] = mask.entry[k];
    const std::uint32_t code = word & ((std::uint32_t{1} << mask.code_bits) - 1);
    const std::int64_t distance = mask.base[slice >> mask.base_shift] + (word >> mask.code_bits);
    entries.emplace_back(distance, mask.rate[code], lanes);
  }
  std::sort(entries.begin(), entries.end());
  return entries;
}

std::vector<Entry> slice_of(const bench::WideMask& mask, std::size_t slice) {
  std::vector<Entry> entries;
  for (std::uint64_t k = mask.start[slice]; k < mask.start[slice + 1]; ++k)
    entries.emplace_back(std::int64_t{mask.distance[k]} - 31, mask.rate[mask.code[k]], mask.lanes[k]);
  std::sort(entries.begin(), entries.end());
  return entries;
}

void check_same(const bench::GeneratedChain& generated, const Chain& chain) {
  const State start[] = {0, static_cast<State>(chain.size())};
  const Slices slices = make_slices(start);
  const Mask expected = to_mask(chain.inflow, slices);
  const bench::WideMask found = generated.storage_on_host();
  REQUIRE(generated.size() == chain.size());
  CHECK(generated.transitions() == chain.inflow.entries());
  REQUIRE(found.start == expected.start);
  CHECK(generated.entries() == expected.entry.size());
  std::size_t different = 0, out_of_order = 0;
  for (std::size_t slice = 0; slice < slices.count(); ++slice) {
    if (slice_of(found, slice) != slice_of(expected, slice)) ++different;
    for (std::uint64_t k = found.start[slice] + 1; k < found.start[slice + 1]; ++k)
      if (std::pair(found.distance[k - 1], found.code[k - 1]) >= std::pair(found.distance[k], found.code[k]))
        ++out_of_order;
  }
  CHECK(different == 0);
  CHECK(out_of_order == 0);
  const std::vector<double> exit = generated.exit_rates_on_host();
  double off = 0;
  for (std::size_t i = 0; i < exit.size(); ++i)
    off = std::max(off, std::abs(exit[i] - chain.exit_rate[i]) / chain.exit_rate[i]);
  CHECK(off < 1e-15);
  CHECK(generated.max_exit_rate() == *std::max_element(exit.begin(), exit.end()));
}

}  // namespace

TEST_CASE("generated on the device: the explored chain's mask storage, entry by entry") {
  for (const int t : {1, 2, 3}) {
    INFO("kanban t=" << t);
    check_same(*bench::generate_kanban(t), families::kanban(t));
  }
  for (const int stations : {2, 3, 4, 5, 6, 9}) {
    INFO("polling N=" << stations);
    check_same(*bench::generate_polling(stations), families::polling(stations));
  }
}

TEST_CASE("generated on the device: solved, and the residual by the rules alone") {
  const auto check_solved = [](const bench::GeneratedChain& generated, const Chain& chain, auto method) {
    const Csr rows;
    const std::vector<double> rates;
    const IrreducibleChain nothing{rows, rates};  // of which these methods need none
    const NoPreconditioner<CudaVector> none(generated);
    const Problem<CudaVector> problem{nothing, generated, none, {}, {}};
    Monitor monitor({1e-13, 5000, 0}, generated.max_exit_rate(), {});
    monitor.begin(MethodConfig{Method::power}, {});
    CudaVector x(generated.size());
    std::vector<double> values(chain.size()), flow(chain.size());
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = 1 + static_cast<double>(i % 17);
    for (std::size_t i = 0; i < flow.size(); ++i)
      for (std::uint64_t k = chain.inflow.row_start[i]; k < chain.inflow.row_start[i + 1]; ++k)
        flow[i] += chain.inflow.value[k] * values[chain.inflow.column[k]];
    CudaVector y(generated.size());
    upload(values, x);
    generated.multiply(x, y);
    CHECK(reference::largest_difference(download(y), flow) < 1e-12);
    fill(1, x);
    const double before = generated.residual_by_rules(x);
    CudaVector r(x.size());
    CHECK(before == Approx(generated.residual(x, r)).epsilon(1e-12));
    CHECK(before > 0.01);
    CHECK(method(problem, x, monitor).stop == Stop::converged);
    normalise(x);
    CHECK(generated.residual_by_rules(x) < 2e-13 * generated.max_exit_rate());
    CHECK(reference::largest_difference(download(x), solve(chain).distribution) < 1e-11);
  };
  check_solved(*bench::generate_kanban(1), families::kanban(1), power<CudaVector>);
  check_solved(*bench::generate_polling(4), families::polling(4), jacobi<CudaVector>);
}

// Where numbers of states need all 32 bits: from rank to state and back, for states and where their flow comes from.
TEST_CASE("generated on the device: ranks at the largest sizes") {
  const std::uint64_t kanban_states = 2'435'541'472, polling_states = 2'617'245'696;
  const auto check_ranks = [](std::uint64_t states, const auto& rank_again, const auto& sources) {
    std::size_t wrong = 0, seen = 0;
    const auto check = [&](State state) {
      ++seen;
      if (state >= states || rank_again(state) != state) ++wrong;
    };
    for (std::uint64_t state = 0; state < states; state += states / 1000 - 1) {
      check(static_cast<State>(state));
      sources(static_cast<State>(state), [&](State source, unsigned) { check(source); });
    }
    check(static_cast<State>(states - 1));
    CHECK(wrong == 0);
    CHECK(seen > 5000);
  };
  const bench::KanbanTables tables(11);
  const bench::KanbanRows kanban = tables.rows(nullptr, tables.cell.data(), tables.pair.data(), tables.second.data());
  check_ranks(
      kanban_states,
      [&](State state) {
        const auto c = kanban.of(state);
        for (const auto& cell : c.at)
          if (cell.w > 11 || cell.w != cell.x + cell.y + cell.z) return State{0};
        return c.at[1].w == c.at[2].w ? kanban.rank(c.at[0], c.at[1], c.at[2], c.at[3]) : State{0};
      },
      [&](State state, auto emit) { kanban.sources(state, emit); });
  const bench::PollingRows polling{26, nullptr};
  check_ranks(
      polling_states, [&](State state) { return polling.rank(polling.of(state)); },
      [&](State state, auto emit) { polling.sources(state, emit); });
}

TEST_CASE("generated on the device: sizes out of range, and sweeps that need an order") {
  CHECK_THROWS_WITH(bench::generate_kanban(0), ContainsSubstring("1..11, not 0"));
  CHECK_THROWS_WITH(bench::generate_kanban(12), ContainsSubstring("1..11, not 12"));
  CHECK_THROWS_WITH(bench::generate_polling(27), ContainsSubstring("2..26 stations, not 27"));
  CudaVector x(160);
  CHECK_THROWS_WITH(bench::generate_kanban(1)->gauss_seidel_sweep(Direction::forward, 1, x),
                    ContainsSubstring("products only"));
}
