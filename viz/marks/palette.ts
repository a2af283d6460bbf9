import { type NodeStatus, STATUSES } from "../model/node-status.ts";
import { TRANSFER_STEPS, type TransferStep } from "../model/transfers.ts";
import { chainColour } from "./chain-colour.ts";

/** Colours of the present theme, read from the style sheet so that canvas and page agree. */
export interface Palette {
  readonly ink: string;
  readonly muted: string;
  readonly line: string;
  readonly ground: string;
  readonly accent: string;
  readonly danger: string;
  readonly radioLoss: string;
  readonly status: Readonly<Record<NodeStatus, string>>;
  /** Colours of chains, by their number. */
  readonly chains: readonly string[];
  readonly steps: Readonly<Record<TransferStep, string>>;
  /** Colours of message classes, by their number. */
  readonly classes: readonly string[];
}

/** Message classes with a colour of their own in the style sheet; all others share one. */
const KNOWN_CLASSES = new Set([
  "proposal",
  "vote",
  "view-change",
  "new-view",
  "certified-block",
  "status",
  "range-request",
  "range-response",
  "block-request",
  "block-body",
  "announce",
  "request",
  "transactions",
]);

/** @returns the style sheet's name for the colour of a message class */
export function classColour(name: string): string {
  return `--class-${KNOWN_CLASSES.has(name) ? name : "other"}`;
}

/** Reads the colours that apply to an element now. @param chains how many chains there are */
export function readPalette(element: Element, messageClasses: readonly string[], chains = 1): Palette {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  return {
    ink: colour("--ink"),
    muted: colour("--muted"),
    line: colour("--line"),
    ground: colour("--ground"),
    accent: colour("--accent"),
    danger: colour("--danger"),
    radioLoss: colour("--radio-loss"),
    status: Object.fromEntries(STATUSES.map((status) => [status, colour(`--status-${status}`)])) as Palette["status"],
    chains: Array.from({ length: chains }, (_, chain) => chainColour(chain, colour("--chain-tone"))),
    steps: Object.fromEntries(TRANSFER_STEPS.map((step) => [step, colour(`--transfer-${step}`)])) as Palette["steps"],
    classes: messageClasses.map((name) => colour(classColour(name))),
  };
}
