// Builds the page into dist/app: scripts and styles as files (no inline script: its policy forbids them), addresses relative, so that
// it works from any folder. onnxruntime's files are not bundled; they are served beside it.

import { defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  base: "./",
  build: {
    outDir: "../dist/app",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rollupOptions: {
      // zod's comments for other bundlers.
      onwarn: (warning, tell) => (warning.code === "INVALID_ANNOTATION" ? undefined : tell(warning)),
    },
  },
  worker: { format: "es" },
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  logLevel: "warn",
});
