// The methods. To add one: its file, and a line here.
#pragma once

#include <string>
#include <string_view>

#include "solver/methods/gauss_seidel.hpp"
#include "solver/methods/gmres.hpp"
#include "solver/methods/gth.hpp"
#include "solver/methods/jacobi.hpp"
#include "solver/methods/power.hpp"

namespace steady {

template <class Vector>
struct Method {
  std::string_view name;
  Outcome (*run)(const Problem<Vector>& problem, Vector& x, Monitor& monitor);
  bool preconditioned;  // takes --preconditioner
  bool sweeps;          // takes --direction
};

template <class Vector>
inline constexpr Method<Vector> methods[] = {
    {"power", power<Vector>, false, false},
    {"jacobi", jacobi<Vector>, false, false},
    {"gauss-seidel", gauss_seidel<Vector>, false, true},
    {"gmres", gmres<Vector>, true, true},
    {"gth", gth<Vector>, false, false},
};

}  // namespace steady
