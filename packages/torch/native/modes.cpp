// Modes of the calling thread: gradients on or off, inference, autocast. JavaScript sets them in pairs
// (try ... finally), so each function returns what has to be restored.
#include "function.h"
#include "version.h"

#include <ATen/autocast_mode.h>
#include <c10/core/GradMode.h>

namespace pinmem {

namespace {

napi_value set_grad_enabled(Environment&, napi_env env, const Arguments& arguments) {
  const bool before = c10::GradMode::is_enabled();
  c10::GradMode::set_enabled(to_bool(env, arguments[0]));
  return from_bool(env, before);
}

napi_value grad_enabled(Environment&, napi_env env, const Arguments&) {
  return from_bool(env, c10::GradMode::is_enabled());
}

napi_value enter_inference(Environment& environment, napi_env env, const Arguments&) {
  environment.inference_modes.push_back(std::make_unique<c10::InferenceMode>(true));
  return undefined(env);
}

napi_value leave_inference(Environment& environment, napi_env env, const Arguments&) {
  if (environment.inference_modes.empty()) throw std::runtime_error("internal: inference mode is not on");
  environment.inference_modes.pop_back();
  return undefined(env);
}

struct Autocast {
  bool enabled;
  c10::ScalarType dtype;
};

#if PINMEM_TORCH_AT_LEAST(2, 4)
Autocast get_autocast(c10::DeviceType device) {
  return {at::autocast::is_autocast_enabled(device), at::autocast::get_autocast_dtype(device)};
}
void set_autocast(c10::DeviceType device, const Autocast& state) {
  at::autocast::set_autocast_enabled(device, state.enabled);
  at::autocast::set_autocast_dtype(device, state.dtype);
}
#else
Autocast get_autocast(c10::DeviceType device) {
  if (device == c10::DeviceType::CPU) return {at::autocast::is_cpu_enabled(), at::autocast::get_autocast_cpu_dtype()};
  return {at::autocast::is_enabled(), at::autocast::get_autocast_gpu_dtype()};
}
void set_autocast(c10::DeviceType device, const Autocast& state) {
  if (device == c10::DeviceType::CPU) {
    at::autocast::set_cpu_enabled(state.enabled);
    at::autocast::set_autocast_cpu_dtype(state.dtype);
  } else {
    at::autocast::set_enabled(state.enabled);
    at::autocast::set_autocast_gpu_dtype(state.dtype);
  }
}
#endif

napi_value autocast_state(napi_env env, const Autocast& state) {
  napi_value result;
  check(env, napi_create_array_with_length(env, 2, &result), "array");
  check(env, napi_set_element(env, result, 0, from_bool(env, state.enabled)), "array element");
  check(env, napi_set_element(env, result, 1, from_int(env, static_cast<int64_t>(state.dtype))), "array element");
  return result;
}

// enterAutocast(device, enabled, dtype) -> [enabled, dtype code] to hand to leaveAutocast
napi_value enter_autocast(Environment&, napi_env env, const Arguments& arguments) {
  const c10::DeviceType device = c10::Device(to_string(env, arguments[0])).type();
  const Autocast before = get_autocast(device);
  set_autocast(device, {to_bool(env, arguments[1]), to_dtype(env, arguments[2])});
  at::autocast::increment_nesting();
  return autocast_state(env, before);
}

// leaveAutocast(device, enabled, dtype code): the cache of cast weights goes with the outermost region
napi_value leave_autocast(Environment&, napi_env env, const Arguments& arguments) {
  const c10::DeviceType device = c10::Device(to_string(env, arguments[0])).type();
  if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
  set_autocast(device, {to_bool(env, arguments[1]), static_cast<c10::ScalarType>(to_int(env, "dtype", arguments[2]))});
  return undefined(env);
}

}  // namespace

void register_modes(napi_env env, napi_value exports) {
  define<set_grad_enabled>(env, exports, "setGradEnabled");
  define<grad_enabled>(env, exports, "gradEnabled");
  define<enter_inference>(env, exports, "enterInference");
  define<leave_inference>(env, exports, "leaveInference");
  define<enter_autocast>(env, exports, "enterAutocast");
  define<leave_autocast>(env, exports, "leaveAutocast");
}

}  // namespace pinmem
