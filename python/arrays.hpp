// Arrays between Python and the library, without a copy where that can be.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace steady::python {

namespace nb = nanobind;

// One-dimensional, contiguous, on the host.
template <class Value>
using Input = nb::ndarray<const Value, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

template <class Value>
std::span<const Value> span_of(const Input<Value>& input) {
  return {input.data(), input.size()};
}

// Of the values, which `owner` holds and keeps: not to be written to.
template <class Value>
nb::object view(const std::vector<Value>& values, nb::handle owner) {
  return nb::cast(nb::ndarray<nb::numpy, const Value, nb::ndim<1>>(values.data(), {values.size()}, owner));
}

// An array that has the vector as its own.
template <class Value>
nb::object output(std::vector<Value>&& values) {
  auto kept = std::make_unique<std::vector<Value>>(std::move(values));
  Value* const data = kept->data();
  const std::size_t size = kept->size();
  const nb::capsule owner(kept.release(),
                          [](void* vector) noexcept { delete static_cast<std::vector<Value>*>(vector); });
  return nb::cast(nb::ndarray<nb::numpy, Value, nb::ndim<1>>(data, {size}, owner));
}

}  // namespace steady::python
