import type { ArgumentsCamelCase, Argv } from "yargs";

export const command = "bench [names..]";
export const describe = "Runs the benchmark suite, or the benchmarks named";

export const builder = (yargs: Argv) =>
  yargs
    .positional("names", { type: "string", array: true, default: [] as string[], describe: "Benchmarks to run" })
    .option("json", { type: "boolean", default: false, describe: "Prints one JSON object" });

type Flags = ArgumentsCamelCase<Awaited<ReturnType<typeof builder>["argv"]>>;

export async function handler({ names, json }: Flags): Promise<void> {
  const { runBench } = await import("../bench/index.ts");
  const report = await runBench(names, {
    log: json ? null : (line) => console.log(line),
    progress: process.stderr.isTTY ? (line) => console.error(line) : null,
  });
  if (json) process.stdout.write(`${JSON.stringify(report)}\n`);
}
