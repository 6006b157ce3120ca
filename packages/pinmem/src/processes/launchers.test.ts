import { describe, expect, it } from "vitest";
import { firstHost, LaunchError, placeFromVariables } from "./launchers.js";

const torchrun = {
  RANK: "5",
  WORLD_SIZE: "8",
  LOCAL_RANK: "1",
  LOCAL_WORLD_SIZE: "4",
  GROUP_RANK: "1",
  MASTER_ADDR: "node0",
  MASTER_PORT: "29400",
};

describe("the place of a process among others", () => {
  it("is none where nobody set any variable, or in a shell on a cluster", () => {
    expect(placeFromVariables({ PATH: "/bin" })).toBeNull();
    expect(placeFromVariables({ SLURM_PROCID: "0", SLURM_NTASKS: "1", SLURM_JOB_ID: "7" })).toBeNull();
  });

  it("by torchrun, whose agent may listen at the port itself, anew at every restart", () => {
    expect(placeFromVariables(torchrun)).toEqual({
      launcher: "torchrun",
      rank: 5,
      size: 8,
      localRank: 1,
      localSize: 4,
      masterAddress: "node0",
      masterPort: 29_400,
      name: "/0",
    });
    const first = { ...torchrun, RANK: "0", LOCAL_RANK: "0" };
    expect(placeFromVariables(first)).toMatchObject({ masterPort: 29_400 });
    const elastic = {
      ...first,
      TORCHELASTIC_USE_AGENT_STORE: "True",
      TORCHELASTIC_RUN_ID: "run",
      TORCHELASTIC_RESTART_COUNT: "2",
    };
    expect(placeFromVariables(elastic)).toMatchObject({ masterPort: 29_401, name: "run/2" });
  });

  it("by PyTorchJob, with one process a machine", () => {
    const { LOCAL_RANK: _, LOCAL_WORLD_SIZE: __, ...job } = torchrun;
    expect(placeFromVariables(job)).toMatchObject({ launcher: "PyTorchJob", localRank: 0, localSize: 1 });
  });

  it("by Slurm: the first host of the list, a port from the job's number", () => {
    const slurm = {
      SLURM_PROCID: "3",
      SLURM_NTASKS: "6",
      SLURM_LOCALID: "1",
      SLURM_NODEID: "1",
      SLURM_NODELIST: "gpu[07-08,11]",
      SLURM_TASKS_PER_NODE: "2(x3)",
      SLURM_JOB_ID: "123456",
    };
    expect(placeFromVariables(slurm)).toMatchObject({
      launcher: "Slurm",
      rank: 3,
      size: 6,
      localRank: 1,
      localSize: 2,
      masterAddress: "gpu07",
      masterPort: 18_456,
      name: "123456/",
    });
    expect(placeFromVariables({ ...slurm, MASTER_PORT: "4000" })).toMatchObject({ masterPort: 4000 });
  });

  it.each([
    ["node1", "node1"],
    ["a[1-3]", "a1"],
    ["a[003,5],b", "a003"],
    ["a[1-2].cluster,b", "a1.cluster"],
    ["login,gpu1", "login"],
  ])("the first host of %s is %s", (list, host) => {
    expect(firstHost(list)).toBe(host);
  });

  it("by Open MPI, which does not tell where rank 0 is", () => {
    const mpi = {
      OMPI_COMM_WORLD_RANK: "1",
      OMPI_COMM_WORLD_SIZE: "2",
      OMPI_COMM_WORLD_LOCAL_RANK: "1",
      OMPI_COMM_WORLD_LOCAL_SIZE: "2",
    };
    expect(() => placeFromVariables(mpi)).toThrow(/MASTER_ADDR is not set.*-x MASTER_ADDR=HOST/);
    expect(placeFromVariables({ ...mpi, MASTER_ADDR: "h", MASTER_PORT: "1234" })).toMatchObject({
      launcher: "Open MPI",
      rank: 1,
      masterAddress: "h",
    });
  });

  it.each([
    [{ RANK: "0" }, /WORLD_SIZE is not set/],
    [{ ...torchrun, RANK: "8" }, /rank 8 of 8.*0 to 7/],
    [{ ...torchrun, RANK: "one" }, /RANK is "one"/],
    [{ ...torchrun, MASTER_PORT: undefined }, /MASTER_PORT is not set/],
    [{ ...torchrun, MASTER_PORT: "70000" }, /65535/],
    [{ ...torchrun, LOCAL_RANK: "4" }, /number 4 of 4/],
  ])("is refused where variables are missing or senseless", (variables, problem) => {
    expect(() => placeFromVariables(variables)).toThrow(LaunchError);
    expect(() => placeFromVariables(variables)).toThrow(problem);
  });
});
