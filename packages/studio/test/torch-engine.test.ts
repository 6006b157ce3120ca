// The graphs that libtorch computes for a page, beside those that the page computes itself: the same labels, reads and rows, with whatever
// weight of a picture's own statistics.

import { exposed } from "@pinmem/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { torchGraphs } from "../../pinmem/src/cli/studio/torch-graphs.js";
import { temporaryFolder } from "../../pinmem/test/data-fixtures.js";
import { TINY } from "../../pinmem/test/tiny-backbone.js";
import { GraphRunner } from "../../runtime/src/graph-runner.js";
import { load, Model } from "../../runtime/src/index.js";
import type { GraphSession } from "../../runtime/src/onnx.js";
import { exportTiny, noRuntime, street } from "../../runtime/test/exported.js";
import type { ComputeGraph } from "../src/index.js";

const normalize = { kind: "image", weight: 0.3 } as const;
/** MiB; too little for the wide picture whole. */
const MEMORY = 24;

describe.skipIf(noRuntime !== null)("libtorch, where it computes for the page", () => {
  let own: Model;
  let served: Model;
  let folder: string;
  let compute: ComputeGraph;
  beforeAll(async () => {
    const noisy = {
      model: { backbone: TINY, width: 32, memory: { read: { gumbel: "always" } } },
    } as const;
    const exported = await exportTiny(temporaryFolder(), noisy, { normalize });
    folder = exported.folder;
    compute = torchGraphs(exported.run, { normalize, place: null });
    own = await load(folder, { threads: 1 });
    served = servedModel(own, 4096);
  });
  afterAll(async () => {
    await own?.dispose();
    await served?.dispose();
  });

  /** As the page has it, but for the way to the server. */
  function servedModel({ description, memory }: Model, mebibytes: number, graphs = compute): Model {
    const session = (name: "encode" | "decode"): GraphSession => {
      if (description.graphs.kind !== "split") throw new Error("a single graph");
      const graph = description.graphs[name];
      return {
        graph,
        outputs: graph.outputs.map((one) => one.name),
        run: async (values, wanted) =>
          (await graphs(name, values, wanted)) as Awaited<ReturnType<GraphSession["run"]>>,
        release: async () => {},
      };
    };
    const engine = { kind: "server", threads: 0, version: "", reason: null } as const;
    const parts = {
      model: description,
      encode: session("encode"),
      decode: session("decode"),
      engine,
      memory: mebibytes,
    };
    const pixelsOf = async (picture: unknown) => picture as ReturnType<typeof street>;
    return new Model({ description, rows: memory.rows, runner: new GraphRunner(parts), pixelsOf });
  }

  const share = (one: Uint8Array, other: Uint8Array) =>
    one.filter((label, at) => label !== other[at]).length / one.length;
  const furthest = (one: Float32Array, other: Float32Array) =>
    one.reduce((most, value, at) => Math.max(most, Math.abs(value - (other[at] as number))), 0);

  it("says the same with own statistics of every weight, votes and new rows", async () => {
    const image = street(96, 64);
    const stroke = { class: "road", points: [[40, 50]], width: 30 } as const;
    const labels = [];
    for (const weight of [0.3, 0.8, 0]) {
      const answers = [];
      for (const model of [own, served]) {
        model.normalize = weight;
        model.votes = 5;
        const first = await model.segment(image);
        const read = await model.look(50, 40);
        await model.write([stroke]);
        const second = await model.decode({ confidence: true });
        answers.push({ first, read, second, rows: model.memory.rows });
        model.reset();
      }
      const [page, server] = answers as [(typeof answers)[0], (typeof answers)[0]];
      for (const which of ["first", "second"] as const)
        expect(share(page[which].labels, server[which].labels)).toBeLessThan(1e-3);
      expect(furthest(page.read.weights, server.read.weights)).toBeLessThan(1e-4);
      expect(furthest(page.read.cosines, server.read.cosines)).toBeLessThan(1e-4);
      expect(furthest(page.rows, server.rows)).toBeLessThan(1e-4);
      labels.push(server.first.labels);
    }
    expect(share(labels[0] as Uint8Array, labels[1] as Uint8Array)).toBeGreaterThan(0.02);
    expect(share(labels[0] as Uint8Array, labels[2] as Uint8Array)).toBeGreaterThan(0.02);
  });

  it("gives tiles the statistics of the whole picture", async () => {
    const image = street(400, 64);
    await using small = await load(folder, { threads: 1, memory: MEMORY });
    const servedSmall = servedModel(small, MEMORY);
    let pieces = 0;
    const answers = [];
    for (const model of [small, servedSmall]) {
      model.normalize = 0.8;
      const onProgress = ({ total }: { total: number }) => {
        pieces = total;
      };
      answers.push((await model.segment(image, { onProgress })).labels);
    }
    expect(pieces).toBeGreaterThan(1);
    expect(share(answers[0] as Uint8Array, answers[1] as Uint8Array)).toBeLessThan(1e-3);
  });

  it("decides as the page does how a picture is looked at, whole and in tiles", async () => {
    const rule = { threshold: 0, information: 0, departure: 0, weight: 3000 };
    const auto = { kind: "image", weight: "auto" } as const;
    const deciding = await exportTiny(
      temporaryFolder(),
      { model: { backbone: TINY, width: 32 } },
      { normalize: auto },
      rule,
    );
    const graphs = torchGraphs(deciding.run, { normalize: auto, place: null });
    for (const [image, memory] of [
      [exposed(street(96, 64), 2.5), 4096],
      [exposed(street(400, 64), 2.5), MEMORY],
    ] as const) {
      await using page = await load(deciding.folder, { threads: 1, memory });
      await using server = servedModel(page, memory, graphs);
      const [mine, theirs] = [await page.segment(image), await server.segment(image)];
      expect(mine.looks).toHaveLength(2);
      expect(theirs.looks).toEqual(mine.looks);
      expect(share(mine.labels, theirs.labels)).toBeLessThan(1e-3);
    }
  });

  it("refuses statistics of another network", async () => {
    const one = (value: number) => ({ data: Float32Array.of(value), shape: [1] });
    const values = {
      image: { data: new Float32Array(3 * 32 * 32), shape: [1, 3, 32, 32] },
      own_weight: one(1),
      use_given: one(1),
      given_statistics: one(1),
    };
    await expect(compute("encode", values, ["feature"])).rejects.toThrow(
      /given_statistics must be \d+ numbers/,
    );
  });
});
