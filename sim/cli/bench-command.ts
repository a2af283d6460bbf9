import type { ArgumentsCamelCase, Argv } from "yargs";
import { UserError } from "../scenario/index.ts";

export const command = "bench [names..]";
export const describe = "Runs the benchmark suite; slow ones only when named";

export const builder = (yargs: Argv) =>
  yargs
    .positional("names", { type: "string", array: true, default: [] as string[], describe: "Benchmarks to run" })
    .option("json", { type: "boolean", default: false, describe: "Prints one JSON object" });

type Flags = ArgumentsCamelCase<Awaited<ReturnType<typeof builder>["argv"]>>;

export async function handler({ names, json }: Flags): Promise<void> {
  const { runBench } = await import("../bench/index.ts");
  const report = await runBench(names, { log: json ? null : (line: string) => console.log(line) }).catch(nameUnknown);
  if (json) process.stdout.write(`${JSON.stringify(report)}\n`);
}

/** The suite refuses a name that is no benchmark with a RangeError. */
function nameUnknown(error: unknown): never {
  throw error instanceof RangeError ? new UserError(error.message) : error;
}
