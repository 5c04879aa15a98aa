#include "solver/names.hpp"

namespace steady {

using namespace detail;

std::string_view name(Method method) { return name_of(method); }
std::string_view name(Preconditioner preconditioner) { return name_of(preconditioner); }
std::string_view name(SweepDirection direction) { return name_of(direction); }
std::string_view name(Device device) { return name_of(device); }
std::string_view name(Precision precision) { return name_of(precision); }
std::string_view name(AbsorptionMethod method) { return name_of(method); }

}  // namespace steady
