import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "conformance/**/*.test.ts", "toolchain/**/*.test.ts", "scripts/**/*.test.ts"],
    testTimeout: 30_000,
    maxWorkers: 2,
  },
});
