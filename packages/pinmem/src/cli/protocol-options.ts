// A protocol from options of a command line: a preset, and fields of it changed.

import type { Protocol, TestNormalization } from "@pinmem/core/formats";
import type { NormalizeFlag } from "./normalize-option.js";

export interface ProtocolFlags {
  readonly protocol?: string;
  readonly crop?: number;
  readonly overlap?: number;
  readonly scales?: number[];
  readonly flip?: true;
  readonly height?: number;
  readonly combine?: string;
  readonly normalize?: NormalizeFlag;
  readonly vote?: number | "auto";
  readonly logitAdjustment?: number | "auto";
}

/** @throws Error saying in one line which option cannot be as it is */
export async function protocolOf(
  {
    protocol: preset = "whole",
    crop,
    overlap,
    scales,
    flip,
    height,
    combine,
    vote,
    logitAdjustment,
  }: ProtocolFlags,
  normalize: TestNormalization,
): Promise<Protocol> {
  const { protocol, protocolSchema } = await import("@pinmem/core/formats");
  const base = protocol(preset);
  const slides = crop !== undefined || overlap !== undefined;
  const changes = {
    ...(slides && {
      kind: "sliding" as const,
      crop: crop ?? base.crop ?? 768,
      overlap: overlap ?? base.overlap ?? 1 / 3,
    }),
    ...(scales && { scales }),
    ...(flip && { flip }),
    ...(height !== undefined && { resize: { height } }),
    ...(combine !== undefined && { combine }),
    normalize,
    ...(vote !== undefined && { vote }),
    ...(logitAdjustment !== undefined && { logitAdjustment }),
  };
  const checked = protocolSchema.safeParse({ ...base, ...changes });
  if (checked.error) {
    const [issue] = checked.error.issues;
    throw new Error(`${issue?.path.join(".")}: ${issue?.message}`);
  }
  const { name: _, ...fields } = checked.data;
  return protocol(preset, fields);
}
