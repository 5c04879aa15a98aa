// The rows of cyclic polling of N stations by one server (Ibe and Trivedi 1990), by rules.
//
// A state is where the server is, whether it serves, and a bit for each station, the first station's the highest. Where
// it serves, its own station's bit is set. Hence the 3 * 2^(N-1) states of a place of the server are all the stations'
// bits, then all but its own.
#pragma once

#include <cuda_runtime.h>

#include <cstdint>
#include <vector>

#include <steady/csr.hpp>

namespace steady::bench {

struct PollingRows {
  static constexpr unsigned most_sources = 32;
  enum Code : unsigned { arrival, service, walk, codes };

  unsigned stations;
  const double* rate;  // by code

  struct Place {
    unsigned server;
    bool serves;
    std::uint32_t jobs;
  };

  __host__ __device__ std::uint32_t bit(unsigned station) const { return std::uint32_t{1} << (stations - 1 - station); }

  __host__ __device__ State rank(const Place& p) const {
    const std::uint32_t half = std::uint32_t{1} << (stations - 1), below = bit(p.server) - 1;
    const std::uint32_t others = (p.jobs >> 1 & ~below) | (p.jobs & below);
    return p.server * 3 * half + (p.serves ? 2 * half + others : p.jobs);
  }

  __host__ __device__ Place of(State state) const {
    const std::uint32_t half = std::uint32_t{1} << (stations - 1);
    const unsigned server = state / (3 * half);
    const std::uint32_t rest = state % (3 * half), own = bit(server);
    if (rest < 2 * half) return {server, false, rest};
    const std::uint32_t others = rest - 2 * half;
    return {server, true, (others & ~(own - 1)) << 1 | own | (others & (own - 1))};
  }

  // emit(state, code) for every state from which there is a transition to this one.
  template <class Emit>
  __host__ __device__ void sources(State state, Emit emit) const {
    const Place now = of(state);
    for (unsigned station = 0; station < stations; ++station) {
      const std::uint32_t own = bit(station);
      if (now.jobs & own && !(now.serves && station == now.server))
        emit(rank({now.server, now.serves, now.jobs ^ own}), arrival);
    }
    if (now.serves) return emit(rank({now.server, false, now.jobs}), walk);
    const unsigned left = (now.server + stations - 1) % stations;
    if (now.jobs & bit(left)) return;
    emit(rank({left, true, now.jobs | bit(left)}), service);
    emit(rank({left, false, now.jobs}), walk);
  }

  __host__ __device__ double exit_rate(State state) const {
    const Place now = of(state);
    unsigned idle = 0;
    for (unsigned station = 0; station < stations; ++station) idle += (now.jobs & bit(station)) == 0;
    return idle * rate[arrival] + rate[now.serves ? service : walk];
  }
};

class Polling {
 public:
  using Rows = PollingRows;

  explicit Polling(unsigned stations) : stations_(stations) {}

  std::uint64_t states() const { return std::uint64_t{3} * stations_ << (stations_ - 1); }
  std::vector<double> rates() const { return {1.0 / stations_, 1.0, 200.0}; }
  Rows rows(const double* rate) const { return {stations_, rate}; }

 private:
  unsigned stations_;
};

}  // namespace steady::bench
