#include "tests/ptx/conditions.hpp"

#include <string>
#include <vector>

#include "tests/ptx/violation.hpp"

namespace ptx {
namespace {

std::vector<unsigned> values;  // of 1, 2, ...

unsigned& at(Condition condition) {
  if (!is_condition(condition)) throw Violation("a condition of no graph: " + std::to_string(condition));
  return values[condition - 1];
}

}  // namespace

Condition make_condition() {
  values.push_back(0);
  return values.size();
}

bool is_condition(Condition condition) { return condition >= 1 && condition <= values.size(); }

void set_condition(Condition condition, unsigned value) { at(condition) = value; }

unsigned value_of(Condition condition) { return at(condition); }

}  // namespace ptx
