// Memory of the device and pinned memory, copies and fills.
#include <cstring>

#include "tests/ptx/device_memory.hpp"
#include "tests/ptx/runtime.hpp"
#include "tests/ptx/violation.hpp"

namespace ptx {
namespace {

Word to_word(const void* address) { return reinterpret_cast<Word>(address); }

cudaError_t release(void* data, const char* call) {
  if (const cudaError_t status = refuse_while_capturing(call)) return status;
  if (!data) return cudaSuccess;
  if (const cudaError_t status = finish_all()) return status;
  return device_memory().release(to_word(data)) ? cudaSuccess
                                                : violated(std::string(call) + " of what is not allocated");
}

// Where the copy reads or writes on the host: memory of the device, pinned memory, or other memory.
std::byte* place(const void* address, std::size_t bytes, bool on_device) {
  return on_device ? device_memory().host(to_word(address), bytes)
                   : static_cast<std::byte*>(const_cast<void*>(address));
}

struct Copy {
  void* to;
  const void* from;
  std::size_t bytes;
  cudaMemcpyKind kind;

  bool to_device() const { return kind == cudaMemcpyHostToDevice || kind == cudaMemcpyDeviceToDevice; }
  bool from_device() const { return kind == cudaMemcpyDeviceToHost || kind == cudaMemcpyDeviceToDevice; }
  void operator()() const { std::memmove(place(to, bytes, to_device()), place(from, bytes, from_device()), bytes); }
};

}  // namespace
}  // namespace ptx

extern "C" {

cudaError_t cudaMalloc(void** data, std::size_t bytes) {
  *data = nullptr;
  if (const cudaError_t status = ptx::refuse_while_capturing("cudaMalloc")) return status;
  if (bytes == 0) return cudaSuccess;
  const ptx::Word address = ptx::device_memory().allocate(bytes);
  if (address == 0) return ptx::failed(cudaErrorMemoryAllocation);
  *data = reinterpret_cast<void*>(address);
  return cudaSuccess;
}

cudaError_t cudaHostAlloc(void** data, std::size_t bytes, unsigned) {
  if (const cudaError_t status = ptx::refuse_while_capturing("cudaHostAlloc")) return status;
  *data = ptx::device_memory().allocate_pinned(bytes);
  return cudaSuccess;
}

cudaError_t cudaFree(void* data) { return ptx::release(data, "cudaFree"); }

cudaError_t cudaFreeHost(void* data) { return ptx::release(data, "cudaFreeHost"); }

cudaError_t cudaMemcpyAsync(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind, cudaStream_t stream) {
  ptx::Copy copy{to, from, bytes, kind};
  if (kind == cudaMemcpyHostToDevice && !ptx::device_memory().is_pinned(from)) {  // read before the call returns
    const auto* const bytes_now = static_cast<const std::byte*>(from);
    return ptx::submit(stream, [copy, staged = std::vector<std::byte>(bytes_now, bytes_now + bytes)]() mutable {
      copy.from = staged.data();
      copy();
    });
  }
  const cudaError_t status = ptx::submit(stream, copy);
  if (status != cudaSuccess || kind != cudaMemcpyDeviceToHost || ptx::device_memory().is_pinned(to)) return status;
  return ptx::finish(stream);
}

cudaError_t cudaMemcpy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind) {
  if (const cudaError_t status = ptx::refuse_while_capturing("cudaMemcpy")) return status;
  if (const cudaError_t status = ptx::submit(nullptr, ptx::Copy{to, from, bytes, kind})) return status;
  return ptx::finish(nullptr);
}

cudaError_t cudaMemsetAsync(void* to, int byte, std::size_t bytes, cudaStream_t stream) {
  return ptx::submit(stream, [=] { std::memset(ptx::place(to, bytes, true), byte, bytes); });
}

cudaError_t cudaMemset(void* to, int byte, std::size_t bytes) {
  if (const cudaError_t status = ptx::refuse_while_capturing("cudaMemset")) return status;
  return cudaMemsetAsync(to, byte, bytes, nullptr);
}

}  // extern "C"
