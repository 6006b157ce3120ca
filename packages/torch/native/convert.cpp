#include "convert.h"

#include <ATen/core/List.h>
#include <c10/core/Layout.h>
#include <c10/core/MemoryFormat.h>

#include <cmath>
#include <cstdlib>

namespace pinmem {

namespace {

constexpr double kMaxSafeInteger = 9007199254740991.0;

napi_valuetype type_of(napi_env env, napi_value value) {
  napi_valuetype type;
  check(env, napi_typeof(env, value, &type), "typeof");
  return type;
}

const char* type_name(napi_valuetype type) {
  switch (type) {
    case napi_undefined: return "undefined";
    case napi_null: return "null";
    case napi_boolean: return "a boolean";
    case napi_number: return "a number";
    case napi_string: return "a string";
    case napi_symbol: return "a symbol";
    case napi_function: return "a function";
    case napi_bigint: return "a bigint";
    default: return "an object";
  }
}

[[noreturn]] void mismatch(napi_env env, const std::string& name, const char* expected, napi_value value) {
  throw ArgumentError(name, "argument '" + name + "' must be " + expected + ", got " + type_name(type_of(env, value)));
}

std::string print(double value) {
  char buffer[32];
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  for (int digits : {15, 17}) {  // 0.1 rather than 0.10000000000000001
    std::snprintf(buffer, sizeof buffer, "%.*g", digits, value);
    if (std::strtod(buffer, nullptr) == value) break;
  }
  return buffer;
}

// Enumerations are integers on the stack; JavaScript names them.
using Names = std::vector<std::pair<const char*, int64_t>>;

const Names& dtype_names() {
  static const Names names = {
      {"uint8", int64_t(at::kByte)}, {"int8", int64_t(at::kChar)}, {"int16", int64_t(at::kShort)},
      {"int32", int64_t(at::kInt)}, {"int64", int64_t(at::kLong)}, {"float16", int64_t(at::kHalf)},
      {"float32", int64_t(at::kFloat)}, {"float64", int64_t(at::kDouble)}, {"bool", int64_t(at::kBool)},
      {"bfloat16", int64_t(at::kBFloat16)}, {"complex64", int64_t(at::kComplexFloat)},
      {"complex128", int64_t(at::kComplexDouble)}};
  return names;
}

const Names& memory_format_names() {
  static const Names names = {{"contiguous", int64_t(at::MemoryFormat::Contiguous)},
                              {"preserve", int64_t(at::MemoryFormat::Preserve)},
                              {"channelsLast", int64_t(at::MemoryFormat::ChannelsLast)},
                              {"channelsLast3d", int64_t(at::MemoryFormat::ChannelsLast3d)}};
  return names;
}

const Names& layout_names() {
  static const Names names = {{"strided", int64_t(at::kStrided)}, {"sparse", int64_t(at::kSparse)}};
  return names;
}

int64_t to_enumerator(napi_env env, const std::string& name, const char* what, const Names& names, napi_value value) {
  const bool is_string = type_of(env, value) == napi_string;
  const std::string text = is_string ? to_string(env, value) : "";
  std::string known;
  for (const auto& [spelling, code] : names) {
    if (is_string && text == spelling) return code;
    known += (known.empty() ? "" : ", ") + std::string(spelling);
  }
  throw ArgumentError(name, "argument '" + name + "' must be a " + what + " (" + known + "), got " +
                                (is_string ? '"' + text + '"' : type_name(type_of(env, value))));
}

double to_number(napi_env env, const std::string& name, napi_value value) {
  double number;
  if (napi_get_value_double(env, value, &number) != napi_ok) mismatch(env, name, "a number", value);
  return number;
}

at::Scalar to_scalar(napi_env env, const std::string& name, napi_value value) {
  switch (type_of(env, value)) {
    case napi_number: {
      const double number = to_number(env, name, value);
      const bool integral = number == std::trunc(number) && std::abs(number) <= kMaxSafeInteger &&
                            !(number == 0 && std::signbit(number));
      return integral ? at::Scalar(static_cast<int64_t>(number)) : at::Scalar(number);
    }
    case napi_boolean: return at::Scalar(to_bool(env, value));
    case napi_bigint: return at::Scalar(to_int(env, name, value));
    case napi_object: {  // a Float64Array of length one is a number that is a float even when integral
      bool typed = false;
      napi_typedarray_type type;
      size_t length = 0;
      void* data = nullptr;
      if (napi_is_typedarray(env, value, &typed) == napi_ok && typed &&
          napi_get_typedarray_info(env, value, &type, &length, &data, nullptr, nullptr) == napi_ok &&
          type == napi_float64_array && length == 1) {
        return at::Scalar(*static_cast<double*>(data));
      }
      [[fallthrough]];
    }
    default: mismatch(env, name, "a number, a boolean or a bigint", value);
  }
}

bool is_array(napi_env env, napi_value value) {
  bool result = false;
  check(env, napi_is_array(env, value, &result), "is_array");
  return result;
}

template <typename Visit>
void for_each(napi_env env, const std::string& name, const char* expected, napi_value value, Visit visit) {
  if (!is_array(env, value)) mismatch(env, name, expected, value);
  uint32_t length = 0;
  check(env, napi_get_array_length(env, value, &length), "array length");
  for (uint32_t i = 0; i < length; ++i) {
    napi_value element;
    check(env, napi_get_element(env, value, i, &element), "array element");
    visit(element);
  }
}

// The next values of the list buffer, where JavaScript gives their count instead of an array.
struct Listed {
  const double* begin = nullptr;
  uint32_t count = 0;
};

bool listed(Environment& environment, napi_env env, napi_value value, Listed* list) {
  if (napi_get_value_uint32(env, value, &list->count) != napi_ok) return false;
  if (environment.list_cursor + list->count > Environment::kListBuffer) {
    throw std::runtime_error("internal: the list buffer is too short");
  }
  list->begin = environment.list_buffer + environment.list_cursor;
  environment.list_cursor += list->count;
  return true;
}

int64_t checked_int(const std::string& name, double number) {
  if (!std::isfinite(number) || number != std::trunc(number)) {
    throw ArgumentError(name, "argument '" + name + "' must be an integer, got " + print(number));
  }
  if (std::abs(number) > kMaxSafeInteger) {
    throw ArgumentError(name, "argument '" + name + "' is " + print(number) + ": integers beyond 2^53 must be bigints");
  }
  return static_cast<int64_t>(number);
}

// int[2] takes one number for both.
template <typename T, typename Convert>
c10::List<T> to_list(napi_env env, const Parameter& p, const char* expected, napi_value value, Convert convert) {
  c10::List<T> list;
  uint32_t length = 0;
  if (napi_get_array_length(env, value, &length) != napi_ok) {
    if (p.fixed_length <= 0) mismatch(env, p.name, expected, value);
    const T single = convert(value);
    for (int64_t i = 0; i < p.fixed_length; ++i) list.push_back(single);
    return list;
  }
  list.reserve(length);
  for (uint32_t i = 0; i < length; ++i) {
    napi_value element;
    check(env, napi_get_element(env, value, i, &element), "array element");
    list.push_back(convert(element));
  }
  return list;
}

Kind kind_of(const c10::Type& type);

Kind list_kind(const c10::Type& element) {
  if (element.kind() == c10::TypeKind::OptionalType) {
    const auto& inner = element.expectRef<c10::OptionalType>().getElementType();
    return inner->kind() == c10::TypeKind::TensorType ? Kind::OptionalTensorList : Kind::Unsupported;
  }
  switch (kind_of(element)) {
    case Kind::Tensor: return Kind::TensorList;
    case Kind::Int: return Kind::IntList;
    case Kind::Float: return Kind::FloatList;
    case Kind::Bool: return Kind::BoolList;
    case Kind::Scalar: return Kind::ScalarList;
    default: return Kind::Unsupported;
  }
}

Kind kind_of(const c10::Type& type) {
  switch (type.kind()) {
    case c10::TypeKind::TensorType: return Kind::Tensor;
    case c10::TypeKind::IntType:
    case c10::TypeKind::SymIntType: return Kind::Int;
    case c10::TypeKind::FloatType: return Kind::Float;
    case c10::TypeKind::BoolType: return Kind::Bool;
    case c10::TypeKind::NumberType: return Kind::Scalar;
    case c10::TypeKind::StringType: return Kind::String;
    case c10::TypeKind::DeviceObjType: return Kind::Device;
    case c10::TypeKind::ScalarTypeType: return Kind::DType;
    case c10::TypeKind::MemoryFormatType: return Kind::MemoryFormat;
    case c10::TypeKind::LayoutType: return Kind::Layout;
    case c10::TypeKind::GeneratorType: return Kind::Generator;
    case c10::TypeKind::ListType: return list_kind(*type.expectRef<c10::ListType>().getElementType());
    default: return Kind::Unsupported;
  }
}

}  // namespace

Parameter plan(const c10::Argument& argument) {
  Parameter p;
  p.name = argument.name();
  c10::TypePtr type = argument.real_type();  // type() calls enumerations integers
  p.optional = type->kind() == c10::TypeKind::OptionalType;
  if (p.optional) type = type->expectRef<c10::OptionalType>().getElementType();
  p.kind = kind_of(*type);
  p.fixed_length = argument.N().has_value() ? *argument.N() : 0;
  p.has_default = argument.default_value().has_value();
  if (p.has_default) p.default_value = *argument.default_value();
  return p;
}

c10::IValue to_ivalue(Environment& environment, napi_env env, const Parameter& p, napi_value value) {
  // The two commonest arguments, a tensor and its absence, are told apart without asking for the type first.
  if (p.kind == Kind::Tensor) {
    uint32_t handle;
    if (napi_get_value_uint32(env, value, &handle) == napi_ok) return c10::IValue(environment.get(handle));
  }
  const napi_valuetype type = type_of(env, value);
  if (type == napi_undefined) {
    if (p.has_default) return p.default_value;
    if (p.optional) return c10::IValue();
    throw ArgumentError(p.name, "argument '" + p.name + "' is missing");
  }
  if (type == napi_null && p.optional) return c10::IValue();
  switch (p.kind) {
    case Kind::Tensor: mismatch(env, p.name, "a tensor", value);
    case Kind::TensorList: {
      c10::List<at::Tensor> list;
      Listed values;
      if (listed(environment, env, value, &values)) {
        list.reserve(values.count);
        for (uint32_t i = 0; i < values.count; ++i) {
          list.push_back(environment.get(static_cast<uint32_t>(values.begin[i])));
        }
        return c10::IValue(std::move(list));
      }
      for_each(env, p.name, "an array of tensors", value,
               [&](napi_value element) { list.push_back(environment.get(to_handle(env, element))); });
      return c10::IValue(std::move(list));
    }
    case Kind::OptionalTensorList: {
      c10::impl::GenericList list(c10::OptionalType::ofTensor());
      for_each(env, p.name, "an array of tensors or nulls", value, [&](napi_value element) {
        list.push_back(is_nullish(env, element) ? c10::IValue()
                                                : c10::IValue(environment.get(to_handle(env, element))));
      });
      return c10::IValue(std::move(list));
    }
    case Kind::Int: return c10::IValue(to_int(env, p.name, value));
    case Kind::IntList:
      if (Listed values; listed(environment, env, value, &values)) {
        c10::List<int64_t> list;
        list.reserve(values.count);
        for (uint32_t i = 0; i < values.count; ++i) list.push_back(checked_int(p.name, values.begin[i]));
        return c10::IValue(std::move(list));
      }
      return c10::IValue(to_list<int64_t>(env, p, "an array of integers", value,
                                          [&](napi_value v) { return to_int(env, p.name, v); }));
    case Kind::Float: return c10::IValue(to_number(env, p.name, value));
    case Kind::FloatList:
      return c10::IValue(to_list<double>(env, p, "an array of numbers", value,
                                         [&](napi_value v) { return to_number(env, p.name, v); }));
    case Kind::Bool:
      if (type != napi_boolean) mismatch(env, p.name, "a boolean", value);
      return c10::IValue(to_bool(env, value));
    case Kind::BoolList:
      return c10::IValue(to_list<bool>(env, p, "an array of booleans", value, [&](napi_value v) {
        if (type_of(env, v) != napi_boolean) mismatch(env, p.name, "an array of booleans", v);
        return to_bool(env, v);
      }));
    case Kind::Scalar: return c10::IValue(to_scalar(env, p.name, value));
    case Kind::ScalarList: {
      c10::impl::GenericList list(c10::NumberType::get());
      for_each(env, p.name, "an array of numbers", value,
               [&](napi_value element) { list.push_back(c10::IValue(to_scalar(env, p.name, element))); });
      return c10::IValue(std::move(list));
    }
    case Kind::String:
      if (type != napi_string) mismatch(env, p.name, "a string", value);
      return c10::IValue(to_string(env, value));
    case Kind::Device:
      return c10::IValue(to_device(env, p.name, value));
    case Kind::DType: return c10::IValue(to_enumerator(env, p.name, "dtype", dtype_names(), value));
    case Kind::MemoryFormat:
      return c10::IValue(to_enumerator(env, p.name, "memory format", memory_format_names(), value));
    case Kind::Layout: return c10::IValue(to_enumerator(env, p.name, "layout", layout_names(), value));
    case Kind::Generator:
      throw ArgumentError(p.name, "argument '" + p.name + "' cannot be passed: seed the default generator instead");
    case Kind::Unsupported: break;
  }
  throw ArgumentError(p.name, "argument '" + p.name + "' has a type that this binding does not convert");
}

napi_value from_ivalue(Environment& environment, napi_env env, const c10::IValue& value) {
  napi_value result;
  if (value.isTensor()) {
    const at::Tensor& tensor = value.toTensor();
    if (!tensor.defined()) {
      check(env, napi_get_null(env, &result), "null");
    } else {
      check(env, napi_create_uint32(env, environment.add(tensor), &result), "handle");
    }
    return result;
  }
  if (value.isInt()) return from_int(env, value.toInt());
  if (value.isDouble()) {
    check(env, napi_create_double(env, value.toDouble(), &result), "number");
    return result;
  }
  if (value.isBool()) return from_bool(env, value.toBool());
  if (value.isString()) return from_string(env, value.toStringRef());
  if (value.isNone()) {
    check(env, napi_get_null(env, &result), "null");
    return result;
  }
  const auto array = [&](size_t size, auto element) {
    check(env, napi_create_array_with_length(env, size, &result), "array");
    for (size_t i = 0; i < size; ++i) {
      check(env, napi_set_element(env, result, static_cast<uint32_t>(i), element(i)), "array element");
    }
    return result;
  };
  if (value.isList()) {
    const auto list = value.toListRef();
    return array(list.size(), [&](size_t i) { return from_ivalue(environment, env, list[i]); });
  }
  if (value.isTuple()) {
    const auto& elements = value.toTupleRef().elements();
    return array(elements.size(), [&](size_t i) { return from_ivalue(environment, env, elements[i]); });
  }
  if (value.isScalar()) {
    check(env, napi_create_double(env, value.toScalar().toDouble(), &result), "number");
    return result;
  }
  throw std::runtime_error("internal: an operator returned a " + value.tagKind() + ", which this binding does not convert");
}

int64_t to_int(napi_env env, const std::string& name, napi_value value) {
  double number;
  if (napi_get_value_double(env, value, &number) == napi_ok) {
    return checked_int(name, number);
  }
  switch (type_of(env, value)) {
    case napi_bigint: {
      int64_t number = 0;
      bool lossless = false;
      check(env, napi_get_value_bigint_int64(env, value, &number, &lossless), "bigint");
      if (!lossless) throw ArgumentError(name, "argument '" + name + "' does not fit into 64 bits");
      return number;
    }
    default: mismatch(env, name, "an integer", value);
  }
}

uint32_t to_handle(napi_env env, napi_value value) {
  uint32_t handle = 0;
  if (napi_get_value_uint32(env, value, &handle) != napi_ok) {
    throw std::runtime_error("internal: a tensor handle must be an integer");
  }
  return handle;
}

std::vector<at::Tensor> to_tensors(Environment& environment, napi_env env, napi_value array) {
  std::vector<at::Tensor> tensors;
  for_each(env, "tensors", "an array of tensors", array, [&](napi_value element) {
    tensors.push_back(is_nullish(env, element) ? at::Tensor() : environment.get(to_handle(env, element)));
  });
  return tensors;
}

std::vector<int64_t> to_ints(napi_env env, const std::string& name, napi_value array) {
  std::vector<int64_t> values;
  for_each(env, name, "an array of integers", array,
           [&](napi_value element) { values.push_back(to_int(env, name, element)); });
  return values;
}

std::string to_string(napi_env env, napi_value value) {
  size_t length = 0;
  check(env, napi_get_value_string_utf8(env, value, nullptr, 0, &length), "string");
  std::string text(length, '\0');
  check(env, napi_get_value_string_utf8(env, value, &text[0], length + 1, &length), "string");
  return text;
}

bool to_bool(napi_env env, napi_value value) {
  bool result = false;
  check(env, napi_get_value_bool(env, value, &result), "boolean");
  return result;
}

bool is_nullish(napi_env env, napi_value value) {
  const napi_valuetype type = type_of(env, value);
  return type == napi_undefined || type == napi_null;
}

napi_value from_string(napi_env env, const std::string& value) {
  napi_value result;
  check(env, napi_create_string_utf8(env, value.data(), value.size(), &result), "string");
  return result;
}

napi_value from_int(napi_env env, int64_t value) {
  napi_value result;
  check(env, napi_create_int64(env, value, &result), "integer");
  return result;
}

napi_value from_bool(napi_env env, bool value) {
  napi_value result;
  check(env, napi_get_boolean(env, value, &result), "boolean");
  return result;
}

napi_value undefined(napi_env env) {
  napi_value result;
  check(env, napi_get_undefined(env, &result), "undefined");
  return result;
}

c10::Device to_device(napi_env env, const std::string& name, napi_value value) {
  constexpr const char* expected = "a device such as \"cpu\" or \"cuda:0\"";
  if (type_of(env, value) != napi_string) mismatch(env, name, expected, value);
  const std::string text = to_string(env, value);
  std::string reason;
  try {
    const c10::Device device(text);
    reason = why_unavailable(device);
    if (reason.empty()) return device;
  } catch (const std::exception&) {  // not only c10::Error: an index beyond int is std::out_of_range
    throw ArgumentError(name, "argument '" + name + "' must be " + expected + ", got \"" + text + '"');
  }
  throw ArgumentError(name, "argument '" + name + "' is \"" + text + "\", but there is no such device: " + reason);
}

c10::ScalarType to_dtype(napi_env env, napi_value name) {
  return static_cast<c10::ScalarType>(to_enumerator(env, "dtype", "dtype", dtype_names(), name));
}

void set(napi_env env, napi_value object, const char* key, napi_value value) {
  check(env, napi_set_named_property(env, object, key, value), key);
}

}  // namespace pinmem
