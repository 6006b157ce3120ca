// Several machines on one: network namespaces of Linux, each with an address of its own, joined by a bridge that lies in one more, or by
// lines that keep every frame for a while (peers/delay_line.py; not every kernel has netem). Cables can be pulled, and made slow. Takes
// root; `canIsolate` says whether it can be had.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";

/** Commands of ip, by one shell: starting a process from a large one takes longer than most of them. */
const ip = (...commands: string[]) => {
  const lines = commands.map((command) => `ip ${command}`).join("\n");
  const { status, stderr } = spawnSync("sh", ["-ec", lines], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${lines}\n${stderr}`);
};

/** Whether namespaces may be made here. */
export function canIsolate(): boolean {
  try {
    new Network(1)[Symbol.dispose]();
    return true;
  } catch {
    return false;
  }
}

const bridge = (hub: string, name: string) => [
  `-n ${hub} link add ${name} type bridge`,
  `-n ${hub} link set ${name} up`,
];

let networks = 0;

export class Network implements Disposable {
  readonly #name = `pinmem-${process.pid}-${networks++}`;
  readonly #count: number;
  #line: ChildProcess | null = null;

  /** @param count of machines */
  constructor(count: number) {
    this.#count = count;
    const hub = this.#hub;
    const machines = Array.from({ length: count }, (_, at) => this.#machine(at));
    ip(
      `netns add ${hub}`,
      ...bridge(hub, "bridge"),
      ...machines.flatMap((machine, at) => [
        `netns add ${machine}`,
        `-n ${hub} link add port${at} type veth peer name eth0 netns ${machine}`,
        `-n ${hub} link set port${at} master bridge up`,
        `-n ${machine} addr add ${this.address(at)}/24 dev eth0`,
        `-n ${machine} link set lo up`,
        `-n ${machine} link set eth0 up`,
      ]),
    );
  }

  /**
   * Makes every frame take so many milliseconds from one machine to another; takes Python and /dev/net/tun.
   * @param script where peers/delay_line.py is
   */
  async delay(milliseconds: number, script: string): Promise<void> {
    const hub = this.#hub;
    const lines = Array.from({ length: this.#count }, (_, at) => `line${at}`);
    ip(
      ...lines.flatMap((line, at) => [
        ...bridge(hub, `bridge${at}`),
        `-n ${hub} link set port${at} master bridge${at}`,
        `-n ${hub} tuntap add ${line} mode tap`,
        `-n ${hub} link set ${line} master bridge${at} up`,
      ]),
    );
    const words = ["netns", "exec", hub, "python3", script, String(milliseconds), ...lines];
    const line = spawn("ip", words, { stdio: ["ignore", "pipe", "inherit"] });
    this.#line = line;
    await new Promise<void>((resolve, reject) => {
      line.stdout.once("data", () => resolve());
      line.once("close", () => reject(new Error("the delay line does not start")));
    });
  }

  address(machine: number): string {
    return `10.77.0.${machine + 1}`;
  }

  /** The command that runs another one on a machine, in the same process, so that signals reach it. */
  on(machine: number, command: readonly string[]): [program: string, ...words: string[]] {
    return ["ip", "netns", "exec", this.#machine(machine), ...command];
  }

  /** Pulls a machine's cable. */
  cut(machine: number): void {
    ip(`-n ${this.#hub} link set port${machine} down`);
  }

  /** Lets no more than so many bits a second leave a machine. */
  limit(machine: number, bitsPerSecond: number): void {
    const words = ["-n", this.#machine(machine), "qdisc", "replace", "dev", "eth0", "root", "tbf"];
    const shape = ["rate", `${bitsPerSecond}bit`, "burst", "64kb", "latency", "100ms"];
    const { status, stderr } = spawnSync("tc", [...words, ...shape], { encoding: "utf8" });
    if (status !== 0) throw new Error(`tc: ${stderr}`);
  }

  [Symbol.dispose](): void {
    this.#line?.kill("SIGKILL");
    const all = [...Array.from({ length: this.#count }, (_, at) => this.#machine(at)), this.#hub];
    spawnSync("sh", ["-c", all.map((one) => `ip netns delete ${one}`).join("\n")]);
  }

  get #hub(): string {
    return `${this.#name}-hub`;
  }

  #machine(at: number): string {
    return `${this.#name}-${at}`;
  }
}
