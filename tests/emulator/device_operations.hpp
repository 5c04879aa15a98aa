// What kernels use of CUDA's device side: keywords, vector types, barriers, warp intrinsics, atomics, loads, bits and
// rounded arithmetic. The macros are those that CUDA's own keywords force.
#pragma once

#include <bit>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

#include "tests/emulator/simt.hpp"

// __noinline__ is missing: libstdc++ spells an attribute with it.
#define __global__
#define __device__
#define __host__
#define __constant__
#define __managed__
#define __grid_constant__
#define __shared__ static
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(...)
#define __align__(n) alignas(n)

// --- vector types ----------------------------------------------------------------------------------------------------

struct int2 {
  int x, y;
};
struct uint2 {
  unsigned x, y;
};
struct alignas(16) int4 {
  int x, y, z, w;
};
struct alignas(16) uint4 {
  unsigned x, y, z, w;
};
struct alignas(16) longlong2 {
  long long x, y;
};
struct alignas(16) ulonglong2 {
  unsigned long long x, y;
};
struct alignas(8) float2 {
  float x, y;
};
struct alignas(16) float4 {
  float x, y, z, w;
};
struct alignas(16) double2 {
  double x, y;
};

inline int2 make_int2(int x, int y) { return {x, y}; }
inline uint2 make_uint2(unsigned x, unsigned y) { return {x, y}; }
inline int4 make_int4(int x, int y, int z, int w) { return {x, y, z, w}; }
inline uint4 make_uint4(unsigned x, unsigned y, unsigned z, unsigned w) { return {x, y, z, w}; }
inline longlong2 make_longlong2(long long x, long long y) { return {x, y}; }
inline ulonglong2 make_ulonglong2(unsigned long long x, unsigned long long y) { return {x, y}; }
inline float2 make_float2(float x, float y) { return {x, y}; }
inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }
inline double2 make_double2(double x, double y) { return {x, y}; }

// --- barriers --------------------------------------------------------------------------------------------------------

inline void __syncthreads(simt::Site site = simt::Site::current()) {
  simt::block_barrier("__syncthreads", false, site);
}
inline int __syncthreads_count(int predicate, simt::Site site = simt::Site::current()) {
  return simt::block_barrier("__syncthreads_count", predicate != 0, site).in_favour;
}
inline int __syncthreads_or(int predicate, simt::Site site = simt::Site::current()) {
  return simt::block_barrier("__syncthreads_or", predicate != 0, site).in_favour != 0;
}
inline int __syncthreads_and(int predicate, simt::Site site = simt::Site::current()) {
  const simt::Votes votes = simt::block_barrier("__syncthreads_and", predicate != 0, site);
  return votes.in_favour == votes.threads;
}
inline void __syncwarp(unsigned mask = 0xffffffff, simt::Site site = simt::Site::current()) {
  simt::warp_barrier(mask, site);
}
inline void __nanosleep(unsigned, simt::Site site = simt::Site::current()) { simt::yield(site); }

inline void __threadfence() {}  // every write is visible at once
inline void __threadfence_block() {}
inline void __threadfence_system() {}

// --- intrinsics of a warp --------------------------------------------------------------------------------------------

namespace simt {

template <typename T>
concept Shufflable = std::is_arithmetic_v<T> &&(sizeof(T) == 4 || sizeof(T) == 8);

template <typename T>
std::uint64_t to_bits(T value) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof value);
  return bits;
}

template <typename T>
T from_bits(std::uint64_t bits) {
  T value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

// The value of lane source(lane, first lane of its segment, last lane); from outside the segment: one's own.
template <Shufflable T, typename Source>
T shuffle(const char* intrinsic, unsigned mask, T value, int width, const Site& site, Source source) {
  if (width < 1 || width > 32 || (width & (width - 1)) != 0)
    violation(intrinsic, site, "with width " + std::to_string(width) + ", which is not a power of two up to 32");
  const std::uint64_t* values = exchange(intrinsic, mask, to_bits(value), site);
  const int own = static_cast<int>(lane()), first = own & ~(width - 1), last = first + width - 1;
  const int from = source(own, first, last);
  if (from < first || from > last) return value;
  if (!(mask >> from & 1))
    violation(intrinsic, site, "reads lane " + std::to_string(from) + ", which its mask does not name");
  return from_bits<T>(values[from]);
}

// Combines the values of all lanes of the mask in the order of the lanes.
template <typename T, typename Combine>
T combine_lanes(const char* intrinsic, unsigned mask, T value, const Site& site, Combine combine) {
  const std::uint64_t* values = exchange(intrinsic, mask, to_bits(value), site);
  T result = from_bits<T>(values[std::countr_zero(mask)]);
  for (unsigned rest = mask & (mask - 1); rest; rest &= rest - 1)
    result = combine(result, from_bits<T>(values[std::countr_zero(rest)]));
  return result;
}

}  // namespace simt

template <simt::Shufflable T>
T __shfl_sync(unsigned mask, T value, int source, int width = 32, simt::Site site = simt::Site::current()) {
  return simt::shuffle("__shfl_sync", mask, value, width, site,
                       [=](int, int first, int) { return first + (source & (width - 1)); });
}
template <simt::Shufflable T>
T __shfl_up_sync(unsigned mask, T value, unsigned delta, int width = 32, simt::Site site = simt::Site::current()) {
  return simt::shuffle("__shfl_up_sync", mask, value, width, site,
                       [=](int own, int, int) { return delta < 32 ? own - static_cast<int>(delta) : -1; });
}
template <simt::Shufflable T>
T __shfl_down_sync(unsigned mask, T value, unsigned delta, int width = 32, simt::Site site = simt::Site::current()) {
  return simt::shuffle("__shfl_down_sync", mask, value, width, site,
                       [=](int own, int, int) { return delta < 32 ? own + static_cast<int>(delta) : 32; });
}
// Lanes of an earlier segment may be read, lanes of a later one not.
template <simt::Shufflable T>
T __shfl_xor_sync(unsigned mask, T value, int bits, int width = 32, simt::Site site = simt::Site::current()) {
  const int own = static_cast<int>(simt::lane()), last = own | (width - 1), from = own ^ (bits & 31);
  return simt::shuffle("__shfl_xor_sync", mask, value, 32, site,
                       [=](int, int, int) { return from > last ? own : from; });
}

inline unsigned __ballot_sync(unsigned mask, int predicate, simt::Site site = simt::Site::current()) {
  return simt::combine_lanes("__ballot_sync", mask, (predicate ? 1u : 0u) << simt::lane(), site, std::bit_or<>());
}
inline int __any_sync(unsigned mask, int predicate, simt::Site site = simt::Site::current()) {
  return simt::combine_lanes("__any_sync", mask, predicate != 0 ? 1 : 0, site, std::bit_or<>());
}
inline int __all_sync(unsigned mask, int predicate, simt::Site site = simt::Site::current()) {
  return simt::combine_lanes("__all_sync", mask, predicate != 0 ? 1 : 0, site, std::bit_and<>());
}
inline unsigned __activemask(simt::Site site = simt::Site::current()) { return simt::converged_lanes(site); }

template <simt::Shufflable T>
unsigned __match_any_sync(unsigned mask, T value, simt::Site site = simt::Site::current()) {
  const std::uint64_t* values = simt::exchange("__match_any_sync", mask, simt::to_bits(value), site);
  unsigned equal = 0;
  for (unsigned rest = mask; rest; rest &= rest - 1)
    if (values[std::countr_zero(rest)] == simt::to_bits(value)) equal |= rest & -rest;
  return equal;
}

template <typename T>
concept ReducibleInteger = std::same_as<T, int> || std::same_as<T, unsigned>;

template <ReducibleInteger T>
T __reduce_add_sync(unsigned mask, T value, simt::Site site = simt::Site::current()) {
  return simt::combine_lanes("__reduce_add_sync", mask, value, site, [](T a, T b) {
    return static_cast<T>(static_cast<unsigned>(a) + static_cast<unsigned>(b));
  });
}
template <ReducibleInteger T>
T __reduce_min_sync(unsigned mask, T value, simt::Site site = simt::Site::current()) {
  return simt::combine_lanes("__reduce_min_sync", mask, value, site, [](T a, T b) { return b < a ? b : a; });
}
template <ReducibleInteger T>
T __reduce_max_sync(unsigned mask, T value, simt::Site site = simt::Site::current()) {
  return simt::combine_lanes("__reduce_max_sync", mask, value, site, [](T a, T b) { return b > a ? b : a; });
}
inline unsigned __reduce_or_sync(unsigned mask, unsigned value, simt::Site site = simt::Site::current()) {
  return simt::combine_lanes("__reduce_or_sync", mask, value, site, std::bit_or<>());
}
inline unsigned __reduce_and_sync(unsigned mask, unsigned value, simt::Site site = simt::Site::current()) {
  return simt::combine_lanes("__reduce_and_sync", mask, value, site, std::bit_and<>());
}

// --- atomics: there is one host thread, so plain reads and writes. Only the types that CUDA has. ---------------------

template <typename T, typename... Types>
concept OneOf = (std::same_as<T, Types> || ...);

namespace simt {
template <typename T>
T replace(T* address, T value) {
  const T old = *address;
  *address = value;
  return old;
}
template <typename T>
T sum(T a, T b) {  // integers wrap around
  if constexpr (std::is_integral_v<T>) return static_cast<T>(std::make_unsigned_t<T>(a) + std::make_unsigned_t<T>(b));
  return a + b;
}
}  // namespace simt

template <OneOf<int, unsigned, unsigned long long, float, double> T>
T atomicAdd(T* address, std::type_identity_t<T> value) {
  return simt::replace(address, simt::sum(*address, value));
}
template <OneOf<int, unsigned> T>
T atomicSub(T* address, std::type_identity_t<T> value) {
  return simt::replace(address, simt::sum(*address, static_cast<T>(0u - static_cast<unsigned>(value))));
}
template <OneOf<int, unsigned, long long, unsigned long long> T>
T atomicMax(T* address, std::type_identity_t<T> value) {
  return simt::replace(address, value > *address ? value : *address);
}
template <OneOf<int, unsigned, long long, unsigned long long> T>
T atomicMin(T* address, std::type_identity_t<T> value) {
  return simt::replace(address, value < *address ? value : *address);
}
template <OneOf<int, unsigned, unsigned long long> T>
T atomicOr(T* address, std::type_identity_t<T> value) {
  return simt::replace(address, static_cast<T>(*address | value));
}
template <OneOf<int, unsigned, unsigned long long> T>
T atomicAnd(T* address, std::type_identity_t<T> value) {
  return simt::replace(address, static_cast<T>(*address & value));
}
template <OneOf<int, unsigned, unsigned long long> T>
T atomicXor(T* address, std::type_identity_t<T> value) {
  return simt::replace(address, static_cast<T>(*address ^ value));
}
template <OneOf<int, unsigned, unsigned long long, float> T>
T atomicExch(T* address, std::type_identity_t<T> value) {
  return simt::replace(address, value);
}
template <OneOf<int, unsigned, unsigned long long> T>
T atomicCAS(T* address, std::type_identity_t<T> expected, std::type_identity_t<T> value) {
  return simt::replace(address, *address == expected ? value : *address);
}
inline unsigned atomicInc(unsigned* address, unsigned limit) {
  return simt::replace(address, *address >= limit ? 0u : *address + 1);
}

// --- loads and stores with cache hints -------------------------------------------------------------------------------

template <typename T>
T __ldg(const T* address) {
  return *address;
}
template <typename T>
T __ldca(const T* address) {
  return *address;
}
template <typename T>
T __ldcg(const T* address) {
  return *address;
}
template <typename T>
T __ldcs(const T* address) {
  return *address;
}
template <typename T>
T __ldlu(const T* address) {
  return *address;
}
template <typename T>
T __ldcv(const T* address) {
  return *static_cast<const volatile T*>(address);
}
template <typename T>
void __stcg(T* address, std::type_identity_t<T> value) {
  *address = value;
}
template <typename T>
void __stcs(T* address, std::type_identity_t<T> value) {
  *address = value;
}
template <typename T>
void __stwb(T* address, std::type_identity_t<T> value) {
  *address = value;
}
template <typename T>
void __stwt(T* address, std::type_identity_t<T> value) {
  *address = value;
}

// --- bits ------------------------------------------------------------------------------------------------------------

inline int __popc(unsigned x) { return std::popcount(x); }
inline int __popcll(unsigned long long x) { return std::popcount(x); }
inline int __clz(int x) { return std::countl_zero(static_cast<unsigned>(x)); }
inline int __clzll(long long x) { return std::countl_zero(static_cast<unsigned long long>(x)); }
inline int __ffs(int x) { return x ? std::countr_zero(static_cast<unsigned>(x)) + 1 : 0; }
inline int __ffsll(long long x) { return x ? std::countr_zero(static_cast<unsigned long long>(x)) + 1 : 0; }
inline unsigned __brev(unsigned x) {
  unsigned reversed = 0;
  for (int k = 0; k < 32; ++k) reversed |= (x >> k & 1) << (31 - k);
  return reversed;
}
inline unsigned __umulhi(unsigned a, unsigned b) { return static_cast<unsigned>(std::uint64_t{a} * b >> 32); }
inline long long __double_as_longlong(double x) { return std::bit_cast<long long>(x); }
inline double __longlong_as_double(long long x) { return std::bit_cast<double>(x); }
inline int __float_as_int(float x) { return std::bit_cast<int>(x); }
inline float __int_as_float(int x) { return std::bit_cast<float>(x); }
inline unsigned __float_as_uint(float x) { return std::bit_cast<unsigned>(x); }
inline float __uint_as_float(unsigned x) { return std::bit_cast<float>(x); }
inline int __double2hiint(double x) { return static_cast<int>(std::bit_cast<std::uint64_t>(x) >> 32); }
inline int __double2loint(double x) { return static_cast<int>(std::bit_cast<std::uint64_t>(x)); }

// --- numbers ---------------------------------------------------------------------------------------------------------

template <typename A, typename B>
requires std::is_arithmetic_v<A> && std::is_arithmetic_v<B>
constexpr std::common_type_t<A, B> min(A a, B b) {
  if constexpr (std::is_floating_point_v<std::common_type_t<A, B>>) return std::fmin(a, b);
  const std::common_type_t<A, B> x = a, y = b;
  return y < x ? y : x;
}
template <typename A, typename B>
requires std::is_arithmetic_v<A> && std::is_arithmetic_v<B>
constexpr std::common_type_t<A, B> max(A a, B b) {
  if constexpr (std::is_floating_point_v<std::common_type_t<A, B>>) return std::fmax(a, b);
  const std::common_type_t<A, B> x = a, y = b;
  return x < y ? y : x;
}

inline double rsqrt(double x) { return 1 / std::sqrt(x); }

// Rounded to nearest, up, down, towards zero; exact, whatever the mode that is set (tests/emulator/rounding.cpp).
double __dadd_rn(double, double), __dadd_ru(double, double), __dadd_rd(double, double), __dadd_rz(double, double);
double __dsub_rn(double, double), __dsub_ru(double, double), __dsub_rd(double, double), __dsub_rz(double, double);
double __dmul_rn(double, double), __dmul_ru(double, double), __dmul_rd(double, double), __dmul_rz(double, double);
double __ddiv_rn(double, double), __ddiv_ru(double, double), __ddiv_rd(double, double), __ddiv_rz(double, double);
double __fma_rn(double, double, double), __fma_ru(double, double, double), __fma_rd(double, double, double),
    __fma_rz(double, double, double);
double __dsqrt_rn(double), __dsqrt_ru(double), __dsqrt_rd(double), __dsqrt_rz(double);
