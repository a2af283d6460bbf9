import type { ArgumentsCamelCase, Argv } from "yargs";
import { UserError } from "../scenario/index.ts";
import { parseDuration } from "../scenario/quantities.ts";
import { nearest } from "../scenario/suggest.ts";
import { infoText, LINE_KINDS, type LineFilter, lineText, traceEvents, traceInfo } from "../trace/describe.ts";
import type { Trace } from "../trace/reader.ts";
import { ExitCode } from "./exit-code.ts";
import { withTrace } from "./with-trace.ts";

export const command = "trace <file> [what]";
export const describe = "Looks into a trace: info, or events line by line";

export const builder = (yargs: Argv) =>
  yargs
    .positional("file", { type: "string", demandOption: true, describe: "A trace.orrery, whole or not" })
    .positional("what", { choices: ["info", "events"] as const, default: "info" as const })
    .option("from", { type: "string", describe: "Events from this time, such as 30s" })
    .option("to", { type: "string", describe: "Events up to this time" })
    .option("node", { type: "string", describe: "What this node, by name or number, sent, received or did" })
    .option("kind", { type: "string", array: true, nargs: 1, describe: `Kinds: ${LINE_KINDS.join(", ")}` })
    .option("class", { type: "string", array: true, nargs: 1, describe: "Classes of messages" })
    .option("json", { type: "boolean", default: false, describe: "One JSON object, or one a line" });

type Flags = ArgumentsCamelCase<Awaited<ReturnType<typeof builder>["argv"]>>;

export async function handler(flags: Flags): Promise<void> {
  await withTrace(flags.file, (trace) => (flags.what === "info" ? printInfo(trace, flags) : printEvents(trace, flags)));
}

/** A damaged trace is read as far as it is sound, and is no success. */
async function printInfo(trace: Trace, { json }: Flags): Promise<void> {
  const info = await traceInfo(trace);
  process.stdout.write(json ? `${JSON.stringify(info)}\n` : infoText(info));
  if (info.damage.length > 0) process.exitCode = ExitCode.failed;
}

async function printEvents(trace: Trace, flags: Flags): Promise<void> {
  for await (const line of traceEvents(trace, filterOf(trace, flags))) {
    const text = flags.json ? JSON.stringify(line) : lineText(line);
    if (!process.stdout.write(`${text}\n`)) await new Promise((resolve) => process.stdout.once("drain", resolve));
  }
  for (const { offset, reason } of trace.damage) console.error(`damaged at byte ${offset}: ${reason}`);
  if (trace.damage.length > 0) process.exitCode = ExitCode.failed;
}

function filterOf(trace: Trace, { from, to, node, kind, class: classes }: Flags): LineFilter {
  for (const name of kind ?? []) known("--kind", name, LINE_KINDS);
  for (const name of classes ?? []) known("--class", name, trace.meta.messageClasses);
  return {
    ...(from === undefined ? {} : { fromUs: time("--from", from) }),
    ...(to === undefined ? {} : { toUs: time("--to", to) }),
    ...(node === undefined ? {} : { node: nodeNumber(trace, node) }),
    ...(kind === undefined ? {} : { kinds: kind }),
    ...(classes === undefined ? {} : { classes }),
  };
}

function time(flag: string, text: string): number {
  const parsed = parseDuration({ text, value: text });
  if ("refused" in parsed) throw new UserError(`${flag} ${text}: ${parsed.refused}; expected a time such as 30s`);
  return parsed.value;
}

function nodeNumber({ meta }: Trace, text: string): number {
  const names = meta.nodes.map(({ name }) => name);
  const number = /^\d+$/u.test(text) ? Number(text) : names.indexOf(text);
  if (number < 0 || number >= names.length) throw unknown("--node", text, names);
  return number;
}

function known(flag: string, name: string, names: readonly string[]): void {
  if (!names.includes(name)) throw unknown(flag, name, names);
}

function unknown(flag: string, name: string, names: readonly string[]): UserError {
  const near = nearest(name, names);
  return new UserError(`${flag} ${name}: unknown${near === undefined ? "" : `; did you mean "${near}"?`}`);
}
