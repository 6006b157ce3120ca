// The thread behind the promises of process groups, and their way back to JavaScript.
#include "promise_worker.h"

#include "convert.h"

#include <c10/util/Exception.h>

namespace pinmem {

struct PromiseWorker::Job {
  std::function<Outcome()> work;
  napi_deferred deferred;
  Outcome outcome;
};

struct PromiseWorker::Shared {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::unique_ptr<Job>> queue;
  std::function<void()> idle_work;
  std::chrono::milliseconds idle_every{0};
  int64_t idle_times = 0;
  bool closed = false;
  // The environment is going down, and takes the way back with it: the thread must not touch that any more.
  bool torn_down = false;
  napi_threadsafe_function way_back = nullptr;
  // Promises that are not settled, and whether the event loop waits for them; only JavaScript's thread looks.
  size_t pending = 0;
  bool abandoned = false;
};

namespace {

Outcome error_outcome(std::string message) { return {Outcome::Kind::Error, 0, std::move(message)}; }

Outcome carry_out(const std::function<Outcome()>& work) {
  try {
    return work();
  } catch (const c10::Error& error) {
    return error_outcome(error.what_without_backtrace());
  } catch (const std::exception& error) {
    return error_outcome(error.what());
  } catch (...) {
    return error_outcome("internal: a C++ exception of unknown type");
  }
}

}  // namespace

PromiseWorker::PromiseWorker(napi_env env) : shared_(std::make_shared<Shared>()) {
  // The state lives as long as the way back, which may be the last to go.
  auto* held = new std::shared_ptr<Shared>(shared_);
  const auto drop = [](napi_env env, void* data, void*) {
    const std::unique_ptr<std::shared_ptr<Shared>> last(static_cast<std::shared_ptr<Shared>*>(data));
    napi_remove_env_cleanup_hook(env, tear_down, last->get());
  };
  const napi_status status = napi_create_threadsafe_function(env, nullptr, nullptr, from_string(env, "process group"), 0, 1,
                                                             held, drop, shared_.get(), settle, &shared_->way_back);
  if (status != napi_ok) delete held;
  check(env, status, "threadsafe function");
  check(env, napi_unref_threadsafe_function(env, shared_->way_back), "unref");
  // Hooks run from the last to the first, so that this one comes before the one that deletes the way back.
  check(env, napi_add_env_cleanup_hook(env, tear_down, shared_.get()), "cleanup hook");
  std::thread([shared = shared_] {
    for (;;) {
      std::unique_ptr<Job> job;
      {
        std::unique_lock<std::mutex> lock(shared->mutex);
        const auto is_called = [&] { return shared->closed || !shared->queue.empty(); };
        while (!is_called()) {
          if (shared->idle_times == 0) {
            shared->changed.wait(lock);
          } else if (shared->changed.wait_for(lock, shared->idle_every) == std::cv_status::timeout && !is_called() &&
                     shared->idle_times > 0) {
            --shared->idle_times;
            const auto work = shared->idle_work;
            lock.unlock();
            // What is wrong shows in the next thing that is asked for.
            carry_out([&] { work(); return Outcome{}; });
            lock.lock();
          }
        }
        if (shared->queue.empty()) break;
        job = std::move(shared->queue.front());
        shared->queue.pop_front();
      }
      job->outcome = carry_out(job->work);
      job->work = nullptr;  // with all that it holds
      const std::lock_guard<std::mutex> lock(shared->mutex);
      if (shared->torn_down) return;
      if (napi_call_threadsafe_function(shared->way_back, job.get(), napi_tsfn_blocking) == napi_ok) job.release();
    }
    const std::lock_guard<std::mutex> lock(shared->mutex);
    if (!shared->torn_down) napi_release_threadsafe_function(shared->way_back, napi_tsfn_release);
  }).detach();
}

PromiseWorker::~PromiseWorker() {
  const std::lock_guard<std::mutex> lock(shared_->mutex);
  shared_->closed = true;
  shared_->changed.notify_all();
}

napi_value PromiseWorker::promise(napi_env env, std::function<Outcome()> work) {
  napi_value promise;
  auto job = std::make_unique<Job>();
  job->work = std::move(work);
  check(env, napi_create_promise(env, &job->deferred, &promise), "promise");
  if (shared_->pending++ == 0 && !shared_->abandoned) check(env, napi_ref_threadsafe_function(env, shared_->way_back), "ref");
  const std::lock_guard<std::mutex> lock(shared_->mutex);
  shared_->queue.push_back(std::move(job));
  shared_->changed.notify_all();
  return promise;
}

void PromiseWorker::when_idle(std::function<void()> work, std::chrono::milliseconds every, int64_t times) {
  const std::lock_guard<std::mutex> lock(shared_->mutex);
  shared_->idle_work = std::move(work);
  shared_->idle_every = every;
  shared_->idle_times = times;
  shared_->changed.notify_all();
}

void PromiseWorker::abandon(napi_env env) {
  shared_->abandoned = true;
  check(env, napi_unref_threadsafe_function(env, shared_->way_back), "unref");
}

void PromiseWorker::tear_down(void* data) {
  auto* shared = static_cast<Shared*>(data);
  const std::lock_guard<std::mutex> lock(shared->mutex);
  shared->torn_down = true;
}

void PromiseWorker::settle(napi_env env, napi_value, void* context, void* data) {
  const std::unique_ptr<Job> job(static_cast<Job*>(data));
  if (!env) return;  // JavaScript is going down.
  auto* shared = static_cast<Shared*>(context);
  if (--shared->pending == 0) napi_unref_threadsafe_function(env, shared->way_back);
  const Outcome& outcome = job->outcome;
  try {
    if (outcome.kind == Outcome::Kind::Error) {
      napi_value error;
      check(env, napi_create_error(env, nullptr, from_string(env, outcome.text), &error), "error");
      napi_reject_deferred(env, job->deferred, error);
      return;
    }
    const napi_value value = outcome.kind == Outcome::Kind::Number ? from_int(env, outcome.number)
                             : outcome.kind == Outcome::Kind::Text ? from_string(env, outcome.text)
                                                                   : undefined(env);
    napi_resolve_deferred(env, job->deferred, value);
  } catch (...) {
    // Nothing is left to tell it with.
  }
}

}  // namespace pinmem
