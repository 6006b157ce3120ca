// The files of a new project, by name.

export interface Project {
  readonly name: string;
  /** Of pinmem. */
  readonly version: string;
}

/** What helps with pictures unlike those that a network was trained on. */
const elsewhere = "--normalize image:auto --logit-adjustment auto";

export const projectFiles = ({ name, version }: Project): Readonly<Record<string, string>> => ({
  "package.json": `${JSON.stringify(
    {
      name,
      version: "0.0.0",
      private: true,
      type: "module",
      scripts: {
        check: "pinmem data check folder --root data/city-a",
        train: "pinmem train recipe.mjs --out runs/first",
        evaluate: `pinmem evaluate runs/first ${elsewhere}`,
        predict: `pinmem predict runs/first photos ${elsewhere} --write overlay --out predicted`,
      },
      dependencies: { pinmem: `^${version}` },
    },
    null,
    2,
  )}
`,
  "recipe.mjs": recipe,
  "README.md": readme(name),
  ".gitignore": "node_modules/\nruns/\ndata/\npredicted/\n",
});

const recipe = `// What is trained, on what, for how long. \`npx pinmem recipes recipe.mjs\` says what else there is to choose.

import { defineRecipe } from "pinmem";

// Procedural streets, rendered as they are needed: nothing has to be downloaded.
const streets = (domain, count, seed) => ({ name: "streets", domain, count, seed, width: 256, height: 128 });

const sources = [streets("boulevard", 200, 0), streets("toy-town", 200, 0)];
const validation = [streets("boulevard", 10, 1), streets("toy-town", 10, 1)];
const targets = [streets("night", 10, 2), streets("rain", 10, 2)]; // never trained on

// Pictures of your own, one folder for each city, camera or season (README.md says what lies in them). Methods that
// split the sources, such as pin-memory, need two or more. Put these lines in place of the three above:
//
//   const city = (root) => ({ name: "folder", root, split: "all" });
//   const sources = [city("data/city-a"), city("data/city-b")];
//   const validation = [city("data/city-a-later")];
//   const targets = [city("data/city-c")];

export default defineRecipe({
  name: "first",
  data: { sources, validation, targets, crop: { width: 192, height: 96 }, perDomain: 2 },
  model: { backbone: "mobilenet_v2" }, // with ImageNet's weights: npx pinmem weights pull mobilenet_v2, backboneWeights: "imagenet"
  method: { name: "erm" }, // plain training, which no method is clearly ahead of; the paper's: { name: "pin-memory", memoryStart: { batches: 10 } }
  length: { steps: 150 }, // minutes on two cores; for pictures of your own, thousands on a GPU
  optimizer: { kind: "adamw" },
  learningRate: { kind: "polynomial", base: 0.001 },
  validation: { every: 150, preciseBatchNorm: 20 },
  checkpoints: { every: 50, keep: 1 },
});
`;

const readme = (name: string): string => `# ${name}

Semantic segmentation with [pinmem](https://www.npmjs.com/package/pinmem).

    npm install CLONE/packages/pinmem   # CLONE: where pinmem's own repository was cloned and built
    npm run train      # on procedural streets, in minutes, without a download
    npm run evaluate   # scores on domains that were never trained on

pinmem is not in npm's registry yet, so that \`npm install\` alone finds it only after the first line, which links the clone.

Both \`evaluate\` and \`predict\` let a picture that looks unlike the training's bring its own statistics (\`--normalize image:auto\`), and
leave out what the network learned of how frequent classes are (\`--logit-adjustment auto\`), each as much as the validation pictures
say at the end of training. Without these two options the network answers as it was trained.

## Pictures of your own

Each city (camera, season) is a folder:

    data/city-a/images/0001.jpg
    data/city-a/labels/0001.png    # one byte a pixel: Cityscapes' train ids, 255 where nothing is said

\`npm run check\` finds them, decodes them, and says what is wrong. Other classes than Cityscapes' are described in a JSON file that
\`npx pinmem data check folder --root data/city-a --label-space classes.json\` reads. Then change the lines of \`recipe.mjs\` that say so.

Photographs in \`photos/\` are segmented by \`npm run predict\`.
`;
