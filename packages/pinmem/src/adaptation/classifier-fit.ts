// The decoder's last convolution fitted to labeled pictures of a place in closed form: ridge regression from what it sees, at each
// pixel and around it, to the classes, each class weighted against its size. Added to the trained one, it is to a network's last
// layer what written rows are to its memory: the work of a moment, the same each time, without steps or rates.
//
// Sums are kept by picture and class, so that the fit without one of them is at hand.
// Shapes: C channels that the last convolution sees; D = 2 C + 1: those, their mean around and a constant one; K classes,
// h w its resolution, H W label.

import { cat, dispose, eye, keep, noGrad, ones, scope, type Tensor, zeros } from "@pinmem/torch";
import { labelWeights } from "../memory/label-weights.js";
import type { BackboneNetwork } from "../models/backbone-network.js";
import { contextOf } from "../models/heads/context-convolution.js";
import type { Encoding } from "../models/trainable-network.js";

/** What pictures say of each class that occurs in them, by train id. Free it. */
export interface ClassifierSums extends Disposable {
  readonly classes: ReadonlyMap<number, ClassSums>;
  /** Takes over what others say; they are empty then. */
  add(others: ClassifierSums): void;
}

interface ClassSums {
  /** (D, D): sum of x xᵀ. */
  readonly gram: Tensor;
  readonly count: number;
}

/** A convolution with context, to be added to the trained one times a strength; of classes that no picture shows it is zero. Free it. */
export interface ClassifierFit extends Disposable {
  /** (K, C, 1, 1) */
  readonly weight: Tensor;
  /** (K, C, 1, 1), for the mean around a pixel. */
  readonly context: Tensor;
  /** (K) */
  readonly bias: Tensor;
}

/** Bytes of what a picture says, if it shows all classes. */
export function sumBytes({ classifier, classes }: Pick<BackboneNetwork, "classifier" | "classes">): number {
  const width = 2 * classifier.weight.size(1) + 1;
  return 4 * width * width * classes;
}

/** Of the regression, relative to the mean of the diagonal. */
const RIDGE = 1e-2;
/** Classes count by their size to the power of 1 - BALANCE: 1 would weigh all alike. */
const BALANCE = 0.75;

/**
 * Sums over the pixels (1, C, h, w) that the last convolution sees, each of the class with the largest share of the label
 * (1, H, W, int64) there; pixels without a label have none.
 */
export function sumForClassifier(seen_1Chw: Tensor, label_1HW: Tensor, classes: number): ClassifierSums {
  const [, , h = 0, w = 0] = seen_1Chw.shape;
  const found = noGrad(() =>
    scope(() => {
      const labeled = labelWeights(label_1HW, { classes, size: [h, w] }).narrow(1, 0, classes);
      const [share, winner] = labeled.max(1) as [Tensor, Tensor];
      const pixels = cat([seen_1Chw, contextOf(seen_1Chw)], 1)
        .squeeze(0)
        .flatten({ startDim: 1 })
        .t();
      const x_ND = cat(
        [pixels, ones([pixels.size(0), 1], { dtype: pixels.dtype, device: pixels.device })],
        1,
      );
      const class_N = winner.add(1).mul(share.gt(0)).flatten();
      const occurring = new Set(Array.from(class_N.to("int32").toTypedArray() as Int32Array));
      return new Map(
        [...occurring]
          .filter((one) => one > 0)
          .map((one) => {
            const own = scope(() => {
              const x = x_ND.indexSelect(0, class_N.eq(one).nonzero().flatten());
              return { gram: keep(x.t().matmul(x)), count: x.size(0) };
            });
            return [one - 1, own] as const;
          }),
      );
    }),
  );
  return new Sums(found);
}

class Sums implements ClassifierSums {
  readonly classes: Map<number, ClassSums>;

  constructor(classes: Map<number, ClassSums>) {
    this.classes = classes;
  }

  add(others: ClassifierSums): void {
    if (!(others instanceof Sums)) throw new Error("internal: sums of another kind");
    for (const [trainId, { gram, count }] of others.classes) {
      const own = this.classes.get(trainId);
      this.classes.set(trainId, { gram: own?.gram.add_(gram) ?? gram, count: count + (own?.count ?? 0) });
      if (own) gram.dispose();
    }
    others.classes.clear();
  }

  [Symbol.dispose](): void {
    dispose([...this.classes.values()].map(({ gram }) => gram));
    this.classes.clear();
  }
}

/** The same of an encoded picture, as the network's rows let the last convolution see it. */
export function sumEncoded(
  network: BackboneNetwork,
  { feature, lowLevel }: Pick<Encoding, "feature" | "lowLevel">,
  label_1HW: Tensor,
): ClassifierSums {
  return noGrad(() =>
    scope(() => {
      const refined = network.memory?.read(feature).refined ?? feature;
      return sumForClassifier(network.beforeClassifier(refined, lowLevel), label_1HW, network.classes);
    }),
  );
}

/** What some pictures say together, in double precision. Free it. */
export function totalOf(pictures: readonly Pick<ClassifierSums, "classes">[]): ClassifierSums {
  const total = new Map<number, ClassSums>();
  noGrad(() => {
    for (const [trainId, { gram, count }] of pictures.flatMap(({ classes }) => [...classes])) {
      const found = total.get(trainId);
      const sum = found?.gram.add_(gram) ?? scope(() => keep(gram.to("float64").clone()));
      total.set(trainId, { gram: sum, count: count + (found?.count ?? 0) });
    }
  });
  return new Sums(total);
}

/**
 * The fit to what pictures say, if need be without some of them; null where nothing is left, or where there is none in numbers, as of the
 * features of a network whose training had diverged.
 */
export function fitClassifier(
  total: Pick<ClassifierSums, "classes">,
  classes: number,
  leftOut?: Pick<ClassifierSums, "classes">,
): ClassifierFit | null {
  const left = [...total.classes]
    .map(([trainId, { gram, count }]) => {
      const out = leftOut?.classes.get(trainId);
      return { trainId, gram, out: out?.gram ?? null, count: count - (out?.count ?? 0) };
    })
    .filter(({ count }) => count > 0)
    .sort((one, other) => one.trainId - other.trainId);
  const [some] = left;
  if (!some) return null;
  const fit = noGrad(() =>
    scope(() => {
      const [size, options] = [some.gram.size(0), { dtype: "float64", device: some.gram.device } as const];
      const [gram, mean] = [zeros([size, size], options), zeros([size], options)];
      const sums: Tensor[] = [];
      for (const { gram: all, out, count } of left) {
        const weight = count ** -BALANCE;
        const sum = all.select(1, size - 1).mul(weight); // x times the constant one
        gram.add_(all, { alpha: weight });
        if (out) {
          gram.add_(out, { alpha: -weight });
          sum.add_(out.select(1, size - 1), { alpha: -weight });
        }
        mean.add_(sum, { alpha: 1 / classes });
        sums.push(sum);
      }
      const diagonal = gram.diagonal().mean();
      const inverse = gram.add(eye(size, options).mul(diagonal.mul(RIDGE))).linalgInv();
      const result = zeros([classes, size], options);
      for (const [at, { trainId }] of left.entries()) {
        result.select(0, trainId).copy_(inverse.matmul((sums[at] as Tensor).sub(mean)));
      }
      const single = result.to("float32");
      if (!Number.isFinite(single.sum().toNumber())) return null;
      const width = (size - 1) / 2;
      const part = (from: number) => single.narrow(1, from, width).reshape([classes, width, 1, 1]);
      return {
        weight: keep(part(0)),
        context: keep(part(width)),
        bias: keep(single.select(1, size - 1).clone()),
      };
    }),
  );
  return fit && { ...fit, [Symbol.dispose]: () => dispose(Object.values(fit)) };
}
