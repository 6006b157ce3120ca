"""DeepLabV3+ with a class memory as the authors of "Pin the Memory" build it, from torchvision's pieces: the network of
the peers that train. Written for these benchmarks from the description of the official code; not that code."""

import sys

import torch
import torch.nn.functional as F
from torch import nn

try:
    import torchvision
except RuntimeError:
    # Its binary does not fit this torch. The networks are plain Python; these names are all that is asked of the binary.
    names = torch.library.Library("torchvision", "DEF")
    for name in ("nms", "qnms"):
        names.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
        del sys.modules[name]
    import torchvision

CLASSES, WIDTH, IGNORED = 19, 256, 255


def conv_norm(inputs, outputs, size=1, **options):
    padding = options.get("dilation", 1) * (size // 2)
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, size, padding=padding, bias=False, **options),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


def upsample(x, size):
    return F.interpolate(x, size=size, mode="bilinear", align_corners=True)


def resnet50_stages():
    net = torchvision.models.resnet50()
    for name, module in net.layer4.named_modules():
        if "conv2" in name:
            module.dilation, module.padding, module.stride = (2, 2), (2, 2), (1, 1)
        elif "downsample.0" in name:
            module.stride = (1, 1)
    stem = nn.Sequential(net.conv1, net.bn1, net.relu, net.maxpool)
    return [stem, net.layer1, net.layer2, net.layer3, net.layer4], (256, 1024, 2048)


def mobilenet_v2_stages():
    features = torchvision.models.mobilenet_v2().features
    depthwise = features[14].conv[1][0]
    depthwise.stride, depthwise.dilation, depthwise.padding = (1, 1), (2, 2), (2, 2)
    cuts = [0, 2, 7, 11, 18, 19]
    return [nn.Sequential(*features[a:b]) for a, b in zip(cuts, cuts[1:])], (32, 320, 1280)


class Pyramid(nn.Module):
    def __init__(self, inputs, rates=(6, 12, 18)):
        super().__init__()
        branches = [conv_norm(inputs, WIDTH)] + [conv_norm(inputs, WIDTH, 3, dilation=rate) for rate in rates]
        self.features = nn.ModuleList(branches)
        self.img_pooling = nn.AdaptiveAvgPool2d(1)
        self.img_conv = conv_norm(inputs, WIDTH)

    def forward(self, x):
        pooled = upsample(self.img_conv(self.img_pooling(x)), x.shape[2:])
        return torch.cat([pooled] + [branch(x) for branch in self.features], 1)


class Memory(nn.Module):
    def __init__(self, momentum=0.8):
        super().__init__()
        self.momentum = momentum
        self.output = conv_norm(2 * WIDTH, WIDTH)
        self.writenet = nn.Sequential(nn.Conv2d(WIDTH, WIDTH, 1, bias=False), nn.BatchNorm2d(WIDTH))
        self.clsfier = nn.Linear(WIDTH, CLASSES)
        self.m_items = F.normalize(torch.rand(CLASSES, WIDTH), dim=1)

    def forward(self, x, label, writing, writing_detach):
        refined, scores = self.read(x)
        reading_loss = F.cross_entropy(upsample(scores, label.shape[1:]), label, ignore_index=IGNORED)
        writing_losses = (0, 0)
        if writing:
            items = self.write(x, label)
            writing_losses = (self.divergence(items), F.cross_entropy(self.clsfier(items), torch.arange(CLASSES)))
            self.m_items = items.detach() if writing_detach else items
        return refined, reading_loss, writing_losses

    def read(self, x):
        batch, width, h, w = x.shape
        query = F.normalize(x, dim=1).permute(0, 2, 3, 1)
        scores = torch.matmul(query, self.m_items.t())
        flat = scores.reshape(batch * h * w, CLASSES)
        # The official code also normalises over all pixels, and uses it for nothing.
        F.softmax(flat, dim=0)
        weights = F.softmax(flat, dim=1)
        read = torch.matmul(weights, self.m_items).view(batch, h, w, width)
        refined = torch.cat([query, read], 3).permute(0, 3, 1, 2)
        return self.output(refined), scores.permute(0, 3, 1, 2)

    def write(self, x, label):
        z = F.normalize(F.relu(x + self.writenet(x)), dim=1)
        batch, width, h, w = z.shape
        onehot = label.clone()
        onehot[onehot == IGNORED] = CLASSES
        onehot = F.one_hot(onehot, CLASSES + 1).permute(0, 3, 1, 2).to(z.dtype)
        onehot = upsample(onehot, (h, w)).reshape(batch, CLASSES + 1, h * w)
        count = onehot.sum(2).sum(0)[:CLASSES]
        total = torch.matmul(onehot, z.view(batch, width, -1).permute(0, 2, 1)).sum(0)[:CLASSES]
        items = self.m_items.detach().clone()
        for k in range(CLASSES):
            if count[k] != 0:
                items[k] = self.momentum * items[k] + (1 - self.momentum) * total[k] / count[k]
        return F.normalize(items, dim=1)

    def divergence(self, items):
        cosine = torch.matmul(items, items.t())
        cosine[cosine < 0] = 0
        return (cosine.sum() - cosine.trace()) / (CLASSES * (CLASSES - 1))


class DeepLab(nn.Module):
    def __init__(self, backbone):
        super().__init__()
        stages, (low, late, deep) = {"resnet50": resnet50_stages, "mobilenetv2": mobilenet_v2_stages}[backbone]()
        self.layer0, self.layer1, self.layer2, self.layer3, self.layer4 = stages
        self.aspp = Pyramid(deep)
        self.bot_aspp = conv_norm(5 * WIDTH, WIDTH)
        self.bot_fine = conv_norm(low, 48)
        self.final1 = nn.Sequential(*conv_norm(WIDTH + 48, WIDTH, 3), *conv_norm(WIDTH, WIDTH, 3))
        self.final2 = nn.Conv2d(WIDTH, CLASSES, 1)
        self.dsn = nn.Sequential(
            nn.Conv2d(late, 512, 3, padding=1),
            nn.BatchNorm2d(512),
            nn.ReLU(inplace=True),
            nn.Dropout2d(0.1),
            nn.Conv2d(512, CLASSES, 1),
        )
        self.memory = Memory()

    def forward(self, image, label, writing=True, writing_detach=True):
        low = self.layer1(self.layer0(image))
        late = self.layer3(self.layer2(low))
        x = self.bot_aspp(self.aspp(self.layer4(late)))
        x, reading_loss, writing_losses = self.memory(x, label, writing, writing_detach)
        x = torch.cat([self.bot_fine(low), upsample(x, low.shape[2:])], 1)
        logits = upsample(self.final2(self.final1(x)), image.shape[2:])
        if not self.training:
            return logits
        auxiliary = self.dsn(late)
        small = F.interpolate(label.unsqueeze(1).float(), size=auxiliary.shape[2:], mode="nearest").squeeze(1).long()
        return {
            "main": F.cross_entropy(logits, label, ignore_index=IGNORED),
            "aux": F.cross_entropy(auxiliary, small, ignore_index=IGNORED),
            "read": reading_loss,
            "write": writing_losses,
        }
