// The chain from rows is that of make_chain, for any number of threads.
#include "formats/chain/chain_from_rows.hpp"

#include <omp.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include <steady/error.hpp>

#include "catch.hpp"

using namespace steady;
using namespace steady::detail;

TEST_CASE("a chain from rows in any order, with duplicates, zeros and self-loops, is that of its matrix") {
  std::mt19937 random(3);
  for (const std::size_t n : {1u, 2u, 17u, 1000u}) {
    std::vector<std::vector<Step>> rows(n);
    std::vector<Triplet> triplets;
    for (std::size_t i = 0; i < n; ++i)
      for (unsigned k = random() % 8; k > 0; --k) {
        const Step step{static_cast<State>(random() % n), static_cast<double>(random() % 5) / 3};
        rows[i].push_back(step);
        triplets.push_back({static_cast<State>(i), step.target, step.rate});
      }
    const Chain expected = make_chain(Kind::ctmc, to_csr(n, std::move(triplets)));
    const int threads = omp_get_max_threads();
    for (const int count : {1, 2, 7, 40}) {
      omp_set_num_threads(count);
      const Chain chain = chain_from_rows(Kind::ctmc, n, [&](std::size_t i, auto add) {
        for (const Step& step : rows[i]) add(step.target, step.rate);
      });
      CHECK(chain.inflow.row_start == expected.inflow.row_start);
      CHECK(chain.inflow.column == expected.inflow.column);
      CHECK(chain.inflow.value == expected.inflow.value);
      CHECK(chain.exit_rate == expected.exit_rate);
      REQUIRE(chain.self_loops.size() == expected.self_loops.size());
      for (std::size_t k = 0; k < chain.self_loops.size(); ++k) {
        CHECK(chain.self_loops[k].state == expected.self_loops[k].state);
        CHECK(chain.self_loops[k].value == expected.self_loops[k].value);
      }
    }
    omp_set_num_threads(threads);
  }
}

TEST_CASE("a row that is another the second time writes nothing outside its room") {
  for (const State other : {0u, 2u}) {
    int calls = 0;
    const auto row = [&](std::size_t i, auto add) {
      if (i == 1) add(++calls == 1 ? State{2} : other, 1.0);
    };
    if (other == 2)
      CHECK(chain_from_rows(Kind::ctmc, 3, row).transitions() == 1);
    else
      CHECK_THROWS_AS(chain_from_rows(Kind::ctmc, 3, row), RowsChangedBetweenPasses);
  }
}

TEST_CASE("sums of ascending values, of few and of many") {
  std::mt19937 random(8);
  for (std::size_t size = 0; size < 40; ++size)
    for (int k = 0; k < 50; ++k) {
      std::vector<double> values;
      for (std::size_t i = 0; i < size; ++i)
        values.push_back(std::ldexp(1 + random() % 5, static_cast<int>(random() % 90)));
      std::vector<double> sorted = values;
      std::sort(sorted.begin(), sorted.end());
      CHECK(sum_ascending(values) == std::accumulate(sorted.begin(), sorted.end(), 0.0));
      CHECK(values == sorted);
    }
}

TEST_CASE("what a row throws comes out, of the lowest state") {
  const int threads = omp_get_max_threads();
  for (const int count : {1, 3}) {
    omp_set_num_threads(count);
    const auto row = [](std::size_t i, auto) {
      if (i >= 5) throw Error("state " + std::to_string(i));
    };
    CHECK_THROWS_WITH(chain_from_rows(Kind::ctmc, 100, row), "state 5");
  }
  omp_set_num_threads(threads);
}
