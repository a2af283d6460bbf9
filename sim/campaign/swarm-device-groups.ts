import type { RandomStream } from "../kernel/index.ts";
import { chance, pickOne, within } from "./swarm-draw.ts";

/** How one kind of link is drawn: what its devices need for it, and what they spend of a battery in a run. */
interface LinkDraw {
  readonly link: (draw: RandomStream) => unknown;
  /** From one waking to the next, s. */
  readonly everyS: readonly [number, number];
  readonly pollS: number;
  /** Of the disc, m; drawn up to twice of it where devices move, which may lead them out of reach. */
  readonly radiusM: readonly [number, number];
  /** From a charge that ends soon to one that may last the run, mJ. */
  readonly batteryMj: readonly [number, number];
  /** Whether its devices can be carried about. */
  readonly moves: boolean;
  /** What shares its spectrum with others that name the same air; null: nothing does. */
  readonly air: "lora" | "cells" | null;
}

const SOON = { everyS: [40, 90], pollS: 10, air: null } as const;
const CALLED = {
  ...SOON,
  everyS: [90, 180],
  pollS: 15,
  radiusM: [100, 2000],
  batteryMj: [1000, 20_000],
  moves: true,
} as const;
/** On LoRa answers of kilobytes come down in fragments, under the gateways' duty cycle. */
const LATE = { everyS: [240, 400], pollS: 60, radiusM: [200, 2500], moves: true, air: "lora" } as const;

/** Every link that devices can have. */
const LINKS: readonly LinkDraw[] = [
  {
    ...SOON,
    link: (draw) => ({ "802.15.4": { acknowledged: chance(draw, 3 / 4), retries: within(draw, 0, 7) } }),
    radiusM: [5, 30],
    batteryMj: [50, 800],
    moves: true,
    air: "cells",
  },
  { ...SOON, link: () => "802.15.4", radiusM: [5, 30], batteryMj: [50, 800], moves: true, air: "cells" },
  { ...SOON, link: () => "ble", radiusM: [5, 15], batteryMj: [3, 20], moves: true },
  { ...SOON, link: () => "wifi", radiusM: [5, 30], batteryMj: [500, 9000], moves: true },
  { ...SOON, link: () => "wire", radiusM: [5, 30], batteryMj: [20, 300], moves: false },
  { ...CALLED, link: () => "nb-iot" },
  { ...CALLED, link: () => "lte-m" },
  { ...LATE, link: (draw) => ({ lora: { confirmed: chance(draw, 1 / 2) } }), batteryMj: [20, 800] },
  {
    ...LATE,
    link: (draw) => ({ lora: { class: "C", secondWindow: within(draw, 7, 9) } }),
    batteryMj: [500, 12_000],
  },
];

/** A file that a drawn scenario names. */
export interface DrawnFile {
  readonly name: string;
  readonly text: string;
}

/** Devices as a scenario's file would have them, and the files that it names for them. */
export interface DrawnGroup {
  readonly name: string;
  readonly count: number;
  readonly given: object;
  readonly files: readonly DrawnFile[];
}

/**
 * Draws devices of one kind: any link, any model of loss, some of them on the move, some with a battery that ends, some that
 * come later, some that share their air.
 *
 * @param drawFor opens the stream of one purpose
 * @param beyond another subchain, to which some send; null where there is none
 */
export function drawGroup(
  drawFor: (purpose: string) => RandomStream,
  { name, beyond }: { name: string; beyond: string | null },
): DrawnGroup {
  const draw = drawFor("shape");
  const { link, everyS, pollS, radiusM, batteryMj, moves, air } = pickOne(draw, LINKS);
  const count = within(draw, 1, 8);
  const every = within(draw, ...everyS);
  const loss = drawLoss(drawFor("loss"), `${name}-loss.csv`);
  const radius = within(draw, ...radiusM);
  const travels = moves && chance(draw, 1 / 2);
  const motion = travels ? drawMotion(drawFor("motion"), { radius, file: `${name}-path.csv` }) : null;
  const charge = drawFor("battery");
  const start = drawFor("start");
  // A lock and its data are more than LoRa's duty cycle lets out so often.
  const crosses = beyond !== null && air !== "lora" && chance(drawFor("crossing"), 1 / 2);
  const shares = air !== null && chance(drawFor("air"), 1 / 2);
  const given = {
    name,
    on: "town",
    count,
    link: link(draw),
    gateways: within(draw, 1, 3),
    radius: `${radius} m`,
    sleep: {
      every: `${every} s`,
      awake: `${within(draw, every >> 1, every - (every >> 3))} s`,
      poll: `${pollS} s`,
      ...drawRhythm(drawFor("rhythm"), { every, jitter: within(draw, 0, 30) }),
    },
    send: { data: `${within(draw, 0, 48)} B`, confirm: within(draw, 1, 4), ...(crosses ? { to: beyond } : {}) },
    ...(shares ? { air } : {}),
    ...loss.given,
    ...motion?.given,
    ...(chance(charge, 1 / 3) ? { battery: `${within(charge, ...batteryMj)} mJ` } : {}),
    ...(chance(start, 1 / 4) ? { start: { at: `${within(start, 0, 60)} s`, spread: "60 s" } } : {}),
  };
  return { name, count, given, files: [...loss.files, ...(motion?.files ?? [])] };
}

/** A loose beat, or a pattern; rows far enough apart that a device is asleep before the next. */
function drawRhythm(draw: RandomStream, { every, jitter }: { every: number; jitter: number }): object {
  if (chance(draw, 2 / 3)) return { jitter: `${jitter} %` };
  const bursts = { size: within(draw, 2, 5), gap: `${every} s` };
  return { arrival: pickOne(draw, ["steady", "poisson", "diurnal", { bursts }, { periodic: { jitter: "40 %" } }]) };
}

interface DrawnPart {
  readonly given: object;
  readonly files: readonly DrawnFile[];
}

/** None, independent, in bursts, or as measured. */
function drawLoss(draw: RandomStream, name: string): DrawnPart {
  switch (pickOne(draw, ["none", "bernoulli", "bursts", "bursts", "trace"] as const)) {
    case "none":
      return { given: {}, files: [] };
    case "bernoulli":
      return { given: { loss: `${within(draw, 1, 40)} %` }, files: [] };
    case "bursts": {
      const lossGood = `${within(draw, 0, 10)} %`;
      const [good, bad] = [`${within(draw, 1, 60)} s`, `${within(draw, 100, 10_000)} ms`];
      return { given: { loss: { gilbertElliott: { good, bad, lossGood, lossBad: "100 %" } } }, files: [] };
    }
    case "trace": {
      const rows = [5, 10, 20, 30].map((seconds) => `${seconds},${within(draw, 0, 60)}`);
      const text = ["s,%", `0,${within(draw, 0, 60)}`, ...rows].join("\n");
      return { given: { loss: { trace: name } }, files: [{ name, text }] };
    }
  }
}

/** Random ways on foot or on wheels, or a round that was recorded. */
function drawMotion(draw: RandomStream, { radius, file }: { radius: number; file: string }): DrawnPart {
  const step = `${within(draw, 1, 5)} s`;
  if (chance(draw, 3 / 4)) {
    const [speed, pause] = [within(draw, 5, 80) / 10, `${within(draw, 0, 20)} s`];
    return { given: { mobility: { speed, pause, step } }, files: [] };
  }
  // From side to side of the disc and back, slowly enough for any radius.
  const [side, lap] = [2 * radius, Math.ceil(radius / 10) + 10];
  const corners = [`0,0,${radius}`, `${lap},${side},${radius}`, `${2 * lap},${radius},0`, `${3 * lap},0,${radius}`];
  const text = ["s,east,north", ...corners].join("\n");
  return { given: { mobility: { path: file, step } }, files: [{ name: file, text }] };
}
