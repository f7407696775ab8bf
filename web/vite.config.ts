// Builds the client into the Python package, so that the wheel carries it and nothing is fetched from elsewhere.
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const clientDir = fileURLToPath(new URL("../src/xushi/server/client", import.meta.url));
const backend = process.env.XUSHI_SERVER ?? "http://127.0.0.1:8600";

export default defineConfig({
  plugins: [react()],
  base: "/",
  build: {
    outDir: clientDir,
    emptyOutDir: true,
    target: "es2022",
    chunkSizeWarningLimit: 900,
    modulePreload: { polyfill: false },
  },
  server: {
    host: "127.0.0.1",
    proxy: {
      "/api": { target: backend, ws: true },
      "/signin": backend,
    },
  },
});
