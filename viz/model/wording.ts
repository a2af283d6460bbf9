import type { TraceEvent } from "../../sim/trace/reader.ts";

/** @returns minutes, seconds and milliseconds of a moment: "2:03.450" */
export function clockText(timeUs: number): string {
  const milliseconds = Math.floor(timeUs / 1000);
  const seconds = Math.floor(milliseconds / 1000);
  const padded = (value: number, digits: number) => String(value).padStart(digits, "0");
  return `${Math.floor(seconds / 60)}:${padded(seconds % 60, 2)}.${padded(milliseconds % 1000, 3)}`;
}

/** @returns a duration in the unit that suits it: "850 µs", "12.3 ms", "4.20 s" */
export function durationText(durationUs: number): string {
  if (durationUs < 1000) return `${Math.round(durationUs)} µs`;
  if (durationUs < 1_000_000) return `${(durationUs / 1000).toPrecision(3)} ms`;
  return `${(durationUs / 1_000_000).toFixed(2)} s`;
}

/** @returns a size: "512 B", "12.5 KiB" */
export function sizeText(sizeBytes: number): string {
  if (sizeBytes < 1024) return `${sizeBytes} B`;
  if (sizeBytes < 1024 * 1024) return `${(sizeBytes / 1024).toFixed(1)} KiB`;
  return `${(sizeBytes / 1024 / 1024).toFixed(1)} MiB`;
}

/** @returns the first digits of a hash, enough to tell blocks apart */
export function shortHash(hash: string): string {
  return hash.slice(0, 8);
}

const POWER_WORDS: Readonly<Record<string, string>> = {
  up: "came up",
  down: "went down",
  asleep: "fell asleep",
  empty: "its battery is empty",
};

/** @returns an event in a few words */
export function eventText(event: TraceEvent, faults: readonly string[]): string {
  const at = `height ${event.height}`;
  switch (event.kind) {
    case "timer":
      return `timer ${event.subject}`;
    case "power":
      return POWER_WORDS[event.text] ?? event.text;
    case "fault":
      return `${faults[event.subject] ?? `fault ${event.subject}`} ${event.text}`;
    case "finalized":
      return `${at} final (${event.text})`;
    case "view":
      return `entered view ${event.view} of ${at}`;
    case "prepared":
      return `prepared ${at}, view ${event.view}`;
    case "evidence":
      return `saw evidence against delegate ${event.subject}`;
    case "rejected":
      return `refused: ${event.text}`;
    case "mode":
      return `now ${event.text}`;
    case "transfer":
      return `transfer ${event.subject}: ${event.text}`;
    case "operation":
      return `operation ${event.subject}: ${event.text}`;
    case "followed":
      return `follows chain ${event.subject} to ${at} (${event.text})`;
    case "relayed":
      return `relayed to chain ${event.subject}: ${event.text}`;
    case "spending":
      return `its transaction: ${event.text}`;
  }
}
