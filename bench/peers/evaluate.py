"""The other side of `npm run bench -- evaluate`: the usual loop in Python. Pillow decodes, torch computes, NumPy counts; either
in the loop itself or with a DataLoader that reads ahead in a worker. The network is that of networks/deeplab.py."""

import json
import os
import sys
import time

# The torch.py beside this file is another peer, not the library.
sys.path[0] = os.path.join(os.path.dirname(os.path.abspath(__file__)), "networks")

import numpy as np  # noqa: E402
import PIL  # noqa: E402
import torch  # noqa: E402
import torchvision  # noqa: E402
from deeplab import CLASSES, IGNORED, DeepLab, upsample  # noqa: E402
from PIL import Image  # noqa: E402

MEAN, STD = torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1), torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1)


class Images(torch.utils.data.Dataset):
    def __init__(self, root):
        names = sorted(os.listdir(os.path.join(root, "images")))
        self.pairs = [
            (os.path.join(root, "images", name), os.path.join(root, "labels", os.path.splitext(name)[0] + ".png"))
            for name in names
        ]

    def __len__(self):
        return len(self.pairs)

    def __getitem__(self, index):
        image, label = self.pairs[index]
        pixels = torch.from_numpy(np.array(Image.open(image).convert("RGB"))).permute(2, 0, 1).contiguous()
        return (pixels.float().div_(255) - MEAN) / STD, torch.from_numpy(np.array(Image.open(label)))


def logits(network, image):
    low = network.layer1(network.layer0(image))
    x = network.bot_aspp(network.aspp(network.layer4(network.layer3(network.layer2(low)))))
    x, _ = network.memory.read(x)
    x = torch.cat([network.bot_fine(low), upsample(x, low.shape[2:])], 1)
    return upsample(network.final2(network.final1(x)), image.shape[2:])


def evaluate(network, dataset, workers):
    histogram = np.zeros((CLASSES, CLASSES), np.int64)
    images = 0
    with torch.inference_mode():
        for image, label in torch.utils.data.DataLoader(dataset, batch_size=1, num_workers=workers):
            prediction = logits(network, image).argmax(1).numpy()
            label = label.numpy().astype(np.int64)
            seen = label != IGNORED
            joint = CLASSES * label[seen] + prediction[seen]
            histogram += np.bincount(joint, minlength=CLASSES**2).reshape(CLASSES, CLASSES)
            images += len(image)
    return images, int(histogram.sum())


opened = None


def handle(request):
    global opened
    if request["task"] == "versions":
        return {
            "torch": torch.__version__,
            "torchvision": torchvision.__version__,
            "pillow": PIL.__version__,
            "python": sys.version.split()[0],
        }
    if request["task"] == "open":
        torch.set_num_threads(request["threads"])
        torch.manual_seed(0)
        backbone = request["backbone"].replace("_", "")
        opened = DeepLab(backbone).eval(), Images(request["root"])
        return {}
    start, cpu = time.perf_counter(), time.process_time()
    images, pixels = evaluate(*opened, request["workers"])
    return {
        "seconds": time.perf_counter() - start,
        "cpuSeconds": time.process_time() - cpu,
        "images": images,
        "pixels": pixels,
    }


for line in sys.stdin:
    try:
        reply = handle(json.loads(line))
    except Exception as error:  # reported to the orchestrator, which stops
        reply = {"error": repr(error)}
    print(json.dumps(reply), flush=True)
