import { defineConfig } from "vitest/config";
import { CountReporter } from "./sim/test/workspace/count-reporter.ts";
import { LongestFirst } from "./sim/test/workspace/longest-first.ts";

export default defineConfig({
  test: {
    include: ["{protocol,sim,viz}/test/**/*.test.ts"],
    reporters: ["default", new CountReporter()],
    // Generous, because no test asserts time: a limit only ends what hangs.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    unstubEnvs: true,
    // Files of one worker share what they import: loading it anew for each of two hundred took a quarter of the time.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // Vitest leaves a core to itself, which on two of them leaves one.
    maxWorkers: "100%",
  },
});
