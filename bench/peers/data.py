"""The other side of `npm run bench -- data`: a torch DataLoader with Pillow that does the same work."""

import json
import os
import random
import resource
import sys
import time

import numpy as np
import PIL
import torch
from PIL import Image, ImageOps


def files_below(folder):
    found = {}
    for place, _, names in os.walk(folder):
        for name in names:
            found[os.path.splitext(name)[0]] = os.path.join(place, name)
    return found


class Crops(torch.utils.data.Dataset):
    """Random scale from 0.5 to 2, padding, random crop, flip, as the official code does; results as bytes."""

    def __init__(self, root, crop, items, camvid):
        images, labels = files_below(os.path.join(root, "images")), files_below(os.path.join(root, "labels"))
        self.pairs = [(images[key], labels[key]) for key in sorted(images)]
        self.crop, self.items = crop, items
        self.table = np.full(256, 255, np.uint8)
        mapped = [10, 2, 5, 0, 1, 8, 7, 4, 13, 11, 18] if camvid else range(19)
        self.table[: len(mapped)] = mapped

    def __len__(self):
        return self.items

    def __getitem__(self, index):
        image, label = (Image.open(path) for path in self.pairs[index % len(self.pairs)])
        image = image.convert("RGB")
        label = Image.fromarray(self.table[np.asarray(label)])
        scale = random.uniform(0.5, 2)
        size = [int(side * scale) for side in image.size]
        image, label = image.resize(size, Image.BICUBIC), label.resize(size, Image.NEAREST)
        pads = [(self.crop - side) // 2 + 1 if self.crop > side else 0 for side in size]
        if any(pads):
            image = ImageOps.expand(image, border=(*pads, *pads), fill=0)
            label = ImageOps.expand(label, border=(*pads, *pads), fill=255)
        left, top = (random.randint(0, side - self.crop) for side in image.size)
        box = (left, top, left + self.crop, top + self.crop)
        image, label = image.crop(box), label.crop(box)
        if random.random() < 0.5:
            image, label = image.transpose(Image.FLIP_LEFT_RIGHT), label.transpose(Image.FLIP_LEFT_RIGHT)
        return torch.from_numpy(np.array(image)), torch.from_numpy(np.array(label))


def processor_time():
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    )


def run(request):
    batch_size, batches, warm_up = request["batchSize"], request["batches"], request["warmUp"]
    items = (batches + warm_up) * batch_size
    dataset = Crops(request["root"], request["crop"], items, request["dataset"] == "camvid")
    loader = torch.utils.data.DataLoader(
        dataset, batch_size, shuffle=True, num_workers=request["workers"], drop_last=True
    )
    before = processor_time()
    for seen, (image, _) in enumerate(loader):
        if seen == warm_up:
            begin = time.perf_counter()
        assert image.shape[0] == batch_size
    seconds = time.perf_counter() - begin
    # The workers have ended, so that their processor time is known: of the whole run, start included.
    return {
        "imagesPerSecond": (batches - 1) * batch_size / seconds,
        "cpuMsPerImage": (processor_time() - before) * 1e3 / items,
    }


versions = {"python": sys.version.split()[0], "torch": torch.__version__, "pillow": PIL.__version__}
for line in sys.stdin:
    request = json.loads(line)
    answer = {"versions": versions} if request.get("versions") else run(request)
    print(json.dumps(answer), flush=True)
