// How much of their beginning the names of a group share.

/** @returns of each group with two names or more, how many letters all of its names begin with alike: whole words of them */
export function sharedStarts(
  pictures: readonly { readonly name: string; readonly group: string }[],
): ReadonlyMap<string, number> {
  const starts = new Map<string, { start: string; readonly first: string }>();
  for (const { name, group } of pictures) {
    const known = starts.get(group);
    if (known) known.start = sharedBy(known.start, name);
    else starts.set(group, { start: name, first: name });
  }
  return new Map(
    [...starts].map(([group, { start, first }]) => [group, start === first ? 0 : wholeWords(start, first)]),
  );
}

function sharedBy(one: string, other: string): string {
  let count = 0;
  while (count < one.length && one[count] === other[count]) count++;
  return one.slice(0, count);
}

/** A number or word that goes on after the start is told whole; so is the last word of it, which says what the number is: "scene 12". */
const wholeWords = (start: string, name: string): number => {
  const isCut = /[\p{L}\p{N}]$/u.test(start) && /^[\p{L}\p{N}]/u.test(name.slice(start.length));
  const whole = isCut ? start.replace(/[\p{L}\p{N}]+$/u, "") : start;
  return whole.replace(/\p{L}+ $/u, "").length;
};
