// Tensors and typed arrays: copying and zero-copy, in and out; what a tensor is; giving it back.
#include "function.h"

#include <ATen/Functions.h>
#include <c10/core/MemoryFormat.h>

#include <cstring>
#include <limits>

namespace pinmem {

namespace {

struct Bytes {
  void* data;
  size_t length;
};

Bytes bytes_of(napi_env env, napi_value value) {
  bool typed = false;
  check(env, napi_is_typedarray(env, value, &typed), "typed array");
  if (!typed) throw ArgumentError("data", "argument 'data' must be a typed array");
  napi_typedarray_type type;
  size_t count = 0;
  void* data = nullptr;
  check(env, napi_get_typedarray_info(env, value, &type, &count, &data, nullptr, nullptr), "typed array");
  size_t width = 1;
  switch (type) {
    case napi_int16_array:
    case napi_uint16_array: width = 2; break;
    case napi_int32_array:
    case napi_uint32_array:
    case napi_float32_array: width = 4; break;
    case napi_float64_array:
    case napi_bigint64_array:
    case napi_biguint64_array: width = 8; break;
    default: break;
  }
  return {data, count * width};
}

size_t bytes_needed(const std::vector<int64_t>& shape, c10::ScalarType dtype) {
  size_t total = c10::elementSize(dtype);
  for (int64_t size : shape) {
    if (size < 0) throw ArgumentError("shape", "argument 'shape' must not be negative, got " + std::to_string(size));
    if (size != 0 && total > std::numeric_limits<size_t>::max() / 2 / static_cast<size_t>(size)) {
      throw ArgumentError("shape", "argument 'shape' holds more elements than memory can");
    }
    total *= static_cast<size_t>(size);
  }
  return total;
}

// fromBuffer(typedArray, shape, dtype, copy) -> handle
napi_value from_buffer(Environment& environment, napi_env env, const Arguments& arguments) {
  environment.release_lent_buffers();
  const Bytes source = bytes_of(env, arguments[0]);
  const auto shape = to_ints(env, "shape", arguments[1]);
  const c10::ScalarType dtype = to_dtype(env, arguments[2]);
  const size_t needed = bytes_needed(shape, dtype);
  if (needed != source.length) {
    throw ArgumentError("shape", "argument 'shape' needs " + std::to_string(needed) + " bytes, the data has " +
                                     std::to_string(source.length));
  }
  at::Tensor tensor;
  if (to_bool(env, arguments[3]) || needed == 0) {
    tensor = at::empty(shape, at::TensorOptions().dtype(dtype));
    if (needed) std::memcpy(tensor.data_ptr(), source.data, needed);
  } else {
    if (reinterpret_cast<uintptr_t>(source.data) % c10::elementSize(dtype) != 0) {
      throw ArgumentError("data", "argument 'data' is not aligned for its dtype: pass a copy");
    }
    napi_ref reference;
    check(env, napi_create_reference(env, arguments[0], 1, &reference), "reference");
    const auto give_back = [lent = environment.lent(), reference](void*) {
      std::lock_guard<std::mutex> lock(lent->mutex);
      if (!lent->closed) lent->released.push_back(reference);
    };
    tensor = at::from_blob(source.data, shape, give_back, at::TensorOptions().dtype(dtype));
  }
  return from_int(env, environment.add(std::move(tensor)));
}

// Autograd makes zeros without memory, and some operators negate or conjugate on paper only.
bool has_plain_memory(const at::Tensor& tensor) {
  return tensor.layout() == at::kStrided && !tensor._is_zerotensor() && !tensor.is_neg() && !tensor.is_conj();
}

at::Tensor materialised(const at::Tensor& tensor) {
  if (tensor.layout() != at::kStrided) return tensor.to_dense();
  if (tensor._is_zerotensor()) return at::zeros(tensor.sizes(), tensor.options());
  return tensor.resolve_conj().resolve_neg();
}

// copyTo(handle, typedArray): contiguous elements into memory of the same size
napi_value copy_to(Environment& environment, napi_env env, const Arguments& arguments) {
  const at::Tensor tensor = materialised(environment.get(to_handle(env, arguments[0])).detach()).cpu().contiguous();
  const Bytes target = bytes_of(env, arguments[1]);
  if (target.length != tensor.nbytes()) {
    throw ArgumentError("target", "argument 'target' has " + std::to_string(target.length) + " bytes, the tensor " +
                                      std::to_string(tensor.nbytes()));
  }
  if (target.length) std::memcpy(target.data, tensor.data_ptr(), target.length);
  return undefined(env);
}

// view(handle) -> ArrayBuffer over the tensor's own memory, which stays alive as long as the buffer
napi_value view(Environment& environment, napi_env env, const Arguments& arguments) {
  const at::Tensor& tensor = environment.get(to_handle(env, arguments[0]));
  if (!tensor.device().is_cpu() || !has_plain_memory(tensor) || !tensor.is_contiguous()) {
    throw std::runtime_error("a view of the data needs a contiguous tensor with memory of its own on the CPU");
  }
  napi_value buffer;
  if (tensor.nbytes() == 0) {
    void* data;
    check(env, napi_create_arraybuffer(env, 0, &data, &buffer), "array buffer");
    return buffer;
  }
  auto* keep = new at::Tensor(tensor.detach());
  // Another size would move the memory from below the buffer. As for numpy(), it is fixed from now on.
  keep->storage().unsafeGetStorageImpl()->set_resizable(false);
  const auto release = [](napi_env, void*, void* kept) { delete static_cast<at::Tensor*>(kept); };
  const napi_status status =
      napi_create_external_arraybuffer(env, keep->data_ptr(), keep->nbytes(), release, keep, &buffer);
  if (status != napi_ok) delete keep;
  check(env, status, "external array buffer");
  return buffer;
}

// item(handle) -> number | boolean | bigint for what a double cannot hold
napi_value item(Environment& environment, napi_env env, const Arguments& arguments) {
  const at::Tensor& tensor = environment.get(to_handle(env, arguments[0]));
  if (tensor.numel() != 1) {
    throw std::runtime_error("a tensor with " + std::to_string(tensor.numel()) + " elements is no single number");
  }
  const at::Scalar value = tensor.item();
  napi_value result;
  if (value.isBoolean()) return from_bool(env, value.toBool());
  if (value.isIntegral(false)) {
    const int64_t integer = value.toLong();
    if (integer > 9007199254740991 || integer < -9007199254740991) {
      check(env, napi_create_bigint_int64(env, integer, &result), "bigint");
      return result;
    }
    return from_int(env, integer);
  }
  check(env, napi_create_double(env, value.toDouble(), &result), "number");
  return result;
}

// describe(handle): dtype code, device type, device index, flags, dimensions, element count, then sizes and strides
// (which are zero where the layout has none)
napi_value describe(Environment& environment, napi_env env, const Arguments& arguments) {
  const at::Tensor& tensor = environment.get(to_handle(env, arguments[0]));
  double* out = environment.scratch;
  const int64_t dimensions = tensor.dim();
  if (dimensions > 64) throw std::runtime_error("tensors of more than 64 dimensions are not supported");
  out[0] = static_cast<double>(tensor.scalar_type());
  out[1] = static_cast<double>(static_cast<int>(tensor.device().type()));
  out[2] = tensor.device().index();
  const bool strided = tensor.layout() == at::kStrided;
  out[3] = (tensor.requires_grad() ? 1 : 0) | (tensor.is_leaf() ? 2 : 0) | (strided && tensor.is_contiguous() ? 4 : 0) |
           (strided && dimensions == 4 && tensor.is_contiguous(at::MemoryFormat::ChannelsLast) ? 8 : 0);
  out[4] = static_cast<double>(dimensions);
  out[5] = static_cast<double>(tensor.numel());
  for (int64_t i = 0; i < dimensions; ++i) {
    out[6 + i] = static_cast<double>(tensor.size(i));
    out[6 + dimensions + i] = strided ? static_cast<double>(tensor.stride(i)) : 0;
  }
  return undefined(env);
}

// Memory that JavaScript reads and writes directly lives as long as the environment.
template <typename T, size_t N>
napi_value shared(napi_env env, T (&memory)[N]) {
  napi_value buffer;
  check(env, napi_create_external_arraybuffer(env, memory, sizeof memory, nullptr, nullptr, &buffer), "array buffer");
  return buffer;
}

napi_value scratch(Environment& environment, napi_env env, const Arguments&) { return shared(env, environment.scratch); }

napi_value list_buffer(Environment& environment, napi_env env, const Arguments&) {
  return shared(env, environment.list_buffer);
}

napi_value release_list(Environment& environment, napi_env env, const Arguments&) {
  return shared(env, environment.release_list);
}

napi_value release(Environment& environment, napi_env env, const Arguments& arguments) {
  environment.release(to_handle(env, arguments[0]));
  environment.report_memory();
  return undefined(env);
}

// releaseMany(count): the first handles of the release list
napi_value release_many(Environment& environment, napi_env env, const Arguments& arguments) {
  const uint32_t count = to_handle(env, arguments[0]);
  if (count > Environment::kReleaseList) throw std::runtime_error("internal: the release list is too short");
  for (uint32_t i = 0; i < count; ++i) environment.release(environment.release_list[i]);
  environment.report_memory();
  return undefined(env);
}

// A second handle to the same tensor.
napi_value share(Environment& environment, napi_env env, const Arguments& arguments) {
  return from_int(env, environment.add(environment.get(to_handle(env, arguments[0]))));
}

napi_value is_same(Environment& environment, napi_env env, const Arguments& arguments) {
  return from_bool(env, environment.get(to_handle(env, arguments[0])).is_same(environment.get(to_handle(env, arguments[1]))));
}

napi_value live_tensors(Environment& environment, napi_env env, const Arguments&) {
  environment.release_lent_buffers();
  return from_int(env, environment.live());
}

napi_value live_bytes(Environment& environment, napi_env env, const Arguments&) {
  return from_int(env, environment.live_bytes());
}

}  // namespace

void register_tensors(napi_env env, napi_value exports) {
  define<from_buffer>(env, exports, "fromBuffer");
  define<copy_to>(env, exports, "copyTo");
  define<view>(env, exports, "view");
  define<item>(env, exports, "item");
  define<describe>(env, exports, "describe");
  define<scratch>(env, exports, "scratch");
  define<release>(env, exports, "release");
  define<list_buffer>(env, exports, "listBuffer");
  define<release_list>(env, exports, "releaseList");
  define<release_many>(env, exports, "releaseMany");
  define<share>(env, exports, "share");
  define<is_same>(env, exports, "isSame");
  define<live_tensors>(env, exports, "liveTensors");
  define<live_bytes>(env, exports, "liveBytes");
}

}  // namespace pinmem
