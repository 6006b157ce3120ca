// Memory of large tensors on the CPU.
//
// malloc either gives freed activations back to the system and faults them in again at every step, or keeps them and lets
// them fragment: a quarter of a training step's peak. Here every large block is a mapping of its own, freed ones are kept,
// and kept ones go back only before the process would grow: what is mapped exceeds the largest sum that was ever in use at
// one time by no more than a set share. Small tensors stay with libtorch's own allocator.
#include "allocator.h"

#include <c10/core/CPUAllocator.h>

#include "version.h"

#ifdef __linux__
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <list>
#include <map>
#include <mutex>
#include <unordered_map>
#endif

namespace pinmem {

#ifdef __linux__

namespace {

const size_t kPage = static_cast<size_t>(sysconf(_SC_PAGESIZE));
// Blocks begin where a huge page can.
constexpr size_t kHuge = size_t{2} << 20;

// What is kept may exceed the most that was in use by one part in so many.
constexpr size_t kSlack = 8;

size_t round_up(size_t value, size_t unit) { return (value + unit - 1) / unit * unit; }

struct Block {
  char* data;
  size_t size;
};

class Blocks {
 public:
  void* take(size_t wanted) {
    const size_t size = round_up(wanted, kPage);
    const std::lock_guard<std::mutex> lock(mutex_);
    auto fit = kept_.lower_bound(size);
    void* data = fit == kept_.end() ? nullptr : reuse(fit, size);
    in_use_ += size;
    most_in_use_ = std::max(most_in_use_, in_use_);
    if (!data) {
      const size_t limit = most_in_use_ + most_in_use_ / kSlack;
      if (mapped_ + size > limit) make_room(mapped_ + size - limit);
      data = map(size);
      if (!data) {
        in_use_ -= size;
        return nullptr;
      }
      mapped_ += size;
    }
    used_.emplace(data, size);
    return data;
  }

  // Whether the block was one of these.
  bool give_back(void* data) {
    if (reinterpret_cast<uintptr_t>(data) % kHuge != 0) return false;
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = used_.find(data);
    if (found == used_.end()) return false;
    in_use_ -= found->second;
    order_.push_back({static_cast<char*>(data), found->second});
    kept_.emplace(found->second, std::prev(order_.end()));
    used_.erase(found);
    return true;
  }

  void release_kept() {
    const std::lock_guard<std::mutex> lock(mutex_);
    make_room(SIZE_MAX);
  }

 private:
  using Order = std::list<Block>;
  using Kept = std::multimap<size_t, Order::iterator>;

  // The smallest kept block that is large enough; what it has too much goes back to the system.
  void* reuse(Kept::iterator fit, size_t size) {
    const Block block = *fit->second;
    order_.erase(fit->second);
    kept_.erase(fit);
    if (block.size > size) munmap(block.data + size, block.size - size);
    mapped_ -= block.size - size;
    return block.data;
  }

  // Returns kept blocks to the system, the oldest first, until `size` bytes are free or none is left.
  void make_room(size_t size) {
    size_t freed = 0;
    while (freed < size && !order_.empty()) {
      const Block block = order_.front();
      auto [first, last] = kept_.equal_range(block.size);
      while (first != last && first->second != order_.begin()) ++first;
      kept_.erase(first);
      order_.pop_front();
      munmap(block.data, block.size);
      mapped_ -= block.size;
      freed += block.size;
    }
  }

  static void* map(size_t size) {
    const size_t room = size + kHuge;
    void* mapped = mmap(nullptr, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED) return nullptr;
    char* begin = static_cast<char*>(mapped);
    char* data = reinterpret_cast<char*>(round_up(reinterpret_cast<uintptr_t>(begin), kHuge));
    if (data > begin) munmap(begin, static_cast<size_t>(data - begin));
    munmap(data + size, room - size - static_cast<size_t>(data - begin));
    madvise(data, size, MADV_HUGEPAGE);
    return data;
  }

  std::mutex mutex_;
  size_t in_use_ = 0;
  size_t most_in_use_ = 0;
  // In use or kept.
  size_t mapped_ = 0;
  std::unordered_map<void*, size_t> used_;
  Order order_;
  Kept kept_;
};

// Never destroyed: tensors may outlive every static.
Blocks& blocks() {
  static Blocks* const instance = new Blocks();
  return *instance;
}

c10::Allocator* small_allocator = nullptr;
size_t smallest_large = 0;

void deallocate(void* data) {
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
  c10::DeleterFnPtr raw_deleter() const override { return &deallocate; }

 private:
  static c10::DataPtr make(size_t size) {
    void* data = size >= smallest_large ? blocks().take(size) : nullptr;
    // Also where mapping failed: libtorch's allocator says so in its own words.
    if (!data) data = small_allocator->raw_allocate(size);
    return {data, data, &deallocate, c10::Device(c10::DeviceType::CPU)};
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

void release_large_blocks() { blocks().release_kept(); }

#else

bool use_large_blocks(size_t) { return false; }
void release_large_blocks() {}

#endif

}  // namespace pinmem
