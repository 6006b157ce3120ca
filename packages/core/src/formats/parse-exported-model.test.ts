import { describe, expect, it } from "vitest";
import { EXPORT_FORMAT, type ExportedModel } from "./exported-model.js";
import { parseExportedModel } from "./parse-exported-model.js";

const sha256 = "0123456789abcdef".repeat(4);

/** A model of two classes with a memory, whose self-test picture has 2 x 1 pixels. */
const sample: ExportedModel = {
  format: EXPORT_FORMAT,
  name: "demo",
  graphs: {
    kind: "split",
    encode: {
      file: "encode.onnx",
      bytes: 10,
      sha256,
      inputs: [
        { name: "image", type: "float32", shape: ["batch", 3, "height", "width"] },
        { name: "own_weight", type: "float32", shape: [1] },
      ],
      outputs: [
        { name: "feature", type: "float32", shape: ["batch", 8, "rows", "columns"] },
        { name: "low_level", type: "float32", shape: ["batch", 4, "fine_rows", "fine_columns"] },
        { name: "written", type: "float32", shape: ["batch", 8, "rows", "columns"] },
        { name: "departure_distance", type: "float32", shape: ["batch"] },
      ],
    },
    decode: {
      file: "decode.onnx",
      bytes: 10,
      sha256,
      inputs: [
        { name: "feature", type: "float32", shape: ["batch", 8, "rows", "columns"] },
        { name: "low_level", type: "float32", shape: ["batch", 4, "fine_rows", "fine_columns"] },
        { name: "memory", type: "float32", shape: [2, 8] },
        { name: "temperature", type: "float32", shape: [1] },
        { name: "vote_weight", type: "float32", shape: [1] },
        { name: "size", type: "int64", shape: [2] },
        { name: "own_weight", type: "float32", shape: [1] },
      ],
      outputs: [
        { name: "labels", type: "uint8", shape: ["batch", "height", "width"] },
        { name: "logits", type: "float32", shape: ["batch", 2, "height", "width"] },
        { name: "read_weights", type: "float32", shape: ["batch", 2, "rows", "columns"] },
      ],
    },
  },
  opset: 20,
  memory: {
    file: "memory.safetensors",
    bytes: 10,
    sha256,
    tensor: "rows",
    shape: [2, 8],
    read: { temperature: 0.1, centered: false, maskAbsent: true, residual: false },
    voteWeight: 10,
    votesOnly: false,
    momentum: 0.8,
  },
  labels: {
    name: "two",
    classes: [
      { name: "road", color: [128, 64, 128], id: 7 },
      { name: "sky", color: [70, 130, 180], id: 23 },
    ],
    ignoreIndex: 255,
  },
  input: {
    layout: "NCHW",
    channels: "RGB",
    divisor: 255,
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
  },
  feature: { width: 8, stride: 16 },
  normalization: {
    input: "own_weight",
    weight: 0.3,
    largest: 2 ** 20,
    parts: { own: "own_statistics", given: "given_statistics", useGiven: "use_given" },
    auto: {
      weight: 10_800,
      entropy: 0.4,
      information: 1.1,
      departure: 0.05,
      exposures: [1, 0.6, 0.35, 1.7],
      averaged: 2,
      distance: "departure_distance",
      offsets: [0.1, -0.2],
      voteWeight: 10,
    },
  },
  half: { elements: 50_000, changed: { labels: 0.0001, logits: 0.001 } },
  provenance: {
    pinmem: "0.1.0",
    date: "2026-01-01T00:00:00.000Z",
    run: "demo",
    weights: sha256,
    step: 100,
    score: 0.5,
    method: "pin-memory",
    network: "resnet18, deeplab-v3+",
    data: ["streets"],
    backboneWeights: null,
    adapted: false,
    recipe: { name: "demo" },
  },
  license: "The data sets' own terms hold for the weights.",
  verification: {
    verified: true,
    libtorch: "2.13.0",
    onnxruntime: "1.30.0",
    limits: { labels: 1e-4, logits: 1e-3 },
    pictures: [{ width: 47, height: 33, labels: 0, logits: 1e-6 }],
  },
  selfTest: { width: 2, height: 1, pixels: "AAAA////", labels: "AP8=" },
  notes: [],
};

/** The sample as JSON, with another value at `path`. */
function changed(path: string, value: unknown): unknown {
  const model = JSON.parse(JSON.stringify(sample));
  const keys = path.split(".");
  const last = keys.pop() as string;
  keys.reduce((part, key) => part[key], model)[last] = value;
  return model;
}

describe("parseExportedModel", () => {
  it("gives back what was written", () => {
    expect(parseExportedModel(JSON.parse(JSON.stringify(sample)), "model.json")).toEqual(sample);
  });

  it("takes a single graph without a memory, not verified", () => {
    const { graphs } = sample;
    if (graphs.kind !== "split") throw new Error("the sample has two graphs");
    const single: ExportedModel = {
      ...sample,
      graphs: { kind: "single", whole: { ...graphs.encode, file: "model.onnx" } },
      memory: null,
      normalization: null,
      half: null,
      verification: { verified: false, reason: "not asked for" },
    };
    expect(parseExportedModel(JSON.parse(JSON.stringify(single)), "model.json")).toEqual(single);
  });

  it("refuses a newer format, naming the remedy", () => {
    expect(() => parseExportedModel({ ...sample, format: EXPORT_FORMAT + 1 }, "a/model.json")).toThrow(
      /^a\/model.json was written by a newer version of pinmem \(format 3, .*install that version$/,
    );
  });

  it("takes models of the format before, in which no picture decided", () => {
    const older = changed("format", 1) as { normalization: { auto?: unknown } };
    delete older.normalization.auto;
    const { normalization } = sample;
    expect(parseExportedModel(older, "model.json")).toEqual({
      ...sample,
      format: 1,
      normalization: { ...normalization, auto: null },
    });
  });

  it("names the field that cannot be as it is", () => {
    expect(() => parseExportedModel({ ...sample, opset: "20" }, "model.json")).toThrow(
      /^model.json describes no exported model: opset is "20": /,
    );
    expect(() => parseExportedModel([], "model.json")).toThrow(/^model.json describes no exported model/);
  });

  it("refuses files outside the folder", () => {
    const memory = { ...sample.memory, file: "../rows.safetensors" };
    expect(() => parseExportedModel({ ...sample, memory }, "model.json")).toThrow(
      /memory.file is "..\/rows.safetensors": must be the name of a file/,
    );
  });

  it("refuses a memory of other classes or channels than the network's", () => {
    const withShape = (shape: number[]) => {
      const model = JSON.parse(JSON.stringify(sample));
      model.memory.shape = shape;
      model.graphs.decode.inputs[2].shape = shape;
      return model;
    };
    expect(parseExportedModel(withShape([2, 3, 8]), "model.json").memory?.shape).toEqual([2, 3, 8]);
    expect(() => parseExportedModel(withShape([3, 8]), "model.json")).toThrow(/there are 2 classes/);
    expect(() => parseExportedModel(withShape([2, 9]), "model.json")).toThrow(/features of 8 channels/);
  });

  it.each<[path: string, value: unknown, problem: RegExp]>([
    ["input.std.0", 0, /input\.std\.0 is 0, but values of pixels go up to 1 .* from a thousandth of that/],
    ["input.std.2", -0.2, /input\.std\.2 is -0\.2, but/],
    ["input.std.1", 1e30, /input\.std\.1 is 1e\+30, but/],
    ["input.mean.1", 1e30, /input\.mean\.1 is 1e\+30, but values of pixels go up to 1 \(255/],
    ["input.mean.0", -0.4, /input\.mean\.0 is -0\.4, but/],
    ["input.mean.0", "NaN", /input\.mean\.0 is "NaN": /],
    ["input.mean.0", null, /input\.mean\.0: /],
    ["input.divisor", 0, /input\.divisor is 0: must be from 1 to 65535/],
    ["input.divisor", Number.POSITIVE_INFINITY, /input\.divisor/],
    ["input.divisor", 1, /input\.std\.0 is 0\.229, but values of pixels go up to 255/],
    ["feature.stride", 0, /feature\.stride is 0: /],
    ["feature.stride", 1e9, /feature\.stride is 1000000000: must be at most 256/],
    ["memory.read.temperature", 1e-300, /temperature is 1e-300: must be from 0\.000001 to 1000000/],
    ["memory.voteWeight", -1, /voteWeight is -1: must be from 0 to 1000000/],
    ["memory.voteWeight", 1e300, /voteWeight is 1e\+300: must be/],
    ["normalization.largest", 1, /normalization\.largest is 1: must be at least 1024/],
    ["normalization.weight", 2, /normalization\.weight is 2: /],
    ["normalization.auto.weight", 1.5, /normalization\.auto\.weight is 1\.5: /],
    [
      "normalization.auto.offsets",
      [1],
      /normalization\.auto\.offsets has 1 numbers, but there are 2 classes/,
    ],
    ["normalization.auto.averaged", 6, /normalization\.auto\.averaged is 6, but there are 5 looks/],
    ["normalization.auto.exposures", [0.6, 0.35], /normalization\.auto\.exposures must have 1/],
    ["normalization.auto.exposures.1", 0, /normalization\.auto\.exposures\.1 is 0: must be from 0\.1 to 10/],
    ["normalization.auto.voteWeight", null, /auto\.voteWeight is null, but there is a memory/],
    ["normalization.auto.distance", "far", /auto\.distance is "far", which graphs\.encode does not give/],
    ["normalization.parts", null, /normalization\.auto needs two graphs/],
    ["labels.ignoreIndex", 1, /labels\.ignoreIndex is 1, but that is the class "sky"/],
    ["labels.classes.1.name", "road", /labels\.classes\.1\.name is "road", as that of class 0/],
    ["labels.classes.2", { name: "car", color: [0, 0, 142], id: 26 }, /memory\.shape is \[2, 8\], but .* 3/],
    ["graphs.decode.outputs.1.shape.1", 19, /graphs\.decode has logits of 19 channels, but labels\.classes/],
    ["graphs.encode.outputs.0.shape.1", 9, /graphs\.encode has feature of 9 channels, but feature\.width/],
    ["graphs.encode.inputs.0.shape.1", 4, /graphs\.encode has image of 4 channels/],
    ["graphs.decode.inputs.2.shape", [3, 8], /takes a memory of \[3, 8\], but memory\.shape is \[2, 8\]/],
    ["selfTest.width", 1000, /selfTest\.pixels has 6 bytes, but a picture of 1000x1 pixels has 3000/],
    ["selfTest.labels", "AA==", /selfTest\.labels has 1 bytes, but a picture of 2x1 pixels has 2/],
  ])("refuses %s that is %j, and says what to do", (path, value, problem) => {
    const parse = () => parseExportedModel(changed(path, value), "model.json");
    expect(parse).toThrow(problem);
    expect(parse).toThrow(/^model\.json describes no exported model: .*; export the run once more, or copy/);
  });

  it("takes values as other networks have them", () => {
    const input = { ...sample.input, divisor: 1, mean: [123, 117, 104], std: [1, 1, 1] };
    expect(parseExportedModel({ ...sample, input }, "model.json").input).toEqual(input);
    const centered = { ...sample.input, divisor: 127.5, mean: [1, 1, 1], std: [1, 1, 1] };
    expect(parseExportedModel({ ...sample, input: centered }, "model.json").input).toEqual(centered);
  });
});
