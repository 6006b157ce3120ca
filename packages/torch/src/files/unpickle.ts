// A restricted unpickler: the opcodes that protocols 1 to 5 use for plain data, and globals from a list
// (pickle-globals.ts). A pickle is a program that normally may import and call anything; here a global is only a
// name looked up in that list, and a call runs our own function of that entry. Nothing else can be reached.
//
// Left out, each an error: text opcodes of protocol 0, the extension registry (EXT), INST and OBJ of old Python
// classes, NEWOBJ_EX, and buffers outside of the file.
// Source: CPython's Lib/pickletools.py, which documents every opcode.

import { type Cursor, decodeUtf8 } from "./cursor.js";
import { quote } from "./errors.js";
import { build, call, lookUpGlobal } from "./pickle-globals.js";
import { COST, type PersistentLoad, PickleMachine } from "./pickle-machine.js";
import type { PickleValue } from "./pickle-values.js";

const STOP = 0x2e;
const NEWEST_PROTOCOL = 5;
const LONGEST_INTEGER = 255;
const LONGEST_NAME = 255;

/** Runs one pickle from the cursor's position to its STOP. */
export function unpickle(cursor: Cursor, persistentLoad: PersistentLoad): PickleValue {
  const machine = new PickleMachine(cursor, persistentLoad);
  for (;;) {
    const opcode = cursor.uint8();
    if (opcode === STOP) return machine.pop();
    const instruction = instructions[opcode];
    if (!instruction) {
      const name = `0x${opcode.toString(16).padStart(2, "0")}`;
      throw machine.fail(
        `the pickle has the opcode ${name}, which is none of plain data`,
        "If the file is intact, save it again with torch.save and its default pickle protocol.",
      );
    }
    instruction(machine);
  }
}

type Instruction = (machine: PickleMachine) => void;

const opcodes: Record<string, Instruction> = {
  // Protocol and framing
  "\x80": (m) => {
    const protocol = m.cursor.uint8();
    if (protocol > NEWEST_PROTOCOL) throw m.fail(`the pickle has protocol ${protocol}; 1 to 5 are known`);
  },
  "\x95": (m) => {
    const length = m.cursor.uint64();
    if (length > m.cursor.remaining) throw m.fail(`a frame of ${length} bytes ends beyond the pickle`);
  },

  // Constants and numbers
  N: (m) => m.push(null),
  "\x88": (m) => m.push(true),
  "\x89": (m) => m.push(false),
  K: (m) => m.push(m.cursor.uint8()),
  M: (m) => m.push(m.cursor.uint16()),
  J: (m) => m.push(m.cursor.int32()),
  G: (m) => {
    m.charge(COST.number);
    m.push(m.cursor.float64BigEndian());
  },
  "\x8a": (m) => m.push(readLong(m, m.cursor.uint8())),
  "\x8b": (m) => m.push(readLong(m, m.cursor.uint32())),

  // Text and bytes; the last number of bits is that of the length
  "\x8c": (m) => m.push(m.cursor.text(m.cursor.uint8())),
  X: (m) => m.push(m.cursor.text(m.cursor.uint32())),
  "\x8d": (m) => m.push(m.cursor.text(m.cursor.uint64())),
  U: (m) => m.push(readPython2String(m, m.cursor.uint8())),
  T: (m) => m.push(readPython2String(m, m.cursor.uint32())),
  C: (m) => m.push(readBytes(m, m.cursor.uint8())),
  B: (m) => m.push(readBytes(m, m.cursor.uint32())),
  "\x8e": (m) => m.push(readBytes(m, m.cursor.uint64())),
  "\x96": (m) => m.push(readBytes(m, m.cursor.uint64())),

  // Containers
  "]": (m) => m.pushList([]),
  ")": (m) => m.pushList([]),
  "}": (m) => m.pushTable(new Map()),
  "\x8f": (m) => m.pushTable(new Set()),
  "(": (m) => m.mark(),
  "\x85": (m) => m.pushList(m.popMany(1)),
  "\x86": (m) => m.pushList(m.popMany(2)),
  "\x87": (m) => m.pushList(m.popMany(3)),
  t: (m) => m.pushList(m.popToMark()),
  l: (m) => m.pushList(m.popToMark()),
  d: (m) => {
    const items = m.popToMark();
    m.pushTable(new Map());
    m.setItems(m.top(), items);
  },
  "\x91": (m) => {
    const members = m.popToMark();
    m.pushTable(new Set());
    m.addMembers(m.top(), members);
  },
  a: (m) => {
    const item = m.pop();
    m.append(m.top(), [item]);
  },
  e: (m) => {
    const items = m.popToMark();
    m.append(m.top(), items);
  },
  s: (m) => {
    const value = m.pop();
    const key = m.pop();
    m.setItems(m.top(), [key, value]);
  },
  u: (m) => {
    const items = m.popToMark();
    m.setItems(m.top(), items);
  },
  "\x90": (m) => {
    const members = m.popToMark();
    m.addMembers(m.top(), members);
  },

  // Stack and memo
  "0": (m) => void m.pop(),
  "1": (m) => void m.popToMark(),
  "2": (m) => m.push(m.top()),
  q: (m) => m.remember(m.cursor.uint8()),
  r: (m) => m.remember(m.cursor.uint32()),
  "\x94": (m) => m.memoize(),
  h: (m) => m.recall(m.cursor.uint8()),
  j: (m) => m.recall(m.cursor.uint32()),

  // Globals and objects, all from the list
  c: (m) => {
    const module = readLine(m);
    m.push(lookUpGlobal(m, module, readLine(m)));
  },
  "\x93": (m) => {
    const name = m.text(m.pop(), "a global's name");
    m.push(lookUpGlobal(m, m.text(m.pop(), "a global's module"), name));
  },
  R: (m) => {
    const args = m.list(m.pop(), "a call's argument list");
    m.push(call(m, m.pop(), args));
  },
  "\x81": (m) => {
    const args = m.list(m.pop(), "a call's argument list");
    m.push(call(m, m.pop(), args));
  },
  b: (m) => {
    const state = m.pop();
    build(m, m.top(), state);
  },
  Q: (m) => m.push(m.persistentLoad(m.list(m.pop(), "the persistent id"), m)),
};

const instructions: (Instruction | undefined)[] = Array.from(
  { length: 256 },
  (_, code) => opcodes[String.fromCharCode(code)],
);

/** A two's complement, little-endian integer; a number where it is exact. */
function readLong(machine: PickleMachine, length: number): number | bigint {
  if (length > LONGEST_INTEGER) throw machine.fail(`an integer of ${length} bytes is more than data can be`);
  let value = 0n;
  for (const byte of machine.cursor.take(length).toReversed()) value = (value << 8n) | BigInt(byte);
  const signed = BigInt.asIntN(8 * length, value);
  const exact = Number.isSafeInteger(Number(signed));
  machine.charge(exact ? COST.number : COST.number + length);
  return exact ? Number(signed) : signed;
}

function readBytes(machine: PickleMachine, length: number): Uint8Array {
  const bytes = machine.cursor.take(length);
  const copy = machine.buffer(length);
  copy.set(bytes);
  return copy;
}

/** Python 2 has one type for text and bytes. */
function readPython2String(machine: PickleMachine, length: number): string | Uint8Array {
  const text = decodeUtf8(machine.cursor.take(length));
  if (text !== undefined) machine.cursor.chargeText(text, length);
  else machine.cursor.position -= length;
  return text ?? readBytes(machine, length);
}

function readLine(machine: PickleMachine): string {
  const codes: number[] = [];
  for (let code = machine.cursor.uint8(); code !== 0x0a; code = machine.cursor.uint8()) {
    codes.push(code);
    if (codes.length > LONGEST_NAME) {
      throw machine.fail(
        `a global's name is longer than ${LONGEST_NAME} bytes: ${quote(String.fromCharCode(...codes), 40)}`,
      );
    }
  }
  return String.fromCharCode(...codes);
}
