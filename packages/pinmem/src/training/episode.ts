// What a training method gets at each step: labeled images on the device, in the roles that it gave the domains.

import type { Tensor } from "@pinmem/torch";

export interface LabeledBatch {
  /** Normalized images (B, 3, H, W), domain after domain. */
  readonly image: Tensor;
  /** Train ids (B, H, W), int64; 255 is ignored. */
  readonly label: Tensor;
  /** Source domain of each image; what a memory with a row for each domain is written by. */
  readonly domains?: readonly number[];
}

export interface Episode {
  /** What the step trains on, and what the memory is written from: all domains where the method splits none off. */
  readonly metaTrain: LabeledBatch;
  /** Domains met as unseen; null where the method splits none off. */
  readonly metaTest: LabeledBatch | null;
}
