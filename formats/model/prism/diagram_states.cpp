// States from a decision diagram. A state's number is the number of those before it: at each variable, those with a
// smaller value. (M. Kwiatkowska, G. Norman and D. Parker: Probabilistic symbolic model checking with PRISM: a hybrid
// approach. STTT 6, 2004.)
//
// What a node says of a few states is written out once, and copied wherever the node is met.
#include <algorithm>
#include <array>
#include <map>

#include "formats/model/prism/ordered_states.hpp"
#include "formats/model/prism/state_diagram.hpp"

namespace steady::prism {

namespace {

class DiagramStates {
 public:
  DiagramStates(const Network& network, const Relations& relations, const StateDiagram& diagram)
      : packing_(network.packing), relations_(relations), diagram_(diagram), of_variable_(diagram.variables()) {
    for (const Relations::Id r : relations.all()) of_variable_[relations[r].variable].push_back(r);
    count_states();
    pieces_.resize(diagram.nodes());
  }

  // As a double, because there may be more than any integer holds.
  double count() const { return size_[diagram_.root()]; }

  OrderedStates run() {
    const auto n = static_cast<std::size_t>(count());
    OrderedStates states{{}, {}, true};
    states.words.resize(n * packing_.words());
    states.row_start.assign(n + 1, 0);
    std::vector<std::uint64_t> prefix(packing_.words());
    write_words(diagram_.root(), prefix, states.words.data());
    count_arrivals(diagram_.root(), states.row_start.data() + 1);
    for (std::size_t s = 0; s < n; ++s) states.row_start[s + 1] += states.row_start[s];
    return states;
  }

 private:
  using Id = StateDiagram::Id;
  static constexpr double small = 1024;  // states of a node that are written out once

  struct Piece {  // of a small node
    std::vector<std::uint64_t> words;
    std::vector<std::uint32_t> arrivals;
  };

  std::size_t size(Id node) const { return static_cast<std::size_t>(size_[node]); }

  void count_states() {
    size_.assign(diagram_.nodes(), 0);
    size_[StateDiagram::all] = 1;
    for (Id node = 2; node < diagram_.nodes(); ++node)  // those that follow it were made before it
      for (const Id next : diagram_.next(node)) size_[node] += size_[next];
  }

  void write_words(Id node, std::vector<std::uint64_t>& prefix, std::uint64_t* to) {
    const std::size_t width = packing_.words();
    if (size_[node] > small) return write_next(node, prefix, to);
    std::vector<std::uint64_t>& words = pieces_[node].words;
    if (words.empty()) {
      std::vector<std::uint64_t> nothing(width);
      std::vector<std::uint64_t> own(size(node) * width);
      if (node != StateDiagram::all) write_next(node, nothing, own.data());
      words = std::move(own);
    }
    for (std::size_t k = 0; k < words.size(); k += width)
      for (std::size_t w = 0; w < width; ++w) *to++ = prefix[w] | words[k + w];
  }

  void write_next(Id node, std::vector<std::uint64_t>& prefix, std::uint64_t* to) {
    const std::uint32_t variable = diagram_.variable(node);
    std::int64_t value = packing_.variables()[variable].low;
    for (const Id next : diagram_.next(node)) {
      packing_.set(prefix.data(), variable, value++);
      if (next == StateDiagram::none) continue;
      write_words(next, prefix, to);
      to += size(next) * packing_.words();
    }
    packing_.set(prefix.data(), variable, packing_.variables()[variable].low);
  }

  // Adds, for each state of the node, how many transitions lead to it by relations of its variable and later ones.
  template <class Count>
  void count_arrivals(Id node, Count* to) {
    if (node == StateDiagram::all) return;
    if (size_[node] > small) return count_next(node, to);
    std::vector<std::uint32_t>& arrivals = pieces_[node].arrivals;
    if (arrivals.empty()) {
      std::vector<std::uint32_t> own(size(node));
      count_next(node, own.data());
      arrivals = std::move(own);
    }
    for (std::size_t k = 0; k < arrivals.size(); ++k) to[k] += arrivals[k];
  }

  template <class Count>
  void count_next(Id node, Count* to) {
    const std::span<const Id> next = diagram_.next(node);
    std::vector<std::size_t> before;  // of each value: the node's states with a smaller one
    std::size_t total = 0;
    for (const Id id : next) {
      before.push_back(total);
      total += size(id);
    }
    for (std::size_t value = 0; value < next.size(); ++value)
      if (next[value] != StateDiagram::none) count_arrivals(next[value], to + before[value]);
    for (const Relations::Id relation : of_variable_[diagram_.variable(node)])
      for (const Relations::Edge& edge : relations_.edges(relation))
        if (next[edge.from] != StateDiagram::none)
          count_pairs(next[edge.from], next[edge.to], edge.next, edge.from != edge.to, to + before[edge.to]);
  }

  // Transitions from the states of one node to those of another by the rest of a relation; `moves`: to other states.
  template <class Count>
  void count_pairs(Id from, Id to_node, Relations::Id relation, bool moves, Count* to) {
    if (to_node == StateDiagram::none) return;  // something that is required of a later variable holds nowhere
    if (relation == Relations::unchanged && (from == to_node || !moves)) {
      if (moves)
        for (std::size_t k = 0; k < size(from); ++k) ++to[k];
      return;
    }
    if (!moves || size_[to_node] > small) return count_next_pairs(from, to_node, relation, moves, to);
    std::vector<std::uint32_t>& arrivals = pairs_[{from, to_node, relation}];
    if (arrivals.empty()) {
      std::vector<std::uint32_t> own(size(to_node));
      count_next_pairs(from, to_node, relation, moves, own.data());
      arrivals = std::move(own);
    }
    for (std::size_t k = 0; k < arrivals.size(); ++k) to[k] += arrivals[k];
  }

  template <class Count>
  void count_next_pairs(Id from, Id to_node, Relations::Id relation, bool moves, Count* to) {
    const std::span<const Id> next = diagram_.next(from), targets = diagram_.next(to_node);
    if (relations_[relation].variable > diagram_.variable(from)) {
      for (std::size_t value = 0; value < next.size(); to += size(targets[value++]))
        if (next[value] != StateDiagram::none) count_pairs(next[value], targets[value], relation, moves, to);
      return;
    }
    std::size_t value = 0;
    for (const Relations::Edge& edge : relations_.edges(relation)) {
      if (next[edge.from] == StateDiagram::none) continue;
      for (; value < edge.to; ++value) to += size(targets[value]);
      while (value > edge.to) to -= size(targets[--value]);
      count_pairs(next[edge.from], targets[edge.to], edge.next, moves || edge.from != edge.to, to);
    }
  }

  const Packing& packing_;
  const Relations& relations_;
  const StateDiagram& diagram_;
  std::vector<std::vector<Relations::Id>> of_variable_;  // that begin with it
  std::vector<double> size_;                             // states of each node
  std::vector<Piece> pieces_;                            // of each node
  std::map<std::array<std::uint32_t, 3>, std::vector<std::uint32_t>> pairs_;
};

}  // namespace

std::optional<OrderedStates> diagram_states(const Network& network, const std::vector<std::uint64_t>& initial,
                                            const MemoryLimit& limit) try {
  const std::optional<Relations> relations = find_relations(network);
  if (!relations) return std::nullopt;
  const StateDiagram diagram(network, *relations, initial);
  DiagramStates states(network, *relations, diagram);
  const double bytes = states.count() * 8 * static_cast<double>(network.words() + 1);
  if (states.count() > 4e9 || bytes > static_cast<double>(limit.bytes)) return std::nullopt;
  return states.run();
} catch (const StateDiagram::TooLarge&) {
  return std::nullopt;
}

}  // namespace steady::prism
