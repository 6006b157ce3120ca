// Whole networks of one's own by name, for those that are no backbone of five stages with a head.

import type { ClassMemory } from "../memory/class-memory.js";
import { Registry } from "./registry.js";
import type { SegmentationNetwork } from "./segmentation-network.js";

/** What a network of one's own is made for. */
export interface OwnNetworkOptions {
  /** How many classes it tells apart. */
  readonly classes: number;
  /**
   * The class memory for features of `width` channels, as the recipe describes it; null where the recipe's method uses none.
   * The network keeps it as its field `memory`.
   */
  readonly createMemory: (width: number) => ClassMemory | null;
}

/** Makes a network of one's own, with random weights. */
export type NetworkFactory = (options: OwnNetworkOptions) => SegmentationNetwork;

export const networks = new Registry<NetworkFactory>("network", "registerNetwork");

/**
 * Adds a network of one's own: recipes name it in `model.network`, in place of backbone and head. Call it in every program that
 * opens such a run, before it does.
 *
 * @param name what recipes call it
 * @throws RangeError where the name is taken
 */
export function registerNetwork(name: string, create: NetworkFactory): void {
  networks.add(name, create);
}
