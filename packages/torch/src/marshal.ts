// Arguments on their way to the addon: tensors become handles, lists go through memory shared with it (reading an array
// through N-API costs more than a small operator), everything else passes as it is and is checked there.

import { TorchError } from "./errors.js";
import { camelCase } from "./names.js";
import { native } from "./native.js";
import { Kind, type Operator } from "./operator.js";
import { OwnedTensor } from "./ownership.js";
import { describeValue } from "./values.js";

export function mismatch(operator: Operator, argument: string, expected: string, value: unknown): TorchError {
  const name = camelCase(argument);
  return new TorchError(`argument '${name}' must be ${expected}, got ${describeValue(value)}`, {
    operator: operator.label,
    argument: name,
  });
}

function unwrapTensor(value: unknown, operator: Operator, argument: string): unknown {
  if (value instanceof OwnedTensor) return OwnedTensor.handleOf(value, operator.label, argument);
  if (value === null || value === undefined) return value;
  throw mismatch(operator, argument, "a tensor", value);
}

const listBuffer = new Float64Array(native.listBuffer());
let listEnd = 0;

/** Appends integers to the list buffer and gives their count; the array itself where it holds anything else. */
function unwrapIntegers(value: unknown, operator: Operator, argument: string, fixedLength: number): unknown {
  if (typeof value === "number") {
    // The addon would take a bare number for a count.
    if (fixedLength === 0) throw mismatch(operator, argument, "an array of integers", value);
    if (listEnd + fixedLength > listBuffer.length) return new Array(fixedLength).fill(value);
    for (let i = 0; i < fixedLength; i++) listBuffer[listEnd++] = value;
    return fixedLength;
  }
  if (!Array.isArray(value) || listEnd + value.length > listBuffer.length) return value;
  const start = listEnd;
  for (let i = 0; i < value.length; i++) {
    const element = value[i];
    if (typeof element !== "number") {
      listEnd = start;
      return value;
    }
    listBuffer[listEnd++] = element;
  }
  return value.length;
}

function unwrapTensors(value: unknown, operator: Operator, argument: string): unknown {
  if (value === null || value === undefined) return value;
  if (!Array.isArray(value)) throw mismatch(operator, argument, "an array of tensors", value);
  const handles = value.map((element) => {
    if (element instanceof OwnedTensor) return OwnedTensor.handleOf(element, operator.label, argument);
    throw mismatch(operator, argument, "an array of tensors", value);
  });
  if (listEnd + handles.length > listBuffer.length) return handles;
  listBuffer.set(handles, listEnd);
  listEnd += handles.length;
  return handles.length;
}

function unwrap(
  kind: number,
  value: unknown,
  operator: Operator,
  index: number,
  fixedLength: number,
): unknown {
  switch (kind) {
    case Kind.Tensor:
      return unwrapTensor(value, operator, operator.names[index] as string);
    case Kind.IntList:
      return unwrapIntegers(value, operator, operator.names[index] as string, fixedLength);
    case Kind.TensorList:
      return unwrapTensors(value, operator, operator.names[index] as string);
    case Kind.OptionalTensorList:
      return Array.isArray(value)
        ? value.map((element) => unwrapTensor(element, operator, operator.names[index] as string))
        : value;
    default:
      return value;
  }
}

/** The values of a call in the order of the schema; undefined where the default is meant. Valid until the next call. */
export function marshal(operator: Operator, values: readonly unknown[]): unknown[] {
  const { kinds, fixedLengths, order, count } = operator.resolved;
  const raw: unknown[] = new Array(order ? count : values.length);
  listEnd = 0;
  if (order) {
    // The addon reads lists in the order of the schema.
    order.forEach((position, i) => {
      raw[position] = i;
    });
    for (let position = 0; position < count; position++) {
      const i = raw[position] as number | undefined;
      raw[position] =
        i === undefined
          ? undefined
          : unwrap(kinds[i] as number, values[i], operator, i, fixedLengths[i] as number);
    }
  } else {
    for (let i = 0; i < values.length; i++)
      raw[i] = unwrap(kinds[i] as number, values[i], operator, i, fixedLengths[i] as number);
  }
  return raw;
}
