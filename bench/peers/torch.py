"""The other side of `npm run bench -- torch`: the same work in Python's torch."""

import json
import resource
import sys
import time

import torch
import torchvision


def nanoseconds(operation, calls):
    start = time.perf_counter()
    for _ in range(calls):
        operation()
    return (time.perf_counter() - start) / calls * 1e9


def small_operators(calls):
    a, b = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([4.0, 5.0, 6.0])
    matrix = torch.randn(4, 4)
    operations = {
        "add(tensor)": lambda: a.add(b),
        "mul(number)": lambda: a.mul(2),
        "relu()": lambda: a.relu(),
        "mul_(number)": lambda: a.mul_(1),
        "sum(dim)": lambda: matrix.sum(1),
        "view(shape)": lambda: matrix.view([16]),
        "select(dim, index)": lambda: matrix.select(0, 1),
        "matmul 4x4": lambda: matrix.matmul(matrix),
        "cat of two": lambda: torch.cat([a, b]),
        "zeros([3])": lambda: torch.zeros([3]),
    }
    return {name: nanoseconds(run, calls) for name, run in operations.items()}


def trainer(channels_last):
    torch.manual_seed(0)
    model = torchvision.models.resnet50()
    image, label = torch.randn(2, 3, 256, 256), torch.randint(0, 1000, (2,))
    if channels_last:
        model, image = model.to(memory_format=torch.channels_last), image.to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)

    def step():
        start = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        loss = torch.nn.functional.cross_entropy(model(image), label)
        loss.backward()
        optimizer.step()
        return time.perf_counter() - start

    return step


trainers = {}


def handle(request):
    if "threads" in request:
        torch.set_num_threads(request["threads"])
    task = request["task"]
    if task == "versions":
        return {"torch": torch.__version__, "python": sys.version.split()[0]}
    if task == "small":
        return small_operators(request["calls"])
    if task == "train":
        key = request.get("channelsLast", False)
        if key not in trainers:
            trainers[key] = trainer(key)
        before = resource.getrusage(resource.RUSAGE_SELF)
        cpu = time.process_time()
        seconds = trainers[key]()
        faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before.ru_minflt
        return {"seconds": seconds, "cpuSeconds": time.process_time() - cpu, "pageFaults": faults}
    raise ValueError(f"unknown task {task}")


for line in sys.stdin:
    try:
        reply = handle(json.loads(line))
    except Exception as error:  # reported to the orchestrator, which stops
        reply = {"error": repr(error)}
    print(json.dumps(reply), flush=True)
