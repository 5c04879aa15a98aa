// The processes of a run, which MPI calls ranks, and what they find out together. Every function here is called by all
// of them, in the same order.
#pragma once

#include <mpi.h>

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include <steady/error.hpp>

namespace steady::detail {

// An Error that all ranks throw at the same place.
class AgreedError : public Error {
 public:
  using Error::Error;
};

class Ranks {
 public:
  explicit Ranks(MPI_Comm communicator);

  MPI_Comm communicator() const { return communicator_; }
  int number() const { return number_; }  // of this one, from 0
  int count() const { return count_; }
  bool first() const { return number_ == 0; }
  // How many of them share this one's machine.
  int on_this_machine() const;

  double sum(double own) const { return reduced(own, MPI_SUM); }
  double least(double own) const { return reduced(own, MPI_MIN); }
  double most(double own) const { return reduced(own, MPI_MAX); }
  std::uint64_t sum(std::uint64_t own) const { return reduced(own, MPI_SUM); }
  std::uint64_t least(std::uint64_t own) const { return reduced(own, MPI_MIN); }
  std::uint64_t most(std::uint64_t own) const { return reduced(own, MPI_MAX); }
  // Of the vectors' entries at each place; the vectors are equally long.
  std::vector<double> sum(std::vector<double> own) const { return reduced(std::move(own), MPI_DOUBLE, MPI_SUM); }
  std::vector<double> most(std::vector<double> own) const { return reduced(std::move(own), MPI_DOUBLE, MPI_MAX); }
  std::vector<std::uint64_t> sum(std::vector<std::uint64_t> own) const {
    return reduced(std::move(own), MPI_UINT64_T, MPI_SUM);
  }
  std::vector<std::uint64_t> least(std::vector<std::uint64_t> own) const {
    return reduced(std::move(own), MPI_UINT64_T, MPI_MIN);
  }
  // On the ranks before this one.
  std::uint64_t sum_before(std::uint64_t own) const;
  bool any(bool own) const { return reduced(own ? 1.0 : 0.0, MPI_MAX) > 0; }

  // Calls work(), which calls no function of this class. Where it throws on some ranks, all of them throw what the
  // first of these does, as an AgreedError or as Unsolved.
  void together(const std::function<void()>& work) const;

 private:
  double reduced(double own, MPI_Op operation) const;
  std::uint64_t reduced(std::uint64_t own, MPI_Op operation) const;
  template <class Number>
  std::vector<Number> reduced(std::vector<Number> own, MPI_Datatype type, MPI_Op operation) const {
    MPI_Allreduce(MPI_IN_PLACE, own.data(), static_cast<int>(own.size()), type, operation, communicator_);
    return own;
  }

  MPI_Comm communicator_;
  int number_ = 0, count_ = 1;
};

}  // namespace steady::detail
