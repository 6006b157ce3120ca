// Runs the two graphs of a model on pictures, whole or in tiles, and keeps what the first one made of the last picture.
// Shapes: K classes, C width of the feature, H W picture, h w feature of a piece.

import { areaShares, cutWindow, type RgbImage, type Size, sampledShares, strokeShares } from "@pinmem/core";
import { cellAt, channelAt, featureOf } from "./cells.js";
import { confidenceOf } from "./confidence.js";
import { cosinesOf } from "./cosines.js";
import { addDirections } from "./directions.js";
import { GraphPair, type GraphPairParts } from "./graph-pair.js";
import { togetherOf, winnersOf } from "./looks.js";
import { ModelError } from "./model-error.js";
import type { Value, Values } from "./onnx.js";
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
import { type Decided, decideSights, type Sight } from "./sights.js";
import { nextTurn } from "./turn.js";

export interface GraphRunnerParts extends GraphPairParts {
  readonly engine: Engine;
  /** MiB for the network's computation. */
  readonly memory: number;
}

interface KeptPicture {
  readonly image: RgbImage;
  readonly pieces: Pieces;
  /** What was asked of its own statistics. */
  readonly ownWeight: number | "auto";
  /** The clearest first, which is what reads the memory and writes it. */
  readonly sights: readonly Sight[];
  /** What the first graph made of each piece, in every sight. */
  readonly encoded: ReadonlyMap<Piece, readonly Values[]>;
}

/** Of the last decoding: what the memory gave each cell in the clearest sight, by piece. */
interface KeptReading {
  readonly memory: MemoryState;
  readonly ownWeight: number | "auto";
  readonly weights: ReadonlyMap<Piece, Value>;
}

const sharesBy = { area: areaShares, sampled: sampledShares, strokes: strokeShares };

export class GraphRunner implements Runner {
  readonly engine: Engine;
  readonly #parts: GraphRunnerParts;
  readonly #graphs: GraphPair;
  #kept: KeptPicture | null = null;
  #reading: KeptReading | null = null;

  constructor(parts: GraphRunnerParts) {
    this.#parts = parts;
    this.engine = parts.engine;
    this.#graphs = new GraphPair(parts);
  }

  async segment(image: RgbImage, inputs: RunInputs, options: RunOptions): Promise<Segmentation> {
    const { model } = this.#parts;
    const { ownWeight } = inputs;
    const { signal } = options;
    // First, so that whatever fails from here on leaves no picture behind, which the model (model.ts) relies on.
    this.#kept = null;
    this.#reading = null;
    const pieces = piecesOf(image, model, this.#parts.memory);
    const encoded = new Map<Piece, readonly Values[]>();
    const subject = { image, pieces, graphs: this.#graphs, model };
    const decided = await decideSights(subject, inputs, options);
    const { sights } = decided;
    let bytes = 0;
    let isKept = true;
    const encode = async (piece: Piece): Promise<readonly Values[]> => {
      const values =
        decided.encoded ?? (await this.#encodeAll(sights, isWhole(pieces) ? null : piece, signal));
      bytes += values.flatMap(Object.values<Value>).reduce((sum, { data }) => sum + data.byteLength, 0);
      // A picture whose features do not fit is segmented all the same.
      isKept &&= bytes <= this.#parts.memory * 2 ** 19;
      if (isKept) encoded.set(piece, values);
      else encoded.clear();
      return values;
    };
    const { decoded } = decided;
    const result = await this.#decodeAll(
      { image, pieces, sights, ownWeight, decoded },
      encode,
      inputs,
      options,
    );
    if (isKept) this.#kept = { image, pieces, ownWeight, sights, encoded };
    else this.#reading = null;
    return result;
  }

  /** @param piece null: the picture itself */
  async #encodeAll(
    sights: readonly Sight[],
    piece: Piece | null,
    signal: AbortSignal | undefined,
  ): Promise<readonly Values[]> {
    const all: Values[] = [];
    for (const { image, weight, view } of sights) {
      if (all.length > 0) await nextTurn();
      signal?.throwIfAborted();
      all.push(await this.#graphs.encode(piece ? cutWindow(image, piece) : image, { weight, view }));
    }
    return all;
  }

  async decode(inputs: RunInputs, options: RunOptions): Promise<Segmentation> {
    const kept = this.#keptPicture("decode");
    if (kept.ownWeight !== inputs.ownWeight) return await this.#again(kept, inputs, options);
    const encodedOf = async (piece: Piece) => kept.encoded.get(piece) as readonly Values[];
    return await this.#decodeAll(kept, encodedOf, inputs, options);
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
    const cosines = cosinesOf(featureOf(kept, at.piece), at.cell, memory.rows, classes);
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
      [cosines[cell]] = cosinesOf(featureOf(kept, at.piece), at.cell, rows, 1) as unknown as [number];
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
      const feature = featureOf(kept, piece);
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
    await this.#graphs.release();
  }

  async #decodeAll(
    {
      image: { width, height },
      pieces,
      sights,
      ownWeight,
      decoded: found = null,
    }: Pick<KeptPicture, "image" | "pieces" | "sights" | "ownWeight"> & Partial<Pick<Decided, "decoded">>,
    encodedOf: (piece: Piece) => Promise<readonly Values[]>,
    { memory }: RunInputs,
    { signal, onProgress, confidence: asksConfidence = false }: RunOptions,
  ): Promise<Segmentation> {
    signal?.throwIfAborted();
    const whole = isWhole(pieces);
    const several = sights.length > 1;
    const wanted = [
      ...(whole && !several ? ["labels"] : []),
      ...(!whole || several || asksConfidence ? ["logits"] : []),
    ];
    const total = pieces.reduce((sum, row) => sum + row.length, 0);
    const weights = new Map<Piece, Value>();
    const { classes } = this.#parts.model.labels;
    const labels = new Uint8Array(width * height);
    const confidence = asksConfidence ? new Uint8Array(width * height) : null;
    const band = whole ? null : new ScoreBand(classes.length, width, pieces[0]?.[0]?.height ?? 0);
    onProgress?.({ done: 0, total });
    const given: (Value | null)[] = [];
    for (const { view, weight } of sights)
      given.push(await this.#graphs.notedByDecoder(view, weight, memory));
    let done = 0;
    for (const [row, line] of pieces.entries()) {
      for (const piece of line) {
        signal?.throwIfAborted();
        const encoded = await encodedOf(piece);
        if (whole) await nextTurn();
        signal?.throwIfAborted();
        const decoded: Values[] = [...(found ?? [])];
        for (const [at, { weight }] of sights.entries()) {
          if (found) break;
          const task = { encoded: encoded[at] as Values, size: piece, weight, given: given[at] ?? null };
          const reads = memory && at === 0 ? ["read_weights"] : [];
          decoded.push(await this.#graphs.decode(task, memory, [...wanted, ...reads]));
        }
        const [clearest = {}] = decoded;
        if (clearest.read_weights) weights.set(piece, clearest.read_weights);
        const scores = scoresOf(decoded, classes.length);
        if (band) band.add(scores as Float32Array, piece);
        else labels.set(labelsIn(clearest) ?? winnersOf(scores as Float32Array, classes.length));
        if (whole) confidence?.set(confidenceOf(scores as Float32Array, labels));
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
    return {
      width,
      height,
      labels,
      ...(confidence && { confidence }),
      ...(ownWeight === "auto" && { looks: sights.map(({ look }) => look) }),
    };
  }

  #keptPicture(what: string): KeptPicture {
    if (this.#kept) return this.#kept;
    throw new ModelError(
      `${what}: there is no picture. Segment one first; of one that is too large, features are not kept (a larger \`memory\` helps)`,
    );
  }
}

const labelsIn = ({ labels }: Values): Uint8Array | undefined => labels?.data as Uint8Array | undefined;

/** Logits of one look, or the logarithms of what several say together; undefined where nobody asked for them. */
function scoresOf(looks: readonly Values[], classes: number): Float32Array | undefined {
  const each = looks.flatMap(({ logits }) => (logits ? [logits.data as Float32Array] : []));
  return each.length > 1 ? togetherOf(each, classes) : each[0];
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
