// The two directions of a reversible reaction.
#include <algorithm>

#include "formats/model/sbml/network.hpp"

namespace steady::detail::sbml {

using prism::make_expression;
using prism::Operator;

namespace {

ExpressionPtr sum_of(std::vector<ExpressionPtr> terms) {
  return terms.size() == 1 ? terms[0] : make_expression(Operator::sum, terms[0]->place, std::move(terms));
}

// Looks at an expression that stands in several places once.
class Mentions {
 public:
  explicit Mentions(const std::set<std::string_view>& names) : names_(names) {}

  bool in(const prism::Expression& e) {
    if (e.op == Operator::identifier) return names_.contains(e.name);
    if (e.operands.empty()) return false;
    const auto [known, is_new] = known_.try_emplace(&e, false);
    if (is_new)
      known->second =
          std::any_of(e.operands.begin(), e.operands.end(), [&](const ExpressionPtr& operand) { return in(*operand); });
    return known->second;
  }

 private:
  const std::set<std::string_view>& names_;
  std::map<const prism::Expression*, bool> known_;
};

// Likewise.
class Splitter {
 public:
  explicit Splitter(const std::set<std::string_view>& state) : state_(state) {}

  const std::optional<Directions>& split(const ExpressionPtr& law) {
    const auto known = known_.find(law.get());
    if (known != known_.end()) return known->second;
    std::optional<Directions> directions = find(law);
    return known_[law.get()] = std::move(directions);
  }

 private:
  std::optional<Directions> find(const ExpressionPtr& law) {
    const std::vector<ExpressionPtr>& x = law->operands;
    if (law->op == Operator::sum) return find_in_sum(law);
    if (law->op == Operator::negation) {
      if (const std::optional<Directions>& both = split(x[0])) return Directions{both->backward, both->forward};
    }
    if (law->op == Operator::divide) return find_in(law, 0);
    if (law->op == Operator::times) {
      if (!state_.in(*x[0])) return find_in(law, 1);
      if (!state_.in(*x[1])) return find_in(law, 0);
    }
    return std::nullopt;
  }

  // Of a law of which one operand is split.
  std::optional<Directions> find_in(const ExpressionPtr& law, std::size_t part) {
    const std::optional<Directions>& both = split(law->operands[part]);
    if (!both) return std::nullopt;
    std::vector<ExpressionPtr> forward = law->operands, backward = law->operands;
    forward[part] = both->forward;
    backward[part] = both->backward;
    return Directions{make_expression(law->op, law->place, std::move(forward)),
                      make_expression(law->op, law->place, std::move(backward))};
  }

  // Of terms of both signs.
  std::optional<Directions> find_in_sum(const ExpressionPtr& law) {
    std::vector<ExpressionPtr> forward, backward;
    for (const ExpressionPtr& term : law->operands) {
      if (const std::optional<Directions>& both = split(term)) {
        forward.push_back(both->forward);
        backward.push_back(both->backward);
      } else if (term->op == Operator::negation) {
        backward.push_back(term->operands[0]);
      } else {
        forward.push_back(term);
      }
    }
    if (forward.empty() || backward.empty()) return std::nullopt;
    return Directions{sum_of(std::move(forward)), sum_of(std::move(backward))};
  }

  Mentions state_;
  std::map<const prism::Expression*, std::optional<Directions>> known_;
};

}  // namespace

bool mentions(const prism::Expression& expression, const std::set<std::string_view>& names) {
  return Mentions(names).in(expression);
}

std::optional<Directions> split(const ExpressionPtr& law, const std::set<std::string_view>& state) {
  return Splitter(state).split(law);
}

}  // namespace steady::detail::sbml
