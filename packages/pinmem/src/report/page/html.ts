// Markup from text: what is put into a template is escaped, unless it is markup that this module made. So names, notes and
// figures of files can be written as they are, and none of them can become an element, an attribute or a script.

/** Text that is markup already. Only `html` and `trusted` make it. */
export class Markup {
  constructor(readonly text: string) {}
}

export type Content = string | number | Markup | null | undefined | false | readonly Content[];

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escapeText = (text: string): string => text.replace(/[&<>"']/g, (sign) => entities[sign] as string);

/** A template whose holes are text; attributes must be quoted. */
export function html(strings: TemplateStringsArray, ...holes: readonly Content[]): Markup {
  return new Markup(strings.reduce((text, part, at) => text + render(holes[at - 1]) + part));
}

/** Markup from elsewhere, such as a chart that a library drew and escaped. */
export const trusted = (text: string): Markup => new Markup(text);

function render(content: Content): string {
  if (content === null || content === undefined || content === false) return "";
  if (content instanceof Markup) return content.text;
  if (typeof content === "object") return content.map(render).join("");
  return escapeText(String(content));
}
