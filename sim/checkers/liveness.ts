import type { Observation } from "../../protocol/core/observation.ts";
import {
  type CheckedCore,
  type Checker,
  type CheckerReport,
  type FaultWindow,
  Findings,
  type World,
} from "./checker.ts";
import type { People } from "./people.ts";

/** A moment from which blocks have to become final again. */
interface Mark {
  readonly fromUs: number;
  /** Highest block that any honest node held final at that moment. */
  readonly height: number;
  /** Nodes that are yet to hold a higher one, and have been up ever since. */
  readonly waiting: Set<number>;
  /** How many did. */
  made: number;
  /** Whether only the healed core is held to it. */
  readonly ofCore: boolean;
}

/** When a mark opens, and for whom. */
interface Start {
  readonly fromUs: number;
  readonly ofCore: boolean;
}

/**
 * From the start and after every heal, a new block becomes final within the bound at every honest node that is up; once a core
 * is healed, at its nodes.
 */
export class LivenessChecker implements Checker {
  readonly name = "liveness";
  readonly #findings: Findings;
  readonly #people: People;
  readonly #withinUs: number;
  readonly #core: CheckedCore["healed"];
  readonly #starts: readonly Start[];
  readonly #up = new Set<number>();
  /** Nodes that have ever started. */
  readonly #known = new Set<number>();
  #opened = 0;
  #open: Mark[] = [];
  #height = 0;

  constructor(world: World, people: People) {
    this.#findings = new Findings("liveness", world.chain);
    this.#people = people;
    this.#withinUs = world.liveness?.withinUs ?? 0;
    const { healed, excuse } = world.liveness?.core ?? { healed: null, excuse: "" };
    this.#core = healed;
    this.#starts = world.liveness === null ? [] : startsOf(world.liveness.faults, this.#withinUs, healed);
    if (world.liveness === null) this.#findings.note = "not judged: nothing is expected";
    else if (healed !== null)
      this.#findings.note = `healed core of ${healed.nodes.length} of ${world.nodes} nodes at ${healed.atUs / 1_000_000} s`;
    else if (excuse !== "") this.#findings.note = excuse;
    else if (this.#starts.length === 0)
      this.#findings.note = "no heal is followed by a quiet time as long as the bound";
  }

  onObserve(node: number, atUs: number, observation: Observation): void {
    if (observation.kind !== "finalized" || !this.#people.isHonest(node)) return;
    this.#advance(atUs);
    for (const mark of this.#open) {
      if (observation.height > mark.height && mark.waiting.delete(node)) mark.made++;
    }
    this.#height = Math.max(this.#height, observation.height);
  }

  onCrash(node: number, atUs: number): void {
    this.#advance(atUs);
    this.#up.delete(node);
    for (const mark of this.#open) mark.waiting.delete(node);
  }

  /** A node's very first start may be a little after the run's. */
  onStart(node: number, atUs: number): void {
    this.#advance(atUs);
    if (!this.#people.isHonest(node)) return;
    this.#up.add(node);
    if (this.#known.has(node)) return;
    this.#known.add(node);
    for (const mark of this.#open) if (!mark.ofCore || this.#core?.nodes.includes(node)) mark.waiting.add(node);
  }

  /** A bound that the run's end cut short is not judged. */
  finish(endUs: number): CheckerReport {
    this.#advance(endUs + 1);
    return this.#findings.report();
  }

  /** Opens and closes marks before the moment of an event, so that what takes place at a heal belongs to it. */
  #advance(atUs: number): void {
    this.#close(atUs);
    while ((this.#starts[this.#opened]?.fromUs ?? Number.POSITIVE_INFINITY) < atUs) {
      const { fromUs, ofCore } = this.#starts[this.#opened++] as Start;
      const nodes = [...this.#up].filter((node) => !ofCore || this.#core?.nodes.includes(node));
      this.#open.push({ fromUs, height: this.#height, waiting: new Set(nodes), made: 0, ofCore });
      this.#close(atUs);
    }
  }

  #close(atUs: number): void {
    while (this.#open[0] !== undefined && this.#open[0].fromUs + this.#withinUs < atUs) {
      const [mark, ...later] = this.#open;
      this.#open = later;
      this.#judge(mark as Mark);
    }
  }

  /** Of whom an adversary chose meanwhile nothing is promised. */
  #judge({ fromUs, height, waiting, made, ofCore }: Mark): void {
    const live = ofCore ? (this.#core?.liveSources() ?? []) : [];
    if (live.length > 0)
      this.#findings.violation(
        fromUs + this.#withinUs,
        [],
        `faults are live inside the healed core: ${live.join(", ")}`,
      );
    const late = [...waiting].filter((node) => this.#people.isHonest(node)).sort((a, b) => a - b);
    this.#findings.samples += made + late.length;
    if (late.length === 0) return;
    const seconds = this.#withinUs / 1_000_000;
    const where = ofCore ? "nodes of the healed core" : "nodes";
    const detail = `no block above height ${height} within ${seconds} s of ${fromUs / 1_000_000} s at ${late.length} ${where}`;
    this.#findings.violation(fromUs + this.#withinUs, late, detail);
  }
}

/** @returns when progress is promised, and to whom: to all before a core is healed, to the core from then on */
function startsOf(faults: readonly FaultWindow[], withinUs: number, core: CheckedCore["healed"]): Start[] {
  const coreUs = core?.atUs ?? Number.POSITIVE_INFINITY;
  const quiet = quietStarts(faults, withinUs).filter((fromUs) => fromUs + withinUs <= coreUs);
  const starts = quiet.map((fromUs) => ({ fromUs, ofCore: false }));
  return core === null ? starts : [...starts, { fromUs: core.atUs, ofCore: true }];
}

/** @returns the run's start and every heal that no other fault follows, or goes on, within the bound; ascending, each once */
function quietStarts(faults: readonly FaultWindow[], withinUs: number): number[] {
  const starts = new Set([0, ...faults.map(({ toUs }) => toUs)]);
  const isQuiet = (startUs: number) =>
    faults.every(({ fromUs, toUs }) => toUs <= startUs || fromUs >= startUs + withinUs);
  return [...starts].filter(isQuiet).sort((a, b) => a - b);
}
