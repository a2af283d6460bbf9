import type { LossTrace } from "../network/loss/loss-model.ts";
import { MAX_LOSS_ROWS } from "./device-keys.ts";
import type { Problems } from "./problems.ts";
import type { Placed } from "./source.ts";

const ROW = /^\s*(\d+(?:\.\d+)?)\s*,\s*(\d+(?:\.\d+)?)\s*$/u;
const NONE: LossTrace = { fromUs: [0], lossProbability: [0], lengthUs: 1 };

/**
 * Reads measured loss: rows of a time in seconds and the per cent of frames lost from then on, under one line of headings. The last
 * row says where the trace ends.
 */
export function readLossTrace(
  path: Placed<string>,
  read: (path: string) => string | null,
  problems: Problems,
): LossTrace {
  const refuse = (message: string, expected: string): LossTrace => {
    problems.add({ at: path.at, message, expected });
    return NONE;
  };
  const text = read(path.value);
  if (text === null) return refuse("there is no such file", "the path of a CSV file, from this file's folder");
  const [, ...lines] = text.trimEnd().split(/\r?\n/u);
  if (lines.length < 2) return refuse("a trace without a time span", "a line of headings and at least two rows");
  if (lines.length > MAX_LOSS_ROWS) return refuse(`${lines.length} rows`, `at most ${MAX_LOSS_ROWS}`);
  const fromUs: number[] = [];
  const lossProbability: number[] = [];
  for (const [index, line] of lines.entries()) {
    const [, seconds, percent] = ROW.exec(line) ?? [];
    const atUs = Math.round(Number(seconds) * 1_000_000);
    const share = Number(percent) / 100;
    const isNext = index === 0 ? atUs === 0 : atUs > (fromUs[index - 1] ?? 0);
    if (seconds === undefined || !isNext || share > 1) {
      return refuse(
        `row ${index + 1} of ${path.value} is wrong`,
        "seconds, ascending from 0, and a per cent up to 100",
      );
    }
    fromUs.push(atUs);
    lossProbability.push(share);
  }
  const lengthUs = fromUs.pop() as number;
  lossProbability.pop();
  return { fromUs, lossProbability, lengthUs };
}
