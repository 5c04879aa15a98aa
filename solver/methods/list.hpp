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
  bool preconditioned = false;  // takes --preconditioner
  bool sweeps = false;          // takes --direction
  bool refines = false;         // can take its corrections from single precision
  // How many vectors it makes, beside x.
  std::size_t (*vectors)(std::size_t restart) = [](std::size_t) { return std::size_t{1}; };
};

template <class Vector>
inline constexpr Method<Vector> methods[] = {
    {.name = "power", .run = power<Vector>},
    {.name = "jacobi", .run = jacobi<Vector>},
    {.name = "gauss-seidel", .run = gauss_seidel<Vector>, .sweeps = true},
    {.name = "sor", .run = gauss_seidel<Vector>, .sweeps = true},
    {.name = "gmres",
     .run = gmres<Vector>,
     .preconditioned = true,
     .sweeps = true,
     .vectors = [](std::size_t restart) { return restart + 4; }},
    {.name = "fgmres",
     .run = fgmres<Vector>,
     .preconditioned = true,
     .sweeps = true,
     .vectors = [](std::size_t restart) { return 2 * restart + 4; }},
    {.name = "bicgstab",
     .run = bicgstab<Vector>,
     .preconditioned = true,
     .sweeps = true,
     .refines = true,
     .vectors = [](std::size_t) { return std::size_t{9}; }},
    {.name = "idr",
     .run = idr<Vector>,
     .preconditioned = true,
     .sweeps = true,
     .vectors = [](std::size_t) { return std::size_t{17}; }},
    {.name = "multilevel",
     .run = multilevel<Vector>,
     .sweeps = true,
     .vectors = [](std::size_t) { return std::size_t{10}; }},
    {.name = "gth", .run = gth<Vector>},
};

}  // namespace steady
