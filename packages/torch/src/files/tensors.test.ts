import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import * as torch from "../index.js";
import { loadPth, loadSafetensors, saveSafetensors, Tensor } from "../index.js";

const folder = mkdtempSync(join(tmpdir(), "tensors-"));
afterAll(() => rmSync(folder, { recursive: true }));
const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

describe("tensor files", () => {
  it("round-trip values, shapes and every dtype", () => {
    const base = torch.arange(0, 12).view([3, 4]);
    const dtypes = Object.keys(torch.dtypes) as torch.DType[];
    const written = new Map(dtypes.map((dtype) => [dtype, base.to(dtype)]));
    const path = join(folder, "all.safetensors");
    saveSafetensors(path, written, new Map([["made by", "a test"]]));
    const { tensors, metadata } = loadSafetensors(path);
    expect(metadata.get("made by")).toBe("a test");
    for (const [name, tensor] of written) {
      const read = tensors.get(name);
      expect(read?.dtype).toBe(name);
      expect(read?.shape).toEqual([3, 4]);
      expect(read?.equal(tensor)).toBe(true);
    }
  });

  it("store views in row-major order", () => {
    const path = join(folder, "view.safetensors");
    const transposed = torch.arange(0, 6).view([2, 3]).t();
    saveSafetensors(path, new Map([["t", transposed]]));
    expect(loadSafetensors(path).tensors.get("t")?.toArray()).toEqual(transposed.toArray());
  });

  it("give tensors that outlive the file and a collected buffer", () => {
    const path = join(folder, "alive.safetensors");
    saveSafetensors(path, new Map([["x", torch.ones([1000])]]));
    const x = loadSafetensors(path).tensors.get("x") as Tensor;
    for (let i = 0; i < 50; i++) new Float32Array(1e5).fill(i);
    expect(x.sum().toNumber()).toBe(1000);
  });

  it("leave the file alone when a tensor was disposed", () => {
    const path = join(folder, "kept.safetensors");
    saveSafetensors(path, new Map([["x", torch.ones([2])]]));
    const gone = torch.ones([3]);
    gone.dispose();
    expect(() => saveSafetensors(path, new Map([["x", gone]]))).toThrow(torch.DisposedTensorError);
    expect(loadSafetensors(path).tensors.get("x")?.shape).toEqual([2]);
  });

  it("load a module's state dict that PyTorch saved", () => {
    const state = loadPth(fixture("state-dict.torch2.13.pth"));
    expect(state).toBeInstanceOf(Map);
    for (const value of (state as Map<string, unknown>).values()) expect(value).toBeInstanceOf(Tensor);
  });
});
