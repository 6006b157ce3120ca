#include "signals.h"

#include <unistd.h>

#include <mutex>
#include <system_error>
#include <thread>

namespace pinmem {

namespace {

// All but those that an instruction causes, behind which its thread cannot go on, and the profiler's.
sigset_t asynchronous() {
  sigset_t all;
  sigfillset(&all);
  for (int other : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS, SIGPROF}) sigdelset(&all, other);
  return all;
}

}  // namespace

void leave_signals_to_another_thread() {
  static std::once_flag once;
  static bool heard = false;
  // It starts with the mask of the first thread that loads the addon: what whoever started Node has blocked stays blocked.
  std::call_once(once, [] {
    try {
      std::thread([] {
        for (;;) pause();
      }).detach();
      heard = true;
    } catch (const std::system_error&) {
      // No memory or no number for a thread: signals stay where they were.
    }
  });
  if (!heard) return;
  const sigset_t signals = asynchronous();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

}  // namespace pinmem
