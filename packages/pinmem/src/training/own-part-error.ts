/** A recipe names a part of a program's own, such as its method or a data set, which only that program brings. */
export class OwnPartError extends Error {
  override readonly name = "OwnPartError";
}
