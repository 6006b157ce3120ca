// What a schema cannot say of an exported model: whether its numbers fit one another. With numbers that do not, a model would run
// and give labels, of something else.

import type { ExportedModel } from "./exported-model.js";

/** What does not fit, and beside what; null: all does. */
export function senselessPart(model: ExportedModel): string | null {
  return (
    inputProblem(model) ??
    labelsProblem(model) ??
    shapeProblem(model) ??
    autoProblem(model) ??
    selfTestProblem(model)
  );
}

/** A mean and a standard deviation of values that lie between 0 and 255 / divisor. */
function inputProblem({ input: { divisor, mean, std } }: ExportedModel): string | null {
  const most = 255 / divisor;
  const beside = `values of pixels go up to ${most} (255 / input.divisor)`;
  for (const [channel, value] of mean.entries()) {
    if (value < 0 || value > most) return `input.mean.${channel} is ${value}, but ${beside}`;
  }
  for (const [channel, value] of std.entries()) {
    if (value < most / 1000 || value > most) {
      return `input.std.${channel} is ${value}, but ${beside}, and it must be from a thousandth of that to all of it`;
    }
  }
  return null;
}

function labelsProblem({ labels: { classes, ignoreIndex } }: ExportedModel): string | null {
  const names = classes.map(({ name }) => name);
  const twice = names.findIndex((name, at) => names.indexOf(name) < at);
  if (twice >= 0) {
    return `labels.classes.${twice}.name is ${JSON.stringify(names[twice])}, as that of class ${names.indexOf(names[twice] as string)}`;
  }
  const ignored = classes[ignoreIndex]?.name;
  return ignored === undefined
    ? null
    : `labels.ignoreIndex is ${ignoreIndex}, but that is the class ${JSON.stringify(ignored)}`;
}

/** Inputs and outputs of the graphs, of which one that is not there is missed by who asks for it. */
function shapeProblem({ graphs, memory, labels, feature }: ExportedModel): string | null {
  const classes = labels.classes.length;
  const rows = memory?.shape;
  if (rows && (rows[0] !== classes || rows.at(-1) !== feature.width)) {
    return `memory.shape is [${rows.join(", ")}], but there are ${classes} classes and features of ${feature.width} channels`;
  }
  const channels: Readonly<Record<string, readonly [count: number, of: string]>> = {
    logits: [classes, "labels.classes"],
    read_weights: [classes, "labels.classes"],
    feature: [feature.width, "feature.width"],
    written: [feature.width, "feature.width"],
    image: [3, "input.channels"],
  };
  const { kind: _, ...each } = graphs;
  for (const [part, { inputs, outputs }] of Object.entries(each)) {
    for (const { name, shape } of [...inputs, ...outputs]) {
      const [expected, of] = (Object.hasOwn(channels, name) && channels[name]) || [];
      if (expected !== undefined && shape[1] !== expected)
        return `graphs.${part} has ${name} of ${shape[1]} channels, but ${of} says ${expected}`;
      if (name === "memory" && rows && shape.join() !== rows.join())
        return `graphs.${part} takes a memory of [${shape.join(", ")}], but memory.shape is [${rows.join(", ")}]`;
    }
  }
  return null;
}

/** What decides has to fit the graphs that it asks. */
function autoProblem({ graphs, normalization, labels, memory }: ExportedModel): string | null {
  const auto = normalization?.auto;
  if (!auto) return null;
  const { offsets, averaged, exposures, distance, voteWeight } = auto;
  const classes = labels.classes.length;
  if (offsets && offsets.length !== classes)
    return `normalization.auto.offsets has ${offsets.length} numbers, but there are ${classes} classes`;
  if (averaged > exposures.length + 1)
    return `normalization.auto.averaged is ${averaged}, but there are ${exposures.length + 1} looks`;
  if (!exposures.includes(1))
    return "normalization.auto.exposures must have 1, under which a second look is taken";
  if (!normalization.parts || graphs.kind !== "split")
    return "normalization.auto needs two graphs, but there is one, or normalization.parts is null";
  if (!graphs.encode.outputs.some(({ name }) => name === distance))
    return `normalization.auto.distance is ${JSON.stringify(distance)}, which graphs.encode does not give`;
  return (voteWeight === null) === (memory === null)
    ? null
    : `normalization.auto.voteWeight is ${voteWeight}, but there is ${memory ? "a" : "no"} memory`;
}

function selfTestProblem({ selfTest: { width, height, pixels, labels } }: ExportedModel): string | null {
  const area = width * height;
  for (const [name, text, bytes] of [
    ["pixels", pixels, 3 * area],
    ["labels", labels, area],
  ] as const) {
    const found = bytesOf(text);
    if (found !== bytes) {
      return `selfTest.${name} has ${found} bytes, but a picture of ${width}x${height} pixels has ${bytes}`;
    }
  }
  return null;
}

/** Of base64. */
const bytesOf = (text: string): number => Math.floor((text.replace(/=+$/, "").length * 3) / 4);
