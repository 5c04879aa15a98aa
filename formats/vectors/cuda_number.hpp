// A number in the memory of a CUDA device, or one that the host knows. No CUDA header is needed here.
//
// Arithmetic with the former is put on a list; the next operation that needs a result has one thread go through the
// list, in one launch. So a scalar step of a method, however many numbers it takes, costs a launch and no waiting.
// Numbers do not change: what is assigned is another one, and copies are cheap. One thread's numbers are not for
// another thread.
#pragma once

#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "formats/vectors/number.hpp"

struct CUevent_st;

namespace steady::detail {

class CudaNumber {
 public:
  CudaNumber(double known = 0) : known_(known) {}
  static CudaNumber awaited();  // one that the next launch writes, at slot()

  // It is known(), times what is on the device at slot() unless that is null: a minus sign costs nothing.
  double known() const { return known_; }
  double* slot() const { return slot_.get(); }

  CudaNumber operator-() const { return {-known_, slot_}; }
  friend CudaNumber operator+(const CudaNumber& a, const CudaNumber& b);
  friend CudaNumber operator-(const CudaNumber& a, const CudaNumber& b);
  friend CudaNumber operator*(const CudaNumber& a, const CudaNumber& b);
  friend CudaNumber operator/(const CudaNumber& a, const CudaNumber& b);
  friend CudaNumber ratio(const CudaNumber& a, const CudaNumber& b);
  friend CudaNumber max(const CudaNumber& a, const CudaNumber& b);
  friend CudaNumber sqrt(const CudaNumber& a);
  friend CudaNumber abs(const CudaNumber& a);
  CudaNumber& operator-=(const CudaNumber& b) { return *this = *this - b; }

 private:
  CudaNumber(double known, std::shared_ptr<double> slot) : known_(known), slot_(std::move(slot)) {}

  double known_;
  std::shared_ptr<double> slot_;
};

// These wait for all that is queued.
double value(const CudaNumber& x);
std::vector<double> values(std::span<const CudaNumber> x);

template <>
class LaggedReadback<CudaNumber> {
 public:
  LaggedReadback();
  LaggedReadback(const LaggedReadback&) = delete;
  LaggedReadback& operator=(const LaggedReadback&) = delete;
  ~LaggedReadback();

  void begin(double first, double second) { before_ = {first, second}, looks_ = 0; }
  std::pair<double, double> operator()(const CudaNumber& first, const CudaNumber& second);

 private:
  std::pair<double, double> before_;  // what the first look sees
  std::size_t looks_ = 0;
  double* seen_ = nullptr;    // two for each of two looks, where host and device both see them
  CUevent_st* done_[2] = {};  // the looks' copies
};

}  // namespace steady::detail
