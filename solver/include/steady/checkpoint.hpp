// A solve that survives being killed: where it has come to, as a file, and how it goes on from there.
//
// The file: a line that says what it is; a line of JSON with the chain's sizes, the CRC-32 of its matrix, the method
// that was running and its residual; one double a state, as they lie in memory; the CRC-32 of all that.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <steady/chain.hpp>

#include "formats/base/stopwatch.hpp"
#include "solver/methods/monitor.hpp"

namespace steady {

// Where a solve begins, or has come to. An earlier solution alone, without a method, is one, too.
struct InitialGuess {
  // How likely each state of the chain is within its bottom component, up to a factor; empty: nothing is known.
  std::vector<double> iterate;
  MethodConfig config;             // that was running; a portfolio goes on with it
  std::optional<State> component;  // on the bottom component with this first state
};

// The part of it that is about a bottom component (ascending states), as a distribution over its states in which
// nothing is 0: a method may divide by an entry. Entries that are not positive get an equal share of 1e-16, which no
// residual can see. No iterate where it says nothing about these states.
InitialGuess restrict_to(std::span<const State> states, const InitialGuess& from);

// Throws Error, naming the path, where the file is none of checkpoints, damaged or of another chain.
InitialGuess read_checkpoint(const std::string& path, const Chain& chain);

// Keeps a file up to date, written whole or not at all. The chain must outlive it.
class CheckpointWriter {
 public:
  // Throws Error where the path cannot be written.
  CheckpointWriter(std::string path, const Chain& chain);

  // What an Observer sees: saves so often that a kill loses at most a fifth of the work and at most some seconds, or,
  // where writing takes long, twenty times as long. Passes over iterates that are clearly worse than an earlier one, as
  // a Krylov method's may be. Throws Error where the file cannot be written.
  void on_iteration(const IterationInfo& info);

  // The end of the solve: saves what it found.
  void finish(const std::vector<double>& distribution, double residual);

 private:
  void save(const std::vector<double>& iterate, double residual);

  std::string path_;
  const Chain& chain_;
  std::uint32_t digest_;
  MethodConfig config_;
  std::optional<State> component_;
  double best_residual_;  // on the component
  double next_ = 0;       // seconds
  Stopwatch watch_;
};

}  // namespace steady
