import { defineConfig } from "vitest/config";

// A run asserts no wall time: a limit only ends what hangs.
export default defineConfig({ test: { testTimeout: 120_000 } });
