// Reactions as commands.
#include <fmt/format.h>

#include <cmath>

#include "formats/model/sbml/network.hpp"

namespace steady::detail::sbml {

using prism::fail;
using prism::make_expression;
using prism::make_literal;
using prism::Operator;
using prism::Type;

namespace {

// How many molecules of each counted species, by its variable.
using Counts = std::map<std::string_view, double>;

class Reactions {
 public:
  explicit Reactions(Network& network) : network_(network), model_(network.document.model()) {}

  void read() {
    for (unsigned k = 0; k < model_.getNumReactions(); ++k) read(*model_.getReaction(k));
    if (one_way_ > 0)
      network_.notes.push_back(fmt::format(
          "{} reaction{} called reversible, but the law is no difference of two rates: it goes forward only", one_way_,
          one_way_ == 1 ? " is" : "s are"));
  }

 private:
  void read(const ::Reaction& reaction) {
    place_ = network_.document.place(reaction);
    if (reaction.isSetFast() && reaction.getFast()) fail(place_, "fast reactions are not read: they have no rate");
    const Counts reactants = counts(*reaction.getListOfReactants()), products = counts(*reaction.getListOfProducts());
    const ExpressionPtr law = law_of(reaction);
    const std::string& id = reaction.getId();
    const std::optional<Directions> both = reaction.getReversible() ? split(law, network_.state) : std::nullopt;
    if (!both || !leads_back(*both->backward, reactants, products)) {
      one_way_ += reaction.getReversible() ? 1 : 0;
      return add(id, law, reactants, products);
    }
    add(id, both->forward, reactants, products);
    add(id + "_reverse", both->backward, products, reactants);
  }

  Counts counts(const ::ListOf& list) const {
    Counts counts;
    for (unsigned k = 0; k < list.size(); ++k) {
      const auto& reference = static_cast<const ::SpeciesReference&>(*list.get(k));
      const Place place = network_.document.place(reference);
      const double number = reference.getStoichiometry() / reference.getDenominator();
      if (reference.isSetStoichiometryMath()) fail(place, "stoichiometries that are computed are not read");
      if (reference.isSetId() && model_.getInitialAssignment(reference.getId()) != nullptr)
        fail(place, "an initial assignment of a stoichiometry is not read");
      if (!(number >= 0 && number <= 1e6 && number == std::floor(number)))
        fail(place, fmt::format("the stoichiometry {} is no number of molecules", number));
      if (const auto species = network_.counted.find(reference.getSpecies()); species != network_.counted.end())
        counts[network_.syntax.modules[0].variables[species->second].name.text] += number;
    }
    return counts;
  }

  // The parameters of a law are constants of the model, called by the reaction, too.
  ExpressionPtr law_of(const ::Reaction& reaction) {
    const ::KineticLaw* law = reaction.getKineticLaw();
    if (law == nullptr) fail(place_, fmt::format("the reaction '{}' has no kinetic law", reaction.getId()));
    Meanings meanings{&network_.meanings};
    for (unsigned k = 0; k < law->getNumParameters(); ++k) {
      const ::Parameter& p = *law->getParameter(k);
      const Place place = network_.document.place(p);
      const std::string_view name = network_.names.unique(fmt::format("{}_{}", reaction.getId(), p.getId()));
      meanings.of[p.getId()] = make_expression(Operator::identifier, place, {}, name);
      network_.syntax.constants.push_back(
          {{name, place}, Type::real, p.isSetValue() ? number(place, p.getValue()) : nullptr});
    }
    return network_.math(*law, law->getMath(), meanings);
  }

  // Whether the rate can be that of the way back: it depends on a product, or does not on the reactants where nothing
  // is produced. k S (S - 1) written as k S S - k S is no difference of two directions.
  static bool leads_back(const prism::Expression& rate, const Counts& reactants, const Counts& products) {
    std::set<std::string_view> names;
    for (const auto& [name, count] : products.empty() ? reactants : products) names.insert(name);
    return mentions(rate, names) != products.empty();
  }

  void add(const std::string& action, const ExpressionPtr& rate, const Counts& taken, const Counts& given) {
    const auto integer = [&](double value) { return make_literal(place_, Type::integer, value); };
    std::vector<ExpressionPtr> conditions;
    Counts change = given;
    for (const auto& [name, count] : taken) {
      const ExpressionPtr variable = make_expression(Operator::identifier, place_, {}, name);
      conditions.push_back(make_expression(Operator::at_least, place_, {variable, integer(count)}));
      change[name] -= count;
    }
    prism::Update update{rate->place, rate, {}};
    for (const auto& [name, count] : change) {
      if (count == 0) continue;
      const ExpressionPtr variable = make_expression(Operator::identifier, place_, {}, name);
      update.assignments.push_back(
          {{name, place_}, make_expression(Operator::sum, place_, {variable, integer(count)})});
    }
    ExpressionPtr guard = conditions.empty()       ? make_literal(place_, Type::boolean, 1)
                          : conditions.size() == 1 ? conditions[0]
                                                   : make_expression(Operator::conjunction, place_, conditions);
    network_.syntax.modules[0].commands.push_back(
        {place_, {actions_.unique(action), place_}, std::move(guard), {update}});
  }

  Network& network_;
  const ::Model& model_;
  prism::UniqueNames actions_{network_.document.texts};
  Place place_ = {};         // of the reaction
  std::size_t one_way_ = 0;  // reversible reactions whose law has one direction
};

}  // namespace

void add_reactions(Network& network) { Reactions(network).read(); }

}  // namespace steady::detail::sbml
