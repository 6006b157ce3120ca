// The class memory (Kim et al., "Pin the Memory", CVPR 2022, section 3): one vector per class, read by every pixel and
// written from labeled features.
//
// Reading is a function of the feature and the rows alone; writing gives new rows and changes nothing: `store` does. So
// meta-learning can read rows that still carry their graph. A memory may also vote: its cosines, times a weight, are added to
// the decoder's logits (votes.ts). Names in the state dict are the official code's, except that
// the rows, which it keeps beside the network, are a buffer here (`m_items`).
//
// Not here: the losses (losses/memory.ts) and the order of reads, writes and steps (training).
// Shapes: B batch, C width, K classes, h w feature resolution, N = h w, H W label resolution.

import { cat, dispose, keep, nn, noGrad, rand, scope, type Tensor, TorchError, where } from "@pinmem/torch";
import { refuseUnknown, requireOneOf } from "../losses/known-options.js";
import { checkLabel, type LabelOptions } from "../losses/labels.js";
import { type Balance, balances } from "../losses/memory.js";
import { type ClassSum, ClassSums, classMeans, classShares, sumByClass } from "./class-sums.js";
import { checkFeature, checkFiniteResult, fullPrecision, widen } from "./feature.js";
import { gumbelNoise, type NoiseSource } from "./gumbel-noise.js";
import { completeReadOptions, type ReadOptions } from "./read-options.js";
import {
  byCluster,
  byClusterOverRanks,
  byImage,
  checkRowsOf,
  classesPresent,
  nearestRows,
  rowWeights,
} from "./row-choice.js";
import { votesOf } from "./votes.js";
import { WriteNetwork } from "./write-network.js";

/** Several rows a class; the nearest one counts. */
export interface ClassRowsOptions {
  /** `domain`: one for each source domain; `cluster`: so many, among which the pixels of a class are divided evenly by likeness. */
  per: "domain" | "cluster";
  /** Rows of a class, R. */
  count: number;
}

export interface ClassMemoryOptions {
  /** K. */
  classes: number;
  /** Length of a row, C: the channels of the feature. */
  width: number;
  /** How much of a row a write keeps, in [0, 1). Default 0.8. */
  momentum?: number;
  /**
   * Divides the cosines in the cohesion loss (not in the read: `read.temperature`). Default 1; for a memory that votes, whose
   * own loss this is, try 0.1.
   */
  temperature?: number;
  /**
   * What counts alike in the cohesion loss: labeled pixels, or the classes that occur in a batch. Default "pixels", the paper's. With
   * "classes" cosines do not know how frequent a class was in training, and so votes have no share in that.
   */
  balance?: Balance;
  read?: ReadOptions;
  /** Several rows a class. Default: one. */
  rows?: ClassRowsOptions;
  /**
   * What the cosines of feature and rows weigh when they are added to the decoder's logits; `{ learned: 10 }` starts there and
   * is trained. Default 0: the memory does not vote.
   */
  vote?: number | { readonly learned: number };
  /** The decoder takes the feature as it is: the memory votes and does nothing else. Default false. */
  votesOnly?: boolean;
  /** Where Gumbel noise comes from; by default the device's random generator. */
  noise?: NoiseSource;
}

export interface MemoryReading {
  /** What goes on to the decoder, (B, C, h, w). */
  readonly refined: Tensor;
  /** How much each pixel takes of each row, (B, K, h, w); they sum to one over K. */
  readonly weights: Tensor;
  /** Cosines of features and rows, (B, K, h, w), before temperature, noise and mask: what the cohesion loss is made of. */
  readonly scores: Tensor;
  /**
   * What the memory adds to the decoder's logits, (B, K, h, w): cosines times the weight of the votes, where classes without a
   * row take the mean of the others. Null where the memory does not vote.
   */
  readonly votes: Tensor | null;
  /** Of several rows a class, which one counts, bool (B, K, R, h, w); null where each class has one. */
  readonly isNearest: Tensor | null;
}

export interface ReadInput {
  /** Rows to read instead of the stored ones, (K, C); gradients flow to them. */
  items?: Tensor;
  /** Changes the weights before they are used, to see what the read matters. */
  reweigh?: (weights_BKhw: Tensor) => Tensor;
  /** Divides the cosines before the softmax instead of the memory's own read temperature. */
  temperature?: number;
  /** Weight of the votes instead of the memory's own; 0: no votes. */
  vote?: number;
}

export interface WriteInput extends LabelOptions {
  /** Rows to start from instead of the stored ones, (K, C); no gradient flows to them. */
  items?: Tensor;
  /** Default: the memory's. */
  momentum?: number;
  /** Source domain of each image; needed by a memory with a row for each domain, and of no use to others. */
  domains?: readonly number[] | undefined;
}

const memoryOptions: readonly (keyof ClassMemoryOptions)[] = [
  "classes",
  "width",
  "momentum",
  "temperature",
  "balance",
  "read",
  "rows",
  "vote",
  "votesOnly",
  "noise",
];
const readInputs: readonly (keyof ReadInput)[] = ["items", "reweigh", "temperature", "vote"];
const writeInputs: readonly (keyof WriteInput)[] = ["items", "momentum", "domains", "ignoreIndex"];

// Far below any cosine over temperature, exact zero after the softmax, and still a number in half precision.
const MASKED = -1e4;

/**
 * A memory with one row (C) for each of K classes: every pixel of a feature (B, C, h, w) reads it, labeled features are written
 * into it with a momentum.
 * Source: Kim et al., "Pin the Memory", CVPR 2022, section 3.2.
 */
export class ClassMemory extends nn.Module<[feature_BChw: Tensor, input?: ReadInput], MemoryReading> {
  /** 1x1 convolution of query and read-out, batch norm, ReLU. */
  readonly output: nn.Sequential;
  readonly writenet: WriteNetwork;
  /** Tells rows apart. */
  readonly clsfier: nn.Linear;
  /** The rows (K, C), or with several a class (K R, C) class after class; "m_items" in the state dict. */
  readonly mItems: Tensor;
  /** Logarithm of a learned read temperature. */
  readonly logTemperature: nn.Parameter | null;
  /** Logarithm of a learned weight of the votes. */
  readonly logVote: nn.Parameter | null;
  readonly classes: number;
  readonly width: number;
  readonly momentum: number;
  readonly temperature: number;
  readonly balance: Balance;
  readonly readOptions: Required<ReadOptions>;
  /** Whether the decoder takes the feature as it is. */
  readonly votesOnly: boolean;
  /** How several rows a class come about; null where each class has one. */
  readonly rowsPer: ClassRowsOptions["per"] | null;
  /** Rows of a class, R. */
  readonly rowsPerClass: number;
  readonly #vote: number;
  #givenVote: number | null = null;
  /** Where Gumbel noise comes from. */
  noise: NoiseSource;

  /** Rows start as normalized random non-negative vectors; see `collect` for the method's start. */
  constructor(options: ClassMemoryOptions) {
    super();
    refuseUnknown("ClassMemory", options, memoryOptions);
    const {
      classes,
      width,
      momentum = 0.8,
      temperature = 1,
      balance = "pixels",
      read = {},
      rows,
      vote = 0,
      votesOnly = false,
      noise = gumbelNoise,
    } = options;
    positiveInteger("classes", classes);
    positiveInteger("width", width);
    if (rows) positiveInteger("rows.count", rows.count);
    checkMomentum(momentum, "ClassMemory");
    checkTemperature(temperature, "ClassMemory");
    requireOneOf("ClassMemory", "balance", balance, balances);
    const learnsVote = typeof vote !== "number";
    if (learnsVote && !(vote.learned > 0 && Number.isFinite(vote.learned)))
      throw refusal("ClassMemory", "vote.learned", "must be a positive number", vote.learned);
    if (!learnsVote) checkVote(vote, "ClassMemory");
    this.classes = classes;
    this.width = width;
    this.momentum = momentum;
    this.temperature = temperature;
    this.balance = balance;
    this.readOptions = completeReadOptions(read);
    refuseUnknown("ClassMemory", read, Object.keys(this.readOptions), "read.");
    this.votesOnly = votesOnly;
    this.rowsPerClass = rows?.count ?? 1;
    this.rowsPer = rows && rows.count > 1 ? rows.per : null;
    this.#vote = learnsVote ? vote.learned : vote;
    this.noise = noise;
    this.output = new nn.Sequential(
      new nn.Conv2d(2 * width, width, 1, { bias: false }),
      new nn.BatchNorm2d(width),
      new nn.ReLU({ inplace: true }),
    );
    this.writenet = new WriteNetwork(width);
    this.clsfier = new nn.Linear(width, classes);
    this.mItems = nn.buffer(scope(() => nn.F.normalize(rand([classes * this.rowsPerClass, width]))));
    this.logTemperature = learnedLogarithm(this.readOptions.temperature);
    this.logVote = learnedLogarithm(vote);
    this.#initialize();
  }

  /** The stored rows (K, C): unit length, or zero for classes that were never written. */
  get items(): Tensor {
    return this.mItems;
  }

  /** What the cosines weigh among the decoder's logits; 0: the memory does not vote. */
  get voteWeight(): number {
    const { logVote } = this;
    return this.#givenVote ?? (logVote ? scope(() => Math.exp(logVote.detach().toNumber())) : this.#vote);
  }

  /** Another weight, for a finished network; it is not saved. Null: as trained. */
  set voteWeight(weight: number | null) {
    if (weight !== null) checkVote(weight, "ClassMemory.voteWeight");
    this.#givenVote = weight;
  }

  /** What the cosines are divided by before the softmax, as it is or was learned. */
  get readTemperature(): number {
    const { logTemperature, readOptions } = this;
    if (logTemperature) return scope(() => Math.exp(logTemperature.detach().toNumber()));
    return readOptions.temperature as number;
  }

  /** As `read`. */
  forward(feature_BChw: Tensor, input: ReadInput = {}): MemoryReading {
    refuseUnknown("ClassMemory.read", input, readInputs);
    const { items = this.mItems, reweigh, temperature, vote } = input;
    checkFeature(feature_BChw, this.width, "ClassMemory.read");
    this.#checkItems(items, "ClassMemory.read");
    if (temperature !== undefined) checkTemperature(temperature, "ClassMemory.read");
    if (vote !== undefined) checkVote(vote, "ClassMemory.read");
    const { query, readout, ...reading } = fullPrecision(feature_BChw, (feature) => {
      const query_BChw = nn.F.normalize(feature);
      const items_KC = widen(items);
      const cosines = this.#cosines(query_BChw, items_KC);
      checkFiniteResult(cosines, "ClassMemory.read");
      const { scores: scores_BKhw, isNearest } = this.#nearest(cosines, items_KC);
      const weights_BKhw = this.#weights(scores_BKhw, items_KC, temperature);
      const votes_BKhw = this.#votes(scores_BKhw, query_BChw, items_KC, vote);
      const values = { weights: weights_BKhw, scores: scores_BKhw, votes: votes_BKhw, isNearest };
      const read = { query: query_BChw, ...values };
      if (this.votesOnly) return { ...read, readout: null };
      const used_BKhw = reweigh ? reweigh(weights_BKhw) : weights_BKhw;
      return { ...read, readout: project(rowWeights(used_BKhw, isNearest), items_KC.t()) };
    });
    if (!readout) return { refined: feature_BChw, ...reading };
    const refined = this.output.call(cat([query, readout], { dim: 1 }).to(feature_BChw.dtype));
    return {
      refined: this.readOptions.residual ? refined.add(feature_BChw) : refined,
      ...reading,
    };
  }

  /**
   * Refines a feature (B, C, h, w): each pixel, as a direction, takes of every row according to their cosine.
   *
   * @throws TorchError when shapes do not fit or the feature holds NaN or infinity
   */
  read(feature_BChw: Tensor, input?: ReadInput): MemoryReading {
    return this.call(feature_BChw, input);
  }

  /**
   * New rows (K, C) from a feature (B, C, h, w) and its labels (B, H, W, int64, at any resolution): those of the classes that
   * occur move towards the mean direction of their written features, the others stay. They carry their graph to the write
   * network and the feature; nothing is stored.
   *
   * @throws TorchError when shapes or label values do not fit or the feature holds NaN or infinity
   */
  write(feature_BChw: Tensor, label_BHW: Tensor, input: WriteInput = {}): Tensor {
    refuseUnknown("ClassMemory.write", input, writeInputs);
    const { items = this.mItems, momentum = this.momentum, domains, ...labels } = input;
    this.#checkItems(items, "ClassMemory.write");
    checkMomentum(momentum, "ClassMemory.write");
    return scope(() => {
      const sums = this.sumsOf(feature_BChw, label_BHW, { items, domains, ...labels });
      return this.mix(sums, { items, momentum });
    });
  }

  /**
   * The first half of `write`: sums of the written features by row, which add up over images and processes. A memory with clusters
   * divides the pixels of this call alone.
   * @throws as `write`
   */
  sumsOf(
    feature_BChw: Tensor,
    label_BHW: Tensor,
    { items = this.mItems, domains, ...labels }: Omit<WriteInput, "momentum"> = {},
  ): ClassSum {
    checkFeature(feature_BChw, this.width, "ClassMemory.write");
    const { classes, rowsPer, rowsPerClass: rows } = this;
    const batch = feature_BChw.size(0);
    checkLabel(label_BHW, { operator: "ClassMemory.write", batch, classes, ...labels });
    if (rowsPer === "domain") checkRowsOf(domains, { images: batch, rows, operator: "ClassMemory.write" });
    return scope(() =>
      fullPrecision(this.writenet.call(feature_BChw), (written) => {
        const direction = nn.F.normalize(written);
        const choices = {
          domain: () => byImage(domains ?? [], rows),
          cluster: () => byCluster(direction.detach(), widen(items.detach()), rows),
        };
        const choose = rowsPer ? choices[rowsPer]() : undefined;
        const classSum = sumByClass(direction, label_BHW, { classes, choose, ...labels });
        checkFiniteResult(classSum.sum_KC, "ClassMemory.write");
        return classSum;
      }),
    );
  }

  /**
   * As `sumsOf`, for a write of which several processes have images: clusters divide the pixels of all of them. Without gradients.
   * @param sum adds a tensor up over the processes, in place @param within what is computed is computed in it: a precision
   */
  async sumsOverRanks(
    feature_BChw: Tensor,
    label_BHW: Tensor,
    {
      sum,
      within = (body) => body(),
      ...more
    }: Omit<WriteInput, "momentum" | "items"> & {
      readonly sum: (tensor: Tensor) => Promise<void>;
      readonly within?: <T>(body: () => T) => T;
    },
  ): Promise<ClassSum> {
    const own = <T>(body: () => T): T => keep(noGrad(() => scope(() => within(body))));
    const { classes, rowsPerClass: rows } = this;
    if (this.rowsPer !== "cluster") return own(() => this.sumsOf(feature_BChw, label_BHW, more));
    checkFeature(feature_BChw, this.width, "ClassMemory.write");
    const { domains: _, ...labels } = more;
    const [direction_BChw, share_BKN] = own(() =>
      fullPrecision(this.writenet.call(feature_BChw), (written) => [
        nn.F.normalize(written),
        classShares(written, label_BHW, { classes, ...labels }),
      ]),
    ) as [Tensor, Tensor];
    let choice_BKRN: Tensor | undefined;
    try {
      const chosen = await byClusterOverRanks(direction_BChw, widen(this.mItems), { rows, share_BKN, sum });
      choice_BKRN = chosen;
      const classSum = own(() =>
        sumByClass(direction_BChw, label_BHW, { classes, choose: () => chosen, ...labels }),
      );
      checkFiniteResult(classSum.sum_KC, "ClassMemory.write");
      return classSum;
    } finally {
      dispose([direction_BChw, share_BKN, choice_BKRN]);
    }
  }

  /** The second half of `write`: new rows (K, C) from the sums. */
  mix(
    classSum: ClassSum,
    { items = this.mItems, momentum = this.momentum }: Pick<WriteInput, "items" | "momentum"> = {},
  ): Tensor {
    return scope(() =>
      fullPrecision(classSum.sum_KC, () => {
        const old_KC = widen(items.detach());
        const mixed_KC = old_KC.mul(momentum).add(classMeans(classSum), { alpha: 1 - momentum });
        const isPresent_K1 = classSum.count_K.ne(0).unsqueeze(1);
        return nn.F.normalize(where(isPresent_K1, mixed_KC, old_KC)).to(items.dtype);
      }),
    );
  }

  /** Copies rows (K, C) into the memory. In place: graphs that still need the old rows must be used before. */
  store(items: Tensor): void {
    this.#checkItems(items, "ClassMemory.store");
    noGrad(() => this.mItems.copy_(items));
  }

  /**
   * An empty collection for the method's start: add the features of all source images, then store its rows.
   *
   * ```ts
   * using sums = memory.collect();
   * for (const { feature, label } of batches) sums.add(feature, label);
   * memory.store(sums.items());
   * ```
   * @param imagesBefore where several processes collect: how many images the others have before this one's, which take turns in the rows
   */
  collect({ imagesBefore = 0 }: { imagesBefore?: number } = {}): ClassSums {
    return new ClassSums(this.classes, this.width, this.mItems.device, this.rowsPerClass, imagesBefore);
  }

  /** One direction (K, C) for each class: its row, or the mean direction of the several that were written. */
  classItems(): Tensor {
    const { classes, rowsPerClass, width } = this;
    if (rowsPerClass === 1) return this.mItems;
    return scope(() => nn.F.normalize(this.mItems.view([classes, rowsPerClass, width]).sum(1)));
  }

  /** Logits (K, K), or (K R, K), of the linear classifier for the rows; see `classificationLoss`. */
  classify(items: Tensor): Tensor {
    this.#checkItems(items, "ClassMemory.classify");
    return this.clsfier.call(items);
  }

  #cosines(query_BChw: Tensor, items_KC: Tensor): Tensor {
    if (!this.readOptions.centered) return project(query_BChw, items_KC);
    const present_K1 = isPresent(items_KC).unsqueeze(1);
    const center_C = items_KC.sum(0).div(present_K1.sum().clamp({ min: 1 }));
    const from_BChw = nn.F.normalize(query_BChw.sub(center_C.view([1, this.width, 1, 1])));
    return project(from_BChw, nn.F.normalize(items_KC.sub(center_C).mul(present_K1)));
  }

  #weights(scores_BKhw: Tensor, items_KC: Tensor, given?: number): Tensor {
    const { gumbel, maskAbsent } = this.readOptions;
    const temperature = given ?? this.readOptions.temperature;
    let logits = scores_BKhw;
    if (typeof temperature === "number") {
      if (temperature !== 1) logits = logits.div(temperature);
    } else if (this.logTemperature) logits = logits.mul(widen(this.logTemperature).neg().exp());
    if (gumbel === "always" || (gumbel === "training" && this.training))
      logits = logits.add(this.noise(logits));
    if (maskAbsent)
      logits = logits.maskedFill(this.#present(items_KC).logicalNot().view([1, -1, 1, 1]), MASKED);
    return logits.softmax(1);
  }

  #votes(scores_BKhw: Tensor, query_BChw: Tensor, items_KC: Tensor, given?: number): Tensor | null {
    const fixed = given ?? this.#givenVote ?? (this.logVote ? null : this.#vote);
    if (fixed === 0) return null;
    const cosines_BKhw = this.readOptions.centered
      ? this.#nearest(project(query_BChw, items_KC), items_KC).scores
      : scores_BKhw;
    const weight = fixed ?? widen(this.logVote as Tensor).exp();
    return votesOf(cosines_BKhw, { weight, present_K: this.#present(items_KC) });
  }

  #nearest(cosines: Tensor, items_KC: Tensor): { scores: Tensor; isNearest: Tensor | null } {
    if (this.rowsPerClass === 1) return { scores: cosines, isNearest: null };
    return nearestRows(cosines, isPresent(items_KC), this.rowsPerClass);
  }

  /** Classes that were written, bool (K). */
  #present(items_KC: Tensor): Tensor {
    return classesPresent(isPresent(items_KC), this.rowsPerClass);
  }

  /** The official code's initial values. */
  #initialize(): void {
    for (const sequence of [this.output, this.writenet.writefeat]) {
      const [convolution, norm] = sequence as Iterable<nn.Module> as [nn.Conv2d, nn.BatchNorm2d];
      nn.init.kaimingNormal_(convolution.weight, { nonlinearity: "relu" });
      nn.init.constant_(norm.bias as Tensor, 1e-4);
    }
    nn.init.normal_(this.clsfier.weight, 0, 1e-4);
    nn.init.zeros_(this.clsfier.bias as Tensor);
  }

  #checkItems(items: Tensor, operator: string): void {
    const [rows, width] = items.shape;
    const all = this.classes * this.rowsPerClass;
    if (items.dim === 2 && rows === all && width === this.width) return;
    throw refusal(operator, "items", `must be [${all}, ${this.width}]`, items);
  }
}

/** Rows that were written at least once. */
const isPresent = (items_KC: Tensor): Tensor => items_KC.detach().ne(0).any(1);

/** (B, in, h, w) to (B, out, h, w) by a matrix (out, in): one product per image, nothing is copied. */
function project(input: Tensor, matrix: Tensor): Tensor {
  const [batch = 0, , h = 0, w = 0] = input.shape;
  const [to = 0, from = 0] = matrix.shape;
  return matrix
    .expand([batch, to, from])
    .bmm(input.flatten({ startDim: 2 }))
    .view([batch, to, h, w]);
}

/** Of a value that is learned from a start; null for a fixed one. */
function learnedLogarithm(value: number | { readonly learned: number }): nn.Parameter | null {
  if (typeof value === "number") return null;
  return scope(() => new nn.Parameter(nn.init.constant_(rand([]), Math.log(value.learned))));
}

const refusal = (operator: string, argument: string, rule: string, value: unknown): TorchError =>
  new TorchError(`argument '${argument}' ${rule}, got ${value}`, { operator, argument });

function positiveInteger(argument: string, value: number): void {
  if (Number.isInteger(value) && value >= 1) return;
  throw refusal("ClassMemory", argument, "must be an integer of at least 1", value);
}

function checkTemperature(temperature: number, operator: string): void {
  if (temperature > 0 && temperature < Number.POSITIVE_INFINITY) return;
  throw refusal(operator, "temperature", "must be a positive number", temperature);
}

function checkVote(vote: number, operator: string): void {
  if (vote >= 0 && vote < Number.POSITIVE_INFINITY) return;
  throw refusal(operator, "vote", "must be a number of at least 0", vote);
}

function checkMomentum(momentum: number, operator: string): void {
  if (momentum >= 0 && momentum < 1) return;
  throw refusal(operator, "momentum", "must be at least 0 and below 1", momentum);
}
