// Builds the measuring page into a folder of its own; it is not part of the client.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here("."),
  base: "./",
  publicDir: false,
  build: {
    outDir: process.env.XUSHI_BENCH_OUT ?? here("../dist/bench"),
    emptyOutDir: true,
    target: "es2022",
    chunkSizeWarningLimit: 1500,
    rollupOptions: { input: [here("instances.html"), here("foresee.html")] },
  },
});
