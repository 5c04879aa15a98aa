// An array in the memory of the CUDA device, owned. No CUDA header is needed here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

namespace steady::detail {

// Throws NoRoom that says how much was asked for and how much is free. nullptr for no bytes.
void* allocate_on_device(std::uint64_t bytes);
void release_on_device(void* data) noexcept;
void copy_to_device(const void* from, void* to, std::uint64_t bytes);
void copy_from_device(const void* from, void* to, std::uint64_t bytes);

template <class T>
class CudaArray {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  CudaArray() = default;
  explicit CudaArray(std::size_t size) : data_(static_cast<T*>(allocate_on_device(size * sizeof(T)))), size_(size) {}
  explicit CudaArray(const std::vector<T>& values) : CudaArray(values.size()) {
    copy_to_device(values.data(), data_, size_ * sizeof(T));
  }
  CudaArray(CudaArray&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  CudaArray& operator=(CudaArray&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~CudaArray() { release_on_device(data_); }

  T* data() { return data_; }
  const T* data() const { return data_; }
  std::size_t size() const { return size_; }

 private:
  T* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace steady::detail
