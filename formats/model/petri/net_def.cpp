#include "formats/model/petri/net_def.hpp"

#include <fmt/format.h>

#include <cmath>
#include <map>

#include "formats/base/decimal.hpp"
#include "formats/io/scanner.hpp"
#include "formats/model/petri/expressions.hpp"

namespace steady::detail::petri {

using prism::fail;
using prism::make_literal;
using prism::Type;

namespace {

constexpr double without_value = -7134;     // of a parameter that has none
constexpr double marking_dependent = -510;  // a rate that the .def has
constexpr std::int64_t first_colour = -10000;
constexpr std::int64_t first_parameter = 20000;  // of a multiplicity
constexpr std::uint64_t deterministic = 127;     // in place of a priority

class NetReader {
 public:
  NetReader(const prism::Source& net_text, const prism::Source& def_text, Net& net)
      : text_(net_text), def_(def_text), net_(net), in_(net_text.name, net_text.text) {}

  void read() {
    read_definitions();
    header();
    const std::uint64_t markings = count("the number of marking parameters"), places = count("the number of places"),
                        rates = count("the number of rate parameters"),
                        transitions = count("the number of transitions"), groups = count("the number of groups");
    for (std::uint64_t k = 0; k < markings; ++k) parameter(Type::integer, marking_parameters_);
    for (std::uint64_t k = 0; k < places; ++k) place();
    for (std::uint64_t k = 0; k < rates; ++k) parameter(Type::real, rate_parameters_);
    for (std::uint64_t k = 0; k < groups; ++k) group();
    for (std::uint64_t k = 1; k <= transitions; ++k) transition(k);
  }

 private:
  // |number, and in the next line the rate of that transition; up to |256.
  void read_definitions() {
    Scanner in(def_.name, def_.text);
    while (in.next_line('%')) {
      if (!in.skip('|')) return;
      if (in.at_line_end()) return;
      const std::uint64_t number = in.natural("the number of a transition");
      if (number == 256) return;
      if (!in.next_line('%')) in.fail("a transition's rate is missing");
      rates_[number] = text_of(def_, in.rest_of_line());
    }
  }

  // |0| ... |, and what the net has in numbers.
  void header() {
    next_line();
    if (!in_.skip('|')) in_.fail("a .net file of GreatSPN begins with |0|");
    do next_line();
    while (in_.peek() != '|');
    next_line();
    if (in_.token() != "f") in_.fail("expected 'f' and the numbers of parameters, places and transitions");
  }

  void next_line() {
    if (!in_.next_line('\0')) in_.fail("the file ends too early");
  }

  std::uint64_t count(const char* what) { return in_.natural(what); }

  static Text text_of(const prism::Source& source, std::string_view part) {
    return {part, {&source, static_cast<std::size_t>(part.data() - source.text.data())}};
  }

  // Without the tags behind |, which only say how nets are put together.
  prism::Name name() {
    next_line();
    const std::string_view token = in_.token();
    if (token.empty()) in_.fail("a name is missing");
    const Text text = text_of(text_, token.substr(0, token.find('|')));
    return {text.text, text.place};
  }

  void parameter(Type type, std::vector<std::string_view>& names) {
    const prism::Name own = name();
    const Text value = text_of(text_, word());
    const bool none = parse_double(value.text) == without_value;
    net_.add_constant(own, type,
                      none ? nullptr
                           : read_expression(value, type == Type::integer ? Asked::integer : Asked::number,
                                             "the value of a parameter", net_));
    names.push_back(net_.constants.back().name.text);
  }

  std::string_view word() {
    if (in_.at_line_end()) in_.fail("a number is missing");
    return in_.token();
  }

  void place() {
    const prism::Name own = name();
    const std::int64_t marking = in_.integer("a marking");
    if (marking <= first_colour) in_.fail("a coloured place is not read: unfold the net first");
    for (int k = 0; k < 4; ++k) in_.number("a coordinate");
    layers();
    if (!in_.at_line_end()) in_.fail("a coloured place is not read: unfold the net first");
    net_.add_place(
        own, marking < 0 ? parameter_number(-marking, marking_parameters_, own.place) : integer(own.place, marking));
  }

  // Numbers of layers, up to 0.
  void layers() {
    while (in_.natural("the number of a layer") != 0) {
    }
  }

  ExpressionPtr parameter_number(std::int64_t number, const std::vector<std::string_view>& names, prism::Place place) {
    if (number < 1 || static_cast<std::uint64_t>(number) > names.size())
      in_.fail(fmt::format("there is no parameter number {}", number));
    return prism::make_expression(prism::Operator::identifier, place, {}, names[static_cast<std::size_t>(number) - 1]);
  }

  static ExpressionPtr integer(prism::Place place, std::int64_t value) {
    return make_literal(place, Type::integer, static_cast<double>(value));
  }

  void group() {
    name();
    for (int k = 0; k < 2; ++k) in_.number("a coordinate");
    priorities_.push_back(in_.integer("a priority"));
  }

  void transition(std::uint64_t number) {
    Transition t{name(), nullptr, nullptr, nullptr, nullptr};
    const Text rate = text_of(text_, word());
    const std::int64_t servers = in_.integer("a number of servers");
    const std::uint64_t group = in_.natural("a group");
    const std::uint64_t inputs = count("the number of input arcs");
    in_.natural("an orientation");
    for (int k = 0; k < 6; ++k) in_.number("a coordinate");
    layers();
    if (!in_.at_line_end()) guard(t);
    timing(t, number, rate, servers, group);
    for (std::uint64_t k = 0; k < inputs; ++k) t.inputs.push_back(arc());
    for (std::uint64_t k = arcs("the number of output arcs"); k > 0; --k) t.outputs.push_back(arc());
    for (std::uint64_t k = arcs("the number of inhibitor arcs"); k > 0; --k) t.inhibitors.push_back(arc());
    net_.add_transition(std::move(t));
  }

  // A transition takes time where it is in group 0.
  void timing(Transition& t, std::uint64_t number, const Text& rate, std::int64_t servers, std::uint64_t group) {
    if (group == deterministic) in_.fail("a transition of general distribution is not read");
    if (servers < 0) in_.fail("a transition with a rate for each number of tokens is not read");
    if (group > priorities_.size()) in_.fail(fmt::format("there is no group number {}", group));
    t.rate = rate_of(number, rate);
    if (group > 0)
      t.priority = integer(t.name.place, priorities_[group - 1]);
    else if (servers > 0)
      t.servers = integer(t.name.place, servers);
  }

  ExpressionPtr rate_of(std::uint64_t number, const Text& rate) {
    const double value = parse_double(rate.text).value_or(0);
    if (value == marking_dependent) {
      const auto found = rates_.find(number);
      if (found == rates_.end()) in_.fail(fmt::format("the .def file has no rate of transition number {}", number));
      return read_expression(found->second, Asked::number, "a rate", net_);
    }
    if (value < 0 && value == std::floor(value) && value >= -1e6)
      return parameter_number(static_cast<std::int64_t>(-value), rate_parameters_, rate.place);
    return read_expression(rate, Asked::number, "a rate", net_);
  }

  // Two coordinates and [condition].
  void guard(Transition& t) {
    for (int k = 0; k < 2; ++k) in_.number("a coordinate");
    std::string_view rest = in_.rest_of_line();
    const std::size_t open = rest.find('['), close = rest.rfind(']');
    if (open == std::string_view::npos || close == std::string_view::npos || close < open)
      in_.fail("a guard stands in square brackets");
    t.guard = read_expression(text_of(text_, rest.substr(open + 1, close - open - 1)), Asked::boolean, "a guard", net_);
  }

  std::uint64_t arcs(const char* what) {
    next_line();
    return in_.natural(what);
  }

  // Multiplicity (below 0: drawn in two pieces), place, points, layers, and perhaps an expression; a line a point.
  Arc arc() {
    next_line();
    const prism::Place here = text_of(text_, in_.rest_of_line()).place;
    const std::int64_t drawn = in_.integer("a multiplicity");
    if (drawn <= -1'000'000'000) in_.fail(fmt::format("a multiplicity of {}", drawn));
    const std::int64_t multiplicity = drawn < 0 ? -drawn : drawn;
    const std::uint64_t place = in_.natural("the number of a place");
    if (place < 1 || place > net_.places.size()) in_.fail(fmt::format("there is no place number {}", place));
    const std::uint64_t points = in_.natural("the number of points");
    layers();
    Arc arc{place - 1, multiplicity >= first_parameter
                           ? parameter_number(multiplicity - first_parameter + 1, marking_parameters_, here)
                           : integer(here, multiplicity)};
    if (!in_.at_line_end()) {
      for (int k = 0; k < 2; ++k) in_.number("a coordinate");
      in_.at_line_end();
      arc.multiplicity = read_expression(text_of(text_, in_.rest_of_line()), Asked::integer, "a multiplicity", net_);
    }
    for (std::uint64_t k = 0; k < points; ++k) next_line();
    return arc;
  }

  const prism::Source& text_;
  const prism::Source& def_;
  Net& net_;
  Scanner in_;
  std::map<std::uint64_t, Text> rates_;  // of the .def, by the transition's number from 1
  std::vector<std::string_view> marking_parameters_, rate_parameters_;
  std::vector<std::int64_t> priorities_;  // of groups
};

}  // namespace

void read_net_def(const prism::Source& net_text, const prism::Source& def_text, Net& net) {
  NetReader(net_text, def_text, net).read();
}

}  // namespace steady::detail::petri
