// The methods. To add one: its file, and a line here.
#pragma once

#include <string>
#include <string_view>

#include "solver/methods/bicgstab.hpp"
#include "solver/methods/gauss_seidel.hpp"
#include "solver/methods/gmres.hpp"
#include "solver/methods/gth.hpp"
#include "solver/methods/idr.hpp"
#include "solver/methods/jacobi.hpp"
#include "solver/methods/multilevel.hpp"
#include "solver/methods/power.hpp"

namespace steady {

template <class Vector>
struct Method {
  std::string_view name;
  Outcome (*run)(const Problem<Vector>& problem, Vector& x, Monitor& monitor);
  bool preconditioned;                          // takes --preconditioner
  bool sweeps;                                  // takes --direction
  bool refines;                                 // can take its corrections from single precision
  std::size_t (*vectors)(std::size_t restart);  // how many it makes, beside x
};

constexpr std::size_t one_vector(std::size_t) { return 1; }

template <class Vector>
inline constexpr Method<Vector> methods[] = {
    {"power", power<Vector>, false, false, false, one_vector},
    {"jacobi", jacobi<Vector>, false, false, false, one_vector},
    {"gauss-seidel", gauss_seidel<Vector>, false, true, false, one_vector},
    {"sor", gauss_seidel<Vector>, false, true, false, one_vector},
    {"gmres", gmres<Vector>, true, true, false, [](std::size_t restart) { return restart + 4; }},
    {"fgmres", fgmres<Vector>, true, true, false, [](std::size_t restart) { return 2 * restart + 4; }},
    {"bicgstab", bicgstab<Vector>, true, true, true, [](std::size_t) { return std::size_t{9}; }},
    {"idr", idr<Vector>, true, true, false, [](std::size_t) { return std::size_t{17}; }},
    {"multilevel", multilevel<Vector>, false, true, false, [](std::size_t) { return std::size_t{10}; }},
    {"gth", gth<Vector>, false, false, false, one_vector},
};

}  // namespace steady
