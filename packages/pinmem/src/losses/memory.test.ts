import { eye, manualSeed, nn, rand, randint, randn, type Tensor, tensor } from "@pinmem/torch";
import { beforeEach, describe, expect, test } from "vitest";
import { classificationLoss, cohesionLoss, divergenceLoss } from "./memory.js";

const double = { dtype: "float64" } as const;
const unitRows = (items: Tensor): Tensor => nn.F.normalize(items);

beforeEach(() => manualSeed(0));

describe("divergenceLoss", () => {
  test("is zero for orthogonal rows, and for rows that point apart", () => {
    expect(divergenceLoss(eye(5, 8, double)).toNumber()).toBe(0);
    expect(
      divergenceLoss(
        tensor(
          [
            [1, 0],
            [-1, 0],
          ],
          double,
        ),
      ).toNumber(),
    ).toBe(0);
    const opposite = unitRows(randn([1, 6], double));
    const [items] = [opposite.repeat([2, 1]).mul(tensor([[1], [-1]], double))];
    expect(divergenceLoss(items as Tensor).toNumber()).toBe(0);
  });

  test("lies between 0 and 1 for unit rows, and reaches 1 when all are equal", () => {
    for (let round = 0; round < 50; round++) {
      const value = divergenceLoss(unitRows(randn([2 + (round % 9), 6], double))).toNumber();
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThan(1);
    }
    expect(divergenceLoss(unitRows(rand([1, 6], double)).repeat([7, 1])).toNumber()).toBeCloseTo(1, 14);
  });

  test("is the mean positive cosine of pairs", () => {
    const items = tensor(
      [
        [1, 0],
        [0.6, 0.8],
        [-0.6, 0.8],
      ],
      double,
    );
    // Cosines 0.6, -0.6 and 0.28, the negative one does not count.
    expect(divergenceLoss(items).toNumber()).toBeCloseTo((0.6 + 0.28) / 3, 14);
  });

  test("is zero for a single row", () => {
    expect(divergenceLoss(tensor([[0.6, 0.8]], double)).toNumber()).toBe(0);
  });
});

describe("cohesionLoss", () => {
  test("is the cross entropy of scores brought up to the labels", () => {
    const scores = rand([2, 5, 3, 4], double);
    const label = randint(5, [2, 33, 41], { dtype: "int64" });
    label.select(0, 1).fill_(255);
    const logits = nn.F.interpolate(scores.div(0.3), {
      size: [33, 41],
      mode: "bilinear",
      alignCorners: true,
    });
    const expected = nn.F.crossEntropy(logits, label, { ignoreIndex: 255 }).toNumber();
    expect(cohesionLoss(scores, label, { temperature: 0.3 }).toNumber()).toBeCloseTo(expected, 13);
  });

  test("is the mean over the classes that occur of each one's mean where classes count alike", () => {
    const scores = rand([2, 5, 3, 4], double);
    const label = randint(4, [2, 33, 41], { dtype: "int64" }); // The last class does not occur.
    label.select(0, 1).narrow(0, 0, 30).fill_(2);
    label.select(0, 0).narrow(0, 0, 9).fill_(255);
    const size = [33, 41] as const;
    const logits = nn.F.interpolate(scores.div(0.3), { size, mode: "bilinear", alignCorners: true });
    const each = nn.F.crossEntropy(logits, label, { ignoreIndex: 255, reduction: "none" });
    const means = [0, 1, 2, 3].map((k) => each.maskedSelect(label.eq(k)).mean().toNumber());
    const loss = cohesionLoss(scores, label, { temperature: 0.3, balance: "classes" });
    expect(loss.toNumber()).toBeCloseTo(
      means.reduce((sum, mean) => sum + mean / 4, 0),
      13,
    );
    label.fill_(255);
    expect(cohesionLoss(scores, label, { balance: "classes" }).toNumber()).toBe(0);
  });

  test("is log K for equal scores and falls as the right score grows", () => {
    const label = tensor([[[2]]], { dtype: "int64" });
    const loss = (score: number) => {
      const scores = tensor([0, 0, score, 0], double).view([1, 4, 1, 1]);
      return cohesionLoss(scores, label).toNumber();
    };
    expect(loss(0)).toBeCloseTo(Math.log(4), 14);
    expect(loss(1)).toBeLessThan(loss(0.5));
  });

  test("is zero with gradients zero when every label is ignored", () => {
    const scores = rand([1, 4, 2, 2], double).requiresGrad_();
    const loss = cohesionLoss(scores, randint(1, [1, 8, 8], { dtype: "int64" }).add(255));
    expect(loss.toNumber()).toBe(0);
    loss.backward();
    expect(scores.grad?.eq(0).all().item()).toBe(true);
  });

  test("refuses a temperature that is not positive, and labels that do not fit", () => {
    const label = tensor([[[2]]], { dtype: "int64" });
    expect(() => cohesionLoss(rand([1, 4, 2, 2]), label, { temperature: 0 })).toThrow(
      "cohesionLoss: argument 'temperature' must be a positive number, got 0",
    );
    expect(() => cohesionLoss(rand([1, 2, 2, 2]), label)).toThrow("cohesionLoss: argument 'label' holds 2");
  });

  test("refuses options that mean nothing", () => {
    const label = tensor([[[2]]], { dtype: "int64" });
    const refused = (options: object) => () => cohesionLoss(rand([1, 4, 2, 2]), label, options);
    expect(refused({ temprature: 1 })).toThrow(
      `cohesionLoss: there is no option 'temprature'; did you mean "temperature"?`,
    );
    expect(refused({ balance: "class" })).toThrow(
      `option 'balance' must be "pixels" or "classes", got "class"`,
    );
    expect(() => divergenceLoss(eye(4), { row: 2 } as never)).toThrow(
      `divergenceLoss: there is no option 'row'; did you mean "rows"?`,
    );
  });
});

describe("classificationLoss", () => {
  test("is log K when rows look alike, and falls when each row names its class", () => {
    expect(
      classificationLoss(
        tensor(
          [
            [1, 1],
            [1, 1],
          ],
          double,
        ),
      ).toNumber(),
    ).toBeCloseTo(Math.log(2), 14);
    expect(classificationLoss(eye(3, double).mul(40)).toNumber()).toBeLessThan(1e-15);
    expect(
      classificationLoss(
        eye(3, double)
          .roll([1], { dims: [0] })
          .mul(40),
      ).toNumber(),
    ).toBeCloseTo(40, 12);
  });

  test("refuses what is not square", () => {
    expect(() => classificationLoss(rand([3, 4]))).toThrow(
      "classificationLoss: argument 'logits' must be [K, K]",
    );
  });
});
