// What users of the training side see: recipes and runs, the trainer for data and methods of one's own, and the methods.

export { CheckpointError } from "./checkpoints/checkpoint.js";
export { CheckpointStore } from "./checkpoints/checkpoint-store.js";
export { type DomainSplit, splitDomains } from "./domain-split.js";
export type { Episode, LabelledBatch } from "./episode.js";
export type { EventSink, StepEvent, TrainingEvent } from "./events/event.js";
export { JsonLines } from "./events/json-lines.js";
export { Progress } from "./events/progress.js";
export { TensorBoard } from "./events/tensorboard.js";
export { type LossTensors, type LossTerms, type LossWeights, lossWeightsSchema } from "./losses.js";
export { Erm } from "./methods/erm.js";
export { finalWrite } from "./methods/final-write.js";
export type { MethodFactory } from "./methods/index.js";
export { MemoryErm } from "./methods/memory-erm.js";
export type { MetaOptions } from "./methods/meta-options.js";
export type { Method, Probe, StepSettings } from "./methods/method.js";
export { Mldg } from "./methods/mldg.js";
export { PinMemory } from "./methods/pin-memory.js";
export {
  type PassContext,
  type PassOptions,
  type PassResult,
  trainingPass,
} from "./methods/training-pass.js";
export type { TrainableNetwork } from "./network.js";
export type { GivenDatasets } from "./open-data.js";
export { createOptimizer } from "./optimizer.js";
export { type PrepareOptions, prepareEpisode } from "./prepare-episode.js";
export { type ListedRecipe, listRecipes, loadRecipe } from "./recipe/load-recipe.js";
export { defineRecipe, type Recipe, type RecipeInput, resolveRecipe } from "./recipe/recipe.js";
export { RecipeError } from "./recipe/validate.js";
export { RunFolder } from "./run-folder.js";
export { type TrainOptions, train } from "./train.js";
export { Trainer, type TrainerHook, type TrainerOptions, type TrainingResult } from "./trainer.js";
export { LoaderData, type TrainingData } from "./training-data.js";
export { TrainingError } from "./training-error.js";
