// Runs the client's unit tests in Node: they check logic and catalogues; what is drawn is tested in a real browser.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["src/**/*.test.ts", "src/**/*.test.tsx"], environment: "node" },
});
