// Names of files, as a line of text can hold them. A file may be called almost anything: with the end of a line in its name, an
// error in one line becomes two, of which the second says what a stranger likes; other characters a terminal obeys, or writes backwards.

const short: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** The text in one line: what is no sign that can be seen is written as in programs, such as "\n" and "\x1b". */
export const visible = (text: string): string =>
  text.replace(
    /[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu,
    (sign) => short[sign] ?? escaped(sign.charCodeAt(0).toString(16)),
  );

const escaped = (code: string): string =>
  code.length > 2 ? `\\u${code.padStart(4, "0")}` : `\\x${code.padStart(2, "0")}`;

/** Lines of which each is to stay one. */
export const visibleLines = (lines: readonly string[]): string => lines.map(visible).join("\n");
