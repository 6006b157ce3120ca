// Keeps signals away from threads that compute. A kernel that oneDNN generates may use the stack pointer as a plain register; a
// signal that is delivered to its thread then writes its frame into whatever lies there, and the heap is corrupt (libtorch 1.13
// with AVX-512, a dilated convolution: one SIGTERM in three ended in SIGSEGV or SIGABRT).
#pragma once

#include <pthread.h>
#include <signal.h>

namespace pinmem {

// The calling thread, and all that it or libtorch starts from now on, leaves signals to a thread that does nothing else (Node's handlers
// only write to a pipe, on whatever thread they run). Once for each JavaScript thread: masking around every operator instead
// costs two system calls, half a microsecond of the one and a half that a small operator takes.
void leave_signals_to_another_thread();

// The profiler's signal is sent to the JavaScript thread itself. It waits while this lives.
class ProfilerWaits {
 public:
  ProfilerWaits() {
    sigset_t profiler;
    sigemptyset(&profiler);
    sigaddset(&profiler, SIGPROF);
    pthread_sigmask(SIG_BLOCK, &profiler, &before_);
  }
  ~ProfilerWaits() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  ProfilerWaits(const ProfilerWaits&) = delete;
  ProfilerWaits& operator=(const ProfilerWaits&) = delete;

 private:
  sigset_t before_;
};

}  // namespace pinmem
