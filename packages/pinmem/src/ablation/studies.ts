// The studies by name: what the paper takes away or changes to see what it is worth (Kim et al., CVPR 2022, section 4), and
// the options that this project adds to the read. A study is data: variants, each a list of changes to the recipe. To add one,
// list it here.

export interface Variant {
  /** Part of a folder's name. */
  readonly name: string;
  /** What a table calls it. */
  readonly title: string;
  /** Changes to the recipe, "path=value". */
  readonly set: readonly string[];
}

export interface Study {
  readonly name: string;
  readonly title: string;
  readonly question: string;
  /** What the method of the recipe must have for the study to mean anything. */
  readonly needs?: "memory" | "meta-learning";
  readonly variants: readonly Variant[];
}

const off = (...losses: readonly string[]): string[] => losses.map((loss) => `lossWeights.${loss}=0`);
const momentum = (value: number): string => `model.memory.momentum=${value}`;
const read = (option: string, value: unknown): string =>
  `model.memory.read.${option}=${JSON.stringify(value)}`;

/** All studies that `planAblation` knows: what each asks, and the changes of a recipe that answer it. */
export const studies: readonly Study[] = [
  {
    name: "framework",
    title: "Learning framework",
    // Strong colors go to domains met as unseen by default, which other methods do not have.
    question:
      "What do the memory and the meta-learning each add? (strong colors too, unless data.color.strongFor=all)",
    variants: [
      { name: "erm", title: "ERM", set: ["method.name=erm"] },
      { name: "mldg", title: "MLDG: meta-learning, no memory", set: ["method.name=mldg"] },
      { name: "memory-erm", title: "Memory, no meta-learning", set: ["method.name=memory-erm"] },
      { name: "pin-memory", title: "Pin the Memory", set: ["method.name=pin-memory"] },
    ],
  },
  {
    name: "losses",
    title: "Losses of the memory",
    question: "What are the cohesion and the divergence loss worth?",
    needs: "memory",
    variants: [
      { name: "none", title: "neither", set: off("cohesion", "divergence", "classification") },
      { name: "cohesion", title: "cohesion only", set: off("divergence", "classification") },
      { name: "divergence", title: "divergence only, with its classifier", set: off("cohesion") },
      { name: "no-classifier", title: "both, divergence without its classifier", set: off("classification") },
    ],
  },
  {
    name: "memory-update",
    title: "Update of the memory",
    question: "Must rows follow the network, and must they remember?",
    needs: "memory",
    variants: [
      { name: "average", title: "moving average", set: [momentum(0.8)] },
      { name: "newest", title: "the newest batch only", set: [momentum(0)] },
      { name: "fixed", title: "hardly at all after the start", set: [momentum(0.9999)] },
    ],
  },
  {
    name: "momentum",
    title: "Momentum of the update",
    question: "How much of a row should a write keep?",
    needs: "memory",
    variants: [0.5, 0.7, 0.8, 0.9, 0.99].map((value) => ({
      name: String(value),
      title: String(value),
      set: [momentum(value)],
    })),
  },
  {
    name: "read-noise",
    title: "Softmax or Gumbel softmax in the read",
    question: "Does noise in the read help?",
    needs: "memory",
    variants: [
      { name: "softmax", title: "softmax", set: [read("gumbel", "never")] },
      { name: "gumbel", title: "Gumbel noise in training", set: [read("gumbel", "training")] },
      {
        name: "gumbel-always",
        title: "Gumbel noise always, as in the official code",
        set: [read("gumbel", "always")],
      },
    ],
  },
  {
    name: "gradient-order",
    title: "Gradient through the inner step",
    question: "Is the second order worth its time?",
    needs: "meta-learning",
    variants: [
      { name: "first", title: "first order", set: ["method.order=first"] },
      // What is computed again has no second derivatives; recomputation changes no figure.
      {
        name: "second",
        title: "second order",
        set: ["method.order=second", "activationCheckpointing=false"],
      },
    ],
  },
  {
    name: "read-temperature",
    title: "Temperature of the read",
    question: "Does a sharper read help?",
    needs: "memory",
    variants: [
      { name: "1", title: "1, as in the paper", set: [read("temperature", 1)] },
      { name: "0.2", title: "0.2", set: [read("temperature", 0.2)] },
      { name: "0.05", title: "0.05", set: [read("temperature", 0.05)] },
      { name: "learned", title: "learned from 0.1", set: [read("temperature", { learned: 0.1 })] },
    ],
  },
  {
    name: "read-out",
    title: "Comparison and read-out",
    question: "Do the other options of the read help?",
    needs: "memory",
    variants: [
      { name: "plain", title: "none, as in the paper", set: readOptions(false, false, false) },
      {
        name: "centered",
        title: "directions from the mean of the rows",
        set: readOptions(true, false, false),
      },
      {
        name: "mask-absent",
        title: "rows never written get no weight",
        set: readOptions(false, true, false),
      },
      { name: "residual", title: "the feature is added", set: readOptions(false, false, true) },
      { name: "all", title: "all three", set: readOptions(true, true, true) },
    ],
  },
];

function readOptions(centered: boolean, maskAbsent: boolean, residual: boolean): string[] {
  return [read("centered", centered), read("maskAbsent", maskAbsent), read("residual", residual)];
}
