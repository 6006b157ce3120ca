// Gradients: whether they are wanted, computing them (of any order), and where they are kept.
#include "function.h"
#include "signals.h"

#include <torch/csrc/autograd/autograd.h>

#include <thread>

namespace pinmem {

namespace {

napi_value set_requires_grad(Environment& environment, napi_env env, const Arguments& arguments) {
  const at::Tensor& tensor = environment.get(to_handle(env, arguments[0]));
  const bool wanted = to_bool(env, arguments[1]);
  if (wanted && !tensor.is_floating_point()) {
    throw ArgumentError("requiresGrad", "only tensors of a floating-point dtype can require gradients");
  }
  if (!wanted && !tensor.is_leaf()) {
    throw ArgumentError("requiresGrad", "only a leaf can stop requiring gradients: use detach()");
  }
  tensor.set_requires_grad(wanted);
  return undefined(env);
}

napi_value gradient(Environment& environment, napi_env env, const Arguments& arguments) {
  return from_ivalue(environment, env, c10::IValue(environment.get(to_handle(env, arguments[0])).grad()));
}

napi_value set_gradient(Environment& environment, napi_env env, const Arguments& arguments) {
  const at::Tensor tensor = environment.get(to_handle(env, arguments[0]));
  if (is_nullish(env, arguments[1])) {
    tensor.mutable_grad() = at::Tensor();
    return undefined(env);
  }
  const at::Tensor& value = environment.get(to_handle(env, arguments[1]));
  if (value.sizes() != tensor.sizes() || value.scalar_type() != tensor.scalar_type() || value.device() != tensor.device()) {
    throw ArgumentError("value", "argument 'value' must have the shape, dtype and device of its tensor");
  }
  tensor.mutable_grad() = value;
  return undefined(env);
}

// setData(handle, value): another storage, shape or dtype under the same identity (a module moves to a device)
napi_value set_data(Environment& environment, napi_env env, const Arguments& arguments) {
  const at::Tensor tensor = environment.get(to_handle(env, arguments[0]));
  tensor.set_data(environment.get(to_handle(env, arguments[1])).detach());
  return undefined(env);
}

napi_value retain_grad(Environment& environment, napi_env env, const Arguments& arguments) {
  environment.get(to_handle(env, arguments[0])).retain_grad();
  return undefined(env);
}

struct HandleScope {
  explicit HandleScope(napi_env environment) : env(environment) { check(env, napi_open_handle_scope(env, &scope), "scope"); }
  HandleScope(const HandleScope&) = delete;
  ~HandleScope() { napi_close_handle_scope(env, scope); }
  napi_env env;
  napi_handle_scope scope;
};

// A JavaScript function that sees a gradient on its way. Hooks of tensors on the CPU run on the thread that called backward:
// JavaScript's own. The autograd graph may be freed on any thread, so the reference is given back through the queue of lent
// buffers.
class Hook {
 public:
  Hook(Environment& environment, napi_env env, napi_value function)
      : environment_(environment), env_(env), thread_(std::this_thread::get_id()), lent_(environment.lent()) {
    check(env, napi_create_reference(env, function, 1, &function_), "reference");
  }
  Hook(const Hook&) = delete;
  ~Hook() {
    std::lock_guard<std::mutex> lock(lent_->mutex);
    if (!lent_->closed) lent_->released.push_back(function_);
  }

  at::Tensor operator()(const at::Tensor& gradient) {
    if (!gradient.defined()) return gradient;
    {
      std::lock_guard<std::mutex> lock(lent_->mutex);
      if (lent_->closed) return gradient;
    }
    if (std::this_thread::get_id() != thread_) {
      throw std::runtime_error("a gradient hook can run on the thread of its tensor only");
    }
    const HandleScope scope(env_);
    return call(gradient);
  }

 private:
  // The function takes a handle, which it owns from then on, and gives one, which is ours, or undefined.
  at::Tensor call(const at::Tensor& gradient) {
    napi_value function, global, result;
    check(env_, napi_get_reference_value(env_, function_, &function), "hook");
    check(env_, napi_get_global(env_, &global), "global");
    napi_value argument = from_int(env_, environment_.add(gradient));
    const napi_status status = napi_call_function(env_, global, function, 1, &argument, &result);
    if (status == napi_pending_exception) {
      // libtorch's engine passes C++ exceptions only; the JavaScript one waits for backward to return.
      napi_value error;
      check(env_, napi_get_and_clear_last_exception(env_, &error), "exception");
      environment_.keep_exception(error);
      throw std::runtime_error("a gradient hook threw");
    }
    check(env_, status, "hook");
    if (is_nullish(env_, result)) return gradient;
    const uint32_t handle = to_handle(env_, result);
    at::Tensor changed = environment_.get(handle);
    environment_.release(handle);
    return changed;
  }

  Environment& environment_;
  napi_env env_;
  std::thread::id thread_;
  std::shared_ptr<LentBuffers> lent_;
  napi_ref function_ = nullptr;
};

// registerHook(handle, function): called with each gradient of the tensor before it goes on
napi_value register_hook(Environment& environment, napi_env env, const Arguments& arguments) {
  const at::Tensor tensor = environment.get(to_handle(env, arguments[0]));
  if (!tensor.requires_grad()) {
    throw ArgumentError("this", "only tensors that require gradients have hooks: call requiresGrad_() before");
  }
  if (!tensor.device().is_cpu()) {
    throw ArgumentError("this", "hooks are offered on the CPU only: libtorch runs those of other devices on threads of its own");
  }
  environment.release_lent_buffers();
  const auto hook = std::make_shared<Hook>(environment, env, arguments[1]);
  tensor.register_hook([hook](at::Tensor gradient) -> at::Tensor { return (*hook)(gradient); });
  return undefined(env);
}

// Runs a backward pass; what a hook threw in JavaScript goes on as it was.
template <typename Pass>
auto with_hooks(Environment& environment, const Pass& pass) -> decltype(pass()) {
  try {
    const ProfilerWaits wait;
    return pass();
  } catch (const std::exception&) {
    if (environment.throw_kept_exception()) throw PendingException{};
    throw;
  }
}

// backward(outputs, gradOutputs, retainGraph, createGraph, inputs)
napi_value backward(Environment& environment, napi_env env, const Arguments& arguments) {
  const auto outputs = to_tensors(environment, env, arguments[0]);
  const auto seeds = to_tensors(environment, env, arguments[1]);
  const bool retain = to_bool(env, arguments[2]);
  const bool create = to_bool(env, arguments[3]);
  const auto inputs = to_tensors(environment, env, arguments[4]);
  with_hooks(environment, [&] { torch::autograd::backward(outputs, seeds, retain, create, inputs); });
  environment.report_memory();
  return undefined(env);
}

// grad(outputs, inputs, gradOutputs, retainGraph, createGraph, allowUnused) -> handle or null for each input
napi_value grad(Environment& environment, napi_env env, const Arguments& arguments) {
  const auto outputs = to_tensors(environment, env, arguments[0]);
  const auto inputs = to_tensors(environment, env, arguments[1]);
  const auto seeds = to_tensors(environment, env, arguments[2]);
  const bool retain = to_bool(env, arguments[3]);
  const bool create = to_bool(env, arguments[4]);
  const bool allow_unused = to_bool(env, arguments[5]);
  const auto gradients = with_hooks(environment, [&] {
    return torch::autograd::grad(outputs, inputs, seeds, retain, create, allow_unused);
  });
  napi_value result;
  check(env, napi_create_array_with_length(env, gradients.size(), &result), "array");
  for (size_t i = 0; i < gradients.size(); ++i) {
    const napi_value value = from_ivalue(environment, env, c10::IValue(gradients[i]));
    check(env, napi_set_element(env, result, static_cast<uint32_t>(i), value), "array element");
  }
  environment.report_memory();
  return result;
}

napi_value version(Environment& environment, napi_env env, const Arguments& arguments) {
  return from_int(env, environment.get(to_handle(env, arguments[0]))._version());
}

}  // namespace

void register_autograd(napi_env env, napi_value exports) {
  define<set_requires_grad>(env, exports, "setRequiresGrad");
  define<gradient>(env, exports, "gradient");
  define<set_gradient>(env, exports, "setGradient");
  define<set_data>(env, exports, "setData");
  define<retain_grad>(env, exports, "retainGrad");
  define<register_hook>(env, exports, "registerHook");
  define<backward>(env, exports, "backward");
  define<grad>(env, exports, "grad");
  define<version>(env, exports, "version");
}

}  // namespace pinmem
