// What users of the training side see: recipes and runs, the trainer for data and methods of one's own, and the methods.

export type { EventSink, LossTerms, StepEvent, TrainingEvent } from "@pinmem/core/formats";
export { type Plan, type PlanOptions, planAblation } from "../ablation/plan.js";
export { type AblationOptions, runAblation } from "../ablation/run-ablation.js";
export { type Study, studies, type Variant } from "../ablation/studies.js";
export { type Ablation, readAblation } from "../comparison/ablation-file.js";
export type { GradientCompression } from "../processes/gradient-compression.js";
export { openWorld } from "../processes/open-world.js";
export { efficiency, type StepCosts, stepTime } from "../processes/step-time.js";
export type { World } from "../processes/world.js";
export { defineRecipe } from "../recipes/define-recipe.js";
export { type DemoMethod, type DemoStart, demoRecipe } from "../recipes/demo-recipe.js";
export { type ListedRecipe, listRecipes, loadRecipe } from "../recipes/load-recipe.js";
export { type GivenDatasets, registerDataset } from "../recipes/open-data.js";
export { type Recipe, type RecipeInput, resolveRecipe } from "../recipes/recipe.js";
export { RecipeError } from "../recipes/validate.js";
export { type ConvertOptions, convertBackboneWeights, convertWeights } from "../runs/convert-weights.js";
export { requireDevice } from "../runs/environment.js";
export { type OpenRun, type OpenRunOptions, openRun } from "../runs/open-run.js";
export { RunError } from "../runs/run-error.js";
export { RunFolder } from "../runs/run-folder.js";
export { type TrainOptions, train } from "../runs/train.js";
export { CheckpointError } from "../training/checkpoints/checkpoint.js";
export { CheckpointStore } from "../training/checkpoints/checkpoint-store.js";
export { type DomainSplit, splitDomains } from "../training/domain-split.js";
export type { Episode, LabeledBatch } from "../training/episode.js";
export { JsonLines } from "../training/events/json-lines.js";
export { Progress } from "../training/events/progress.js";
export { TensorBoard } from "../training/events/tensorboard.js";
export { type LossTensors, type LossWeights, lossWeightsSchema, weightedSum } from "../training/losses.js";
export { startMemory } from "../training/memory-start.js";
export { Erm } from "../training/methods/erm.js";
export { finalWrite } from "../training/methods/final-write.js";
export { type MethodFactory, type MethodOptions, registerMethod } from "../training/methods/index.js";
export { type GradientOrder, type InnerStep, innerStep } from "../training/methods/inner-step.js";
export { jointPass } from "../training/methods/joint-pass.js";
export { MemoryErm } from "../training/methods/memory-erm.js";
export type { MetaOptions } from "../training/methods/meta-options.js";
export {
  type Method,
  memoryOf,
  metaTestOf,
  type Probe,
  type StepSettings,
  trainedParameters,
} from "../training/methods/method.js";
export { Mldg } from "../training/methods/mldg.js";
export { withNetworkStatistics, withOwnStatistics } from "../training/methods/own-statistics.js";
export type { Phase } from "../training/methods/phase.js";
export { PinMemory } from "../training/methods/pin-memory.js";
export {
  type PassContext,
  type PassOptions,
  type PassResult,
  trainingPass,
} from "../training/methods/training-pass.js";
export { createOptimizer } from "../training/optimizer.js";
export { type PrepareOptions, prepareEpisode } from "../training/prepare-episode.js";
export { innerRate, learningRate } from "../training/schedule.js";
export { Trainer, type TrainerHook, type TrainerOptions, type TrainingResult } from "../training/trainer.js";
export { LoaderData, type TrainingData } from "../training/training-data.js";
export { TrainingError } from "../training/training-error.js";
