// What the library can do and with what: versions, threads, CUDA and its libraries' switches, the allocator of the C library.
#include "allocator.h"
#include "function.h"
#include "version.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <c10/core/Stream.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>

#ifdef PINMEM_WITH_CUDA
#include <c10/cuda/CUDACachingAllocator.h>
#include <cuda_runtime_api.h>
#endif
#ifdef __GLIBC__
#include <malloc.h>
#endif
#ifdef __linux__
#include <dlfcn.h>
#endif

namespace pinmem {

namespace {

const c10::impl::DeviceGuardImplInterface* cuda() {
  return c10::impl::hasDeviceGuardImpl(c10::DeviceType::CUDA) ? c10::impl::getDeviceGuardImpl(c10::DeviceType::CUDA) : nullptr;
}

std::string no_device_reason() {
  if (!cuda()) return "this libtorch was built without CUDA, or its CUDA library is not linked";
#ifdef PINMEM_WITH_CUDA
  int count = 0;
  const cudaError_t error = cudaGetDeviceCount(&count);
  if (error != cudaSuccess) return cudaGetErrorString(error);
  return count > 0 ? "" : "the driver reports no device";
#else
  return "the driver reports no device (see nvidia-smi)";
#endif
}

/// What OpenBLAS calls the kernels that it chose; null where BLAS is another library. Its symbols are looked for from this addon
/// on, because Node loads addons so that others do not see their libraries.
const char* blas_kernels() {
#ifdef __linux__
  Dl_info self;
  if (!dladdr(reinterpret_cast<void*>(&blas_kernels), &self)) return nullptr;
  void* library = dlopen(self.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
  if (!library) return nullptr;
  const auto name = reinterpret_cast<char* (*)()>(dlsym(library, "openblas_get_corename"));
  dlclose(library);
  return name ? name() : nullptr;
#else
  return nullptr;
#endif
}

napi_value build_info(Environment&, napi_env env, const Arguments&) {
  napi_value info;
  check(env, napi_create_object(env, &info), "object");
  set(env, info, "compiledFor", from_string(env, TORCH_VERSION));
  set(env, info, "showConfig", from_string(env, at::show_config()));
  set(env, info, "parallelInfo", from_string(env, at::get_parallel_info()));
  const char* kernels = blas_kernels();
  napi_value none;
  check(env, napi_get_null(env, &none), "null");
  set(env, info, "blasKernels", kernels ? from_string(env, kernels) : none);
  set(env, info, "threads", from_int(env, at::get_num_threads()));
#ifdef PINMEM_WITH_CUDA
  set(env, info, "cudaCompiled", from_bool(env, true));
#else
  set(env, info, "cudaCompiled", from_bool(env, false));
#endif
  return info;
}

napi_value threads(Environment&, napi_env env, const Arguments&) { return from_int(env, at::get_num_threads()); }

napi_value set_threads(Environment&, napi_env env, const Arguments& arguments) {
  const int64_t count = to_int(env, "threads", arguments[0]);
  if (count < 1 || count > 4096) {
    throw ArgumentError("threads", "argument 'threads' must be between 1 and 4096, got " + std::to_string(count));
  }
  at::set_num_threads(static_cast<int>(count));
  return undefined(env);
}

napi_value cuda_devices(Environment&, napi_env env, const Arguments&) {
  return from_int(env, cuda() ? cuda()->deviceCount() : 0);
}

napi_value cuda_reason(Environment&, napi_env env, const Arguments&) { return from_string(env, no_device_reason()); }

// synchronize("cuda:1"): waits for the current stream of a CUDA device
napi_value synchronize(Environment&, napi_env env, const Arguments& arguments) {
  const c10::Device device = to_device(env, "device", arguments[0]);
  cuda()->getStream(device).synchronize();
  return undefined(env);
}

// The allocator knows of no device before.
[[maybe_unused]] void initialize_cuda() {
#if PINMEM_TORCH_AT_LEAST(2, 6)
  at::globalContext().lazyInitDevice(c10::DeviceType::CUDA);
#else
  at::globalContext().lazyInitCUDA();
#endif
}

// cudaMemory("cuda:1") -> [allocated, peak allocated, reserved, peak reserved] in bytes; null without CUDA
napi_value cuda_memory(Environment&, napi_env env, const Arguments& arguments) {
  napi_value result;
#ifdef PINMEM_WITH_CUDA
  if (cuda() && cuda()->deviceCount() > 0) {
    const c10::Device device = to_device(env, "device", arguments[0]);
    initialize_cuda();
    const auto stats = c10::cuda::CUDACachingAllocator::getDeviceStats(device.index());
    const int64_t values[] = {stats.allocated_bytes[0].current, stats.allocated_bytes[0].peak,
                              stats.reserved_bytes[0].current, stats.reserved_bytes[0].peak};
    check(env, napi_create_array_with_length(env, 4, &result), "array");
    for (uint32_t i = 0; i < 4; ++i) check(env, napi_set_element(env, result, i, from_int(env, values[i])), "array element");
    return result;
  }
#else
  (void)arguments;
#endif
  check(env, napi_get_null(env, &result), "null");
  return result;
}

struct Switch {
  const char* name;
  bool (*get)(const at::Context&);
  void (*set)(at::Context&, bool);
};

const Switch switches[] = {
    {"cudnn.benchmark", [](const at::Context& context) { return context.benchmarkCuDNN(); },
     [](at::Context& context, bool on) { context.setBenchmarkCuDNN(on); }},
    {"cudnn.deterministic", [](const at::Context& context) { return context.deterministicCuDNN(); },
     [](at::Context& context, bool on) { context.setDeterministicCuDNN(on); }},
    {"cudnn.allowTf32", [](const at::Context& context) { return context.allowTF32CuDNN(); },
     [](at::Context& context, bool on) { context.setAllowTF32CuDNN(on); }},
    {"cuda.matmul.allowTf32", [](const at::Context& context) { return context.allowTF32CuBLAS(); },
     [](at::Context& context, bool on) { context.setAllowTF32CuBLAS(on); }},
};

const Switch& switch_named(const std::string& name) {
  for (const Switch& one : switches) {
    if (name == one.name) return one;
  }
  throw ArgumentError("name", "there is no switch '" + name + "'");
}

napi_value backend_switch(Environment&, napi_env env, const Arguments& arguments) {
  return from_bool(env, switch_named(to_string(env, arguments[0])).get(at::globalContext()));
}

napi_value set_backend_switch(Environment&, napi_env env, const Arguments& arguments) {
  switch_named(to_string(env, arguments[0])).set(at::globalContext(), to_bool(env, arguments[1]));
  return undefined(env);
}

// tuneAllocator(threshold, largeBlocks): glibc gives freed activations back to the system and maps them again in the next
// step, tens of thousands of page faults; a larger threshold keeps them. From `largeBlocks` bytes on see allocator.cpp.
napi_value tune_allocator(Environment&, napi_env env, const Arguments& arguments) {
#ifdef __GLIBC__
  const int threshold = static_cast<int>(to_int(env, "threshold", arguments[0]));
  mallopt(M_MMAP_THRESHOLD, threshold);
  mallopt(M_TRIM_THRESHOLD, threshold);
#endif
  return from_bool(env, use_large_blocks(static_cast<size_t>(to_int(env, "largeBlocks", arguments[1]))));
}

// trimMemory(): gives what the allocators keep back to the system
napi_value trim_memory(Environment&, napi_env env, const Arguments&) {
  release_large_blocks();
#ifdef __GLIBC__
  malloc_trim(0);
#endif
  return undefined(env);
}

}  // namespace

std::string why_unavailable(const c10::Device& device) {
  if (!device.is_cuda()) return "";
  const int count = cuda() ? cuda()->deviceCount() : 0;
  if (count == 0) return no_device_reason();
  if (device.index() < count) return "";
  return "the highest is cuda:" + std::to_string(count - 1);
}

void register_devices(napi_env env, napi_value exports) {
  define<build_info>(env, exports, "buildInfo");
  define<threads>(env, exports, "threads");
  define<set_threads>(env, exports, "setThreads");
  define<cuda_devices>(env, exports, "cudaDevices");
  define<cuda_reason>(env, exports, "cudaReason");
  define<synchronize>(env, exports, "synchronize");
  define<cuda_memory>(env, exports, "cudaMemory");
  define<backend_switch>(env, exports, "backendSwitch");
  define<set_backend_switch>(env, exports, "setBackendSwitch");
  define<tune_allocator>(env, exports, "tuneAllocator");
  define<trim_memory>(env, exports, "trimMemory");
}

}  // namespace pinmem
