// A fiber that runs one job after another and is told to the address sanitizer.
#pragma once

#include <boost/context/fiber.hpp>
#include <boost/context/protected_fixedsize_stack.hpp>
#include <functional>

namespace simt {

class Fiber {
 public:
  // `job` is run once a call of start(); it must not throw.
  explicit Fiber(std::function<void()> job);
  Fiber(const Fiber&) = delete;
  ~Fiber();  // the job must not be waiting

  // From outside: runs until the job waits or ends.
  void resume();
  // From inside the job: back to resume()'s caller.
  void wait();

 private:
  boost::context::fiber run(boost::context::fiber&& outside);
  void enter();

  std::function<void()> job_;
  bool ending_ = false;
  boost::context::stack_context stack_;
  boost::context::fiber inside_, outside_;
  void* inside_frames_ = nullptr;  // the sanitizer's fake stacks
  void* outside_frames_ = nullptr;
  const void* outside_stack_ = nullptr;
  std::size_t outside_size_ = 0;
};

}  // namespace simt
