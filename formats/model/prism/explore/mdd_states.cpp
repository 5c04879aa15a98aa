// States from an MDD. A state's number is the number of those before it: at each variable, those with a
// smaller value. (M. Kwiatkowska, G. Norman and D. Parker: Probabilistic symbolic model checking with PRISM: a hybrid
// approach. STTT 6, 2004.)
//
// What a node with few states says of them is written out once, as a piece, and copied wherever the node is met.
#include <algorithm>
#include <array>
#include <map>
#include <numeric>

#include "formats/base/memory.hpp"
#include "formats/base/parallel.hpp"
#include "formats/model/prism/explore/ordered_states.hpp"
#include "formats/model/prism/explore/state_mdd.hpp"

namespace steady::detail::prism {

namespace {

class StateWriter {
 public:
  // `bytes`: for what is written out beside the result.
  StateWriter(const Packing& packing, const ReachableMdd& reachable, double bytes)
      : packing_(packing),
        width_(packing.words()),
        bytes_left_(bytes),
        relations_(reachable.relations),
        mdd_(reachable.states),
        of_variable_(mdd_.variables()),
        pieces_(mdd_.nodes()) {
    for (const Relations::Id r : relations_.all()) of_variable_[relations_[r].variable].push_back(r);
  }

  // Throws StateMdd::TooLarge.
  OrderedStates run() {
    const std::size_t n = size(mdd_.root());
    OrderedStates states;
    resize_large(states.words, n * width_, Pages::small);
    resize_large(states.row_start, n + 1, Pages::small);
    std::vector<std::uint64_t> prefix(width_);
    visit(mdd_.root(), prefix, 0, states.row_start);
    constexpr std::size_t shares = 64;
    in_parallel(shares, [&](std::size_t k) {
      for (std::size_t c = places_.size() * k / shares; c < places_.size() * (k + 1) / shares; ++c) copy(c, states);
    });
    std::partial_sum(states.row_start.begin(), states.row_start.end(), states.row_start.begin());
    return states;
  }

 private:
  using Id = StateMdd::Id;
  static constexpr std::size_t small = 512;  // most states of a piece, unless it is about one variable

  struct Piece {
    std::vector<std::uint64_t> words;  // the variables before the node's are 0 in them
    std::vector<std::uint32_t>
        incoming;  // transitions to each state by relations of the node's variable and later ones
  };
  struct Place {  // of a piece
    Id node;
    std::size_t first;  // state
  };

  std::size_t size(Id node) const { return static_cast<std::size_t>(mdd_.count(node)); }

  void copy(std::size_t number, OrderedStates& states) const {
    const Place& place = places_[number];
    const Piece& piece = pieces_[place.node];
    const std::uint64_t* prefix = &prefixes_[number * width_];
    std::uint64_t* words = &states.words[place.first * width_];
    for (std::size_t k = 0; k < piece.words.size(); k += width_)
      for (std::size_t w = 0; w < width_; ++w) words[k + w] = prefix[w] | piece.words[k + w];
    std::uint64_t* incoming = &states.row_start[place.first + 1];
    for (std::size_t k = 0; k < piece.incoming.size(); ++k) incoming[k] += piece.incoming[k];
  }

  // The places of pieces in a node whose first state is number `first`, and all incoming that are not the pieces' own.
  void visit(Id node, std::vector<std::uint64_t>& prefix, std::size_t first, std::vector<std::uint64_t>& row_start) {
    if (size(node) <= small || mdd_.variable(node) + 1 == mdd_.variables()) {
      make_piece(node);
      places_.push_back({node, first});
      prefixes_.insert(prefixes_.end(), prefix.begin(), prefix.end());
      return;
    }
    count_own(node, &row_start[first + 1]);
    for_each_next(node, prefix, [&](Id next) {
      visit(next, prefix, first, row_start);
      first += size(next);
    });
  }

  void make_piece(Id node) {
    if (!pieces_[node].words.empty()) return;
    Piece piece{std::vector<std::uint64_t>(size(node) * width_), std::vector<std::uint32_t>(size(node))};
    if (node != StateMdd::all) {
      count_own(node, piece.incoming.data());
      std::vector<std::uint64_t> prefix(width_);
      std::size_t first = 0;
      for_each_next(node, prefix, [&](Id next) {
        make_piece(next);
        const Piece& part = pieces_[next];
        for (std::size_t k = 0; k < part.words.size(); ++k)
          piece.words[first * width_ + k] = prefix[k % width_] | part.words[k];
        for (std::size_t k = 0; k < part.incoming.size(); ++k) piece.incoming[first + k] += part.incoming[k];
        first += size(next);
      });
    }
    require_few(size(node));
    pieces_[node] = std::move(piece);
  }

  // Much of an MDD in which little is met again would be written out many times.
  void require_few(std::size_t states) {
    written_ += states;
    bytes_left_ -= static_cast<double>(states) * (8.0 * static_cast<double>(width_) + 4);
    if (bytes_left_ < 0) throw StateMdd::TooLarge();
    if (written_ > std::max<std::size_t>(size(mdd_.root()), 1 << 20)) throw StateMdd::TooLarge();
  }

  // Calls use(next) for each that may follow, with the node's variable set in `prefix`.
  template <class Use>
  void for_each_next(Id node, std::vector<std::uint64_t>& prefix, Use use) {
    const std::uint32_t variable = mdd_.variable(node);
    const std::int64_t low = packing_.variables()[variable].low;
    std::int64_t value = low;
    for (const Id next : mdd_.next(node)) {
      packing_.set(prefix.data(), variable, value++);
      if (next != StateMdd::none) use(next);
    }
    packing_.set(prefix.data(), variable, low);
  }

  // Adds, for each state of the node, how many transitions lead to it by relations that begin with its variable.
  template <class Count>
  void count_own(Id node, Count* to) {
    for (const Relations::Id relation : of_variable_[mdd_.variable(node)]) count_edges(node, node, relation, false, to);
  }

  // Transitions from the states of one node to those of another by the rest of a relation; `moves`: to other states.
  template <class Count>
  void count(Id from, Id to_node, Relations::Id relation, bool moves, Count* to) {
    if (from == StateMdd::none || to_node == StateMdd::none) return;
    if (relation == Relations::unchanged && (from == to_node || !moves)) {
      if (moves)
        for (std::size_t k = 0; k < size(from); ++k) ++to[k];
    } else if (!moves || size(to_node) > small) {
      count_next(from, to_node, relation, moves, to);
    } else {
      std::vector<std::uint32_t>& incoming = known_[{from, to_node, relation}];
      if (incoming.empty()) {
        std::vector<std::uint32_t> own(size(to_node));
        count_next(from, to_node, relation, moves, own.data());
        require_few(own.size());
        incoming = std::move(own);
      }
      for (std::size_t k = 0; k < incoming.size(); ++k) to[k] += incoming[k];
    }
  }

  template <class Count>
  void count_next(Id from, Id to_node, Relations::Id relation, bool moves, Count* to) {
    if (relations_[relation].variable == mdd_.variable(from)) return count_edges(from, to_node, relation, moves, to);
    const std::span<const Id> next = mdd_.next(from), targets = mdd_.next(to_node);
    for (std::size_t value = 0; value < next.size(); to += size(targets[value++]))
      count(next[value], targets[value], relation, moves, to);
  }

  template <class Count>
  void count_edges(Id from, Id to_node, Relations::Id relation, bool moves, Count* to) {
    const std::span<const Id> next = mdd_.next(from), targets = mdd_.next(to_node);
    std::size_t value = 0;  // whose states begin at `to`
    for (const Relations::Edge& edge : relations_.edges(relation)) {
      for (; value < edge.to; ++value) to += size(targets[value]);
      while (value > edge.to) to -= size(targets[--value]);
      count(next[edge.from], targets[edge.to], edge.next, moves || edge.from != edge.to, to);
    }
  }

  const Packing& packing_;
  std::size_t width_;
  double bytes_left_;
  const Relations& relations_;
  const StateMdd& mdd_;
  std::vector<std::vector<Relations::Id>> of_variable_;                       // that begin with it
  std::vector<Piece> pieces_;                                                 // of each node; most are never made
  std::size_t written_ = 0;                                                   // states of all pieces and known counts
  std::vector<Place> places_;                                                 // in the order of the states
  std::vector<std::uint64_t> prefixes_;                                       // of each place
  std::map<std::array<std::uint32_t, 3>, std::vector<std::uint32_t>> known_;  // counts, by from, to and relation
};

}  // namespace

std::optional<MddStates> mdd_states(const CompiledModel& model, const std::vector<std::uint64_t>& initial,
                                    const MemoryLimit& limit) try {
  std::optional<Relations> relations = find_relations(model);
  if (!relations) return std::nullopt;
  auto mdd = std::make_unique<ReachableMdd>(model, std::move(*relations), initial);
  const double count = mdd->states.count(mdd->states.root());
  const double bytes = count * 8 * static_cast<double>(model.words() + 1);
  if (count > static_cast<double>(most_states) || bytes > static_cast<double>(limit.bytes)) return std::nullopt;
  OrderedStates ordered = StateWriter(model.packing, *mdd, static_cast<double>(limit.bytes) - bytes).run();
  return MddStates{std::move(ordered), std::move(mdd)};
} catch (const StateMdd::TooLarge&) {
  return std::nullopt;
}

}  // namespace steady::detail::prism
