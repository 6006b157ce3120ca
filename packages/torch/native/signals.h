// Signals wait while libtorch computes. A kernel that oneDNN generates may use the stack pointer as a plain register; a signal
// that is delivered to its thread then writes its frame into whatever lies there, and the heap is corrupt (libtorch 1.13 with
// AVX-512, a dilated convolution: one SIGTERM in three ended in SIGSEGV or SIGABRT). Threads that a kernel starts inherit the mask, so
// that a signal goes to one of Node's other threads, whose handler only writes to a pipe, or is taken when the operator is done.
#pragma once

#include <pthread.h>
#include <signal.h>

namespace pinmem {

class SignalsWait {
 public:
  SignalsWait() { pthread_sigmask(SIG_BLOCK, &asynchronous(), &before_); }
  ~SignalsWait() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsWait(const SignalsWait&) = delete;
  SignalsWait& operator=(const SignalsWait&) = delete;

 private:
  // All but those that an instruction causes: a thread cannot go on behind them.
  static const sigset_t& asynchronous() {
    static const sigset_t set = [] {
      sigset_t all;
      sigfillset(&all);
      for (int caused : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS}) sigdelset(&all, caused);
      return all;
    }();
    return set;
  }

  sigset_t before_;
};

}  // namespace pinmem
