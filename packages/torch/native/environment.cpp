#include "environment.h"

#include <algorithm>

namespace pinmem {

namespace {
constexpr int64_t kReportStep = 1 << 20;
constexpr int kCallsBetweenReports = 4096;

// Views share their base's storage; only the tensor that owns a storage alone accounts for it.
int64_t owned_bytes(const at::Tensor& tensor) {
  if (!tensor.defined() || !tensor.has_storage() || tensor.storage().use_count() != 1) return 0;
  return static_cast<int64_t>(tensor.storage().nbytes());
}
}  // namespace

Environment::~Environment() {
  while (!inference_modes.empty()) inference_modes.pop_back();
  std::lock_guard<std::mutex> lock(lent_->mutex);
  lent_->closed = true;
}

Environment& Environment::of(napi_env env) {
  void* data = nullptr;
  check(env, napi_get_instance_data(env, &data), "instance data");
  if (!data) throw std::runtime_error("internal: this JavaScript environment is shutting down");
  return *static_cast<Environment*>(data);
}

uint32_t Environment::add(at::Tensor tensor) {
  uint32_t handle;
  if (free_.empty()) {
    handle = static_cast<uint32_t>(slots_.size());
    slots_.emplace_back();
  } else {
    handle = free_.back();
    free_.pop_back();
  }
  Slot& slot = slots_[handle];
  slot.bytes = owned_bytes(tensor);
  slot.tensor = std::move(tensor);
  bytes_ += slot.bytes;
  ++live_;
  return handle;
}

const at::Tensor& Environment::get(uint32_t handle) const {
  if (handle >= slots_.size() || !slots_[handle].tensor.defined()) {
    throw std::runtime_error("internal: no tensor has handle " + std::to_string(handle));
  }
  return slots_[handle].tensor;
}

void Environment::release(uint32_t handle) {
  get(handle);
  Slot& slot = slots_[handle];
  bytes_ -= slot.bytes;
  slot.bytes = 0;
  // A destructor may free a whole graph; the slot must be consistent before it runs.
  at::Tensor last = std::move(slot.tensor);
  slot.tensor = at::Tensor();
  free_.push_back(handle);
  --live_;
}

void Environment::report_memory() {
  least_bytes_ = std::min(least_bytes_, bytes_);
  const bool is_record = bytes_ > most_bytes_ + most_bytes_ / 4;
  if (!is_record && ++calls_since_report_ < kCallsBetweenReports) return;
  if (is_record) most_bytes_ = bytes_;
  const int64_t told = is_record ? bytes_ : least_bytes_;
  calls_since_report_ = 0;
  least_bytes_ = bytes_;
  const int64_t change = told - reported_bytes_;
  if (change < kReportStep && change > -kReportStep) return;
  int64_t total = 0;
  napi_adjust_external_memory(env_, change, &total);
  reported_bytes_ = told;
}

void Environment::keep_exception(napi_value error) {
  // Exceptions may be numbers or strings, which have no references of their own.
  napi_value box;
  check(env_, napi_create_array_with_length(env_, 1, &box), "array");
  check(env_, napi_set_element(env_, box, 0, error), "array element");
  if (kept_exception_) napi_delete_reference(env_, kept_exception_);
  check(env_, napi_create_reference(env_, box, 1, &kept_exception_), "reference");
}

bool Environment::throw_kept_exception() {
  if (!kept_exception_) return false;
  napi_value box, error;
  check(env_, napi_get_reference_value(env_, kept_exception_, &box), "exception");
  check(env_, napi_get_element(env_, box, 0, &error), "exception");
  napi_delete_reference(env_, kept_exception_);
  kept_exception_ = nullptr;
  napi_throw(env_, error);
  return true;
}

void Environment::release_lent_buffers() {
  std::vector<napi_ref> released;
  {
    std::lock_guard<std::mutex> lock(lent_->mutex);
    released.swap(lent_->released);
  }
  for (napi_ref reference : released) napi_delete_reference(env_, reference);
}

}  // namespace pinmem
