// One way in: every exported function runs inside `guarded`, so that no C++ exception leaves the addon.
#pragma once

#include "convert.h"

#include <initializer_list>

namespace pinmem {

constexpr size_t kMaxArguments = 48;

struct Arguments {
  size_t count;
  napi_value values[kMaxArguments];
  napi_value operator[](size_t index) const { return values[index]; }
};

using Body = napi_value (*)(Environment&, napi_env, const Arguments&);

void throw_to_javascript(napi_env env);

template <Body body>
napi_value guarded(napi_env env, napi_callback_info info) {
  try {
    Arguments arguments;
    arguments.count = kMaxArguments;
    check(env, napi_get_cb_info(env, info, &arguments.count, arguments.values, nullptr, nullptr), "arguments");
    if (arguments.count > kMaxArguments) throw std::runtime_error("internal: more arguments than the addon reads");
    return body(Environment::of(env), env, arguments);
  } catch (...) {
    throw_to_javascript(env);
    return nullptr;
  }
}

template <Body body>
void define(napi_env env, napi_value exports, const char* name) {
  napi_value function;
  check(env, napi_create_function(env, name, NAPI_AUTO_LENGTH, guarded<body>, nullptr, &function), name);
  set(env, exports, name, function);
}

// Each concern registers its functions.
void register_dispatch(napi_env env, napi_value exports);
void register_tensors(napi_env env, napi_value exports);
void register_autograd(napi_env env, napi_value exports);
void register_profile(napi_env env, napi_value exports);
void register_modes(napi_env env, napi_value exports);
void register_devices(napi_env env, napi_value exports);
void register_random(napi_env env, napi_value exports);
void register_warnings(napi_env env, napi_value exports);
void register_process_groups(napi_env env, napi_value exports);

}  // namespace pinmem
