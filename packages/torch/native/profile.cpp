// Where the time goes: calls, nanoseconds and bytes of every operator, backward passes included.
//
// libtorch announces each operator to observers; one is installed while a profile runs, so a profile that is off costs
// nothing. The observer finds its profile in the thread's debug information, which libtorch hands on to the threads that
// compute gradients.
#include "function.h"

#include <ATen/record_function.h>
#include <c10/util/ThreadLocalDebugInfo.h>

#include <chrono>
#include <cstring>

namespace pinmem {

namespace {

using Clock = std::chrono::steady_clock;

// A slot of the debug information that libtorch itself leaves alone: its allocator reads PROFILER_STATE.
const auto kSlot = c10::DebugInfoKind::PRODUCER_INFO;

struct Entry {
  uint64_t calls = 0;
  uint64_t nanoseconds = 0;
  uint64_t self_nanoseconds = 0;  // without the operators that it called
  uint64_t bytes = 0;             // of the tensors it returned
};

struct Profile : c10::DebugInfoBase {
  std::mutex mutex;
  std::unordered_map<std::string, Entry> entries;
};

// One operator that is running; those it calls add their time to it.
struct Running : at::ObserverContext {
  explicit Running(Running* parent_call) : parent(parent_call) {}
  Running* const parent;
  const Clock::time_point start = Clock::now();
  uint64_t children_nanoseconds = 0;
};

thread_local Running* innermost = nullptr;

std::unique_ptr<at::ObserverContext> begin(const at::RecordFunction&) {
  auto running = std::make_unique<Running>(innermost);
  innermost = running.get();
  return running;
}

uint64_t result_bytes(const std::vector<c10::IValue>& results) {
  uint64_t bytes = 0;
  for (const auto& value : results) {
    if (value.isTensor() && value.toTensor().defined()) bytes += value.toTensor().nbytes();
    if (value.isTensorList()) {
      for (const at::Tensor& tensor : value.toTensorVector()) bytes += tensor.nbytes();
    }
  }
  return bytes;
}

void end(const at::RecordFunction& function, at::ObserverContext* context) {
  auto* running = static_cast<Running*>(context);
  if (!running) return;  // it began before the profile did
  const uint64_t elapsed = std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - running->start).count();
  innermost = running->parent;
  if (innermost) innermost->children_nanoseconds += elapsed;
  auto* profile = static_cast<Profile*>(c10::ThreadLocalDebugInfo::get(kSlot));
  // The engine's own frame around each backward function says nothing that the function does not.
  constexpr const char* frame = "autograd::engine::";
  if (!profile || std::strncmp(function.name(), frame, std::strlen(frame)) == 0) return;
  std::lock_guard<std::mutex> lock(profile->mutex);
  Entry& entry = profile->entries[function.name()];
  entry.calls += 1;
  entry.nanoseconds += elapsed;
  entry.self_nanoseconds += elapsed - running->children_nanoseconds;
  entry.bytes += result_bytes(function.outputs());
}

}  // namespace

// Observes the thread that made it, and what computes gradients for it, as long as it lives.
class ProfileSession {
 public:
  ProfileSession()
      : profile_(std::make_shared<Profile>()),
        guard_(kSlot, profile_),
        observer_(at::addThreadLocalCallback(
            at::RecordFunctionCallback(begin, end)
                .needsOutputs(true)
                .scopes({at::RecordScope::FUNCTION, at::RecordScope::BACKWARD_FUNCTION}))) {}
  ~ProfileSession() { at::removeCallback(observer_); }

  Profile& profile() { return *profile_; }

 private:
  std::shared_ptr<Profile> profile_;
  c10::DebugInfoGuard guard_;
  at::CallbackHandle observer_;
};

namespace {

napi_value start_profile(Environment& environment, napi_env env, const Arguments&) {
  if (environment.profile) throw std::runtime_error("a profile runs already; profiles do not nest");
  environment.profile = std::make_shared<ProfileSession>();
  return undefined(env);
}

// stopProfile() -> [{ operator, calls, nanoseconds, selfNanoseconds, bytes }]
napi_value stop_profile(Environment& environment, napi_env env, const Arguments&) {
  const std::shared_ptr<ProfileSession> session = std::move(environment.profile);
  if (!session) throw std::runtime_error("internal: no profile runs");
  std::lock_guard<std::mutex> lock(session->profile().mutex);
  napi_value list, item;
  check(env, napi_create_array(env, &list), "array");
  uint32_t index = 0;
  for (const auto& [name, entry] : session->profile().entries) {
    check(env, napi_create_object(env, &item), "object");
    set(env, item, "operator", from_string(env, name));
    set(env, item, "calls", from_int(env, static_cast<int64_t>(entry.calls)));
    set(env, item, "nanoseconds", from_int(env, static_cast<int64_t>(entry.nanoseconds)));
    set(env, item, "selfNanoseconds", from_int(env, static_cast<int64_t>(entry.self_nanoseconds)));
    set(env, item, "bytes", from_int(env, static_cast<int64_t>(entry.bytes)));
    check(env, napi_set_element(env, list, index++, item), "array element");
  }
  return list;
}

}  // namespace

void register_profile(napi_env env, napi_value exports) {
  define<start_profile>(env, exports, "startProfile");
  define<stop_profile>(env, exports, "stopProfile");
}

}  // namespace pinmem
