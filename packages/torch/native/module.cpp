// Entry point of the addon: one environment per JavaScript thread, and the functions of every concern.
#include "function.h"
#include "layout.h"
#include "signals.h"

#include <c10/util/Exception.h>
#include <c10/util/Logging.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <mutex>
#include <new>

namespace pinmem {

namespace {

void throw_error(napi_env env, const char* message, const char* argument) {
  napi_value text, error;
  if (napi_create_string_utf8(env, message, NAPI_AUTO_LENGTH, &text) != napi_ok) return;
  if (napi_create_error(env, nullptr, text, &error) != napi_ok) return;
  if (argument) {
    napi_value name;
    if (napi_create_string_utf8(env, argument, NAPI_AUTO_LENGTH, &name) == napi_ok) {
      napi_set_named_property(env, error, "argument", name);
    }
  }
  napi_throw(env, error);
}

// libtorch looks up the C++ frames of every error it throws, which takes milliseconds. Ours carry JavaScript's stack.
void disable_cpp_backtraces() {
  static std::once_flag once;
  std::call_once(once, [] { c10::SetStackTraceFetcher(std::function<std::string()>([] { return std::string(); })); });
}

std::terminate_handler terminate_before = nullptr;

// Memory that runs out in a thread of libtorch's, or where no exception may leave, ends the program: not without saying why.
[[noreturn]] void say_out_of_memory() {
  if (const auto exception = std::current_exception()) {
    try {
      std::rethrow_exception(exception);
    } catch (const std::bad_alloc&) {
      std::fputs("out of memory: there is too little memory or address space for libtorch (ulimit -v)\n", stderr);
    } catch (...) {
    }
  }
  if (terminate_before) terminate_before();
  std::abort();
}

void name_out_of_memory() {
  static std::once_flag once;
  std::call_once(once, [] { terminate_before = std::set_terminate(say_out_of_memory); });
}

}  // namespace

void throw_to_javascript(napi_env env) {
  try {
    throw;
  } catch (const PendingException&) {
  } catch (const ArgumentError& error) {
    throw_error(env, error.what(), error.argument.c_str());
  } catch (const c10::Error& error) {
    throw_error(env, error.what_without_backtrace(), nullptr);
  } catch (const std::bad_alloc&) {
    throw_error(env, "out of memory", nullptr);
  } catch (const std::exception& error) {
    throw_error(env, error.what(), nullptr);
  } catch (...) {
    throw_error(env, "internal: a C++ exception of unknown type", nullptr);
  }
}

}  // namespace pinmem

NAPI_MODULE_INIT() {
  using namespace pinmem;
  try {
    name_out_of_memory();
    leave_signals_to_another_thread();
    disable_cpp_backtraces();
    mend_kernels();
    auto* environment = new Environment(env);
    const auto destroy = [](napi_env, void* data, void*) { delete static_cast<Environment*>(data); };
    check(env, napi_set_instance_data(env, environment, destroy, nullptr), "instance data");
    register_dispatch(env, exports);
    register_tensors(env, exports);
    register_autograd(env, exports);
    register_profile(env, exports);
    register_modes(env, exports);
    register_devices(env, exports);
    register_random(env, exports);
    register_warnings(env, exports);
    register_process_groups(env, exports);
  } catch (...) {
    throw_to_javascript(env);
  }
  return exports;
}
