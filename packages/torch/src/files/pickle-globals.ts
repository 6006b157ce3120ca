// The allow-list: every Python global that a checkpoint of plain data needs, and what stands for it here. A global
// is either a plain value (a dtype), or a name with our own function to run when the pickle calls it. A name that
// is not in this list is an error, whatever it is; nothing is ever imported.
//
// Sources: torch/_utils.py (the _rebuild functions), torch/_tensor.py (__reduce_ex__), numpy's scalar.__reduce__.

import { type DType, dtypes } from "../dtype.js";
import { quote } from "./errors.js";
import { isScalarCode, NumpyDtype, readScalar } from "./numpy-scalar.js";
import { COST, type PickleMachine } from "./pickle-machine.js";
import { describe, Inert, Namespace, type PickleValue, type PthKey } from "./pickle-values.js";
import { StoredTensor } from "./raw-tensor.js";
import { Storage, StorageType } from "./storage.js";

type Construct = (machine: PickleMachine, args: readonly PickleValue[]) => PickleValue;

class Global extends Inert {
  readonly name: string;
  readonly construct: Construct | undefined;

  constructor(name: string, construct?: Construct) {
    super();
    this.name = name;
    this.construct = construct;
  }
}

/** What stands for `module.name`. Throws, naming it, if it is not in the list. */
export function lookUpGlobal(machine: PickleMachine, module: string, name: string): PickleValue {
  const modernModule = module === "__builtin__" ? "builtins" : module;
  const value = allowed.get(`${modernModule}.${name}`);
  if (value !== undefined) return value;
  const asked = quote(`${module}.${name}`);
  if (/^torch(\.cuda)?$/.test(module) && /^\w{1,40}Storage$/.test(name)) {
    throw machine.fail(
      `the file has a tensor of the kind ${asked}, whose element type is not supported`,
      `Convert it in Python first; supported are ${Object.keys(dtypes).join(", ")}.`,
    );
  }
  throw machine.fail(
    `the pickle asks for the Python global ${asked}, which is not plain data; it was not run`,
    "If you trust the file, load it in Python and save only data: torch.save(model.state_dict(), path).",
  );
}

/** Runs our stand-in for a call. */
export function call(machine: PickleMachine, callee: PickleValue, args: readonly PickleValue[]): PickleValue {
  if (callee instanceof Global && callee.construct) return callee.construct(machine, args);
  throw machine.fail(`the pickle calls ${describe(callee)}, which is not possible in plain data`);
}

/** Sets the state of an object that was just made. */
export function build(machine: PickleMachine, target: PickleValue, state: PickleValue): void {
  if (target instanceof Namespace) {
    const attributes = machine.map(state, "a namespace's state");
    machine.charge(attributes.size * COST.entry);
    for (const [name, value] of attributes) target.set(name, value);
  } else if (target instanceof NumpyDtype) {
    target.bigEndian = machine.list(state, "a dtype's state")[1] === ">";
  } else if (!(target instanceof Map)) {
    // A dictionary may carry attributes, such as the module versions (_metadata) of a state_dict: left out.
    throw machine.fail(`the pickle sets the state of ${describe(target)}, which has none in plain data`);
  }
}

const dictionary =
  (itemsAt: number): Construct =>
  (machine, args) => {
    machine.charge(COST.map);
    const { [itemsAt]: items = [] } = args;
    if (items instanceof Map) {
      machine.charge(items.size * COST.entry);
      return new Map(items);
    }
    const result = new Map<PthKey, PickleValue>();
    for (const item of machine.list(items, "a dictionary's items")) {
      machine.setItems(result, machine.list(item, "a dictionary's item"));
    }
    return result;
  };

const set: Construct = (machine, [members = []]) => {
  const result = new Set<PthKey>();
  machine.charge(COST.map);
  machine.addMembers(result, machine.list(members, "the members of a set"));
  return result;
};

const namespace: Construct = (machine) => {
  machine.charge(COST.map);
  return new Namespace<PickleValue>();
};

/** Protocol 2 has no bytes: Python 3 writes them as text, one character for each. */
const encode: Construct = (machine, [text, encoding]) => {
  const characters = machine.text(text, "the text of bytes");
  if (encoding !== "latin1" && encoding !== "latin-1") throw machine.fail("bytes are not encoded as latin1");
  const bytes = machine.buffer(characters.length);
  for (let at = 0; at < bytes.length; at++) {
    const code = characters.charCodeAt(at);
    if (code > 0xff) throw machine.fail(`a byte has the impossible value ${code}`);
    bytes[at] = code;
  }
  return bytes;
};

const byteArray: Construct = (machine, args) => {
  const [content] = args;
  if (content === undefined) return machine.buffer(0);
  return content instanceof Uint8Array ? content : encode(machine, args);
};

const rebuildTensor: Construct = (machine, [storage, offset, shape, strides, , , metadata]) => {
  if (!(storage instanceof Storage)) throw machine.unexpected(storage, "a tensor's storage", "a storage");
  if (metadata instanceof Map && metadata.size > 0) {
    throw machine.fail(
      "a tensor is marked as a conjugate or negative view, or has metadata of a device",
      "Save its .resolve_conj().resolve_neg() or .cpu().",
    );
  }
  const integers = (value: PickleValue | undefined, what: string) => {
    const list = machine.list(value, `a tensor's ${what}`);
    if (list.length > 64) throw machine.fail(`a tensor has ${list.length} dimensions, at most 64 can be`);
    return list.map((item) => machine.integer(item, `a tensor's ${what}`));
  };
  return storage.view({
    offset: machine.integer(offset, "a tensor's offset"),
    shape: integers(shape, "shape"),
    strides: integers(strides, "stride"),
  });
};

const rebuildParameter: Construct = (machine, [data]) => {
  if (data instanceof StoredTensor) return data;
  throw machine.unexpected(data, "a parameter's data", "a tensor");
};

/** A tensor that has Python attributes; they are left out. */
const rebuildFromType: Construct = (machine, [rebuild, type, args]) => {
  if (type !== tensorClass && type !== parameterClass) {
    throw machine.unexpected(type, "a tensor's class", "torch.Tensor or torch.nn.Parameter");
  }
  if (!(rebuild instanceof Global) || !rebuild.name.startsWith("torch._utils._rebuild_")) {
    throw machine.unexpected(rebuild, "a tensor's rebuild function", "one of torch._utils");
  }
  return call(machine, rebuild, machine.list(args, "the arguments of a tensor"));
};

const size: Construct = (machine, [sizes = []]) => machine.list(sizes, "a torch.Size");

const device: Construct = (machine, [type, index]) => {
  const name = machine.text(type, "a device's type");
  if (!/^[a-z]{1,20}$/.test(name)) throw machine.fail(`there is no device ${quote(name)}`);
  return index === undefined ? name : `${name}:${machine.integer(index, "a device's index")}`;
};

const numpyDtype: Construct = (machine, [spelling]) => {
  const name = machine.text(spelling, "a numpy dtype");
  const code = name.replace(/^[<>=|]/, "");
  machine.charge(COST.array);
  if (isScalarCode(code)) return new NumpyDtype(code, name.startsWith(">"));
  throw machine.fail(
    `a numpy value has the dtype ${quote(name)}, which is not supported`,
    "Save it as a float.",
  );
};

const numpyScalar: Construct = (machine, [dtype, content]) => {
  if (!(dtype instanceof NumpyDtype)) throw machine.unexpected(dtype, "a numpy value's dtype", "a dtype");
  const bytes = typeof content === "string" ? Buffer.from(content.slice(0, 16)) : content;
  const value = bytes instanceof Uint8Array ? readScalar(dtype, bytes) : undefined;
  if (value === undefined)
    throw machine.unexpected(content, "a numpy value's content", `of dtype ${dtype.code}`);
  return value;
};

const tensorClass = new Global("torch.Tensor");
const parameterClass = new Global("torch.nn.parameter.Parameter");

const storageTypes: Record<string, DType> = {
  FloatStorage: "float32",
  DoubleStorage: "float64",
  HalfStorage: "float16",
  BFloat16Storage: "bfloat16",
  ByteStorage: "uint8",
  CharStorage: "int8",
  ShortStorage: "int16",
  IntStorage: "int32",
  LongStorage: "int64",
  BoolStorage: "bool",
};

const constructors: Record<string, Construct> = {
  "builtins.set": set,
  "builtins.frozenset": set,
  "builtins.bytearray": byteArray,
  "_codecs.encode": encode,
  "collections.OrderedDict": dictionary(0),
  "collections.Counter": dictionary(0),
  "collections.defaultdict": dictionary(1),
  "argparse.Namespace": namespace,
  "types.SimpleNamespace": namespace,
  "torch._utils._rebuild_tensor": rebuildTensor,
  "torch._utils._rebuild_tensor_v2": rebuildTensor,
  "torch._utils._rebuild_parameter": rebuildParameter,
  "torch._utils._rebuild_parameter_with_state": rebuildParameter,
  "torch._tensor._rebuild_from_type_v2": rebuildFromType,
  "torch.Size": size,
  "torch.device": device,
  "numpy.dtype": numpyDtype,
  "numpy.core.multiarray.scalar": numpyScalar,
  "numpy._core.multiarray.scalar": numpyScalar,
};

/** Classes that are only named, as the factory of a defaultdict or the class of a tensor, and never called. */
const names = ["bool", "dict", "float", "int", "list", "str", "tuple"].map((name) => `builtins.${name}`);

const allowed = new Map<string, PickleValue>([
  ...Object.entries(constructors).map(([name, construct]) => [name, new Global(name, construct)] as const),
  ...names.map((name) => [name, new Global(name)] as const),
  ["torch.Tensor", tensorClass],
  [parameterClass.name, parameterClass],
  ...[...Object.keys(dtypes), "complex64", "complex128"].map(
    (name) => [`torch.${name}`, `torch.${name}`] as const,
  ),
  ...Object.entries(storageTypes).flatMap(([name, dtype]) => {
    const type = new StorageType(`torch.${name}`, dtype);
    return [[type.name, type] as const, [`torch.cuda.${name}`, type] as const];
  }),
]);
