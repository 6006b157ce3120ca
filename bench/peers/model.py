"""The other side of `npm run bench -- model`: the same networks from torchvision's pieces, evaluated and trained in Python's
torch. Memory, pyramid and decoder are those of networks/deeplab.py."""

import json
import os
import sys
import time

# The torch.py beside this file is another peer, not the library.
sys.path[0] = os.path.join(os.path.dirname(os.path.abspath(__file__)), "networks")

import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402
import torchvision  # noqa: E402
from deeplab import CLASSES, WIDTH, Memory, Pyramid, conv_norm, upsample  # noqa: E402
from torch import nn  # noqa: E402

RATES = {8: (12, 24, 36), 16: (6, 12, 18), 32: (3, 6, 9)}


def stages_of(backbone):
    net = getattr(torchvision.models, backbone)(weights=None)
    if backbone == "mobilenet_v2":
        cuts = [0, 2, 7, 11, 18, 19]
        return [nn.Sequential(*net.features[a:b]) for a, b in zip(cuts, cuts[1:])], (32, 320, 1280)
    if backbone == "shufflenet_v2_x1_0":
        return [nn.Sequential(net.conv1, net.maxpool), net.stage2, net.stage3, net.stage4, net.conv5], (116, 464, 1024)
    widths = (64, 256, 512) if backbone in ("resnet18", "resnet34") else (256, 1024, 2048)
    return [nn.Sequential(net.conv1, net.bn1, net.relu, net.maxpool), net.layer1, net.layer2, net.layer3, net.layer4], widths


def dilate(stages, backbone, stride):
    """The official code's edits, for the strides that it offers."""
    light = backbone in ("mobilenet_v2", "shufflenet_v2_x1_0")
    for index, dilation in {8: ((3, 2), (4, 4)), 16: ((4, 2),), 32: ()}[stride]:
        for name, module in stages[index - light].named_modules():
            if light and isinstance(module, nn.Conv2d) and module.stride == (2, 2) or not light and "conv2" in name:
                module.stride, module.dilation, module.padding = (1, 1), (dilation,) * 2, (dilation,) * 2
            elif not light and "downsample.0" in name:
                module.stride = (1, 1)


class PyramidSum(nn.Module):
    def __init__(self, inputs):
        super().__init__()
        self.branches = nn.ModuleList([conv_norm(inputs, WIDTH, 3, dilation=rate) for rate in (6, 12, 18, 24)])

    def forward(self, x):
        out = self.branches[0](x)
        for branch in self.branches[1:]:
            out = out + branch(x)
        return out


class Network(nn.Module):
    def __init__(self, backbone, head, stride):
        super().__init__()
        stages, (low, late, deep) = stages_of(backbone)
        dilate(stages, backbone, stride)
        self.has_skip = head == "deeplab-v3+"
        if not self.has_skip:
            stages[2][0].conv1.stride, stages[2][0].conv2.stride = (2, 2), (1, 1)
        self.stages = nn.ModuleList(stages)
        if self.has_skip:
            self.aspp = nn.Sequential(Pyramid(deep, RATES[stride]), conv_norm(5 * WIDTH, WIDTH))
            self.fine = conv_norm(low, 48)
            self.final1 = nn.Sequential(*conv_norm(WIDTH + 48, WIDTH, 3), *conv_norm(WIDTH, WIDTH, 3))
        else:
            self.aspp = PyramidSum(deep)
            self.final1 = conv_norm(WIDTH, WIDTH, 3)
        self.final2 = nn.Conv2d(WIDTH, CLASSES, 1)
        self.dsn = nn.Sequential(
            nn.Conv2d(late, 512, 3, padding=1), nn.BatchNorm2d(512), nn.ReLU(inplace=True), nn.Dropout2d(0.1),
            nn.Conv2d(512, CLASSES, 1),
        )
        self.memory = Memory()

    def forward(self, image):
        low = self.stages[1](self.stages[0](image))
        late = self.stages[3](self.stages[2](low))
        x, _ = self.memory.read(self.aspp(self.stages[4](late)))
        if self.has_skip:
            x = torch.cat([self.fine(low), upsample(x, low.shape[2:])], 1)
        logits = upsample(self.final2(self.final1(x)), image.shape[2:])
        return (logits, self.dsn(late)) if self.training else logits


class Foundation(nn.Module):
    """A backbone of timm with a linear head."""

    def __init__(self, backbone, size):
        super().__init__()
        import timm

        name = {"dinov2_vits14": "vit_small_patch14_dinov2", "dinov3_convnext_tiny": "convnext_tiny"}[backbone]
        sized = {"img_size": size} if name.startswith("vit") else {}
        self.backbone = timm.create_model(name, pretrained=False, num_classes=0, **sized)
        if not sized:
            self.norm = nn.LayerNorm(self.backbone.num_features, eps=1e-6)
        self.head = nn.Conv2d(self.backbone.num_features, CLASSES, 1)

    def forward(self, image):
        x = self.backbone.forward_features(image)
        if x.dim() == 3:
            x = x[:, self.backbone.num_prefix_tokens:]
            side = int(x.shape[1] ** 0.5)
            x = x.transpose(1, 2).reshape(len(x), -1, side, side)
        else:
            x = self.norm(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        return F.interpolate(self.head(x), size=image.shape[2:], mode="bilinear", align_corners=False)


def opened(request):
    torch.manual_seed(0)
    batch, size = request["batch"], request["size"]
    is_foundation = request["backbone"].startswith("dinov")
    if is_foundation:
        network = Foundation(request["backbone"], size)
    else:
        network = Network(request["backbone"], request["head"], request["outputStride"])
    image = torch.randn(batch, 3, size, size)
    if request["mode"] != "training":
        network.eval()

        def evaluate():
            with torch.inference_mode():
                network(image)

        return evaluate
    label = torch.randint(0, CLASSES, (batch, size, size))
    network.train()
    if not is_foundation and batch == 1 and network.has_skip:
        network.aspp[0].img_conv.eval()  # one value has no variance

    def train():
        network.zero_grad(set_to_none=True)
        if is_foundation:
            F.cross_entropy(network(image), label).backward()
            return
        logits, auxiliary = network(image)
        small = F.interpolate(label.unsqueeze(1).float(), size=auxiliary.shape[2:], mode="nearest").squeeze(1).long()
        (F.cross_entropy(logits, label) + 0.4 * F.cross_entropy(auxiliary, small)).backward()

    return train


run = None


def handle(request):
    global run
    if request["task"] == "versions":
        return {"torch": torch.__version__, "torchvision": torchvision.__version__, "python": sys.version.split()[0]}
    if request["task"] == "open":
        torch.set_num_threads(request["threads"])
        run = opened(request)
        return {}
    start, cpu = time.perf_counter(), time.process_time()
    run()
    return {"seconds": time.perf_counter() - start, "cpuSeconds": time.process_time() - cpu}


for line in sys.stdin:
    try:
        reply = handle(json.loads(line))
    except Exception as error:  # reported to the orchestrator, which stops
        reply = {"error": repr(error)}
    print(json.dumps(reply), flush=True)
