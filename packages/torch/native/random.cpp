// Random numbers: seeding every default generator, saving and restoring their states.
#include "function.h"

#include <ATen/Context.h>

namespace pinmem {

namespace {

at::Generator generator_of(napi_env env, napi_value device) {
  at::Generator generator = at::globalContext().defaultGenerator(to_device(env, "device", device));
  if (!generator.defined()) throw ArgumentError("device", "this device has no random generator");
  return generator;
}

napi_value manual_seed(Environment&, napi_env env, const Arguments& arguments) {
  at::manual_seed(static_cast<uint64_t>(to_int(env, "seed", arguments[0])));
  return undefined(env);
}

napi_value random_state(Environment& environment, napi_env env, const Arguments& arguments) {
  at::Generator generator = generator_of(env, arguments[0]);
  std::lock_guard<std::mutex> lock(generator.mutex());
  return from_int(env, environment.add(generator.get_state()));
}

napi_value set_random_state(Environment& environment, napi_env env, const Arguments& arguments) {
  at::Generator generator = generator_of(env, arguments[0]);
  std::lock_guard<std::mutex> lock(generator.mutex());
  generator.set_state(environment.get(to_handle(env, arguments[1])));
  return undefined(env);
}

}  // namespace

void register_random(napi_env env, napi_value exports) {
  define<manual_seed>(env, exports, "manualSeed");
  define<random_state>(env, exports, "randomState");
  define<set_random_state>(env, exports, "setRandomState");
}

}  // namespace pinmem
