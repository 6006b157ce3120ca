// What a page sends to have an adapted model saved, checked: names that are names, bytes that are pictures.

import { pictureType } from "./files.js";
import { Refusal } from "./guard.js";
import type { AdaptRequest } from "./site.js";
import type { AdaptTask } from "./studio-run.js";

const MOST_PICTURES = 64;
const endings: Readonly<Record<string, string>> = { "image/jpeg": "jpg", "image/png": "png" };

/** @throws Refusal */
export function adaptTask(body: unknown): AdaptTask {
  const { name, vote, own, pictures } = (body ?? {}) as Partial<AdaptRequest>;
  if (typeof name !== "string" || !/^[A-Za-z0-9][\w.-]{0,63}$/.test(name))
    throw new Refusal(
      400,
      "a name has letters, digits, - _ . and begins with a letter or digit, at most 64 of them",
    );
  if (typeof vote !== "number" || !(vote >= 0 && vote <= 1000))
    throw new Refusal(400, "votes weigh 0 to 1000");
  if (own !== "auto" && (typeof own !== "number" || !(own >= 0 && own <= 1)))
    throw new Refusal(400, "own statistics weigh 0 to 1, or are auto");
  if (!Array.isArray(pictures) || pictures.length === 0 || pictures.length > MOST_PICTURES)
    throw new Refusal(400, `there must be 1 to ${MOST_PICTURES} pictures with strokes`);
  return {
    name,
    vote,
    own,
    pictures: pictures.map((one, at) => {
      const [image, label] = [bytesOf(one?.image), bytesOf(one?.label)];
      const ending = endings[pictureType(image)];
      if (ending === undefined) throw new Refusal(400, `picture ${at + 1} is neither JPEG nor PNG`);
      if (pictureType(label) !== "image/png") throw new Refusal(400, `label ${at + 1} is no PNG`);
      return { file: `${String(at).padStart(3, "0")}.${ending}`, image, label };
    }),
  };
}

function bytesOf(base64: unknown): Uint8Array {
  if (typeof base64 !== "string") throw new Refusal(400, "pictures must be base64");
  return Buffer.from(base64, "base64");
}
