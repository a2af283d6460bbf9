import { simulate, sodiumBackend } from "./simulate.ts";
import { smallRuns } from "./workloads.ts";

const [count = ""] = process.argv.slice(2);
const backend = await sodiumBackend();
const digests = smallRuns(Number(count)).map((scenario) => {
  return [scenario.seed, simulate(scenario, { backend, checkers: true }).digest] as const;
});
process.send?.(Object.fromEntries(digests));
process.disconnect();
