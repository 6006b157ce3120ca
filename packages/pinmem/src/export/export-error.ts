/** A model that cannot be exported, or whose export does not compute what it should; says how to mend it. */
export class ExportError extends Error {
  override readonly name = "ExportError";
}
