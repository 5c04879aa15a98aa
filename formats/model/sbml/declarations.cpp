// Compartments, species, parameters and rules.
#include <fmt/format.h>

#include <cmath>

#include "formats/model/prism/language/compiled_model.hpp"
#include "formats/model/sbml/network.hpp"

namespace steady::detail::sbml {

using prism::fail;
using prism::make_expression;
using prism::make_literal;
using prism::Operator;
using prism::Type;

namespace {

class Declarations {
 public:
  explicit Declarations(Network& network) : network_(network), model_(network.document.model()) {}

  void read() {
    refuse_what_is_not_read();
    for (unsigned k = 0; k < model_.getNumReactions(); ++k) find_changed(*model_.getReaction(k));
    for (unsigned k = 0; k < model_.getNumCompartments(); ++k) compartment(*model_.getCompartment(k));
    network_.syntax.modules.push_back({{"reactions", place(model_)}});
    for (unsigned k = 0; k < model_.getNumSpecies(); ++k) species(*model_.getSpecies(k));
    for (unsigned k = 0; k < model_.getNumParameters(); ++k) parameter(*model_.getParameter(k));
    for (unsigned k = 0; k < model_.getNumRules(); ++k) rule(*model_.getRule(k));
    for (unsigned k = 0; k < model_.getNumInitialAssignments(); ++k)
      initial_assignment(*model_.getInitialAssignment(k));
  }

 private:
  Place place(const ::SBase& element) const { return network_.document.place(element); }

  void refuse(bool there, const ::SBase* element, const char* what) const {
    if (there) fail(place(*element), what);
  }

  void refuse_what_is_not_read() const {
    refuse(model_.getNumEvents() > 0, model_.getEvent(0), "events are not read: reactions alone change a chain");
    refuse(model_.getNumConstraints() > 0, model_.getConstraint(0), "constraints are not read");
    refuse(model_.isSetConversionFactor(), &model_, "conversion factors are not read");
    require_counts(model_.getSubstanceUnits(), model_);
    require_counts("substance", model_);
    for (unsigned k = 0; k < model_.getNumSpecies(); ++k)
      require_counts(model_.getSpecies(k)->getSubstanceUnits(), *model_.getSpecies(k));
  }

  void require_counts(const std::string& unit, const ::SBase& of) const {
    const ::UnitDefinition* definition = model_.getUnitDefinition(unit);
    bool moles = unit == "mole";
    for (unsigned k = 0; definition != nullptr && k < definition->getNumUnits(); ++k)
      moles = moles || definition->getUnit(k)->isMole();
    refuse(moles, &of, "substance in moles: numbers of molecules are read, in units of item or dimensionless");
  }

  void find_changed(const ::Reaction& reaction) {
    for (unsigned k = 0; k < reaction.getNumReactants(); ++k) changed_.insert(reaction.getReactant(k)->getSpecies());
    for (unsigned k = 0; k < reaction.getNumProducts(); ++k) changed_.insert(reaction.getProduct(k)->getSpecies());
  }

  void compartment(const ::Compartment& c) {
    if (c.isSetSize()) network_.meanings.of[c.getId()] = number(place(c), c.getSize());
  }

  // What is in a compartment whose size counts; null of amounts.
  ExpressionPtr size_of_concentration(const ::Species& s) const {
    const ::Compartment* c = model_.getCompartment(s.getCompartment());
    if (s.getHasOnlySubstanceUnits() || c == nullptr || c->getSpatialDimensions() == 0) return nullptr;
    const ExpressionPtr size = network_.meanings.find(s.getCompartment());
    if (!size)
      fail(place(s),
           fmt::format("'{}' is a concentration in a compartment without a size, so that its reactions have no "
                       "rates: hasOnlySubstanceUnits=\"true\" makes it a number of molecules",
                       s.getId()));
    return size->value == 1 ? nullptr : size;
  }

  // NAN where it has none of its own.
  double initial_amount(const ::Species& s) const {
    if (s.isSetInitialAmount()) return s.getInitialAmount();
    const ::Compartment* c = model_.getCompartment(s.getCompartment());
    if (!s.isSetInitialConcentration() || c == nullptr || !c->isSetSize()) return NAN;
    return s.getInitialConcentration() * c->getSize();
  }

  void species(const ::Species& s) {
    refuse(s.isSetConversionFactor(), &s, "conversion factors are not read");
    const bool counted = changed_.contains(s.getId()) && !s.getBoundaryCondition();
    const prism::Name name{network_.names.unique(s.getId()), place(s)};
    const ExpressionPtr amount = make_expression(Operator::identifier, name.place, {}, name.text);
    if (model_.getRule(s.getId()) != nullptr) {
      refuse(counted, &s, "both a rule and reactions change this species");
      return formula(s.getId(), name);
    }
    const ExpressionPtr size = size_of_concentration(s);
    network_.meanings.of[s.getId()] = size ? make_expression(Operator::divide, name.place, {amount, size}) : amount;
    const double initial = initial_amount(s);
    if (std::isnan(initial) && model_.getInitialAssignment(s.getId()) == nullptr)
      fail(name.place, fmt::format("the species '{}' has no initial amount", s.getId()));
    if (!counted) return constant(s.getId(), name, std::isnan(initial) ? nullptr : number(name.place, initial));
    const bool whole = initial >= 0 && initial <= prism::largest_int && initial == std::floor(initial);
    if (!std::isnan(initial) && !whole)
      fail(name.place,
           fmt::format("the species '{}' begins with {}, which is no number of molecules", s.getId(), initial));
    network_.counted.emplace(s.getId(), network_.syntax.modules[0].variables.size());
    network_.state.insert(name.text);
    network_.syntax.modules[0].variables.push_back(
        {name, false, nullptr, nullptr, whole ? make_literal(name.place, Type::integer, initial) : nullptr});
  }

  void parameter(const ::Parameter& p) {
    const prism::Name name{network_.names.unique(p.getId()), place(p)};
    if (model_.getRule(p.getId()) != nullptr) return formula(p.getId(), name);
    network_.meanings.of[p.getId()] = make_expression(Operator::identifier, name.place, {}, name.text);
    constant(p.getId(), name, p.isSetValue() ? number(name.place, p.getValue()) : nullptr);
  }

  void constant(const std::string& id, const prism::Name& name, ExpressionPtr value) {
    constants_.emplace(id, network_.syntax.constants.size());
    network_.syntax.constants.push_back({name, Type::real, std::move(value)});
  }

  // Of a rule, and its average over the long run.
  void formula(const std::string& id, const prism::Name& name) {
    const ExpressionPtr value = make_expression(Operator::identifier, name.place, {}, name.text);
    network_.meanings.of[id] = value;
    network_.state.insert(name.text);
    formulas_.emplace(id, network_.syntax.formulas.size());
    network_.syntax.formulas.push_back({name, nullptr});
    network_.syntax.rewards.push_back(
        {name, {{name.place, false, {}, make_literal(name.place, Type::boolean, 1), value}}});
  }

  void rule(const ::Rule& r) {
    refuse(r.isRate(), &r, "rate rules are not read: what changes continuously is no chain");
    refuse(r.isAlgebraic(), &r, "algebraic rules are not read");
    const auto found = formulas_.find(r.getVariable());
    if (found == formulas_.end())
      fail(place(r), fmt::format("a rule for '{}', which is no species and no parameter", r.getVariable()));
    network_.syntax.formulas[found->second].value = network_.math(r, r.getMath(), network_.meanings);
  }

  void initial_assignment(const ::InitialAssignment& a) {
    const std::string& id = a.getSymbol();
    ExpressionPtr value = network_.math(a, a.getMath(), network_.meanings);
    const ::Species* s = model_.getSpecies(id);
    if (const ExpressionPtr size = s != nullptr ? size_of_concentration(*s) : nullptr)
      value = make_expression(Operator::times, value->place, {value, size});
    if (const auto c = constants_.find(id); c != constants_.end()) {
      network_.syntax.constants[c->second].value = value;
    } else if (const auto v = network_.counted.find(id); v != network_.counted.end()) {
      network_.initial_amounts.push_back(value);
      network_.syntax.modules[0].variables[v->second].initial =
          make_expression(Operator::call, value->place, {value}, "round");
    } else {
      fail(place(a), fmt::format("an initial assignment to '{}', which is no species and no parameter", id));
    }
  }

  Network& network_;
  const ::Model& model_;
  std::set<std::string> changed_;                 // species that reactions have as reactants or products
  std::map<std::string, std::size_t> constants_;  // in the syntax
  std::map<std::string, std::size_t> formulas_;   // likewise
};

}  // namespace

void declare(Network& network) { Declarations(network).read(); }

}  // namespace steady::detail::sbml
