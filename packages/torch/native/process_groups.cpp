// libtorch's process groups: a store over TCP, by which processes find and compare one another, and Gloo's collectives on tensors of
// the CPU. Everything blocks, so everything runs on a thread of the group and comes back as a promise.
//
// The dispatcher has collectives too, but they take classes that convert.cpp does not know. What is checked before a call, and
// what errors say, is decided in src/distributed.
#include "function.h"

#ifdef PINMEM_WITH_GLOO
// Before the headers, which are empty without it.
#define USE_C10D_GLOO
#include "promise_worker.h"
#include "version.h"

#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#endif

namespace pinmem {

#ifdef PINMEM_WITH_GLOO

namespace {

using c10d::ProcessGroupGloo;
using Milliseconds = std::chrono::milliseconds;

// What the jobs of a group share; only its thread touches it.
struct Members {
  c10::intrusive_ptr<c10d::TCPStore> server;  // the connection; in the first process also what the others connect to
  c10::intrusive_ptr<c10d::Store> store;
  c10::intrusive_ptr<ProcessGroupGloo> group;
};

struct Group {
  explicit Group(napi_env env) : worker(env), members(std::make_shared<Members>()) {}
  PromiseWorker worker;
  std::shared_ptr<Members> members;
};

Group& to_group(napi_env env, napi_value value) {
  void* data = nullptr;
  check(env, napi_get_value_external(env, value, &data), "process group");
  return *static_cast<Group*>(data);
}

template <typename Work>
napi_value promise(napi_env env, napi_value group, Work work) {
  Group& found = to_group(env, group);
  return found.worker.promise(env, [members = found.members, work = std::move(work)]() mutable { return work(*members); });
}

c10d::Store& store_of(Members& members) {
  if (!members.store) throw std::runtime_error("the group has no store: it is not connected, or was destroyed");
  return *members.store;
}

ProcessGroupGloo& group_of(Members& members) {
  if (!members.group) throw std::runtime_error("the group is not connected, or was destroyed");
  return *members.group;
}

Outcome finished(const c10::intrusive_ptr<c10d::Work>& work) {
  work->wait();
  return {};
}

std::vector<uint8_t> to_bytes(const std::string& text) { return {text.begin(), text.end()}; }

// groupCreate() -> group
napi_value group_create(Environment&, napi_env env, const Arguments&) {
  auto group = std::make_unique<Group>(env);
  napi_value external;
  // One that was not destroyed stays connected to the end of the process: its threads may be in the middle of something.
  const auto drop = [](napi_env, void* data, void*) {
    auto* dropped = static_cast<Group*>(data);
    new std::shared_ptr<Members>(dropped->members);
    delete dropped;
  };
  check(env, napi_create_external(env, group.get(), drop, nullptr, &external), "process group");
  group.release();
  return external;
}

// groupStore(group, host, port, isServer, prefix, milliseconds) -> port: connects to the store, or offers it
napi_value group_store(Environment&, napi_env env, const Arguments& arguments) {
  c10d::TCPStoreOptions options;
  options.port = static_cast<uint16_t>(to_int(env, "port", arguments[2]));
  options.isServer = to_bool(env, arguments[3]);
  options.waitWorkers = false;
  options.timeout = Milliseconds(to_int(env, "timeout", arguments[5]));
  const std::string host = to_string(env, arguments[1]), prefix = to_string(env, arguments[4]);
  return promise(env, arguments[0], [=](Members& members) {
    members.server = c10::make_intrusive<c10d::TCPStore>(host, options);
    members.store = c10::make_intrusive<c10d::PrefixStore>(prefix, members.server);
    return Outcome::of(int64_t{members.server->getPort()});
  });
}

// storeSet(group, key, text)
napi_value store_set(Environment&, napi_env env, const Arguments& arguments) {
  const std::string key = to_string(env, arguments[1]), text = to_string(env, arguments[2]);
  return promise(env, arguments[0], [=](Members& members) {
    store_of(members).set(key, to_bytes(text));
    return Outcome{};
  });
}

// storeGet(group, key) -> text: waits until there is one
napi_value store_get(Environment&, napi_env env, const Arguments& arguments) {
  const std::string key = to_string(env, arguments[1]);
  return promise(env, arguments[0], [=](Members& members) {
    const std::vector<uint8_t> bytes = store_of(members).get(key);
    return Outcome::of(std::string(bytes.begin(), bytes.end()));
  });
}

// storeHas(group, key) -> 1 or 0
napi_value store_has(Environment&, napi_env env, const Arguments& arguments) {
  const std::string key = to_string(env, arguments[1]);
  return promise(env, arguments[0], [=](Members& members) { return Outcome::of(int64_t{store_of(members).check({key})}); });
}

// storeAdd(group, key, number) -> the sum of all that was added
napi_value store_add(Environment&, napi_env env, const Arguments& arguments) {
  const std::string key = to_string(env, arguments[1]);
  const int64_t number = to_int(env, "number", arguments[2]);
  return promise(env, arguments[0], [=](Members& members) { return Outcome::of(store_of(members).add(key, number)); });
}

// storeKeepAdding(group, key, milliseconds, times): adds 1 whenever nothing else was asked for so long, so many times at most; 0: no longer
napi_value store_keep_adding(Environment&, napi_env env, const Arguments& arguments) {
  const std::string key = to_string(env, arguments[1]);
  const Milliseconds every(to_int(env, "milliseconds", arguments[2]));
  Group& group = to_group(env, arguments[0]);
  const auto add = [members = group.members, key] { store_of(*members).add(key, 1); };
  group.worker.when_idle(add, every, to_int(env, "times", arguments[3]));
  return undefined(env);
}

// groupConnect(group, rank, size, address, milliseconds): each process with each other; address is this one's own, "" for the default
napi_value group_connect(Environment&, napi_env env, const Arguments& arguments) {
  const auto rank = static_cast<int>(to_int(env, "rank", arguments[1]));
  const auto size = static_cast<int>(to_int(env, "size", arguments[2]));
  const std::string address = to_string(env, arguments[3]);
  const Milliseconds timeout(to_int(env, "timeout", arguments[4]));
  return promise(env, arguments[0], [=](Members& members) {
    store_of(members).setTimeout(timeout);
    const auto options = ProcessGroupGloo::Options::create(timeout);
    const char* interface = std::getenv("GLOO_SOCKET_IFNAME");
    options->devices.push_back(interface && *interface ? ProcessGroupGloo::createDeviceForInterface(interface)
                               : address.empty()       ? ProcessGroupGloo::createDefaultDevice()
                                                       : ProcessGroupGloo::createDeviceForHostname(address));
    members.group = c10::make_intrusive<ProcessGroupGloo>(members.store, rank, size, options);
    return Outcome{};
  });
}

c10d::ReduceOp to_reduction(const std::string& name) {
  if (name == "sum") return c10d::ReduceOp::SUM;
  if (name == "min") return c10d::ReduceOp::MIN;
  if (name == "max") return c10d::ReduceOp::MAX;
  throw ArgumentError("operation", "there is no reduction '" + name + "'");
}

// allReduce(group, tensor, "sum"): in place
napi_value all_reduce(Environment& environment, napi_env env, const Arguments& arguments) {
  std::vector<at::Tensor> tensors{environment.get(to_handle(env, arguments[1]))};
  c10d::AllreduceOptions options;
  options.reduceOp = to_reduction(to_string(env, arguments[2]));
  return promise(env, arguments[0], [=](Members& members) mutable { return finished(group_of(members).allreduce(tensors, options)); });
}

// A contiguous tensor as its bytes, which share its memory: what is moved and not computed with may have any type, also those that Gloo
// does not know (bfloat16 on libtorch 1.13).
at::Tensor bytes_of(const at::Tensor& tensor) { return tensor.detach().view({-1}).view(at::kByte); }

// broadcast(group, tensor, root): in place
napi_value broadcast(Environment& environment, napi_env env, const Arguments& arguments) {
  std::vector<at::Tensor> tensors{bytes_of(environment.get(to_handle(env, arguments[1])))};
  c10d::BroadcastOptions options;
  options.rootRank = to_int(env, "root", arguments[2]);
  return promise(env, arguments[0], [=](Members& members) mutable { return finished(group_of(members).broadcast(tensors, options)); });
}

// allGather(group, tensor, [one of its shape for each rank]): fills these
napi_value all_gather(Environment& environment, napi_env env, const Arguments& arguments) {
  std::vector<at::Tensor> inputs{bytes_of(environment.get(to_handle(env, arguments[1])))};
  std::vector<std::vector<at::Tensor>> outputs(1);
  for (const at::Tensor& output : to_tensors(environment, env, arguments[2])) outputs[0].push_back(bytes_of(output));
  return promise(env, arguments[0], [=](Members& members) mutable { return finished(group_of(members).allgather(outputs, inputs)); });
}

// allToAll(group, tensor, output): as many equal parts in a row as there are ranks, for each of them and from each of them
//
// Gloo's own sends before it says that it can receive. What it says waits behind what it sends, so that two ranks send in turn and not at once:
// on a line of 100 Mbit/s 4 MB in each direction took 0.66 s and not 0.34. Who waits for a message is not told that its sender died in the
// middle of it, but who waits for the next one is: a byte follows each part, and is waited for first.
napi_value all_to_all(Environment& environment, napi_env env, const Arguments& arguments) {
  const at::Tensor input = bytes_of(environment.get(to_handle(env, arguments[1])));
  const at::Tensor output = bytes_of(environment.get(to_handle(env, arguments[2])));
  return promise(env, arguments[0], [=](Members& members) {
    ProcessGroupGloo& group = group_of(members);
    const int size = group.getSize(), own = group.getRank();
    std::vector<at::Tensor> to = input.tensor_split(size), from = output.tensor_split(size);
    std::vector<at::Tensor> end_to = at::zeros({size}, at::kByte).split(1), end_from = at::zeros({size}, at::kByte).split(1);
    from[own].copy_(to[own]);
    std::vector<c10::intrusive_ptr<c10d::Work>> parts, ends;
    for (int step = 1; step < size; ++step) {
      const int rank = (own + size - step) % size;
      std::vector<at::Tensor> part{from[rank]}, end{end_from[rank]};
      parts.push_back(group.recv(part, rank, 0));
      ends.push_back(group.recv(end, rank, 0));
    }
    for (int step = 1; step < size; ++step) {
      const int rank = (own + step) % size;
      std::vector<at::Tensor> part{to[rank]}, end{end_to[rank]};
      parts.push_back(group.send(part, rank, 0));
      parts.push_back(group.send(end, rank, 0));
    }
    for (const auto& work : ends) work->wait();
    for (const auto& work : parts) work->wait();
    return Outcome{};
  });
}

// groupDisconnect(group): ends the connections, which the others notice; the store stays
napi_value group_disconnect(Environment&, napi_env env, const Arguments& arguments) {
  return promise(env, arguments[0], [](Members& members) {
    members.group.reset();
    return Outcome{};
  });
}

// groupDestroy(group): ends the connections; the store goes last
napi_value group_destroy(Environment&, napi_env env, const Arguments& arguments) {
  return promise(env, arguments[0], [](Members& members) {
    members.group.reset();
    members.store.reset();
    members.server.reset();
    return Outcome{};
  });
}

// groupAbandon(group): what is in work may hang; the process can end without it
napi_value group_abandon(Environment&, napi_env env, const Arguments& arguments) {
  to_group(env, arguments[0]).worker.abandon(env);
  return undefined(env);
}

}  // namespace

void register_process_groups(napi_env env, napi_value exports) {
  define<group_create>(env, exports, "groupCreate");
  define<group_store>(env, exports, "groupStore");
  define<store_set>(env, exports, "storeSet");
  define<store_get>(env, exports, "storeGet");
  define<store_has>(env, exports, "storeHas");
  define<store_add>(env, exports, "storeAdd");
  define<store_keep_adding>(env, exports, "storeKeepAdding");
  define<group_connect>(env, exports, "groupConnect");
  define<all_reduce>(env, exports, "allReduce");
  define<broadcast>(env, exports, "broadcast");
  define<all_gather>(env, exports, "allGather");
  define<all_to_all>(env, exports, "allToAll");
  define<group_disconnect>(env, exports, "groupDisconnect");
  define<group_destroy>(env, exports, "groupDestroy");
  define<group_abandon>(env, exports, "groupAbandon");
}

#else

// This libtorch has no Gloo.
void register_process_groups(napi_env, napi_value) {}

#endif

}  // namespace pinmem
