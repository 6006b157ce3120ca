import type { RgbImage } from "@pinmem/core";
import { dispose, manualSeed, nn, type Tensor } from "@pinmem/torch";
import { expect, it } from "vitest";
import { ClassMemory } from "../../memory/class-memory.js";
import { addVotes } from "../../models/add-votes.js";
import { SegmentationNetwork } from "../../models/segmentation-network.js";
import type { Encoding } from "../../models/trainable-network.js";
import { buildGraphs } from "../build-graphs.js";
import { askGraphs, askNetwork, differenceOf } from "../compare.js";
import { resize, sizesOf } from "../onnx/operations.js";
import { OnnxSession } from "../onnxruntime.js";
import { registerNetworkEmitter } from "./networks.js";

/** A whole network of one's own: a convolution, a memory that votes, a convolution. */
class Own extends SegmentationNetwork {
  readonly classes = 3;
  readonly outputStride = 4;
  readonly stem = new nn.Conv2d(3, 6, 4, { stride: 4 });
  readonly head = new nn.Conv2d(6, 3, 1);
  readonly memory = new ClassMemory({ classes: 3, width: 6, vote: 4 });

  encode(image: Tensor): Encoding {
    const feature = this.stem.call(image);
    return { feature, lowLevel: null, auxiliary: feature, whitening: [] };
  }

  decode(feature: Tensor, _: Tensor | null, size: readonly [number, number], votes: Tensor | null): Tensor {
    const small = this.head.call(feature);
    const logits = votes ? addVotes(small, votes) : small;
    return nn.F.interpolate(logits, { size, mode: "bilinear", alignCorners: true });
  }

  auxiliaryLogits(): null {
    return null;
  }
}

it("a network of one's own is exported once it is said how", async () => {
  manualSeed(1);
  const network = new Own().eval();
  network.requiresGrad_(false);
  const settings = { ownStatistics: false, halfFrom: null, version: "test" } as const;
  expect(() => buildGraphs(network, settings)).toThrow(
    /^a network of the class Own cannot be exported: say how with registerNetworkEmitter\(Own, …\), from pinmem\/export$/,
  );
  registerNetworkEmitter(Own, {
    encode: ({ stem }, image, { emit }) => ({ feature: emit(stem, image), lowLevel: null }),
    decode({ head }, { feature, votes, size }, { graph, emit }) {
      const small = emit(head, feature);
      const like = sizesOf(graph, small, 2, 4);
      const logits = votes ? graph.node("Add", [small, resize(graph, votes, like)]) : small;
      return resize(graph, logits, size);
    },
  });
  const { encode, decode } = buildGraphs(network, settings);
  expect(decode.inputs.map(({ name }) => name)).not.toContain("low_level");
  const [width, height] = [23, 17];
  const pixels = Uint8Array.from({ length: 3 * width * height }, (_, at) => (at * 97) % 251);
  const picture: RgbImage = { width, height, pixels };
  const graphs = {
    kind: "split",
    encode: await OnnxSession.open(encode.bytes),
    decode: await OnnxSession.open(decode.bytes),
  } as const;
  const { labels, logits } = differenceOf(
    askNetwork(network, picture),
    await askGraphs(graphs, network, picture, 0),
  );
  expect(logits).toBeLessThan(1e-5);
  expect(labels).toBeLessThanOrEqual(1);
  dispose([...network.stateDict().values()]);
});
