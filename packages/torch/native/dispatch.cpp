// The one door to ATen: an operator is looked up by name, its schema directs the conversion of arguments
// and results, and libtorch's dispatcher does the rest (autograd, autocast, device, dtype).
#include "function.h"
#include "signals.h"

#include <ATen/core/function_schema.h>

#include <sstream>

namespace pinmem {

namespace {

template <typename T>
std::string print(const T& value) {
  std::ostringstream stream;
  stream << value;
  return stream.str();
}

int written_argument(const c10::FunctionSchema& schema, const c10::Argument& result) {
  const auto* alias = result.alias_info();
  if (!alias || !alias->isWrite()) return -1;
  const auto& arguments = schema.arguments();
  for (size_t i = 0; i < arguments.size(); ++i) {
    const auto* other = arguments[i].alias_info();
    if (other && other->isWrite() && other->beforeSets() == alias->beforeSets()) return static_cast<int>(i);
  }
  return -1;
}

Operator describe(const c10::OperatorHandle& handle) {
  Operator result(handle);
  const auto& schema = handle.schema();
  for (const auto& argument : schema.arguments()) result.parameters.push_back(plan(argument));
  for (const auto& value : schema.returns()) result.return_aliases.push_back(written_argument(schema, value));
  const std::string& name = schema.name();
  for (const char* part : {"conv", "mkldnn"}) result.generates_code |= name.find(part) != std::string::npos;
  return result;
}

// resolve(name, overload) -> operator id, or -1 where this libtorch has no such operator
napi_value resolve(Environment& environment, napi_env env, const Arguments& arguments) {
  const auto handle =
      c10::Dispatcher::singleton().findSchema({to_string(env, arguments[0]), to_string(env, arguments[1])});
  if (!handle.has_value()) return from_int(env, -1);
  environment.operators.push_back(describe(*handle));
  return from_int(env, static_cast<int64_t>(environment.operators.size()) - 1);
}

Operator& operator_of(Environment& environment, napi_env env, napi_value id) {
  const uint32_t index = to_handle(env, id);
  if (index >= environment.operators.size()) throw std::runtime_error("internal: unknown operator id");
  return environment.operators[index];
}

// schema(id) -> { text, arguments: [{name, type, kind, optional, fixedLength, kwargOnly, default}], returns: [{type, alias}] }
napi_value schema(Environment& environment, napi_env env, const Arguments& arguments) {
  const Operator& op = operator_of(environment, env, arguments[0]);
  const auto& schema = op.handle.schema();
  napi_value result, list, item;
  check(env, napi_create_object(env, &result), "object");
  set(env, result, "text", from_string(env, print(schema)));
  check(env, napi_create_array(env, &list), "array");
  for (size_t i = 0; i < op.parameters.size(); ++i) {
    const auto& argument = schema.arguments()[i];
    const Parameter& p = op.parameters[i];
    check(env, napi_create_object(env, &item), "object");
    set(env, item, "name", from_string(env, p.name));
    set(env, item, "type", from_string(env, argument.real_type()->str()));
    set(env, item, "kind", from_int(env, static_cast<int64_t>(p.kind)));
    set(env, item, "optional", from_bool(env, p.optional));
    set(env, item, "fixedLength", from_int(env, p.fixed_length));
    set(env, item, "keywordOnly", from_bool(env, argument.kwarg_only()));
    const auto* alias = argument.alias_info();
    set(env, item, "written", from_bool(env, alias && alias->isWrite()));
    set(env, item, "default", p.has_default ? from_string(env, print(p.default_value)) : undefined(env));
    check(env, napi_set_element(env, list, static_cast<uint32_t>(i), item), "array element");
  }
  set(env, result, "arguments", list);
  check(env, napi_create_array(env, &list), "array");
  for (size_t i = 0; i < op.return_aliases.size(); ++i) {
    check(env, napi_create_object(env, &item), "object");
    set(env, item, "type", from_string(env, schema.returns()[i].real_type()->str()));
    set(env, item, "name", from_string(env, schema.returns()[i].name()));
    set(env, item, "alias", from_int(env, op.return_aliases[i]));
    check(env, napi_set_element(env, list, static_cast<uint32_t>(i), item), "array element");
  }
  set(env, result, "returns", list);
  return result;
}

struct ClearStack {
  std::vector<c10::IValue>& stack;
  ~ClearStack() { stack.clear(); }
};

// call(id, ...arguments in schema order): a tensor is its handle, undefined the default, a list of integers or tensors
// an array or the count of its elements in the list buffer. Results that alias a written
// argument come back as undefined: JavaScript returns the argument itself.
napi_value call(Environment& environment, napi_env env, const Arguments& arguments) {
  Operator& op = operator_of(environment, env, arguments[0]);
  const size_t count = op.parameters.size();
  if (arguments.count > count + 1) throw std::runtime_error("internal: more arguments than the operator takes");
  auto& stack = environment.stack;
  environment.list_cursor = 0;
  ClearStack clear{stack};
  stack.clear();
  stack.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    const Parameter& p = op.parameters[i];
    if (i + 1 < arguments.count) {
      stack.push_back(to_ivalue(environment, env, p, arguments[i + 1]));
    } else if (p.has_default) {
      stack.push_back(p.default_value);
    } else if (p.optional) {
      stack.emplace_back();
    } else {
      throw ArgumentError(p.name, "argument '" + p.name + "' is missing");
    }
  }
  if (op.generates_code) {
    const ProfilerWaits wait;
    op.handle.callBoxed(&stack);
  } else {
    op.handle.callBoxed(&stack);
  }
  const auto convert = [&](size_t i) {
    return op.return_aliases[i] >= 0 ? undefined(env) : from_ivalue(environment, env, stack[i]);
  };
  napi_value result;
  if (stack.size() == 1) {
    result = convert(0);
  } else if (stack.empty()) {
    result = undefined(env);
  } else {
    check(env, napi_create_array_with_length(env, stack.size(), &result), "array");
    for (size_t i = 0; i < stack.size(); ++i) {
      check(env, napi_set_element(env, result, static_cast<uint32_t>(i), convert(i)), "array element");
    }
  }
  environment.report_memory();
  return result;
}

// operators() -> every "aten::name.overload" that this libtorch knows
napi_value operators(Environment&, napi_env env, const Arguments&) {
  napi_value list;
  check(env, napi_create_array(env, &list), "array");
  uint32_t index = 0;
  for (const auto& name : c10::Dispatcher::singleton().getAllOpNames()) {
    check(env, napi_set_element(env, list, index++, from_string(env, print(name))), "array element");
  }
  return list;
}

}  // namespace

void register_dispatch(napi_env env, napi_value exports) {
  define<resolve>(env, exports, "resolve");
  define<schema>(env, exports, "schema");
  define<call>(env, exports, "call");
  define<operators>(env, exports, "operators");
}

}  // namespace pinmem
