#include "solver/distributed/ranks.hpp"

#include <exception>
#include <new>
#include <string>

#include "formats/base/memory.hpp"
#include "solver/cli/solve_once.hpp"

namespace steady::detail {

namespace {

enum class Failure : int { none, input, machine, unsolved };

struct Ending {
  Failure failure = Failure::none;
  std::string what;
};

Ending ending_of(const std::function<void()>& work) try {
  work();
  return {};
} catch (const Error& error) {
  return {error.cause == Error::Cause::machine ? Failure::machine : Failure::input, error.what()};
} catch (const cli::Unsolved& problem) {
  return {Failure::unsolved, problem.what()};
} catch (const std::bad_alloc&) {
  return {Failure::machine, out_of_memory()};
}

[[noreturn]] void raise(const Ending& ending) {
  if (ending.failure == Failure::unsolved) throw cli::Unsolved(ending.what);
  throw AgreedError(ending.what, ending.failure == Failure::machine ? Error::Cause::machine : Error::Cause::input);
}

}  // namespace

Ranks::Ranks(MPI_Comm communicator) : communicator_(communicator) {
  MPI_Comm_rank(communicator, &number_);
  MPI_Comm_size(communicator, &count_);
}

int Ranks::on_this_machine() const {
  MPI_Comm machine;
  MPI_Comm_split_type(communicator_, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &machine);
  int count = 1;
  MPI_Comm_size(machine, &count);
  MPI_Comm_free(&machine);
  return count;
}

double Ranks::reduced(double own, MPI_Op operation) const {
  double result = 0;
  MPI_Allreduce(&own, &result, 1, MPI_DOUBLE, operation, communicator_);
  return result;
}

std::uint64_t Ranks::reduced(std::uint64_t own, MPI_Op operation) const {
  std::uint64_t result = 0;
  MPI_Allreduce(&own, &result, 1, MPI_UINT64_T, operation, communicator_);
  return result;
}

std::uint64_t Ranks::sum_before(std::uint64_t own) const {
  std::uint64_t sum = 0;  // which MPI leaves as it is on the first rank
  MPI_Exscan(&own, &sum, 1, MPI_UINT64_T, MPI_SUM, communicator_);
  return first() ? 0 : sum;
}

void Ranks::together(const std::function<void()>& work) const {
  Ending ending = ending_of(work);
  const bool well = ending.failure == Failure::none;
  const auto failed = static_cast<int>(least(static_cast<double>(well ? count_ : number_)));
  if (failed == count_) return;
  int head[2] = {static_cast<int>(ending.failure), static_cast<int>(ending.what.size())};
  MPI_Bcast(head, 2, MPI_INT, failed, communicator_);
  ending.failure = static_cast<Failure>(head[0]);
  ending.what.resize(static_cast<std::size_t>(head[1]));
  MPI_Bcast(ending.what.data(), head[1], MPI_CHAR, failed, communicator_);
  raise(ending);
}

}  // namespace steady::detail
