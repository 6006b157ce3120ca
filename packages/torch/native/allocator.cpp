// Memory of large tensors on the CPU.
//
// malloc either gives freed activations back to the system and faults them in again at every step, or keeps them and lets
// them fragment: a quarter of a training step's peak. Here large blocks are cut from mappings of their own (best fit, freed
// neighbors joined), and what lies free goes back only before the process would grow, the smallest pieces first: what is
// mapped exceeds the largest sum that was ever in use at one time by no more than a set share. Small tensors stay with
// libtorch's own allocator.
#include "allocator.h"

#include <c10/core/CPUAllocator.h>

#include "version.h"

#ifdef __linux__
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <unordered_map>
#include <utility>
#endif

namespace pinmem {

#ifdef __linux__

namespace {

const size_t kPage = static_cast<size_t>(sysconf(_SC_PAGESIZE));
// What lies free may exceed the most that was in use by one part in so many.
constexpr size_t kSlack = 5;

class Blocks {
 public:
  // Null where the system has no more.
  void* take(size_t wanted) {
    const size_t size = (wanted + kPage - 1) / kPage * kPage;
    const std::lock_guard<std::mutex> lock(mutex_);
    char* data = cut(size);
    if (!data) data = map(size);
    if (!data) return nullptr;
    used_.emplace(data, size);
    in_use_ += size;
    most_in_use_ = std::max(most_in_use_, in_use_);
    return data;
  }

  // Whether the block was one of these.
  bool give_back(void* data) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = used_.find(data);
    if (found == used_.end()) return false;
    in_use_ -= found->second;
    keep(static_cast<char*>(data), found->second);
    used_.erase(found);
    return true;
  }

  void release_free() {
    const std::lock_guard<std::mutex> lock(mutex_);
    release(SIZE_MAX);
    most_in_use_ = in_use_;
  }

 private:
  // From the smallest free block that is large enough; the rest of it stays free.
  char* cut(size_t size) {
    const auto fit = by_size_.lower_bound({size, nullptr});
    if (fit == by_size_.end()) return nullptr;
    const auto [found, data] = *fit;
    forget(data, found);
    if (found > size) remember(data + size, found - size);
    return data;
  }

  char* map(size_t size) {
    const size_t most = std::max(most_in_use_, in_use_ + size);
    const size_t limit = most + most / kSlack;
    if (mapped_ + size > limit) release(mapped_ + size - limit);
    void* data = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (data == MAP_FAILED) return nullptr;
    mapped_ += size;
    return static_cast<char*>(data);
  }

  // Adds to the free blocks, joined with free neighbors: mappings side by side serve as one.
  void keep(char* data, size_t size) {
    auto next = by_address_.lower_bound(data);
    if (next != by_address_.end() && next->first == data + size) {
      size += next->second;
      forget(next->first, next->second);
    }
    next = by_address_.lower_bound(data);
    if (next != by_address_.begin()) {
      const auto [before, length] = *std::prev(next);
      if (before + length == data) {
        forget(before, length);
        data = before;
        size += length;
      }
    }
    remember(data, size);
  }

  // Returns free blocks to the system until `size` bytes are, or none is left.
  void release(size_t size) {
    for (size_t released = 0; released < size && !by_size_.empty();) {
      const auto [length, data] = *by_size_.begin();
      forget(data, length);
      munmap(data, length);
      mapped_ -= length;
      released += length;
    }
  }

  void remember(char* data, size_t size) {
    by_address_.emplace(data, size);
    by_size_.emplace(size, data);
  }

  void forget(char* data, size_t size) {
    by_address_.erase(data);
    by_size_.erase({size, data});
  }

  std::mutex mutex_;
  std::unordered_map<void*, size_t> used_;
  std::map<char*, size_t> by_address_;
  std::set<std::pair<size_t, char*>> by_size_;
  size_t in_use_ = 0;
  size_t most_in_use_ = 0;
  // In use or free.
  size_t mapped_ = 0;
};

// Never destroyed: tensors may outlive every static.
Blocks& blocks() {
  static Blocks* const instance = new Blocks();
  return *instance;
}

c10::Allocator* small_allocator = nullptr;
size_t smallest_large = 0;

void give_back(void* data) { blocks().give_back(data); }

void deallocate_any(void* data) {
  if (!blocks().give_back(data)) small_allocator->raw_deallocate(data);
}

class LargeBlockAllocator final : public c10::Allocator {
 public:
#if PINMEM_TORCH_AT_LEAST(2, 3)
  c10::DataPtr allocate(size_t size) override { return make(size); }
  void copy_data(void* to, const void* from, size_t size) const override { default_copy_data(to, from, size); }
#else
  c10::DataPtr allocate(size_t size) const override { return make(size); }
#endif
  c10::DeleterFnPtr raw_deleter() const override { return &deallocate_any; }

 private:
  static c10::DataPtr make(size_t size) {
    void* data = size >= smallest_large ? blocks().take(size) : nullptr;
    // Also where mapping failed: libtorch's allocator says so in its own words.
    if (!data) return small_allocator->allocate(size);
    return {data, data, &give_back, c10::Device(c10::DeviceType::CPU)};
  }
};

}  // namespace

bool use_large_blocks(size_t smallest) {
  static std::once_flag once;
  std::call_once(once, [smallest] {
    small_allocator = c10::GetCPUAllocator();
    smallest_large = smallest;
    static LargeBlockAllocator allocator;
    c10::SetCPUAllocator(&allocator);
  });
  return true;
}

void release_large_blocks() { blocks().release_free(); }

#else

bool use_large_blocks(size_t) { return false; }
void release_large_blocks() {}

#endif

}  // namespace pinmem
