#include "bench/families/explore.hpp"

#include <algorithm>
#include <numeric>

namespace steady::families {
namespace {

std::uint64_t pack(const Counters& counters, const std::vector<int>& bits) {
  std::uint64_t word = 0;
  for (std::size_t k = 0; k < bits.size(); ++k) word = word << bits[k] | static_cast<std::uint64_t>(counters[k]);
  return word;
}

void unpack(std::uint64_t word, const std::vector<int>& bits, Counters& counters) {
  for (std::size_t k = bits.size(); k-- > 0;) {
    counters[k] = static_cast<int>(word & ((std::uint64_t{1} << bits[k]) - 1));
    word >>= bits[k];
  }
}

// The number of each word that was met, in the order of meeting; a hash table with open addressing.
class Numbers {
 public:
  State number(std::uint64_t word) {
    if (2 * (words_.size() + 1) > slots_.size()) grow();
    State& slot = find(word);
    if (slot == none) {
      slot = static_cast<State>(words_.size());
      words_.push_back(word);
    }
    return slot;
  }

  const std::vector<std::uint64_t>& words() const { return words_; }

 private:
  static constexpr State none = static_cast<State>(-1);

  State& find(std::uint64_t word) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t place = word * 0x9E3779B97F4A7C15u >> 20 & mask;
    while (slots_[place] != none && words_[slots_[place]] != word) place = (place + 1) & mask;
    return slots_[place];
  }

  void grow() {
    slots_.assign(slots_.size() * 2, none);
    for (std::size_t k = 0; k < words_.size(); ++k) find(words_[k]) = static_cast<State>(k);
  }

  std::vector<State> slots_ = std::vector<State>(1024, none);
  std::vector<std::uint64_t> words_;
};

}  // namespace

Chain explore(const Rules& rules) {
  Numbers numbers;
  numbers.number(pack(rules.initial, rules.bits));
  std::vector<Triplet> rates;
  Counters state(rules.bits.size());
  for (State from = 0; from < numbers.words().size(); ++from) {
    unpack(numbers.words()[from], rules.bits, state);
    rules.transitions(state, [&](const Counters& target, double rate) {
      rates.push_back({from, numbers.number(pack(target, rules.bits)), rate});
    });
  }

  const std::vector<std::uint64_t>& words = numbers.words();
  std::vector<State> order(words.size()), position(words.size());
  std::iota(order.begin(), order.end(), State{0});
  std::sort(order.begin(), order.end(), [&](State a, State b) { return words[a] < words[b]; });
  for (std::size_t p = 0; p < order.size(); ++p) position[order[p]] = static_cast<State>(p);
  for (Triplet& t : rates) t = {position[t.row], position[t.column], t.value};
  Chain chain = make_chain(Kind::ctmc, to_csr(words.size(), std::move(rates)));
  chain.initial = {{position[0], 1.0}};
  return chain;
}

}  // namespace steady::families
