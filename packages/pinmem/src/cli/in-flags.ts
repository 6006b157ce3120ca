// What the library says, in the words of the command line. The library names its own options, in `backticks`; this is the one
// place that knows by which flag each is given.

/** Of the library's words, the command line's. */
const words: readonly (readonly [library: RegExp, flags: string])[] = [
  [/Train `([^`]+)` on with `resume: true`/g, "Continue it with: npx pinmem train --resume $1"],
  [/`resume: true`/g, "--resume"],
  [/`(?:folder|out)`/g, "--out"],
  [/`half`/g, "--half"],
  [/`verify: false`/g, "--no-verify"],
  [/`domains`/g, "--on"],
  [/`(images|labels|shots|limit|weight|vote|steps|mirror|from|libtorch|height|memory)`/g, "--$1"],
  [/`entries`/g, "the file that --data names"],
  [/`write`/g, "--write"],
  [/\(option memory\)/g, "(--memory)"],
  [/`maxPixels`/g, "--max-pixels"],
  [/`logitAdjustment`/g, "--logit-adjustment"],
  [/`frames`/g, "--frames"],
  [/`skipExisting`/g, "--skip-existing"],
  [/`prepareIdd`/g, "npx pinmem data prepare idd --root DIR"],
  [/(?:the )?change `([\w.[\]]+=[\w.-]+)`/g, "--set $1"],
  [/(?:the )?change `([^`]+)`/g, "--set '$1'"],
];

/** A message of the library as the command line says it. */
export const inFlags = (message: string): string =>
  words.reduce((text, [library, flags]) => text.replace(library, flags), message);
