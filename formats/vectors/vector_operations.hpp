// What methods need of a vector and of its numbers. host.hpp has it in parallel with OpenMP, cuda.hpp on a CUDA device.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "formats/vectors/number.hpp"

namespace steady::detail {

// What a method computes from its vectors: number.hpp.
template <class T>
concept MethodNumber = std::constructible_from<T, double> && requires(const T& a, std::span<const T> several) {
  { -a } -> std::convertible_to<T>;
  { a + a } -> std::convertible_to<T>;
  { a - a } -> std::convertible_to<T>;
  { (a * a) } -> std::convertible_to<T>;
  { a / a } -> std::convertible_to<T>;
  { ratio(a, a) } -> std::convertible_to<T>;
  { value(a) } -> std::same_as<double>;
  { values(several) } -> std::same_as<std::vector<double>>;
};

// A vector of one entry a state, with the operations of a recursion. `Single`: its kind in single precision; Array<T>:
// other things of the same device.
template <class V>
concept VectorOperations = MethodNumber<typename V::Number> && std::constructible_from<V, std::size_t> &&
    requires(const V& v, const V& x, V& y, V& z, const typename V::Number& a, const typename V::Number& b,
             const typename V::Number& c, const std::vector<double>& entries) {
  typename V::Single;
  typename V::template Array<std::uint32_t>;
  { x.size() } -> std::same_as<std::size_t>;
  { download(x) } -> std::same_as<std::vector<double>>;
  upload(entries, y);
  copy(x, y);                                         // y = x
  assign(a, x, y);                                    // y = a x
  fill(a, y);                                         // y = a
  scale(a, y);                                        // y = a y
  axpy(a, x, y);                                      // y = a x + y
  axpby(a, x, b, y);                                  // y = a x + b y
  axpbypcz(a, v, b, x, c, z);                         // z = a v + b x + c z
  multiply_entries(x, y);                             // y(i) = x(i) y(i)
  { sum(x) } -> std::same_as<typename V::Number>;     // x . 1
  { dot(v, x) } -> std::same_as<typename V::Number>;  // v . x
  { norm2(x) } -> std::same_as<typename V::Number>;   // sqrt(x . x)
  // v . x and x . x in one pass
  { dot_and_square(v, x) } -> std::same_as<std::pair<typename V::Number, typename V::Number>>;
  // y = a x + y; then y . v and y . y
  { axpy_dot_and_square(a, x, y, v) } -> std::same_as<std::pair<typename V::Number, typename V::Number>>;
};

// A vector that a method can be written for: with the operations on an iterate, and on several vectors at once.
template <class V>
concept VectorBackend = VectorOperations<V> &&
    requires(std::span<const V> v, const V& x, V& y, std::span<const typename V::Number> a,
             std::span<typename V::Number> h) {
  { raise_negatives(y) } -> std::same_as<double>;                    // y = max(y, 0); returns what was cut off
  dots(v, x, h);                                                     // h(i) = v(i) . x, in one pass over x
  { add_combination(a, v, y) } -> std::same_as<typename V::Number>;  // y = y + sum of a(i) v(i); returns its norm2
  { LaggedReadback<typename V::Number>()(h[0], h[1]) } -> std::same_as<std::pair<double, double>>;
};

}  // namespace steady::detail
