import { decompress } from "../platform/node/compression.ts";
import { codeOf } from "../platform/node/error-code.ts";
import { FileRanges } from "../platform/node/trace-file.ts";
import { UserError } from "../scenario/index.ts";
import { openTrace, type Trace } from "../trace/reader.ts";

/** Opens a trace's file for as long as something looks into it. @throws UserError when it is none; the user's fault */
export async function withTrace<T>(file: string, look: (trace: Trace) => Promise<T>): Promise<T> {
  const source = await openFile(file);
  try {
    const trace = await openTrace(source, decompress);
    if ("unreadable" in trace) throw new UserError(`${file}: ${trace.unreadable} (at byte ${trace.offset})`);
    return await look(trace);
  } finally {
    await source.close();
  }
}

async function openFile(file: string): Promise<FileRanges> {
  try {
    return await FileRanges.open(file);
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    throw new UserError(`${file}: cannot be read (${codeOf(error)})`);
  }
}
