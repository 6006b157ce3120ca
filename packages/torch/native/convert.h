// JavaScript values to libtorch values and back, directed by an operator's schema.
#pragma once

#include "environment.h"

namespace pinmem {

// Describes one schema argument once, so that a call only looks at `kind`.
Parameter plan(const c10::Argument& argument);

c10::IValue to_ivalue(Environment& environment, napi_env env, const Parameter& parameter, napi_value value);
napi_value from_ivalue(Environment& environment, napi_env env, const c10::IValue& value);

// Helpers for the functions that are no operators.
int64_t to_int(napi_env env, const std::string& name, napi_value value);
uint32_t to_handle(napi_env env, napi_value value);
std::vector<at::Tensor> to_tensors(Environment& environment, napi_env env, napi_value array);
std::vector<int64_t> to_ints(napi_env env, const std::string& name, napi_value array);
std::string to_string(napi_env env, napi_value value);
bool to_bool(napi_env env, napi_value value);
bool is_nullish(napi_env env, napi_value value);

napi_value from_string(napi_env env, const std::string& value);
napi_value from_int(napi_env env, int64_t value);
napi_value from_bool(napi_env env, bool value);
napi_value undefined(napi_env env);

// "cuda:1"; an argument error where the machine has no such device
c10::Device to_device(napi_env env, const std::string& name, napi_value value);
// Empty where tensors can live on the device (devices.cpp).
std::string why_unavailable(const c10::Device& device);
// "float32" -> at::kFloat
c10::ScalarType to_dtype(napi_env env, napi_value name);
void set(napi_env env, napi_value object, const char* key, napi_value value);

}  // namespace pinmem
