// A thread that does one blocking thing after the other, each of which JavaScript sees as a promise. The event loop goes on meanwhile,
// and stays alive for as long as there is something to wait for.
#pragma once

#include "environment.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <thread>

namespace pinmem {

// What a promise resolves to: nothing, a number or a text; or why it is rejected.
struct Outcome {
  enum class Kind { Nothing, Number, Text, Error } kind = Kind::Nothing;
  int64_t number = 0;
  std::string text;

  static Outcome of(int64_t value) { return {Kind::Number, value, {}}; }
  static Outcome of(std::string value) { return {Kind::Text, 0, std::move(value)}; }
};

class PromiseWorker {
 public:
  explicit PromiseWorker(napi_env env);
  // What is still in work ends by itself; nobody waits for it.
  ~PromiseWorker();
  PromiseWorker(const PromiseWorker&) = delete;
  PromiseWorker& operator=(const PromiseWorker&) = delete;

  // The promise of what `work` gives; it runs on the thread, after all that was asked for before.
  napi_value promise(napi_env env, std::function<Outcome()> work);
  // From now on, whenever there was nothing to do for so long, the thread does this, so many times at most; 0: no longer.
  void when_idle(std::function<void()> work, std::chrono::milliseconds every, int64_t times);
  // From now on the event loop may end without what is still to be settled.
  void abandon(napi_env env);

 private:
  struct Job;
  struct Shared;
  static void tear_down(void* shared);
  static void settle(napi_env env, napi_value, void* context, void* data);

  std::shared_ptr<Shared> shared_;
};

}  // namespace pinmem
