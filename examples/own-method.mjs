// A meta-learning method of one's own: MLDG as its authors wrote it, whose meta-test loss has a weight (beta), which is a hyperparameter of
// the recipe. Registered by a name, it is trained, resumed, compared and reported like any other, by the command line as well:
//
//   NODE_OPTIONS="--import ./examples/own-method.mjs" npx pinmem train recipes/streets-study.mjs#mldg --out runs/beta \
//     --set method='{"name":"custom","as":"weighted-mldg","options":{"beta":0.5}}' --set length.steps=40
//
// Source: Li et al., "Learning to generalize: meta-learning for domain generalization", AAAI 2018, algorithm 1.

import {
  innerStep,
  metaTestOf,
  registerMethod,
  trainedParameters,
  trainingPass,
  withOwnStatistics,
} from "pinmem/training";

registerMethod("weighted-mldg", (context, { beta = 1 }) => ({
  name: "weighted-mldg",
  splitsDomains: true,
  accumulate(episode, { innerRate, share = 1 }) {
    const { network } = context;
    const inner = trainingPass(context, episode.metaTrain);
    // Where one step on the meta-train domains would lead, without taking it.
    const step = innerStep(inner, trainedParameters(network), { rate: innerRate, order: "first" });
    const outer = withOwnStatistics(network, step.adapted, () => {
      const pass = trainingPass(context, metaTestOf(episode, "weighted-mldg"));
      step.backward({ ...pass, backward: () => pass.backward(Number(beta)) }, share);
      return pass;
    });
    return { "meta-train": inner.losses, "meta-test": outer.losses };
  },
}));
