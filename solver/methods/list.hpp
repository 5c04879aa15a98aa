// The methods. To add one: its file, a line here, and its name in solver/names.hpp.
#pragma once

#include <cstddef>

#include <steady/options.hpp>

#include "solver/methods/bicgstab.hpp"
#include "solver/methods/gauss_seidel.hpp"
#include "solver/methods/gmres.hpp"
#include "solver/methods/gth.hpp"
#include "solver/methods/idr.hpp"
#include "solver/methods/jacobi.hpp"
#include "solver/methods/multilevel.hpp"
#include "solver/methods/power.hpp"

namespace steady::detail {

template <class Vector>
struct MethodEntry {
  Method method;
  Outcome (*run)(const Problem<Vector>& problem, Vector& x, Monitor& monitor);
  bool preconditioned = false;  // takes --preconditioner
  bool sweeps = false;          // takes --direction
  bool refines = false;         // can take its corrections from single precision
  // How many vectors it makes, beside x.
  std::size_t (*vectors)(std::size_t restart) = [](std::size_t) { return std::size_t{1}; };
};

template <class Vector>
inline constexpr MethodEntry<Vector> methods[] = {
    {.method = Method::power, .run = power<Vector>},
    {.method = Method::jacobi, .run = jacobi<Vector>},
    {.method = Method::gauss_seidel, .run = gauss_seidel<Vector>, .sweeps = true},
    {.method = Method::sor, .run = gauss_seidel<Vector>, .sweeps = true},
    {.method = Method::gmres,
     .run = gmres<Vector>,
     .preconditioned = true,
     .sweeps = true,
     .vectors = [](std::size_t restart) { return restart + 4; }},
    {.method = Method::fgmres,
     .run = fgmres<Vector>,
     .preconditioned = true,
     .sweeps = true,
     .vectors = [](std::size_t restart) { return 2 * restart + 4; }},
    {.method = Method::bicgstab,
     .run = bicgstab<Vector>,
     .preconditioned = true,
     .sweeps = true,
     .refines = true,
     .vectors = [](std::size_t) { return std::size_t{9}; }},
    {.method = Method::idr,
     .run = idr<Vector>,
     .preconditioned = true,
     .sweeps = true,
     .vectors = [](std::size_t) { return std::size_t{17}; }},
    {.method = Method::multilevel,
     .run = multilevel<Vector>,
     .sweeps = true,
     .vectors = [](std::size_t) { return std::size_t{10}; }},
    {.method = Method::gth, .run = gth<Vector>},
};

}  // namespace steady::detail
