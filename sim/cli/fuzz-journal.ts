import type { FuzzLesson } from "../campaign/index.ts";
import { readJournal } from "../platform/node/journal.ts";
import { UserError } from "../scenario/index.ts";
import type { JournalHead } from "./fuzz-campaign.ts";

/**
 * Reads what a campaign had learnt when its process ended; a batch that was under way is made again.
 *
 * @param head of the campaign that is to go on
 * @throws UserError when there is no journal, or one of another campaign; the user's fault
 */
export function readLessons(file: string, head: Omit<JournalHead, "fuzz">): FuzzLesson[] {
  const lines = readJournal(file);
  if (lines === null) throw new UserError(`${file}: there is no journal to resume from; leave --resume out`);
  const first = lines[0] as Partial<JournalHead> | undefined;
  if (first?.fuzz !== 1) throw new UserError(`${file}: no journal of orrery fuzz; leave --resume out`);
  for (const key of ["seed", "generator", "codeVersion"] as const) {
    if (first[key] === head[key]) continue;
    const remedy = key === "codeVersion" ? "begin anew without --resume" : `pass --${key} ${first[key]}`;
    throw new UserError(`${file}: it was written with ${key} ${first[key]}, and this is ${head[key]}; ${remedy}`);
  }
  return lines.filter((line): line is FuzzLesson => "corpus" in line && "states" in line);
}
