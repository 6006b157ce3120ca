import { describe, expect, it } from "vitest";
import { z } from "zod";
import { withAssignments } from "./set-path.js";
import { RecipeError, validate } from "./validate.js";

const schema = z.strictObject({
  steps: z.int().positive(),
  rate: z
    .discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("polynomial"), base: z.number(), power: z.number().default(0.9) }),
      z.strictObject({ kind: z.literal("constant"), base: z.number() }),
    ])
    .prefault({ kind: "constant", base: 1 }),
  sources: z.array(z.strictObject({ name: z.enum(["camvid", "cityscapes"]), root: z.string() })),
});

const good = { steps: 3, sources: [{ name: "camvid", root: "/data" }] };

function problemsOf(value: unknown): readonly string[] {
  try {
    validate(schema, value, "recipe test");
  } catch (error) {
    if (error instanceof RecipeError) return error.problems;
    throw error;
  }
  return [];
}

describe("validate", () => {
  it("says where something is nested so deeply that it cannot be shown", () => {
    let deep: unknown = [];
    for (let level = 0; level < 200_000; level++) deep = [deep];
    expect(problemsOf({ ...good, steps: deep })).toEqual([
      expect.stringMatching(/^steps is .*nested very deeply/),
    ]);
  });

  it("fills in defaults", () => {
    expect(validate(schema, { ...good, rate: { kind: "polynomial", base: 2 } }, "it").rate).toEqual({
      kind: "polynomial",
      base: 2,
      power: 0.9,
    });
    expect(validate(schema, good, "it").rate).toEqual({ kind: "constant", base: 1 });
  });

  it("names unknown fields and the ones probably meant, also inside lists and unions", () => {
    expect(problemsOf({ ...good, stepz: 1 })).toEqual([
      `stepz is no field of a recipe; did you mean "steps"?`,
    ]);
    expect(problemsOf({ ...good, sources: [{ ...good.sources[0], rot: "x" }] })).toEqual([
      `sources[0].rot is no field of sources[0]; did you mean "root"?`,
    ]);
    expect(problemsOf({ ...good, rate: { kind: "polynomial", base: 1, powr: 2 } })).toEqual([
      `rate.powr is no field of rate; did you mean "power"?`,
    ]);
  });

  it("lists what is allowed where nothing is near", () => {
    expect(problemsOf({ ...good, banana: 1 })).toEqual([
      "banana is no field of a recipe; there are steps, rate, sources",
    ]);
  });

  it("suggests names among the allowed ones", () => {
    expect(problemsOf({ ...good, sources: [{ name: "camvit", root: "/" }] })).toEqual([
      `sources[0].name is "camvit"; it may be "camvid", "cityscapes" (did you mean "camvid"?)`,
    ]);
    expect(problemsOf({ ...good, rate: { kind: "polinomial", base: 1 } })).toEqual([
      `rate.kind is "polinomial"; it may be "polynomial", "constant" (did you mean "polynomial"?)`,
    ]);
  });

  it("reports all problems, with the values found", () => {
    const problems = problemsOf({ steps: -2, sources: [{ name: "camvid" }] });
    expect(problems).toHaveLength(2);
    expect(problems[0]).toBe("steps is -2; it must be more than 0");
    expect(problems[1]).toBe("sources[0].root is missing");
  });

  it("says what a value must be in words of its own", () => {
    const strict = z.strictObject({
      share: z.number().min(0).max(1),
      text: z.string().min(1).max(3),
      list: z.array(z.boolean()).min(1),
      pair: z.tuple([z.number(), z.number()]),
      named: z.record(z.string(), z.number()),
      fields: z.strictObject({}),
      count: z.int().max(9),
      word: z.string().regex(/^a/, "it begins with a"),
    });
    const wrong = (value: object) => {
      const fine = {
        share: 1,
        text: "a",
        list: [true],
        pair: [1, 2],
        named: {},
        fields: {},
        count: 1,
        word: "a",
      };
      try {
        validate(strict, { ...fine, ...value }, "it");
      } catch (error) {
        return (error as RecipeError).problems[0];
      }
      return null;
    };
    expect(
      [
        { share: Number.NaN },
        { share: -1 },
        { share: Number.POSITIVE_INFINITY },
        { share: 2 },
        { share: () => 1 },
        { text: "" },
        { text: "long" },
        { list: [] },
        { list: [1] },
        { pair: [1] },
        { named: 5 },
        { fields: [] },
        { count: 1.5 },
        { count: 10 },
        { word: "b" },
      ].map(wrong),
    ).toEqual([
      "share is NaN; it must be a number",
      "share is -1; it must be at least 0",
      "share is Infinity; it must be a number",
      "share is 2; it must be at most 1",
      "share is a function; it must be a number",
      'text is ""; it must have at least 1 character',
      'text is "long"; it must have at most 3 characters',
      "list is []; it must have at least 1 entry",
      "list[0] is 1; it must be true or false",
      "pair is [1]; it must have at least 2 entries",
      "named is 5; it must be an object with fields",
      "fields is []; it must be an object with fields",
      "count is 1.5; it must be a whole number",
      "count is 10; it must be at most 9",
      'word is "b": it begins with a',
    ]);
  });
});

describe("withAssignments", () => {
  it("sets values by path and leaves the original as it is", () => {
    const changed = withAssignments(
      good,
      ["steps=5", "sources[0].root=/elsewhere", "rate.kind=constant", "rate.base=0.5"],
      schema,
    );
    expect(changed).toEqual({
      steps: 5,
      sources: [{ name: "camvid", root: "/elsewhere" }],
      rate: { kind: "constant", base: 0.5 },
    });
    expect(good.steps).toBe(3);
  });

  it("lays single fields over the default of what the configuration leaves out, in any order", () => {
    const rate = (...assignments: string[]) =>
      (withAssignments(good, assignments, schema) as { rate: unknown }).rate;
    expect(rate("rate.base=0.002")).toEqual({ kind: "constant", base: 0.002 });
    expect(rate("rate.kind=polynomial")).toEqual({ kind: "polynomial", base: 1 });
    expect(rate("rate.power=2", "rate.kind=polynomial")).toEqual({ kind: "polynomial", base: 1, power: 2 });
    expect(rate("rate.base=3", 'rate={"kind":"polynomial"}')).toEqual({ kind: "polynomial" });
    const named = { ...good, rate: { kind: "polynomial", base: 5 } };
    expect(withAssignments(named, ["rate.power=2"], schema)).toMatchObject({
      rate: { kind: "polynomial", base: 5, power: 2 },
    });
  });

  it("takes lists and objects as JSON", () => {
    expect(withAssignments(good, ['sources=[{"name":"cityscapes","root":"/c"}]'], schema)).toMatchObject({
      sources: [{ name: "cityscapes" }],
    });
  });

  it.each([
    "steps",
    "=3",
    "a..b=1",
    "sources[x]=1",
    "steps.more=1",
    "sources[3].root=a",
    "__proto__=1",
    "__proto__.steps=1",
  ])("refuses %s", (assignment) => {
    expect(() => withAssignments(good, [assignment], schema)).toThrow(RecipeError);
  });
});
