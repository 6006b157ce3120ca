// The JSON header of a safetensors file, parsed by exactly the grammar that the format allows: one object of
// tensors, each with dtype, shape and data_offsets, and an optional __metadata__ of strings. A general JSON
// parser would silently merge duplicate keys and build whatever nest a stranger wrote; here depth is fixed, every
// string and number is bounded, and names end up in a Map, where `__proto__` is a name like any other.

import { type Cursor, decodeUtf8 } from "./cursor.js";
import { isUnicode, quote, type TensorFileError } from "./errors.js";

export interface HeaderTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  /** First byte, and the one after the last, counted from the end of the header. */
  readonly offsets: readonly [begin: number, end: number];
}

export interface SafetensorsHeader {
  readonly tensors: ReadonlyMap<string, HeaderTensor>;
  readonly metadata: ReadonlyMap<string, string>;
}

const TENSOR_COST = 500;
const TEXT_COST = 100;
const ITEM_COST = 12;
const NULL = Buffer.from("null");
const [QUOTE, BACKSLASH, SPACE] = [0x22, 0x5c, 0x20];

export function parseHeader(cursor: Cursor): SafetensorsHeader {
  const json = new HeaderJson(cursor);
  if (cursor.uint8() !== 0x7b) throw cursor.fail('the header does not begin with "{"');
  cursor.position--;
  const tensors = new Map<string, HeaderTensor>();
  const metadata = new Map<string, string>();
  let hasMetadata = false;
  json.object((name) => {
    if (tensors.has(name) || (name === "__metadata__" && hasMetadata)) {
      throw cursor.fail(`${quote(name)} is there twice`);
    }
    if (name === "__metadata__") {
      hasMetadata = true;
      if (json.isNull()) return;
      json.object((key) => {
        cursor.charge(TEXT_COST);
        if (metadata.has(key)) throw cursor.fail(`the metadata ${quote(key)} is there twice`);
        metadata.set(key, json.string());
      });
    } else {
      cursor.charge(TENSOR_COST);
      tensors.set(name, parseTensor(json, name));
    }
  });
  json.end();
  return { tensors, metadata };
}

function parseTensor(json: HeaderJson, name: string): HeaderTensor {
  let dtype: string | undefined;
  let shape: number[] | undefined;
  let offsets: number[] | undefined;
  json.object((field) => {
    if (field === "dtype" && dtype === undefined) dtype = json.string();
    else if (field === "shape" && !shape) shape = json.integers();
    else if (field === "data_offsets" && !offsets) offsets = json.integers();
    else throw json.fail(`tensor ${quote(name)} has the field ${quote(field)} twice, or it is unknown`);
  });
  const [begin, end, ...more] = offsets ?? [];
  if (dtype === undefined || !shape || begin === undefined || end === undefined || more.length > 0) {
    throw json.fail(`tensor ${quote(name)} needs a dtype, a shape and two data_offsets`);
  }
  return { dtype, shape, offsets: [begin, end] };
}

/** As much of JSON as the header may use. */
class HeaderJson {
  readonly #cursor: Cursor;

  constructor(cursor: Cursor) {
    this.#cursor = cursor;
  }

  /** Parses an object, calling `value` where the value of each key begins. */
  object(value: (key: string) => void): void {
    this.#sequence("{", "}", () => {
      const key = this.string();
      this.#expect(":");
      value(key);
    });
  }

  integers(): number[] {
    const items: number[] = [];
    this.#sequence("[", "]", () => {
      this.#cursor.charge(ITEM_COST);
      items.push(this.#integer());
    });
    return items;
  }

  string(): string {
    this.#expect('"');
    const start = this.#cursor.position;
    let escaped = false;
    for (let byte = this.#cursor.uint8(); byte !== QUOTE; byte = this.#cursor.uint8()) {
      if (byte < SPACE) throw this.fail("a string holds a control character");
      if (byte === BACKSLASH) {
        escaped = true;
        this.#cursor.uint8();
      }
    }
    const length = this.#cursor.position - 1 - start;
    this.#cursor.position = start;
    const text = decodeUtf8(this.#cursor.take(length));
    this.#cursor.position++;
    if (text === undefined) throw this.fail("a string is not UTF-8");
    this.#cursor.chargeText(text, length);
    return escaped ? this.#unescape(text) : text;
  }

  /** Passes over a null, which some writers give for metadata that are not there. */
  isNull(): boolean {
    const start = this.#cursor.position;
    if (this.#next() === NULL[0]) {
      for (const byte of NULL.subarray(1)) {
        if (this.#cursor.uint8() !== byte) throw this.fail("a value is neither an object nor null");
      }
      return true;
    }
    this.#cursor.position = start;
    return false;
  }

  /** Only padding may follow. */
  end(): void {
    while (this.#cursor.remaining > 0) {
      if (!isSpace(this.#cursor.uint8())) throw this.fail("something follows the header's last brace");
    }
  }

  fail(problem: string): TensorFileError {
    return this.#cursor.fail(problem);
  }

  #unescape(text: string): string {
    try {
      const unescaped: string = JSON.parse(`"${text}"`);
      if (isUnicode(unescaped)) return unescaped;
    } catch {}
    throw this.fail(`the string ${quote(text)} has an escape that stands for no character`);
  }

  #integer(): number {
    let value = 0;
    let digits = 0;
    for (let byte = this.#next(); ; byte = this.#cursor.uint8()) {
      if (byte < 0x30 || byte > 0x39) break;
      if (digits > 0 && value === 0) throw this.fail("a number begins with 0");
      value = value * 10 + byte - 0x30;
      digits++;
      if (!Number.isSafeInteger(value)) throw this.fail("a size or offset is impossibly large");
    }
    this.#cursor.position--;
    if (digits === 0) throw this.fail("a size or offset is no whole number");
    return value;
  }

  #sequence(open: string, close: string, item: () => void): void {
    this.#expect(open);
    if (this.#next() === close.charCodeAt(0)) return;
    this.#cursor.position--;
    for (;;) {
      item();
      const next = this.#next();
      if (next === close.charCodeAt(0)) return;
      if (next !== 0x2c) throw this.fail(`"," or "${close}" is missing`);
    }
  }

  #expect(character: string): void {
    if (this.#next() !== character.charCodeAt(0)) throw this.fail(`${quote(character)} is missing`);
  }

  /** The next byte that is not a space. */
  #next(): number {
    let byte = this.#cursor.uint8();
    while (isSpace(byte)) byte = this.#cursor.uint8();
    return byte;
  }
}

const isSpace = (byte: number): boolean => byte === SPACE || byte === 0x0a || byte === 0x0d || byte === 0x09;
