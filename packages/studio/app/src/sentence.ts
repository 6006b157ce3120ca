// What errors say, as the page says it.

/** Words that our own messages begin with; whatever else stands there may be the name of a file, a run or an address. */
const opening = /^(an?|it|no|nothing|one|statistics|strokes|that|the|there|this|votes)(?= )/;

/** Begins with a capital where the first word is no name: these stay as they are. */
export const asSentence = (text: string): string =>
  text.replace(opening, (word) => word.charAt(0).toUpperCase() + word.slice(1));
