/** A model that cannot be loaded or cannot do what was asked; says what, where, and how to mend it. */
export class ModelError extends Error {
  override readonly name = "ModelError";
}
