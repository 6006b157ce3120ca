// What a schema says of one place in a value: which fields there may be, which members of a union there are and which of
// them the value chose, and what stands there by default.

import { z } from "zod";

export type Schema = z.core.$ZodType;
export type Path = readonly PropertyKey[];

export function valueAt(value: unknown, path: Path): unknown {
  let current = value;
  for (const key of path) current = (current as Record<PropertyKey, unknown> | null | undefined)?.[key];
  return current;
}

/** The schema below optional, default and the like. */
function unwrap(schema: Schema): Schema {
  const def = schema._zod.def as { innerType?: Schema; in?: Schema };
  const inner = def.innerType ?? def.in;
  return inner ? unwrap(inner) : schema;
}

/** The schema at a path, with its default; of unions on the way there, the member that the value chose. */
function wrappedAt(schema: Schema, value: unknown, path: Path): Schema | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return schema;
  const holder = chosenMember(unwrap(schema), value);
  const next = valueAt(value, [key]);
  if (holder instanceof z.ZodArray) return wrappedAt(holder.element as Schema, next, rest);
  const field =
    holder instanceof z.ZodObject ? (holder.shape[key as string] as Schema | undefined) : undefined;
  return field && wrappedAt(field, next, rest);
}

/** The schema at a path, without its default. */
export function schemaAt(schema: Schema, value: unknown, path: Path): Schema | undefined {
  const found = wrappedAt(schema, value, path);
  return found && unwrap(found);
}

/** Of a union the member that the value chose; every other schema itself. */
function chosenMember(schema: Schema, value: unknown): Schema | undefined {
  if (!(schema instanceof z.ZodDiscriminatedUnion)) return schema;
  const { discriminator } = schema.def;
  const chosen = valueAt(value, [discriminator]);
  const member = (schema.options as Schema[]).find((option) =>
    literalsOf(option, discriminator).includes(chosen),
  );
  return member && unwrap(member);
}

/** The values that a field of a union's member may have. */
export function literalsOf(option: Schema, field: string): readonly unknown[] {
  const plain = unwrap(option);
  const literal = plain instanceof z.ZodObject ? (plain.shape[field] as Schema | undefined) : undefined;
  if (literal instanceof z.ZodLiteral) return [...literal.values];
  return literal instanceof z.ZodEnum ? literal.options : [];
}

/** Whether a union's member has a field. */
export function hasField(option: Schema, field: string): boolean {
  const plain = unwrap(option);
  return plain instanceof z.ZodObject && Object.hasOwn(plain.shape, field);
}

/** Names of the fields that may stand at a path; empty where nothing is known of it. */
export function fieldsAt(schema: Schema, value: unknown, path: Path): string[] {
  const found = schemaAt(schema, value, path);
  const object = found && chosenMember(found, valueAt(value, path));
  return object instanceof z.ZodObject ? Object.keys(object.shape) : [];
}

/**
 * An object whose fields are laid over the default that stands at its place. Of the default of a union, the fields stay that
 * the member has which the object names.
 */
export function overDefault(schema: Schema, value: unknown, path: Path): unknown {
  const own = valueAt(value, path);
  const standard = defaultOf(wrappedAt(schema, value, path));
  if (!isRecord(own) || !isRecord(standard)) return own;
  const merged = { ...standard, ...own };
  const inner = schemaAt(schema, value, path);
  if (!(inner instanceof z.ZodDiscriminatedUnion)) return merged;
  const member = chosenMember(inner, merged);
  if (!member) return own;
  return Object.fromEntries(
    Object.entries(merged).filter(([key]) => Object.hasOwn(own, key) || hasField(member, key)),
  );
}

function defaultOf(schema: Schema | undefined): unknown {
  for (let at = schema; at; at = (at._zod.def as { innerType?: Schema }).innerType) {
    if (at instanceof z.ZodPrefault || at instanceof z.ZodDefault) return at.def.defaultValue;
  }
  return undefined;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
