// Gradients: whether they are wanted, computing them (of any order), and where they are kept.
#include "function.h"

#include <torch/csrc/autograd/autograd.h>

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

// backward(outputs, gradOutputs, retainGraph, createGraph, inputs)
napi_value backward(Environment& environment, napi_env env, const Arguments& arguments) {
  const auto outputs = to_tensors(environment, env, arguments[0]);
  const auto seeds = to_tensors(environment, env, arguments[1]);
  const bool retain = to_bool(env, arguments[2]);
  const bool create = to_bool(env, arguments[3]);
  const auto inputs = to_tensors(environment, env, arguments[4]);
  torch::autograd::backward(outputs, seeds, retain, create, inputs);
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
  const auto gradients = torch::autograd::grad(outputs, inputs, seeds, retain, create, allow_unused);
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
  define<backward>(env, exports, "backward");
  define<grad>(env, exports, "grad");
  define<version>(env, exports, "version");
}

}  // namespace pinmem
