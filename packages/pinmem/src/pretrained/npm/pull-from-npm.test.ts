// The conversion on a small made-up package of the same form, and npm's client played by a script.

import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { readSafetensors } from "@pinmem/torch/files";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { packNpm } from "./pack.js";
import { writeFromPackage } from "./pull-from-npm.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pinmem-npm-test-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Entry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
  readonly min: number;
  readonly scale: number;
}

/** MobileNetV2 of Keras with two channels everywhere. */
function miniature(): Entry[] {
  const entries: Entry[] = [];
  const add = (name: string, shape: number[], min: number, scale: number) => {
    const count = shape.reduce((product, size) => product * size, 1);
    const bytes = Uint8Array.from({ length: count }, (_, i) => (31 * i + 7 * entries.length) % 256);
    entries.push({ name, shape, bytes, min, scale });
  };
  const convolution = (name: string, shape: number[], bn: string) => {
    add(name, shape, -0.5, 0.004);
    add(`${bn}/gamma`, [2], 0.5, 0.01);
    add(`${bn}/beta`, [2], -1, 0.01);
    add(`${bn}/moving_mean`, [2], -1.5, 0.012);
    add(`${bn}/moving_variance`, [2], 0.25, 1e-2);
  };
  convolution("Conv1/kernel", [3, 3, 3, 2], "bn_Conv1");
  const block = (name: string, expands: boolean) => {
    if (expands) convolution(`${name}_expand/kernel`, [1, 1, 2, 2], `${name}_expand_BN`);
    convolution(`${name}_depthwise/depthwise_kernel`, [3, 3, 2, 1], `${name}_depthwise_BN`);
    convolution(`${name}_project/kernel`, [1, 1, 2, 2], `${name}_project_BN`);
  };
  block("expanded_conv", false);
  for (let k = 1; k <= 16; k++) block(`block_${k}`, true);
  convolution("Conv_1/kernel", [1, 1, 2, 2], "Conv_1_bn");
  add("dense/kernel", [2, 5], -1, 0.01);
  return entries;
}

/** A number as a minifier writes it. */
const minified = (value: number): string => String(value).replace(/^(-?)0\./, "$1.");

const manifestOf = (entries: readonly Entry[]): string =>
  `!function(e){modelTopology:{class_name:"Model"},weightsManifest:[{paths:["group1-shard1of1"],weights:[${entries
    .map(
      ({ name, shape, min, scale }) =>
        `{name:"${name}",shape:[${shape}],dtype:"float32",quantization:{min:${minified(min)},scale:${minified(scale)},dtype:"uint8"}}`,
    )
    .join(",")}]}]}},{}]},{},[1])(1)});`;

const shardOf = (entries: readonly Entry[]): string =>
  `!function(e){({1:[function(e,h,n){h.exports="${Buffer.concat(entries.map(({ bytes }) => bytes)).toString("base64")}"},{}]},{},[1])(1)});`;

/** A package as npm packs it. */
function tarball(files: Readonly<Record<string, string>>): Buffer {
  const blocks = Object.entries(files).flatMap(([name, content]) => {
    const header = Buffer.alloc(512);
    const size = Buffer.byteLength(content);
    header.write(name, 0);
    header.write("0000644\0", 100);
    header.write(`${size.toString(8).padStart(11, "0")} `, 124);
    header.write("        ", 148);
    header.write("0", 156);
    header.write("ustar\x0000", 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    const body = Buffer.alloc(Math.ceil(size / 512) * 512);
    body.write(content);
    return [header, body];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

const model = "package/dist/models/mobilenet_v2";
const packageOf = (entries: readonly Entry[], more: Readonly<Record<string, string>> = {}): Buffer =>
  tarball({
    "package/README.md": "x".repeat(700),
    "package/LICENSE": "MIT License\n",
    [`${model}/model.min.js`]: manifestOf(entries),
    [`${model}/group1-shard1of1.min.js`]: shardOf(entries),
    ...more,
  });

function convert(bytes: Uint8Array) {
  const file = join(folder, "out.safetensors");
  rmSync(file, { force: true });
  writeFromPackage(file, bytes, { name: "made-up", version: "1.2.3" });
  const { tensors, metadata } = readSafetensors(file);
  const numbers = (name: string): Float32Array => {
    const data = tensors.get(name)?.data ?? new Uint8Array();
    return new Float32Array(data.buffer, data.byteOffset, data.byteLength / 4);
  };
  return { tensors, metadata, numbers };
}

describe("MobileNetV2 from a package of npm", () => {
  const entries = miniature();
  const keras = (name: string): number[] => {
    const { bytes, min, scale } = entries.find((entry) => entry.name === name) as Entry;
    return [...bytes].map((byte) => byte * scale + min);
  };

  it("computes the same from torchvision's pictures as Keras from its own", () => {
    const { numbers } = convert(packageOf(entries));
    // A patch of 3 x 3 pixels, colors from 0 to 1, by [place][color].
    const patch = Array.from({ length: 9 }, (_, place) =>
      [0, 1, 2].map((color) => ((3 * place + 5 * color) % 11) / 10),
    );
    const [mean, deviation] = [
      [0.485, 0.456, 0.406],
      [0.229, 0.224, 0.225],
    ] as const;
    const [theirs, ours] = [keras("Conv1/kernel"), numbers("features.0.0.weight")];
    for (const channel of [0, 1]) {
      let [a, b] = [0, 0];
      patch.forEach((colors, place) => {
        colors.forEach((value, color) => {
          a += (theirs[(place * 3 + color) * 2 + channel] as number) * (2 * value - 1);
          const fed = (value - (mean[color] as number)) / (deviation[color] as number);
          b += (ours[(channel * 3 + color) * 9 + place] as number) * fed;
        });
      });
      const at = (name: string) => keras(`bn_Conv1/${name}`)[channel] as number;
      const norm = (name: string) => numbers(`features.0.1.${name}`)[channel] as number;
      const expected =
        (at("gamma") * (a - at("moving_mean"))) / Math.sqrt(at("moving_variance") + 1e-3) + at("beta");
      const found =
        (norm("weight") * (b - norm("running_mean"))) / Math.sqrt(norm("running_var") + 1e-5) + norm("bias");
      expect(found).toBeCloseTo(expected, 4);
    }
  });

  it("has torchvision's names and axes, and tells its origin and license", () => {
    const { tensors, metadata, numbers } = convert(packageOf(entries));
    expect(tensors.size).toBe(52 * 6);
    expect(tensors.get("features.17.conv.1.0.weight")?.shape).toEqual([2, 1, 3, 3]);
    const depthwise = keras("block_16_depthwise/depthwise_kernel");
    expect(numbers("features.17.conv.1.0.weight")[9 + 5]).toBeCloseTo(depthwise[5 * 2 + 1] as number, 6);
    const project = keras("expanded_conv_project/kernel");
    expect([...numbers("features.1.conv.1.weight")].map((value) => value.toFixed(5))).toEqual(
      [0, 2, 1, 3].map((index) => (project[index] as number).toFixed(5)),
    );
    expect(tensors.get("features.18.1.num_batches_tracked")).toMatchObject({ dtype: "int64", shape: [] });
    expect(Object.fromEntries(metadata)).toMatchObject({
      backbone: "mobilenet_v2",
      origin: expect.stringMatching(/^made-up@1\.2\.3 of the npm registry: .*ImageNet/),
      license: "MIT License",
    });
  });

  const without = (name: string) => entries.filter((entry) => entry.name !== name);
  const manifest = manifestOf(entries);
  const withManifest = (text: string) => packageOf(entries, { [`${model}/model.min.js`]: text });
  it.each<[what: string, bytes: () => Uint8Array, problem: RegExp]>([
    ["no archive", () => Buffer.from("<html>"), /holds no archive/],
    ["half an archive", () => packageOf(entries).subarray(0, 2000), /holds no archive/],
    [
      "a package without the network",
      () => tarball({ "package/LICENSE": "" }),
      /lacks package\/dist\/models/,
    ],
    [
      "a network without a layer",
      () => packageOf(without("block_3_project/kernel")),
      /block_3_project\/kernel is not there/,
    ],
    [
      "fewer bytes",
      () => packageOf(entries, { [`${model}/group1-shard1of1.min.js`]: shardOf(entries.slice(0, -1)) }),
      /bytes of dense\/kernel are not there/,
    ],
    ["more bytes", () => withManifest(manifestOf(entries.slice(0, -1))), /10 bytes belong to nothing/],
    [
      "a program in a number's place",
      () => withManifest(manifest.replace("min:-.5", "min:process.exit(3)")),
      /weight 1 of its manifest cannot be read/,
    ],
    ["no manifest", () => withManifest("weights:[]"), /its manifest is not found/],
    [
      "a weight without end",
      () => withManifest(manifest.replace("shape:[3,3,3,2]", "shape:[99999,99999]")),
      /bytes of Conv1\/kernel are not there/,
    ],
  ])("refuses %s and writes nothing", (_, bytes, problem) => {
    expect(() => convert(bytes())).toThrow(problem);
    expect(() => convert(bytes())).toThrow(/^made-up@1\.2\.3: [^\n]*$/);
    expect(existsSync(join(folder, "out.safetensors"))).toBe(false);
  });
});

describe.skipIf(process.platform === "win32")("npm's client", () => {
  const content = Buffer.from("a package");
  const integrity = `sha512-${createHash("sha512").update(content).digest("base64")}`;
  const wanted = { name: "made-up", version: "1.2.3", integrity };

  /** Runs with an `npm` that is this script. */
  function withNpm(script: string) {
    const bin = mkdtempSync(join(folder, "bin-"));
    writeFileSync(join(bin, "npm"), `#!/usr/bin/env node\n${script}`);
    chmodSync(join(bin, "npm"), 0o755);
    return { env: { PATH: [bin, dirname(process.execPath), "/usr/bin", "/bin"].join(delimiter) } };
  }
  const packs = `
    const option = process.argv.find((one) => one.startsWith("--pack-destination=")).split("=")[1];
    if (process.argv[2] !== "pack" || process.argv[3] !== "made-up@1.2.3" || !process.argv.includes("--ignore-scripts")) process.exit(9);
    require("node:fs").writeFileSync(option + "/made-up-1.2.3.tgz", "a package");`;

  it("brings the package with the known integrity, and leaves nothing behind", async () => {
    // Others pull packages in the system's folder meanwhile.
    const own = mkdtempSync(join(folder, "own-"));
    vi.stubEnv("TMPDIR", own);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(Buffer.from(await packNpm(wanted, withNpm(packs))).equals(content)).toBe(true);
    expect(readdirSync(own)).toEqual([]);
  });

  it.each([
    [
      "another package",
      packs.replace('"a package"', '"another"'),
      /made-up@1\.2\.3: is another package than .*sha512-/,
    ],
    [
      "no network",
      'console.error("npm error code ENOTFOUND\\nnpm error syscall getaddrinfo"); process.exit(1)',
      /npm pack made-up@1\.2\.3: npm cannot reach its registry \(ENOTFOUND\): there is no network, or npm's settings/,
    ],
    [
      "no such package",
      'console.error("npm error code E404\\nnpm error 404 Not Found - GET https://registry"); process.exit(1)',
      /npm pack made-up@1\.2\.3: E404: 404 Not Found - GET https:\/\/registry$/,
    ],
    [
      "a full disk",
      'console.error("npm error code ENOSPC"); process.exit(1)',
      /the disk is full\. Free some space/,
    ],
    ["nothing", "", /left no package/],
  ])("that brings %s is an error of one line", async (_, script, problem) => {
    await expect(packNpm(wanted, withNpm(script))).rejects.toThrow(problem);
  });

  it("that is not there is an error of one line", async () => {
    await expect(packNpm(wanted, { env: { PATH: folder } })).rejects.toThrow(/npm is not on the PATH/);
  });
});
