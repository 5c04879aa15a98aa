#include "solver/certify/block_elimination.hpp"

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <utility>

#include "solver/elimination/gth_factors.hpp"

namespace steady::detail {

namespace {

using Long =
    boost::multiprecision::number<boost::multiprecision::cpp_bin_float<192, boost::multiprecision::digit_base_2>,
                                  boost::multiprecision::et_off>;
constexpr std::size_t long_parts = 3;  // doubles that hold a Long nearly

// The number at state i of x, as a sum of doubles.
template <class Number>
void put(Number number, Expansion& x, State i) {
  for (std::vector<double>& part : x) {
    part[i] = static_cast<double>(number);
    number -= part[i];
  }
}

class BlockElimination {
 public:
  BlockElimination(const Chain& chain, const Csr& outflow, const Blocks& blocks, const std::function<void()>& look,
                   Witness& witness)
      : chain_(chain), outflow_(outflow), blocks_(blocks), look_(look), witness_(witness) {}

  // Every witness; the distribution, too, where it takes more than one part.
  template <class Number>
  void find_witnesses(std::size_t parts) {
    const Expansion zero(parts, std::vector<double>(chain_.size(), 0.0));
    std::vector<State> place(chain_.size(), 0);
    std::vector<Number> weight(blocks_.inside.size(), 1);
    if (blocks_.several()) weight = visit<Number>(place, parts);
    witness_.hitting_times = zero;
    if (parts > 1) witness_.distribution = zero;
    for (std::size_t s = 0; s < blocks_.inside.size(); ++s) {
      const std::vector<State>& block = blocks_.inside[s];
      std::vector<Number> p;
      if (!block.empty()) {
        const GthFactors<Number> factors = factors_of<Number>(block, place);
        const std::vector<Number> h = factors.solve_column(std::vector<Number>(block.size(), 1));
        for (std::size_t i = 0; i < block.size(); ++i) put(h[i], witness_.hitting_times, block[i]);
        if (parts > 1) p = factors.solve_row(rates_of<Number>(blocks_.sets.reference[s], block, place));
      }
      if (parts == 1) continue;
      Number total = 1;
      for (const Number& x : p) total += x;
      put(Number(weight[s] / total), witness_.distribution, blocks_.sets.reference[s]);
      for (std::size_t i = 0; i < block.size(); ++i)
        put(Number(p[i] * weight[s] / total), witness_.distribution, block[i]);
    }
  }

 private:
  // Of the states of a block, from each of which the rest of the chain is reached. `place`: work space, one a state of
  // the chain, all 0 before and after.
  template <class Number>
  GthFactors<Number> factors_of(const std::vector<State>& block, std::vector<State>& place) const {
    const std::size_t n = block.size() + 1;  // 0: the rest of the chain
    std::vector<Number> rate(n * n);
    for (std::size_t i = 1; i < n; ++i) place[block[i - 1]] = static_cast<State>(i);
    for (std::size_t i = 1; i < n; ++i)
      for (std::uint64_t k = outflow_.row_start[block[i - 1]]; k < outflow_.row_start[block[i - 1] + std::size_t{1}];
           ++k)
        rate[i * n + place[outflow_.column[k]]] += outflow_.value[k];
    for (const State state : block) place[state] = 0;
    GthFactors<Number> factors(n, std::move(rate));
    while (factors.last() > 0) {
      if (factors.last() % 16 == 0) look_();
      factors.censor();
    }
    return factors;
  }

  // The rates from a state to those of a block.
  template <class Number>
  std::vector<Number> rates_of(State from, const std::vector<State>& block, std::vector<State>& place) const {
    std::vector<Number> rates(block.size());
    for (std::size_t i = 0; i < block.size(); ++i) place[block[i]] = static_cast<State>(i + 1);
    for (std::uint64_t k = outflow_.row_start[from]; k < outflow_.row_start[from + std::size_t{1}]; ++k)
      if (place[outflow_.column[k]] > 0) rates[place[outflow_.column[k]] - std::size_t{1}] = outflow_.value[k];
    for (const State state : block) place[state] = 0;
    return rates;
  }

  // The expected times outside the sets; returns the probability to end in each.
  template <class Number>
  std::vector<Number> visit(std::vector<State>& place, std::size_t parts) {
    std::vector<Number> start(chain_.size(), 0), weight(blocks_.inside.size(), 0);
    Number total = 0;
    for (const auto& [state, probability] : chain_.initial) {
      start[state] += probability;
      total += probability;
      if (blocks_.sets.component[state] != no_component) weight[blocks_.sets.component[state]] += probability;
    }
    witness_.visiting_times.assign(parts, std::vector<double>(chain_.size(), 0.0));
    if (!blocks_.outside.empty()) {
      std::vector<Number> a;
      for (const State state : blocks_.outside) a.push_back(start[state]);
      const std::vector<Number> y = factors_of<Number>(blocks_.outside, place).solve_row(std::move(a));
      for (std::size_t i = 0; i < blocks_.outside.size(); ++i) {
        put(y[i], witness_.visiting_times, blocks_.outside[i]);
        for (std::uint64_t k = outflow_.row_start[blocks_.outside[i]];
             k < outflow_.row_start[blocks_.outside[i] + std::size_t{1}]; ++k)
          if (blocks_.sets.component[outflow_.column[k]] != no_component)
            weight[blocks_.sets.component[outflow_.column[k]]] += y[i] * outflow_.value[k];
      }
    }
    for (Number& w : weight) w /= total;
    return weight;
  }

  const Chain& chain_;
  const Csr& outflow_;
  const Blocks& blocks_;
  const std::function<void()>& look_;
  Witness& witness_;
};

}  // namespace

void eliminate_blocks(const Chain& chain, const Csr& outflow, const Blocks& blocks, const std::function<void()>& look,
                      Witness& witness) {
  BlockElimination(chain, outflow, blocks, look, witness).find_witnesses<double>(1);
}

void eliminate_blocks_in_192_bits(const Chain& chain, const Csr& outflow, const Blocks& blocks,
                                  const std::function<void()>& look, Witness& witness) {
  BlockElimination(chain, outflow, blocks, look, witness).find_witnesses<Long>(long_parts);
}

}  // namespace steady::detail
