import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import { Random } from "@pinmem/core";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { fixtureFile, folderOf, temporaryFolder } from "../../test/data-fixtures.js";
import type { Dataset } from "../datasets/dataset.js";
import { openNamedDataset } from "../datasets/sets/index.js";
import { writeWhole } from "../files/atomic-write.js";
import { writeLabelPng } from "../images/write-png.js";
import { type Batch, Loader, type LoaderOptions } from "./loader.js";
import { domainSampler } from "./sampling.js";

/** A folder of random pictures of different sizes with labels of 19 classes. */
async function makeDataset(count: number, seed: number): Promise<Dataset> {
  const root = temporaryFolder();
  for (let index = 0; index < count; index++) {
    const random = new Random({ seed, index, stream: "test pictures" });
    const [width, height] = [random.randint(40, 90), random.randint(30, 60)];
    const pixels = Uint8Array.from({ length: width * height * 3 }, () => random.randint(0, 256));
    const labels = Uint8Array.from({ length: width * height }, () => random.randint(0, 19));
    const name = `${index}`.padStart(4, "0");
    const picture = sharp(pixels, { raw: { width, height, channels: 3 } });
    const bytes = index % 2 ? await picture.png().toBuffer() : await picture.jpeg().toBuffer();
    await writeWhole(join(root, `images/${name}.${index % 2 ? "png" : "jpg"}`), bytes);
    await writeLabelPng(join(root, `labels/${name}.png`), { width, height, labels });
  }
  return openNamedDataset("folder", { root });
}

let datasets: Dataset[];
beforeAll(async () => {
  datasets = [await makeDataset(14, 1), await makeDataset(9, 2)];
});

const optionsFor = (extra: Partial<LoaderOptions> = {}, from = datasets): LoaderOptions => ({
  datasets: from,
  sampler: domainSampler({
    lengths: from.map(({ samples }) => samples.length),
    perDomain: 2,
    seed: 7,
    epoch: 40,
  }),
  crop: { size: { width: 48, height: 32 } },
  seed: 7,
  ...extra,
});

const digest = ({ image, label }: Batch) => createHash("sha256").update(image).update(label).digest("hex");

/** Digests of the first batches, epoch after epoch. */
/** More than an epoch of them. */
const BATCHES = 52;
const MIDDLE = 37;

async function digests(options: LoaderOptions, count: number, start = 0): Promise<string[]> {
  await using loader = new Loader(options);
  const found: string[] = [];
  for (let at = start; at < count; ) {
    const { batchesPerEpoch } = options.sampler;
    for await (const batch of loader.batches({
      epoch: Math.floor(at / batchesPerEpoch),
      from: at % batchesPerEpoch,
    })) {
      found.push(digest(batch));
      if (++at === count) break;
    }
  }
  return found;
}

describe("Loader", () => {
  let expected: string[];
  beforeAll(async () => {
    expected = await digests(optionsFor({ workers: 0 }), BATCHES);
  });

  it("gives other batches every time", () => {
    expect(expected).toHaveLength(BATCHES);
    expect(new Set(expected).size).toBe(BATCHES);
  });

  it.each([1, 3])("gives the same batches with %i workers", async (workers) => {
    expect(await digests(optionsFor({ workers }), BATCHES)).toEqual(expected);
  });

  it("gives the same batches with a cache, one that fits and one that does not", async () => {
    expect(await digests(optionsFor({ workers: 2, cacheBytes: 10e6 }), BATCHES)).toEqual(expected);
    expect(await digests(optionsFor({ workers: 1, cacheBytes: 60_000 }), 30)).toEqual(expected.slice(0, 30));
  });

  it("gives the same batches when taken up again in the middle of an epoch", async () => {
    expect(await digests(optionsFor({ workers: 2, prefetch: 5 }), BATCHES, MIDDLE)).toEqual(
      expected.slice(MIDDLE),
    );
  });

  it("gives other batches for another seed", async () => {
    const [first] = await digests(optionsFor({ workers: 0, seed: 8 }), 1);
    expect(first).not.toBe(expected[0]);
  });

  it("says what is in a batch", async () => {
    await using loader = new Loader(optionsFor({ workers: 1 }));
    for await (const batch of loader.batches({ epoch: 2, from: 39 })) {
      expect(batch).toMatchObject({ epoch: 2, index: 39, size: { width: 48, height: 32 } });
      expect(batch.choices.map(({ dataset }) => dataset)).toEqual([0, 0, 1, 1]);
      expect([batch.image.length, batch.label.length]).toEqual([4 * 48 * 32 * 3, 4 * 48 * 32]);
      expect(batch.label.every((id) => id < 19 || id === 255)).toBe(true);
      expect(new Set(batch.label).size).toBeGreaterThan(10);
    }
  });

  it("keeps a bounded number of batches in memory", async () => {
    await using loader = new Loader(optionsFor({ workers: 2, prefetch: 1 }));
    const memories = new Set<ArrayBufferLike>();
    for await (const batch of loader.batches({ epoch: 0 })) memories.add(batch.image.buffer);
    expect(memories.size).toBeLessThanOrEqual(3);
  });

  it("can be left and entered again", async () => {
    await using loader = new Loader(optionsFor({ workers: 2, prefetch: 4 }));
    for (let round = 0; round < 6; round++) {
      for await (const batch of loader.batches({ epoch: 0, from: round })) {
        expect(digest(batch)).toBe(expected[round]);
        break;
      }
    }
  });

  it("crops around the place that a sampler names", async () => {
    const root = temporaryFolder();
    const [width, height] = [400, 300];
    const labels = new Uint8Array(width * height);
    labels[210 * width + 333] = 18;
    await writeLabelPng(join(root, "labels/a.png"), { width, height, labels });
    await sharp({ create: { width, height, channels: 3, background: "red" } })
      .png()
      .toFile(join(temporaryFolder(), "x"));
    await writeWhole(
      join(root, "images/a.png"),
      await sharp({ create: { width, height, channels: 3, background: "red" } })
        .png()
        .toBuffer(),
    );
    const places = Array.from({ length: 19 }, (_, id) => (id === 18 ? [[0, 333, 210] as const] : []));
    const sampler = domainSampler({
      lengths: [1],
      perDomain: 4,
      seed: 1,
      epoch: 10,
      classUniform: { fraction: 1, places: [places] },
    });
    const dataset = await openNamedDataset("folder", { root });
    const crop = { size: { width: 40, height: 40 }, scale: [1, 1] as const };
    await using loader = new Loader(optionsFor({ sampler, crop, workers: 0 }, [dataset]));
    for await (const { label } of loader.batches({ epoch: 0 })) {
      for (let at = 0; at < 4; at++) expect(label.subarray(at * 1600, (at + 1) * 1600)).toContain(18);
    }
  });
});

describe("Loader with files that cannot be used", () => {
  async function damaged(fixtures: { image?: string; label?: string }): Promise<Dataset> {
    const files: Record<string, string> = {};
    for (const name of ["a", "b", "c"]) {
      files[`images/${name}.png`] = "photo.png";
      files[`labels/${name}.png`] = "train-ids.png";
    }
    files["images/b.png"] = fixtures.image ?? "photo.png";
    files["labels/b.png"] = fixtures.label ?? "train-ids.png";
    return openNamedDataset("folder", { root: folderOf(files) });
  }

  const all = async (options: LoaderOptions) => {
    await using loader = new Loader(options);
    for await (const _ of loader.batches({ epoch: 0 }));
    return loader.skipped;
  };

  it.each([
    [{ image: "truncated.png" }, /images\/b\.png: is damaged or truncated/],
    [{ image: "polygons.json" }, /images\/b\.png: is damaged, or no image that can be read/],
    [{ label: "truncated-label.png" }, /labels\/b\.png: is truncated/],
    [{ label: "unlisted.png" }, /labels\/b\.png: holds label values that this data set does not define: 77/],
    [{ label: "train-ids-small.png" }, /labels\/b\.png: is 20x12 pixels, but its image .*b\.png is 24x12/],
    [
      { image: "turned.jpg" },
      /labels\/b\.png: is 24x12 pixels.* is 12x24; .*turn the label likewise, .*orientation 'as-stored'/,
    ],
  ])("stops with an error that names the file: %j", async (fixtures, message) => {
    const dataset = await damaged(fixtures);
    for (const workers of [0, 2]) {
      await expect(all(optionsFor({ workers }, [dataset]))).rejects.toThrow(message);
    }
  });

  it("skips and counts them when asked to, the same ones whatever the workers", async () => {
    const dataset = await damaged({ label: "unlisted.png" });
    const runs = [0, 1, 3].map(async (workers) => {
      const skipped = await all(optionsFor({ workers, onError: "skip" }, [dataset]));
      const [[file, { problem, times }] = ["", { problem: "", times: 0 }]] = skipped;
      expect(skipped.size).toBe(1);
      expect(file).toMatch(/labels\/b\.png$/);
      expect(problem).toMatch(/holds label values/);
      return times;
    });
    const times = await Promise.all(runs);
    expect(times[0]).toBeGreaterThan(5);
    expect(new Set(times).size).toBe(1);
    const options = optionsFor({ onError: "skip" }, [dataset]);
    expect(await digests({ ...options, workers: 2 }, 30)).toEqual(
      await digests({ ...options, workers: 0 }, 30),
    );
  });

  it("stops all the same when nothing can be used", async () => {
    const root = folderOf({ "images/a.png": "truncated.png", "labels/a.png": "train-ids.png" });
    const dataset = await openNamedDataset("folder", { root });
    await expect(all(optionsFor({ workers: 1, onError: "skip" }, [dataset]))).rejects.toThrow(
      /images\/a\.png: 1 samples in a row cannot be used; the last one is damaged or truncated/,
    );
  });

  it("names a file that vanished after the data set was opened", async () => {
    const dataset = await damaged({});
    rmSync(join(dataset.root, "images/b.png"));
    await expect(all(optionsFor({ workers: 2 }, [dataset]))).rejects.toThrow(
      /images\/b\.png: does not exist/,
    );
  });

  it("goes on after an error: other batches are still right", async () => {
    const dataset = await damaged({ label: "unlisted.png" });
    await using loader = new Loader(optionsFor({ workers: 2, prefetch: 3 }, [dataset]));
    const drain = async () => {
      for await (const _ of loader.batches({ epoch: 0 }));
    };
    await expect(drain()).rejects.toThrow(/labels\/b\.png/);
    copyFileSync(fixtureFile("train-ids.png"), join(dataset.root, "labels/b.png"));
    await drain();
  });
});

describe("Loader's options", () => {
  it("are checked when it is made", () => {
    expect(() => new Loader(optionsFor({}, []))).toThrow(/at least one data set/);
    expect(() => new Loader(optionsFor({ workers: -1 }))).toThrow(/workers is -1, but must be 0 or more/);
    expect(() => new Loader(optionsFor({ crop: { size: { width: 0, height: 1 } } }))).toThrow(
      /crop: size 0x1/,
    );
    const [first, second] = datasets as [Dataset, Dataset];
    const other = { ...second, space: { ...second.space, name: "farm" } };
    expect(() => new Loader(optionsFor({}, [first, other]))).toThrow(
      /different label spaces \(cityscapes19, farm\)/,
    );
  });

  it("does not keep the program running when it is not closed, and ends waiting callers when it is", async () => {
    const loader = new Loader(optionsFor({ workers: 1 }));
    const batches = loader.batches({ epoch: 0 });
    await batches.next();
    const drained = (async () => {
      for await (const _ of batches);
    })();
    const failed = expect(drained).rejects.toThrow(/the loader was closed/);
    await loader.close();
    await failed;
  });

  it("is waited for while it is closed, also by a program that waits for nothing else", () => {
    const compiled = (name: string) => JSON.stringify(new URL(`../../dist/${name}.js`, import.meta.url));
    const program = `
      import { Loader } from ${compiled("loading/loader")};
      import { domainSampler } from ${compiled("loading/sampling")};
      import { openNamedDataset } from ${compiled("datasets/sets/index")};
      const dataset = await openNamedDataset("folder", { root: ${JSON.stringify(datasets[0]?.root)} });
      const sampler = domainSampler({ lengths: [dataset.samples.length], perDomain: 2, seed: 7, epoch: 40 });
      const crop = { size: { width: 48, height: 32 } };
      const loader = new Loader({ datasets: [dataset], sampler, crop, seed: 7 });
      const waiting = loader.batches({ epoch: 0 }).next().catch(() => {});
      const closing = loader.close();
      await waiting;
      await closing;
      console.log("closed");`;
    const { status, stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
      encoding: "utf8",
    });
    expect([status, stdout]).toEqual([0, "closed\n"]);
  });

  it("ends its threads by themselves when it is closed while they decode: terminated ones can abort the program", async () => {
    const codes: number[] = [];
    const onWorker = (worker: Worker) => worker.on("exit", (code) => codes.push(code));
    process.on("worker", onWorker);
    for (let round = 0; round < 5; round++) {
      const loader = new Loader(optionsFor({ workers: 2, prefetch: 6, cacheBytes: 10e6 }));
      for await (const _ of loader.batches({ epoch: 0 })) break;
      await loader.close();
    }
    process.removeListener("worker", onWorker);
    expect(codes).toEqual(Array(10).fill(0));
  });
});
