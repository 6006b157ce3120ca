// Label spaces as JSON, as they stand beside the weights of a network that was trained for one. Checked when they are read.

import * as z from "zod";
import { cityscapes19, IGNORE_INDEX, type LabelSpace } from "../labels/label-space.js";
import { isNestedDeeper, TOO_DEEP } from "./nesting.js";

const byte = z.int().min(0).max(255);
const color = z.tuple([byte, byte, byte]);
const written = z.union([z.int().min(0).max(65535), color]);

const schema = z.strictObject({
  name: z.string().min(1),
  classes: z
    .array(z.strictObject({ name: z.string().min(1), color, id: byte }))
    .min(2)
    .max(IGNORE_INDEX),
  fromCityscapes: z.array(byte).length(256),
  files: z
    .strictObject({
      kind: z.enum(["values", "colors"]),
      classes: z.array(z.array(written)),
      ignored: z.array(written),
    })
    .optional(),
});

/** A label space as JSON, which `labelSpaceFromJson` reads. */
export const labelSpaceToJson = ({ fromCityscapes, ...space }: LabelSpace): string =>
  JSON.stringify({ ...space, fromCityscapes: [...fromCityscapes] });

/** @throws Error saying what of the text is not as it must be */
export function labelSpaceFromJson(text: string): LabelSpace {
  const content: unknown = JSON.parse(text);
  if (isNestedDeeper(content)) throw new Error(`the label space ${TOO_DEEP}`);
  const { fromCityscapes, files, ...space } = schema.parse(content);
  const read = { ...space, fromCityscapes: Uint8Array.from(fromCityscapes), ...(files && { files }) };
  return isCityscapes(read) ? cityscapes19 : read;
}

/** One whose classes are called alike may have other ids, colors or label files. */
function isCityscapes({ classes, fromCityscapes, files }: LabelSpace): boolean {
  const fields = ({ name, id, color }: LabelSpace["classes"][number]) => [name, id, ...color].join();
  return (
    files === undefined &&
    classes.map(fields).join("\n") === cityscapes19.classes.map(fields).join("\n") &&
    fromCityscapes.join() === cityscapes19.fromCityscapes.join()
  );
}

/** Whether a network for one can be scored on labels in the other: the same classes in the same order. */
export const sameClasses = (a: Pick<LabelSpace, "classes">, b: Pick<LabelSpace, "classes">): boolean =>
  a.classes.length === b.classes.length && a.classes.every(({ name }, at) => name === b.classes[at]?.name);
