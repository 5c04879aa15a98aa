#include "tests/emulator/fiber.hpp"

#include <utility>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#else  // the same names, doing nothing
static void __sanitizer_start_switch_fiber(void**, const void*, std::size_t) {}
static void __sanitizer_finish_switch_fiber(void*, const void**, std::size_t*) {}
#endif

namespace simt {

// The guard page counts as part of the stack. Only touched pages cost memory.
constexpr std::size_t stack_bytes = 128 << 10;

// Stacks begin at different places within their pages, or they would all share the same few lines of the cache.
static std::size_t fibers = 0;

Fiber::Fiber(std::function<void()> job)
    : job_(std::move(job)), stack_(boost::context::protected_fixedsize_stack(stack_bytes).allocate()) {
  const std::size_t offset = fibers++ % 61 * 64;
  const boost::context::preallocated place(static_cast<char*>(stack_.sp) - offset, stack_.size - offset, stack_);
  inside_ = boost::context::fiber(std::allocator_arg, place, boost::context::protected_fixedsize_stack(stack_bytes),
                                  [this](boost::context::fiber&& outside) { return run(std::move(outside)); });
}

boost::context::fiber Fiber::run(boost::context::fiber&& outside) {
  outside_ = std::move(outside);
  enter();
  while (!ending_) {
    job_();
    wait();
  }
  __sanitizer_start_switch_fiber(nullptr, outside_stack_, outside_size_);
  return std::move(outside_);
}

Fiber::~Fiber() {
  ending_ = true;
  resume();
}

void Fiber::enter() { __sanitizer_finish_switch_fiber(inside_frames_, &outside_stack_, &outside_size_); }

void Fiber::resume() {
  const char* top = static_cast<const char*>(stack_.sp);
  __sanitizer_start_switch_fiber(&outside_frames_, top - stack_.size, stack_.size);
  inside_ = std::move(inside_).resume();
  __sanitizer_finish_switch_fiber(outside_frames_, nullptr, nullptr);
}

void Fiber::wait() {
  __sanitizer_start_switch_fiber(&inside_frames_, outside_stack_, outside_size_);
  outside_ = std::move(outside_).resume();
  enter();
}

}  // namespace simt
