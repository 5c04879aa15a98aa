/// @file
/// A solve that survives being killed: where it has come to, as a file, and how it goes on from there.
///
/// The file: a line that says what it is; a line of JSON with the chain's sizes, the CRC-32 of its matrix, the method
/// that was running and its residual; one double a state, as they lie in memory; the CRC-32 of all that.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <steady/chain.hpp>
#include <steady/iteration.hpp>

namespace steady {

/// What solve() takes to go on from there. Throws Error, naming the path, where the file is none of checkpoints,
/// damaged or of another chain.
InitialGuess read_checkpoint(const std::string& path, const Chain& chain);

/// Keeps a file up to date, written whole or not at all. The chain must outlive it.
class CheckpointWriter {
 public:
  /// Throws Error where the path cannot be written.
  CheckpointWriter(std::string path, const Chain& chain);
  /// Leaves the file as it was saved last.
  ~CheckpointWriter();

  /// What an Observer sees: saves so often that a kill loses at most a fifth of the work and at most some seconds, or,
  /// where writing takes long, twenty times as long. Passes over iterates that are clearly worse than an earlier one,
  /// as a Krylov method's may be. Throws Error where the file cannot be written.
  void on_iteration(const IterationInfo& info);

  /// The end of the solve: saves what it found, one probability a state. Throws Error where the file cannot be written.
  void finish(const std::vector<double>& distribution, double residual);

 private:
  struct Saved;
  std::unique_ptr<Saved> saved_;
};

}  // namespace steady
