// A PTX module as the interpreter executes it. Every operand is a register: constants, addresses of variables and
// special registers are registers, too, that hold their values when a thread begins.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace ptx {

// A register's value, whatever its type, in the low bits: the others mean nothing.
using Word = std::uint64_t;
using Register = std::uint32_t;

// The special registers, the first ones of every function. Grids and blocks have one dimension: the other two are 0
// and 1.
enum Special : Register { tid, ntid, ctaid, nctaid, laneid, zero, one, first_free };

enum class Kind : std::uint8_t {
  compute,  // to[0] = operation(from[0], from[1], from[2])
  pack,     // to[0] = from[1] : from[0], halves of `bytes` each
  unpack,   // to[1] : to[0] = from[0]
  load,
  store,
  atomic,
  fence,
  branch,
  call,
  leave,
  block_barrier,
  warp_barrier,
  vote,
  shuffle
};

enum class Space : std::uint8_t { generic, global, shared, local, parameters, frame };

// What atomics, votes and shuffles there are.
enum class Mode : std::uint8_t { none, add, increment, max, any, all, ballot, down, up, butterfly, index };

using Operation = Word (*)(Word, Word, Word);

struct Instruction {
  Kind kind = Kind::compute;
  Space space = Space::generic;
  Mode mode = Mode::none;
  bool guarded = false, unless = false;  // done only if the guard is true, or unless it is
  bool is_signed = false;
  std::uint8_t bytes = 0;   // of a value in memory
  std::uint8_t values = 1;  // of a vector
  Register guard = zero;
  Register to[4] = {zero, zero, zero, zero};
  Register from[5] = {zero, zero, zero, zero, zero};  // of an access to memory: the address, then what is stored
  std::int64_t offset = 0;                            // added to the address
  std::uint32_t target = 0;                           // the next instruction, or the number of the call
  Operation operation = nullptr;
};

struct Function;

// Arguments and result lie in the caller's frame at these offsets.
struct Call {
  std::string callee;
  const Function* function = nullptr;  // null: cudaGraphSetConditional
  std::vector<std::uint32_t> arguments;
  std::vector<std::uint32_t> results;  // one or none
};

struct Variable {
  std::uint32_t offset = 0, bytes = 0;
};

struct Function {
  std::string name;
  bool is_kernel = false;
  std::vector<Variable> parameters;  // of what is not a kernel: in the frame, the result first if there is one
  bool has_result = false;
  std::uint32_t parameter_bytes = 0, frame_bytes = 0, local_bytes = 0, static_shared_bytes = 0;
  bool uses_dynamic_shared = false;
  std::uint32_t most_threads = 1024;  // of a block
  std::vector<Word> initial;          // registers when a thread begins
  std::vector<Instruction> code;
  std::vector<std::string> text;  // of each instruction, for messages
  std::vector<Call> calls;
};

// Where the block's shared memory lies among generic addresses.
constexpr Word shared_window = 0x5000'0000'0000;

// What is read from a register of another function, or of nobody, gives itself away.
constexpr Word poison = 0xdead'beef'dead'beef;

using Functions = std::map<std::string, std::unique_ptr<Function>, std::less<>>;

}  // namespace ptx
