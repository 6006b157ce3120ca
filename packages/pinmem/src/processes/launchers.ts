// Who started this process, as one of how many: read from the variables that launchers set. `pinmem launch` sets torchrun's.
//
//   torchrun     RANK WORLD_SIZE LOCAL_RANK LOCAL_WORLD_SIZE MASTER_ADDR MASTER_PORT, TORCHELASTIC_… where its own store is there
//   PyTorchJob   RANK WORLD_SIZE MASTER_ADDR MASTER_PORT: one process a machine
//   Slurm        SLURM_PROCID SLURM_NTASKS SLURM_LOCALID SLURM_NODELIST SLURM_JOB_ID
//   Open MPI     OMPI_COMM_WORLD_RANK … _SIZE … _LOCAL_RANK; MASTER_ADDR and MASTER_PORT are to be given

import { hostname } from "node:os";

type Variables = Readonly<Record<string, string | undefined>>;

export interface Place {
  readonly launcher: "torchrun" | "PyTorchJob" | "Slurm" | "Open MPI";
  readonly rank: number;
  readonly size: number;
  /** Among the processes of this machine, and how many these are; null: the launcher does not say. */
  readonly localRank: number;
  readonly localSize: number | null;
  readonly masterAddress: string;
  /** Of the store in which all find one another, which rank 0 offers. */
  readonly masterPort: number;
  /** Tells this start from others in the same store. */
  readonly name: string;
}

/** Variables that name a place among processes, but not a whole one. */
export class LaunchError extends Error {
  override readonly name = "LaunchError";
}

/**
 * The place of this process among others; null where it was started alone.
 * @throws LaunchError naming the variable that is missing or is no number
 */
export function placeFromVariables(variables: Variables = process.env): Place | null {
  const has = (name: string) => (variables[name] ?? "") !== "";
  if (has("RANK") || has("WORLD_SIZE")) return torchPlace(new Reader(variables, "torchrun"));
  if (has("OMPI_COMM_WORLD_SIZE")) return openMpiPlace(new Reader(variables, "Open MPI"));
  // A shell on a cluster has Slurm's variables too, and is one task that is no order to work with others.
  if (has("SLURM_PROCID") && Number(variables.SLURM_NTASKS ?? 1) > 1)
    return slurmPlace(new Reader(variables, "Slurm"));
  return null;
}

class Reader {
  constructor(
    readonly variables: Variables,
    readonly launcher: string,
  ) {}

  text(name: string, hint = ""): string {
    const value = this.variables[name];
    if (value !== undefined && value !== "") return value;
    throw new LaunchError(
      `this process was started by ${this.launcher} as one of several, but ${name} is not set${hint}`,
    );
  }

  number(name: string, least = 0, hint = ""): number {
    const text = this.text(name, hint);
    const value = Number(text);
    if (Number.isInteger(value) && value >= least) return value;
    throw new LaunchError(
      `${name} is "${text}", but must be an integer of at least ${least} (${this.launcher})`,
    );
  }

  optional(name: string, least = 0): number | null {
    return (this.variables[name] ?? "") === "" ? null : this.number(name, least);
  }

  get port(): number {
    const port = this.number("MASTER_PORT", 1, ": give one port that is free on the machine of rank 0");
    if (port <= 65_535) return port;
    throw new LaunchError(`MASTER_PORT is ${port}, but ports end at 65535`);
  }
}

function torchPlace(read: Reader): Place {
  const rank = read.number("RANK");
  const size = read.number("WORLD_SIZE", 1);
  const local = read.optional("LOCAL_RANK");
  const { variables } = read;
  const restart = variables.TORCHELASTIC_RESTART_COUNT ?? "0";
  return checked({
    launcher: local === null ? "PyTorchJob" : "torchrun",
    rank,
    size,
    localRank: local ?? 0,
    localSize: read.optional("LOCAL_WORLD_SIZE", 1) ?? (local === null ? 1 : null),
    masterAddress: read.text("MASTER_ADDR", ": the machine of rank 0"),
    masterPort: /^(true|1)$/i.test(variables.TORCHELASTIC_USE_AGENT_STORE ?? "")
      ? besides(read.port)
      : read.port,
    name: `${variables.TORCHELASTIC_RUN_ID ?? ""}/${restart}`,
  });
}

/**
 * torchrun's agent listens at the port itself, with a store whose language changes from one libtorch to the next: ours may be another.
 */
const besides = (port: number): number => (port < 65_535 ? port + 1 : port - 1);

function openMpiPlace(read: Reader): Place {
  const rank = read.number("OMPI_COMM_WORLD_RANK");
  const hint = ": mpirun does not say where rank 0 is; pass it on with -x MASTER_ADDR=HOST";
  return checked({
    launcher: "Open MPI",
    rank,
    size: read.number("OMPI_COMM_WORLD_SIZE", 1),
    localRank: read.number("OMPI_COMM_WORLD_LOCAL_RANK"),
    localSize: read.optional("OMPI_COMM_WORLD_LOCAL_SIZE", 1),
    masterAddress: read.text("MASTER_ADDR", hint),
    masterPort: read.port,
    name: "",
  });
}

/** Ports of jobs are spread over these, which systems seldom give to others. */
const SLURM_PORTS = { first: 15_000, count: 5_000 } as const;

function slurmPlace(read: Reader): Place {
  const rank = read.number("SLURM_PROCID");
  const { variables } = read;
  const job = read.number("SLURM_JOB_ID");
  const nodes = variables.SLURM_STEP_NODELIST || read.text("SLURM_NODELIST");
  return checked({
    launcher: "Slurm",
    rank,
    size: read.number("SLURM_NTASKS", 1),
    localRank: read.number("SLURM_LOCALID"),
    localSize: tasksHere(variables.SLURM_STEP_TASKS_PER_NODE ?? variables.SLURM_TASKS_PER_NODE, variables),
    masterAddress: variables.MASTER_ADDR || firstHost(nodes),
    masterPort: read.optional("MASTER_PORT", 1) ?? SLURM_PORTS.first + (job % SLURM_PORTS.count),
    name: `${job}/${variables.SLURM_STEP_ID ?? ""}`,
  });
}

/** "gpu[03-05,9],login" starts with gpu03. */
export function firstHost(list: string): string {
  const [, name = "", ranges] = /^([^[,]+)(?:\[([^\]]+)\])?/.exec(list) ?? [];
  const first = ranges?.split(",")[0]?.split("-")[0] ?? "";
  const behind = /^[^[,]+\[[^\]]+\]([^,[]*)/.exec(list)?.[1] ?? "";
  return `${name}${first}${behind}` || hostname();
}

/** "4(x2),2": of node 0 and 1 four each, of node 2 two. */
function tasksHere(counts: string | undefined, { SLURM_NODEID }: Variables): number | null {
  const all = (counts ?? "").split(",").flatMap((one) => {
    const [, tasks, times] = /^(\d+)(?:\(x(\d+)\))?$/.exec(one) ?? [];
    return tasks === undefined ? [] : Array<number>(Number(times ?? 1)).fill(Number(tasks));
  });
  return all[Number(SLURM_NODEID ?? 0)] ?? null;
}

function checked(place: Place): Place {
  const { rank, size, launcher, localRank, localSize } = place;
  if (rank >= size) {
    throw new LaunchError(
      `this process has rank ${rank} of ${size} (${launcher}); ranks go from 0 to ${size - 1}`,
    );
  }
  if (localSize !== null && localRank >= localSize)
    throw new LaunchError(`this process is number ${localRank} of ${localSize} on its machine (${launcher})`);
  return place;
}
