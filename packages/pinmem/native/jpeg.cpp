// Part of a JPEG file as RGB, by libjpeg-turbo, in a thread of Node's pool.
//
// It takes the plain kind alone: one scan, gray or three colors, and not a byte amiss. Everything else it declines, and
// libvips decides (src/images/image.ts), so that what is accepted and what is called damaged does not depend on this addon.
// Nothing here may throw or hold a destructor between setjmp and longjmp: libjpeg leaves by jumping.

#include <algorithm>
#include <csetjmp>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <jpeglib.h>
#include <node_api.h>

#ifndef LIBJPEG_TURBO_VERSION
#error "this libjpeg is not libjpeg-turbo, which can decode a part of an image"
#endif
#define TEXT_OF(name) #name
#define TEXT(name) TEXT_OF(name)

namespace {

struct Window {
  uint32_t left, top, width, height;
};

struct Job {
  napi_async_work work;
  napi_deferred deferred;
  napi_ref bytes_kept, pixels_kept;
  const uint8_t* bytes;
  size_t length;
  uint8_t* pixels;
  Window window;
  bool decoded;
};

struct Trouble {
  jpeg_error_mgr manager;
  std::jmp_buf where;
};

void leave(j_common_ptr image) { std::longjmp(reinterpret_cast<Trouble*>(image->err)->where, 1); }

void leave_on_warning(j_common_ptr image, int level) {
  if (level < 0) leave(image);
}

void say_nothing(j_common_ptr) {}

// Colors at full, half width or half width and height: where all versions of the library upsample alike.
bool is_usual(const jpeg_decompress_struct& image) {
  const jpeg_component_info* parts = image.comp_info;
  if (image.num_components == 1) return true;
  for (int i = 1; i < image.num_components; ++i) {
    if (parts[i].h_samp_factor != 1 || parts[i].v_samp_factor != 1) return false;
  }
  return parts[0].h_samp_factor <= 2 && parts[0].v_samp_factor <= parts[0].h_samp_factor;
}

bool is_plain(jpeg_decompress_struct& image, const Window& window) {
  const J_COLOR_SPACE space = image.jpeg_color_space;
  return !image.progressive_mode && !jpeg_has_multiple_scans(&image) &&
         (space == JCS_GRAYSCALE || space == JCS_YCbCr || space == JCS_RGB) && is_usual(image) && window.width > 0 && window.height > 0 &&
         window.left < image.image_width && window.width <= image.image_width - window.left &&
         window.top < image.image_height && window.height <= image.image_height - window.top;
}

// The window with a block more on each side: smooth upsampling of colors looks at neighbors, and the cut has none.
void read_window(jpeg_decompress_struct& image, const Window& window, uint8_t* row, uint8_t* pixels) {
  const JDIMENSION across = static_cast<JDIMENSION>(image.max_h_samp_factor) * DCTSIZE;
  const JDIMENSION down = static_cast<JDIMENSION>(image.max_v_samp_factor) * DCTSIZE;
  JDIMENSION first = window.left > across ? window.left - across : 0;
  JDIMENSION count = std::min<JDIMENSION>(image.output_width, window.left + window.width + across) - first;
  if (count < image.output_width) jpeg_crop_scanline(&image, &first, &count);
  const JDIMENSION above = window.top > down ? window.top - down : 0;
  if (above > 0) jpeg_skip_scanlines(&image, above);
  while (image.output_scanline < window.top + window.height) {
    const JDIMENSION y = image.output_scanline;
    if (jpeg_read_scanlines(&image, &row, 1) != 1) leave(reinterpret_cast<j_common_ptr>(&image));
    if (y < window.top) continue;
    const size_t length = size_t{3} * window.width;
    std::memcpy(pixels + (y - window.top) * length, row + size_t{3} * (window.left - first), length);
  }
}

bool decode(const Job& job) {
  Trouble trouble;
  jpeg_decompress_struct image;
  std::memset(&image, 0, sizeof image);
  image.err = jpeg_std_error(&trouble.manager);
  trouble.manager.error_exit = leave;
  trouble.manager.emit_message = leave_on_warning;
  trouble.manager.output_message = say_nothing;
  uint8_t* volatile row = nullptr;
  volatile bool decoded = false;
  if (setjmp(trouble.where) == 0) {
    jpeg_create_decompress(&image);
    jpeg_mem_src(&image, job.bytes, static_cast<unsigned long>(job.length));
    jpeg_read_header(&image, TRUE);
    if (is_plain(image, job.window)) {
      image.out_color_space = JCS_RGB;
      jpeg_start_decompress(&image);
      row = static_cast<uint8_t*>(std::malloc(size_t{3} * image.output_width));
      if (row) {
        read_window(image, job.window, row, job.pixels);
        decoded = true;
      }
    }
  }
  std::free(row);
  jpeg_destroy_decompress(&image);
  return decoded;
}

void execute(napi_env, void* data) {
  Job& job = *static_cast<Job*>(data);
  job.decoded = decode(job);
}

void complete(napi_env env, napi_status status, void* data) {
  Job* job = static_cast<Job*>(data);
  napi_value result;
  if (status == napi_ok && job->decoded) {
    napi_get_reference_value(env, job->pixels_kept, &result);
  } else {
    napi_get_null(env, &result);
  }
  napi_resolve_deferred(env, job->deferred, result);
  napi_delete_reference(env, job->bytes_kept);
  napi_delete_reference(env, job->pixels_kept);
  napi_delete_async_work(env, job->work);
  delete job;
}

// decode(bytes, pixels, left, top, width, height): fills `pixels`, 3 x width x height bytes, and resolves to them, or to null
napi_value start(napi_env env, napi_callback_info info) {
  napi_value arguments[6];
  size_t count = 6;
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  Job* job = new Job{};
  uint32_t* numbers[] = {&job->window.left, &job->window.top, &job->window.width, &job->window.height};
  napi_typedarray_type kinds[2] = {napi_int8_array, napi_int8_array};
  void* input = nullptr;
  void* output = nullptr;
  size_t room = 0;
  bool fits = count == 6;
  fits = fits && napi_get_typedarray_info(env, arguments[0], &kinds[0], &job->length, &input, nullptr, nullptr) == napi_ok;
  fits = fits && napi_get_typedarray_info(env, arguments[1], &kinds[1], &room, &output, nullptr, nullptr) == napi_ok;
  for (int i = 0; fits && i < 4; ++i) fits = napi_get_value_uint32(env, arguments[2 + i], numbers[i]) == napi_ok;
  const uint64_t needed = uint64_t{job->window.width} * job->window.height;
  if (!fits || kinds[0] != napi_uint8_array || kinds[1] != napi_uint8_array || needed > room / 3) {
    delete job;
    napi_throw_type_error(env, nullptr, "internal: decode(Uint8Array, Uint8Array, left, top, width, height)");
    return nullptr;
  }
  job->bytes = static_cast<const uint8_t*>(input);
  job->pixels = static_cast<uint8_t*>(output);
  napi_value promise, name;
  napi_create_reference(env, arguments[0], 1, &job->bytes_kept);
  napi_create_reference(env, arguments[1], 1, &job->pixels_kept);
  napi_create_string_utf8(env, "jpeg", NAPI_AUTO_LENGTH, &name);
  napi_create_promise(env, &job->deferred, &promise);
  napi_create_async_work(env, nullptr, name, execute, complete, job, &job->work);
  napi_queue_async_work(env, job->work);
  return promise;
}

}  // namespace

NAPI_MODULE_INIT() {
  napi_value function, version;
  napi_create_function(env, "decode", NAPI_AUTO_LENGTH, start, nullptr, &function);
  napi_set_named_property(env, exports, "decode", function);
  napi_create_string_utf8(env, TEXT(LIBJPEG_TURBO_VERSION), NAPI_AUTO_LENGTH, &version);
  napi_set_named_property(env, exports, "version", version);
  return exports;
}
