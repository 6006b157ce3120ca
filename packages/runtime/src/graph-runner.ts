// Runs the two graphs of a model on pictures, whole or in tiles, and keeps what the first one made of the last picture.
// Shapes: K classes, C width of the feature, H W picture, h w feature of a piece.

import { areaShares, cutWindow, type RgbImage, type Size, sampledShares, strokeShares } from "@pinmem/core";
import type { ExportedModel } from "@pinmem/core/formats";
import { cellAt, channelAt } from "./cells.js";
import { confidenceOf } from "./confidence.js";
import { cosinesOf } from "./cosines.js";
import { addDirections } from "./directions.js";
import { ModelError } from "./model-error.js";
import type { GraphSession, Value, Values } from "./onnx.js";
import { OwnStatistics, scalar, statisticsView } from "./own-statistics.js";
import { type InputTables, inputTables, pictureInput } from "./picture-input.js";
import { isWhole, type Piece, type Pieces, piecesOf } from "./pieces.js";
import type {
  DirectionSums,
  Engine,
  Labeled,
  MemoryState,
  PixelReading,
  RowMap,
  RunInputs,
  Runner,
  RunOptions,
  Segmentation,
} from "./runner.js";
import { ScoreBand } from "./score-band.js";
import { nextTurn } from "./turn.js";

export interface GraphRunnerParts {
  readonly model: ExportedModel;
  readonly encode: GraphSession;
  readonly decode: GraphSession;
  readonly engine: Engine;
  /** MiB for the network's computation. */
  readonly memory: number;
}

/** All of a picture, not larger than its statistics need, as the first graph sees it. */
interface View extends Size {
  readonly encoded: Values;
}

interface KeptPicture {
  readonly image: RgbImage;
  readonly pieces: Pieces;
  /** Weight of its own statistics. */
  readonly ownWeight: number;
  /** Whose statistics its pieces have; null: each its own. */
  readonly view: View | null;
  /** What the first graph made of each piece. */
  readonly encoded: ReadonlyMap<Piece, Values>;
}

/** Of the last decoding: what the memory gave each cell, by piece. */
interface KeptReading {
  readonly memory: MemoryState;
  readonly ownWeight: number;
  readonly weights: ReadonlyMap<Piece, Value>;
}

interface DecodeTask {
  readonly encoded: Values;
  /** That labels are wanted at. */
  readonly size: Size;
  /** Statistics of all of the picture; null: those of what is decoded. */
  readonly given: Value | null;
}

const sharesBy = { area: areaShares, sampled: sampledShares, strokes: strokeShares };

export class GraphRunner implements Runner {
  readonly engine: Engine;
  readonly #parts: GraphRunnerParts;
  readonly #tables: InputTables;
  readonly #statistics: { readonly encode: OwnStatistics; readonly decode: OwnStatistics };
  #kept: KeptPicture | null = null;
  #reading: KeptReading | null = null;

  constructor(parts: GraphRunnerParts) {
    this.#parts = parts;
    this.engine = parts.engine;
    const { input, normalization } = parts.model;
    this.#tables = inputTables(input);
    this.#statistics = {
      encode: new OwnStatistics(parts.encode.graph, normalization),
      decode: new OwnStatistics(parts.decode.graph, normalization),
    };
  }

  async segment(image: RgbImage, inputs: RunInputs, options: RunOptions): Promise<Segmentation> {
    const { model } = this.#parts;
    const { ownWeight } = inputs;
    // First, so that whatever fails from here on leaves no picture behind, which the model (model.ts) relies on.
    this.#kept = null;
    this.#reading = null;
    const pieces = piecesOf(image, model, this.#parts.memory);
    const encoded = new Map<Piece, Values>();
    const view = await this.#viewOf(image, pieces, ownWeight);
    let bytes = 0;
    let isKept = true;
    const encode = async (piece: Piece): Promise<Values> => {
      const part = isWhole(pieces) ? image : cutWindow(image, piece);
      const values = await this.#encode(part, ownWeight, view);
      bytes += Object.values(values).reduce((sum, { data }) => sum + data.byteLength, 0);
      // A picture whose features do not fit is segmented all the same.
      isKept &&= bytes <= this.#parts.memory * 2 ** 19;
      if (isKept) encoded.set(piece, values);
      else encoded.clear();
      return values;
    };
    const result = await this.#decodeAll({ image, pieces, view }, encode, inputs, options);
    if (isKept) this.#kept = { image, pieces, ownWeight, view, encoded };
    else this.#reading = null;
    return result;
  }

  async decode(inputs: RunInputs, options: RunOptions): Promise<Segmentation> {
    const kept = this.#keptPicture("decode");
    if (kept.ownWeight !== inputs.ownWeight) return await this.#again(kept, inputs, options);
    return await this.#decodeAll(kept, async (piece) => kept.encoded.get(piece) as Values, inputs, options);
  }

  /** With another weight of its own statistics. A picture stays where that fails or ends early. */
  async #again(kept: KeptPicture, inputs: RunInputs, options: RunOptions): Promise<Segmentation> {
    try {
      return await this.segment(kept.image, inputs, options);
    } catch (error) {
      this.#kept = kept;
      throw error;
    }
  }

  async readPixel(x: number, y: number, inputs: RunInputs): Promise<PixelReading> {
    const { width, height } = this.#keptPicture("read").image;
    if (!(x >= 0 && y >= 0 && x < width && y < height))
      throw new RangeError(`read: (${x}, ${y}) is outside the picture, which has ${width}x${height} pixels`);
    const { weights: given, memory } = await this.#readingOf(inputs);
    const kept = this.#keptPicture("read");
    const at = cellAt(kept, x, y);
    const read = given.get(at.piece) as Value;
    const [, classes = 0] = read.shape;
    const weights = Float32Array.from({ length: classes }, (_, k) => channelAt(read, k, at));
    const cosines = cosinesOf(kept.encoded.get(at.piece)?.feature as Value, at.cell, memory.rows, classes);
    return { weights, cosines };
  }

  async mapRow(trainId: number, inputs: RunInputs): Promise<RowMap> {
    this.#keptPicture("map");
    const { weights: given, memory } = await this.#readingOf(inputs);
    const kept = this.#keptPicture("map");
    const { image } = kept;
    const { stride } = this.#parts.model.feature;
    const classes = this.#parts.model.labels.classes.length;
    const size = { width: Math.ceil(image.width / stride), height: Math.ceil(image.height / stride) };
    const weights = new Float32Array(size.width * size.height);
    const cosines = new Float32Array(size.width * size.height);
    const each = memory.rows.length / classes;
    const rows = memory.rows.subarray(trainId * each, (trainId + 1) * each);
    for (let cell = 0; cell < weights.length; cell++) {
      const x = Math.min(image.width - 1, Math.floor(((cell % size.width) + 0.5) * stride));
      const y = Math.min(image.height - 1, Math.floor((Math.floor(cell / size.width) + 0.5) * stride));
      const at = cellAt(kept, x, y);
      weights[cell] = channelAt(given.get(at.piece) as Value, trainId, at);
      const feature = kept.encoded.get(at.piece)?.feature as Value;
      [cosines[cell]] = cosinesOf(feature, at.cell, rows, 1) as unknown as [number];
    }
    return { ...size, weights, cosines };
  }

  /** Decodes once more where something has changed since. */
  async #readingOf(inputs: RunInputs): Promise<KeptReading> {
    if (this.#reading && sameInputs(this.#reading, inputs)) return this.#reading;
    await this.decode(inputs, {});
    return this.#reading as unknown as KeptReading;
  }

  async sum({ labels, shares }: Labeled, inputs: RunInputs): Promise<DirectionSums> {
    const before = this.#keptPicture("write");
    const { image } = before;
    if (labels.width !== image.width || labels.height !== image.height) {
      throw new RangeError(
        `write: the labels are of ${labels.width}x${labels.height} pixels, but the picture has ${image.width}x${image.height}`,
      );
    }
    if (before.ownWeight !== inputs.ownWeight) await this.#again(before, inputs, {});
    const kept = this.#keptPicture("write");
    const { model } = this.#parts;
    const classes = model.labels.classes.length;
    const sums = new Float64Array(classes * model.feature.width);
    const counts = new Float64Array(classes);
    for (const piece of kept.pieces.flat()) {
      const feature = kept.encoded.get(piece)?.feature as Value;
      const [, , height = 0, width = 0] = feature.shape;
      const part = isWhole(kept.pieces) ? labels : { ...piece, trainIds: cutLabels(labels, piece) };
      const share = sharesBy[shares](part, { width, height }, classes);
      if (!isWhole(kept.pieces)) weigh(share, piece, { width, height });
      addDirections({ sums, counts }, feature, share);
      await nextTurn();
    }
    return { sums, counts };
  }

  async dispose(): Promise<void> {
    this.#kept = null;
    this.#reading = null;
    try {
      await this.#parts.encode.release();
    } finally {
      await this.#parts.decode.release();
    }
  }

  /** Noted where a picture is not shown to the graphs as it is and at once. */
  async #viewOf(image: RgbImage, pieces: Pieces, ownWeight: number): Promise<View | null> {
    const { normalization } = this.#parts.model;
    if (!normalization?.parts || ownWeight === 0) return null;
    const view = statisticsView(image, normalization.largest);
    if (isWhole(pieces) && view === image) return null;
    const { width, height } = view;
    return { width, height, encoded: await this.#encode(view, ownWeight, null) };
  }

  async #encode(image: RgbImage, ownWeight: number, view: View | null): Promise<Values> {
    const { encode } = this.#parts;
    const statistics = this.#statistics.encode;
    const noted = statistics.noted === null ? undefined : view?.encoded[statistics.noted];
    return await encode.run(
      { image: pictureInput(image, this.#tables), ...statistics.inputs(ownWeight, noted ?? null) },
      encode.outputs.filter((name) => name !== "written"),
    );
  }

  async #decodeAll(
    { image: { width, height }, pieces, view }: Pick<KeptPicture, "image" | "pieces" | "view">,
    encodedOf: (piece: Piece) => Promise<Values>,
    inputs: RunInputs,
    { signal, onProgress, confidence: asksConfidence = false }: RunOptions,
  ): Promise<Segmentation> {
    const { memory, ownWeight } = inputs;
    signal?.throwIfAborted();
    const whole = isWhole(pieces);
    const wanted = [
      ...(whole ? ["labels"] : []),
      ...(!whole || asksConfidence ? ["logits"] : []),
      ...(memory ? ["read_weights"] : []),
    ];
    const total = pieces.reduce((sum, row) => sum + row.length, 0);
    const weights = new Map<Piece, Value>();
    const { classes } = this.#parts.model.labels;
    const labels = new Uint8Array(width * height);
    const confidence = asksConfidence ? new Uint8Array(width * height) : null;
    const band = whole ? null : new ScoreBand(classes.length, width, pieces[0]?.[0]?.height ?? 0);
    onProgress?.({ done: 0, total });
    const given = view && (await this.#notedByDecoder(view, inputs));
    let done = 0;
    for (const [row, line] of pieces.entries()) {
      for (const piece of line) {
        signal?.throwIfAborted();
        const encoded = await encodedOf(piece);
        if (whole) await nextTurn();
        signal?.throwIfAborted();
        const decoded = await this.#decode({ encoded, size: piece, given }, inputs, wanted);
        if (decoded.read_weights) weights.set(piece, decoded.read_weights);
        if (band) band.add((decoded.logits as Value).data as Float32Array, piece);
        else labels.set((decoded.labels as Value).data as Uint8Array);
        if (whole) confidence?.set(confidenceOf((decoded.logits as Value).data as Float32Array, labels));
        onProgress?.({ done: ++done, total });
        if (!whole) await nextTurn();
      }
      const top = line[0]?.top ?? 0;
      const next = pieces[row + 1]?.[0]?.top ?? height;
      const [from, to] = [top * width, next * width];
      band?.finish(next - top, labels.subarray(from, to), confidence?.subarray(from, to));
    }
    signal?.throwIfAborted();
    this.#reading = memory && { memory, ownWeight, weights };
    return { width, height, labels, ...(confidence && { confidence }) };
  }

  /** Statistics that the second graph finds in all of a picture. */
  async #notedByDecoder(view: View, inputs: RunInputs): Promise<Value | null> {
    const { noted } = this.#statistics.decode;
    if (noted === null) return null;
    const task = { encoded: view.encoded, size: view, given: null };
    return (await this.#decode(task, inputs, [noted]))[noted] as Value;
  }

  async #decode(
    { encoded, size, given }: DecodeTask,
    { memory, ownWeight }: RunInputs,
    wanted: readonly string[],
  ): Promise<Values> {
    const { model, decode } = this.#parts;
    return await decode.run(
      {
        ...encoded,
        size: { data: BigInt64Array.of(BigInt(size.height), BigInt(size.width)), shape: [2] },
        ...this.#statistics.decode.inputs(ownWeight, given),
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

  #keptPicture(what: string): KeptPicture {
    if (this.#kept) return this.#kept;
    throw new ModelError(
      `${what}: there is no picture. Segment one first; of one that is too large, features are not kept (a larger \`memory\` helps)`,
    );
  }
}

const sameInputs = (one: KeptReading, { memory, ownWeight }: RunInputs): boolean =>
  memory !== null &&
  one.ownWeight === ownWeight &&
  one.memory.temperature === memory.temperature &&
  one.memory.voteWeight === memory.voteWeight &&
  one.memory.rows.every((value, at) => value === memory.rows[at]);

function cutLabels({ width, trainIds }: Labeled["labels"], piece: Piece): Uint8Array {
  const part = new Uint8Array(piece.width * piece.height);
  for (let row = 0; row < piece.height; row++) {
    const begin = (piece.top + row) * width + piece.left;
    part.set(trainIds.subarray(begin, begin + piece.width), row * piece.width);
  }
  return part;
}

/** Multiplies shares (K, h, w) with those that the piece has there, so that what several pieces see counts once. */
function weigh(shares: Float64Array, { down, across }: Piece, { width, height }: Size): void {
  const at = (weights: Float32Array, cell: number, cells: number) =>
    weights[cells > 1 ? Math.round((cell * (weights.length - 1)) / (cells - 1)) : 0] as number;
  shares.forEach((share, index) => {
    if (share === 0) return;
    const column = index % width;
    const row = Math.floor(index / width) % height;
    shares[index] = share * at(down, row, height) * at(across, column, width);
  });
}
