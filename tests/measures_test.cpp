// Measures of what is no number: they have no value, and compare with nothing.
#include <cmath>

#include <steady/measures.hpp>

#include "tests/catch.hpp"

using namespace steady;
using namespace steady::detail;

namespace {

const std::vector<double> broken = {0.5, NAN, 0.5};

Query query_of(std::optional<Threshold> threshold, std::optional<Filter> filter = {}) {
  Query query{"q", "q", [](State) { return 1.0; }, threshold};
  query.filter = filter;
  return query;
}

}  // namespace

TEST_CASE("what is no number is no answer") {
  using Relation = Threshold::Relation;
  const Measure value = evaluate(query_of({}), broken, Checked::yes);
  CHECK(value.undecided);
  CHECK_FALSE(value.value);
  for (const Relation relation : {Relation::less, Relation::at_most, Relation::greater, Relation::at_least}) {
    const Query compared = query_of(Threshold{relation, 0.1});
    const Measure open = evaluate(compared, broken, Checked::yes);
    CHECK(open.undecided);
    CHECK_FALSE(open.holds);
    Query combined = query_of({});
    combined.connective = Query::Connective::negation;
    combined.operands = {compared};
    CHECK_FALSE(evaluate(combined, broken, Checked::yes).holds);
    CHECK(evaluate(combined, broken, Checked::yes).undecided);
  }
}

TEST_CASE("filters do not overlook what is no number") {
  using Kind = Filter::Kind;
  const Averages averages = [](const Query&) { return broken; };
  for (const Kind kind : {Kind::min, Kind::max, Kind::average, Kind::range, Kind::print, Kind::state}) {
    const Measure measure = evaluate(query_of({}, Filter{kind, {0, 1, 2}}), averages);
    CHECK(measure.undecided);
    CHECK_FALSE(measure.value);
    CHECK(measure.by_state.empty());
  }
  const Threshold above{Threshold::Relation::greater, 0.1};
  CHECK(evaluate(query_of(above, Filter{Kind::exists, {0, 1}}), averages).holds);
  CHECK_FALSE(evaluate(query_of(above, Filter{Kind::for_all, {0, 1}}), averages).holds);
}
