"""The other side of `npm run bench -- meta-step`: one iteration of the authors' training function in Python's torch, with
its four full passes and its three copies of the network, without its anomaly detection."""

import copy
import json
import os
import sys
import time

# Started with -P, because the torch.py beside this file is another peer and not the library.
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "networks"))

import torch  # noqa: E402
from deeplab import CLASSES, IGNORED, DeepLab  # noqa: E402


def total_loss(out):
    divergence, classification = out["write"]
    return out["main"] + 0.4 * out["aux"] + 0.02 * out["read"] + 0.4 * divergence + 0.2 * classification


def put_theta(network, theta):
    def put(module, prefix):
        for name, child in module._modules.items():
            put(child, f"{prefix}{name}.")
        for name in module._parameters:
            if module._parameters[name] is not None:
                module._parameters[name] = theta[prefix + name]

    put(network, "")


def updated(network, target, rate, detached):
    theta = {}
    for name, parameter in network.named_parameters():
        value = parameter - rate * parameter.grad if parameter.grad is not None else parameter
        theta[name] = value.detach() if detached and not name.startswith("memory.") else value
    put_theta(target, theta)
    return target


# Noise and random weights diverge at the method's own rates; these cost the same time.
LEARNING_RATE, INNER_RATE = 1e-6, 1e-7


class Trainer:
    def __init__(self, backbone, size, images, device, compiled=False):
        torch.manual_seed(0)
        self.net = DeepLab(backbone).to(device)
        self.second, self.third = copy.deepcopy(self.net), copy.deepcopy(self.net)
        self.optimizer = torch.optim.SGD(self.net.parameters(), lr=LEARNING_RATE, weight_decay=5e-4, momentum=0.9)
        domain = lambda: (torch.randn(images, 3, size, size, device=device), self.label(images, size).to(device))
        self.domains = [domain(), domain()]
        for network in (self.net, self.second, self.third):
            network.train()
            if compiled:
                network.forward = torch.compile(network.forward)

    @staticmethod
    def label(images, size):
        blocks = torch.randint(0, CLASSES + 1, (images, 1, size // 16, size // 16)).float()
        label = torch.nn.functional.interpolate(blocks, size=(size, size), mode="nearest").squeeze(1).long()
        label[label == CLASSES] = IGNORED
        return label

    def step(self, inner_rate=INNER_RATE):
        (image, label), (test_image, test_label) = self.domains
        net, items = self.net, self.net.memory.m_items
        self.optimizer.zero_grad()
        inner = total_loss(net(image, label, writing=True, writing_detach=False))
        inner.backward(retain_graph=True)

        writer = updated(net, self.third, inner_rate, detached=True)
        writer.memory.m_items = items.clone()
        writer(image, label, writing=True, writing_detach=False)

        tester = updated(net, self.second, inner_rate, detached=False)
        tester.memory.m_items = writer.memory.m_items.clone()
        outer = total_loss(tester(test_image, test_label, writing=False))
        outer.backward()
        self.optimizer.step()

        net.eval()
        with torch.no_grad():
            net.memory.m_items = items
            net(image, label, writing=True, writing_detach=True)
        net.train()
        return inner.item(), outer.item()


trainers = {}


def handle(request):
    if "threads" in request:
        torch.set_num_threads(request["threads"])
    task = request["task"]
    if task == "versions":
        gpu = torch.cuda.get_device_name(0) if torch.cuda.is_available() else None
        return {"torch": torch.__version__, "python": sys.version.split()[0], "gpu": gpu}
    if task == "build":
        trainers.clear()
        trainers[request["backbone"]] = Trainer(
            request["backbone"], request["size"], request["images"], request.get("device", "cpu"), request.get("compile", False)
        )
        parameters = sum(p.numel() for p in trainers[request["backbone"]].net.parameters())
        return {"parameters": parameters}
    if task == "peak":
        return {"bytes": torch.cuda.max_memory_allocated()}
    if task == "step":
        cpu, start = time.process_time(), time.perf_counter()
        losses = trainers[request["backbone"]].step()
        return {
            "seconds": time.perf_counter() - start,
            "cpuSeconds": time.process_time() - cpu,
            "losses": losses,
        }
    raise ValueError(f"unknown task {task}")


if __name__ == "__main__":
    for line in sys.stdin:
        try:
            reply = handle(json.loads(line))
        except Exception as error:  # reported to the orchestrator, which stops
            reply = {"error": repr(error)}
        print(json.dumps(reply), flush=True)
