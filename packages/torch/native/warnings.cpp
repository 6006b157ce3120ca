// libtorch's warnings, on their way to JavaScript instead of to its own log: there they come with the source lines of
// libtorch, and Debian's build puts a line about its logging library before the first.
//
// libtorch asks a handler of the thread on which an operator was called, which is JavaScript's; warnings of a backward pass
// come from there too, at its end. Where several environments share a thread, the last one that loaded the addon hears them.
#include "warnings.h"

#include "function.h"
#include "version.h"

namespace pinmem {

namespace {

#if PINMEM_TORCH_AT_LEAST(2, 0)
namespace handlers = c10::WarningUtils;
#else
namespace handlers = c10::Warning;
#endif

// onWarning(callback): called with the text of each warning, while the operator that warns runs
napi_value on_warning(Environment& environment, napi_env env, const Arguments& arguments) {
  napi_ref callback;
  check(env, napi_create_reference(env, arguments[0], 1, &callback), "reference");
  environment.warnings = std::make_shared<Warnings>(env, callback);
  return undefined(env);
}

}  // namespace

Warnings::Warnings(napi_env env, napi_ref callback) : env_(env), callback_(callback) {
  handlers::set_warning_handler(this);
}

Warnings::~Warnings() {
  if (handlers::get_warning_handler() == this) handlers::set_warning_handler(nullptr);
}

#if PINMEM_TORCH_AT_LEAST(2, 0)
void Warnings::process(const c10::Warning& warning) { tell(warning.msg()); }
#else
void Warnings::process(const c10::SourceLocation&, const std::string& message, bool) { tell(message); }
#endif

// A warning that cannot be told is lost; it must not become an error.
void Warnings::tell(const std::string& message) {
  napi_handle_scope scope;
  if (napi_open_handle_scope(env_, &scope) != napi_ok) return;
  napi_value callback, receiver, text;
  if (napi_get_reference_value(env_, callback_, &callback) == napi_ok && callback &&
      napi_get_undefined(env_, &receiver) == napi_ok &&
      napi_create_string_utf8(env_, message.data(), message.size(), &text) == napi_ok) {
    napi_call_function(env_, receiver, callback, 1, &text, nullptr);
  }
  napi_close_handle_scope(env_, scope);
}

void register_warnings(napi_env env, napi_value exports) { define<on_warning>(env, exports, "onWarning"); }

}  // namespace pinmem
