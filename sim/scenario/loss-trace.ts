import type { LossTrace } from "../network/loss/loss-model.ts";
import { type ReadText, readRows, wrongTime } from "./csv-rows.ts";
import { type GivenTrace, MAX_LOSS_ROWS } from "./device-keys.ts";
import type { Problems } from "./problems.ts";
import type { Placed } from "./source.ts";

const NONE: LossTrace = { fromUs: [0], lossProbability: [0], lengthUs: 1 };

/** Reads measured loss, by itself or with how it is followed. */
export function resolveLossTrace({ value, at }: Placed<GivenTrace>, read: ReadText, problems: Problems): LossTrace {
  const { file = undefined, shift = undefined } = typeof value === "string" ? { file: { value, at } } : value;
  if (file === undefined) {
    problems.add({ at, message: "a trace without a file", expected: "file: the path of a CSV file" });
    return NONE;
  }
  const trace = readLossTrace(file, read, problems);
  return shift?.value === "none" ? { ...trace, isShifted: false } : trace;
}

/**
 * Reads measured loss: rows of a time in seconds and the per cent of frames lost from then on, under one line of headings. The last
 * row says where the trace ends.
 */
function readLossTrace(path: Placed<string>, read: ReadText, problems: Problems): LossTrace {
  const rows = readRows(
    path,
    { read, problems },
    {
      columns: ["seconds", "per cent"],
      least: 2,
      most: MAX_LOSS_ROWS,
      expected: "seconds, ascending from 0, and a per cent up to 100",
      wrong: ([seconds = 0, percent = 0], before) => {
        if (before === undefined && seconds !== 0) return `the first time is ${seconds} s`;
        return wrongTime(seconds, before?.[0]) ?? (percent > 100 ? `${percent} per cent` : null);
      },
    },
  );
  if (rows === null) return NONE;
  const fromUs = rows.map(([seconds = 0]) => Math.round(seconds * 1_000_000));
  const lossProbability = rows.map(([, percent = 0]) => percent / 100);
  return {
    fromUs: fromUs.slice(0, -1),
    lossProbability: lossProbability.slice(0, -1),
    lengthUs: fromUs.at(-1) as number,
  };
}
