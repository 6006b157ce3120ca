// State of one JavaScript environment (the main thread or one worker): the table of tensors that JavaScript
// addresses by integer, the operators it has resolved, and what must be given back to V8.
//
// Integers instead of wrapped objects: wrapping each result with N-API doubles the cost of a small operator.
// Environments share nothing, so there are no locks; only buffers released by other threads pass a mutex.
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <c10/core/InferenceMode.h>
#include <node_api.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <vector>

namespace pinmem {

// An argument that does not fit; becomes a JavaScript error with the argument's name in `argument`.
struct ArgumentError : std::runtime_error {
  ArgumentError(std::string argument_name, const std::string& message)
      : std::runtime_error(message), argument(std::move(argument_name)) {}
  std::string argument;
};

// JavaScript has an exception pending already: leave without a second one.
struct PendingException {};

inline void check(napi_env env, napi_status status, const char* what) {
  if (status == napi_ok) return;
  if (status == napi_pending_exception) throw PendingException{};
  const napi_extended_error_info* info = nullptr;
  napi_get_last_error_info(env, &info);
  std::string reason = info && info->error_message ? info->error_message : "unknown N-API error";
  throw std::runtime_error(std::string("internal: ") + what + ": " + reason);
}

// What the schema of an argument means for the conversion from JavaScript. Kind in src/dispatch.ts has the same order.
enum class Kind : uint8_t {
  Tensor, TensorList, OptionalTensorList, Int, IntList, Float, FloatList, Bool, BoolList,
  Scalar, ScalarList, String, Device, DType, MemoryFormat, Layout, Generator, Unsupported
};

struct Parameter {
  std::string name;
  Kind kind;
  bool optional;                // the type is T?
  bool has_default;
  int64_t fixed_length;         // int[2] accepts a single number; 0 where any length goes
  c10::IValue default_value;
};

struct Operator {
  explicit Operator(c10::OperatorHandle operator_handle) : handle(std::move(operator_handle)) {}
  c10::OperatorHandle handle;
  std::vector<Parameter> parameters;
  std::vector<int> return_aliases;  // per result: index of the argument it is written to, or -1
  bool generates_code = false;      // its kernels may use the stack pointer as a register: signals.h
};

class ProfileSession;  // profile.cpp
class Warnings;        // warnings.h

// Typed arrays lent to libtorch. Their tensors may die on any thread, so releases queue up here and
// are carried out on the JavaScript thread.
struct LentBuffers {
  std::mutex mutex;
  std::vector<napi_ref> released;
  bool closed = false;
};

class Environment {
 public:
  explicit Environment(napi_env env) : env_(env), lent_(std::make_shared<LentBuffers>()) {}
  ~Environment();

  static Environment& of(napi_env env);

  uint32_t add(at::Tensor tensor);
  const at::Tensor& get(uint32_t handle) const;
  void release(uint32_t handle);
  uint32_t live() const { return live_; }
  int64_t live_bytes() const { return bytes_; }

  // Tells V8 of tensors' memory, so that it looks for tensors that nobody owns any more. Those of a scope die without it, and
  // V8 would collect all garbage at every pass of a network; so it hears of the least that was alive over many calls, and
  // at once only of more than ever before.
  void report_memory();
  void release_lent_buffers();
  std::shared_ptr<LentBuffers> lent() const { return lent_; }

  // What a gradient hook threw, until the backward pass that ran it has returned.
  void keep_exception(napi_value error);
  bool throw_kept_exception();

  std::vector<Operator> operators;
  std::vector<c10::IValue> stack;
  std::vector<std::unique_ptr<c10::InferenceMode>> inference_modes;
  std::shared_ptr<ProfileSession> profile;  // while one runs
  std::shared_ptr<Warnings> warnings;

  // Shared with JavaScript: describe() writes dtype, device, flags, sizes and strides here.
  static constexpr size_t kScratch = 6 + 2 * 64;
  double scratch[kScratch] = {};
  // Shared with JavaScript: the lists of integers and tensors of a call, one after the other. Reading array elements
  // through N-API costs more than a small operator.
  static constexpr uint32_t kListBuffer = 4096;
  double list_buffer[kListBuffer] = {};
  uint32_t list_cursor = 0;

  // Shared with JavaScript: handles to release in one call.
  static constexpr uint32_t kReleaseList = 1024;
  uint32_t release_list[kReleaseList] = {};

 private:
  struct Slot {
    at::Tensor tensor;
    int64_t bytes = 0;
  };
  napi_env env_;
  std::vector<Slot> slots_;
  std::vector<uint32_t> free_;
  uint32_t live_ = 0;
  int64_t bytes_ = 0;
  int64_t reported_bytes_ = 0;
  int64_t least_bytes_ = 0;  // since the last report
  int64_t most_bytes_ = 16 << 20;
  int calls_since_report_ = 0;
  napi_ref kept_exception_ = nullptr;
  std::shared_ptr<LentBuffers> lent_;
};

}  // namespace pinmem
