// The two graphs of a model, with what they take beside a picture: statistics of batch norm, and the memory.

import type { RgbImage, Size } from "@pinmem/core";
import type { ExportedModel } from "@pinmem/core/formats";
import type { GraphSession, Value, Values } from "./onnx.js";
import { OwnStatistics, scalar, statisticsView } from "./own-statistics.js";
import { type InputTables, inputTables, pictureInput } from "./picture-input.js";
import { isWhole, type Pieces } from "./pieces.js";
import type { MemoryState } from "./runner.js";

export interface GraphPairParts {
  readonly model: ExportedModel;
  readonly encode: GraphSession;
  readonly decode: GraphSession;
}

/** All of a picture, not larger than its statistics need, as the first graph sees it. */
export interface View extends Size {
  readonly encoded: Values;
}

export interface EncodeOptions {
  /** Of the picture's own statistics. */
  readonly weight: number;
  /** Whose statistics count. Default: those of what is encoded. */
  readonly view?: View | null;
  /** Whether the graph is to tell how far the picture is from the sources, too. Default false. */
  readonly tellsDistance?: boolean;
}

export interface DecodeTask {
  readonly encoded: Values;
  /** That labels are wanted at. */
  readonly size: Size;
  /** Of the picture's own statistics. */
  readonly weight: number;
  /** Statistics of all of the picture; null: those of what is decoded. */
  readonly given: Value | null;
}

export class GraphPair {
  readonly #parts: GraphPairParts;
  readonly #tables: InputTables;
  readonly #statistics: { readonly encode: OwnStatistics; readonly decode: OwnStatistics };

  constructor(parts: GraphPairParts) {
    this.#parts = parts;
    const { input, normalization } = parts.model;
    this.#tables = inputTables(input);
    this.#statistics = {
      encode: new OwnStatistics(parts.encode.graph, normalization),
      decode: new OwnStatistics(parts.decode.graph, normalization),
    };
  }

  /** Noted where a picture is not shown to the graphs as it is and at once. */
  async viewOf(image: RgbImage, pieces: Pieces, weight: number): Promise<View | null> {
    const { normalization } = this.#parts.model;
    if (!normalization?.parts || weight === 0) return null;
    const view = statisticsView(image, normalization.largest);
    if (isWhole(pieces) && view === image) return null;
    const { width, height } = view;
    return { width, height, encoded: await this.encode(view, { weight }) };
  }

  async encode(
    image: RgbImage,
    { weight, view = null, tellsDistance = false }: EncodeOptions,
  ): Promise<Values> {
    const { encode, model } = this.#parts;
    const statistics = this.#statistics.encode;
    const noted = statistics.noted === null ? undefined : view?.encoded[statistics.noted];
    const { distance } = model.normalization?.auto ?? {};
    return await encode.run(
      { image: pictureInput(image, this.#tables), ...statistics.inputs(weight, noted ?? null) },
      encode.outputs.filter((name) => name !== "written" && (tellsDistance || name !== distance)),
    );
  }

  async decode(
    { encoded, size, weight, given }: DecodeTask,
    memory: MemoryState | null,
    wanted: readonly string[],
  ): Promise<Values> {
    const { model, decode } = this.#parts;
    return await decode.run(
      {
        ...encoded,
        size: { data: BigInt64Array.of(BigInt(size.height), BigInt(size.width)), shape: [2] },
        ...this.#statistics.decode.inputs(weight, given),
        ...(memory &&
          model.memory && {
            memory: { data: memory.rows, shape: model.memory.shape },
            temperature: scalar(memory.temperature),
            vote_weight: scalar(memory.voteWeight),
          }),
      },
      wanted,
    );
  }

  /** Statistics that the second graph finds in all of a picture; null where none are noted. */
  async notedByDecoder(view: View | null, weight: number, memory: MemoryState | null): Promise<Value | null> {
    const { noted } = this.#statistics.decode;
    if (noted === null || !view) return null;
    const task = { encoded: view.encoded, size: view, weight, given: null };
    return (await this.decode(task, memory, [noted]))[noted] as Value;
  }

  async release(): Promise<void> {
    try {
      await this.#parts.encode.release();
    } finally {
      await this.#parts.decode.release();
    }
  }
}
