// What the values of options are called: on the command line, in its help, in messages and in reports.
#pragma once

#include <string_view>

#include <steady/iteration.hpp>
#include <steady/options.hpp>

#include "formats/base/names.hpp"
#include "formats/matrix/storage_names.hpp"

namespace steady::detail {

template <>
struct NamesOf<Method> {
  static constexpr std::string_view option = "method";
  static constexpr Named<Method> list[] = {
      {Method::automatic, "auto"}, {Method::power, "power"},
      {Method::jacobi, "jacobi"},  {Method::gauss_seidel, "gauss-seidel"},
      {Method::sor, "sor"},        {Method::gmres, "gmres"},
      {Method::fgmres, "fgmres"},  {Method::bicgstab, "bicgstab"},
      {Method::idr, "idr"},        {Method::multilevel, "multilevel"},
      {Method::gth, "gth"},
  };
};

template <>
struct NamesOf<Preconditioner> {
  static constexpr std::string_view option = "preconditioner";
  static constexpr Named<Preconditioner> list[] = {
      {Preconditioner::automatic, "auto"},
      {Preconditioner::none, "none"},
      {Preconditioner::gauss_seidel, "gauss-seidel"},
      {Preconditioner::two_stage, "two-stage"},
      {Preconditioner::symmetric_gauss_seidel, "symmetric-gauss-seidel"},
      {Preconditioner::ilu0, "ilu0"},
      {Preconditioner::multilevel, "multilevel"},
  };
};

template <>
struct NamesOf<SweepDirection> {
  static constexpr std::string_view option = "direction";
  static constexpr Named<SweepDirection> list[] = {
      {SweepDirection::automatic, "auto"},
      {SweepDirection::forward, "forward"},
      {SweepDirection::backward, "backward"},
      {SweepDirection::symmetric, "symmetric"},
  };
};

template <>
struct NamesOf<Device> {
  static constexpr std::string_view option = "device";
  static constexpr Named<Device> list[] = {
      {Device::automatic, "auto"},
      {Device::cpu, "cpu"},
      {Device::cuda, "cuda"},
  };
};

template <>
struct NamesOf<Precision> {
  static constexpr std::string_view option = "precision";
  static constexpr Named<Precision> list[] = {
      {Precision::automatic, "auto"},
      {Precision::double_precision, "double"},
      {Precision::mixed, "mixed"},
  };
};

template <>
struct NamesOf<AbsorptionMethod> {
  static constexpr std::string_view option = "method for transient states";
  static constexpr Named<AbsorptionMethod> list[] = {
      {AbsorptionMethod::none, "none"},
      {AbsorptionMethod::division, "division"},
      {AbsorptionMethod::elimination, "elimination"},
      {AbsorptionMethod::bicgstab, "bicgstab"},
      {AbsorptionMethod::bicgstab_elimination, "bicgstab, elimination"},
  };
};

}  // namespace steady::detail
