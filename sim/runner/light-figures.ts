import type { Observation } from "../../protocol/core/observation.ts";
import type { Watcher } from "../host/index.ts";
import { numberNodes } from "../scenario/numbering.ts";
import type { LightClientScenario, Scenario } from "../scenario/scenario.ts";

type Followed = Extract<Observation, { kind: "followed" }>;

/** What following its chain has cost one light client. */
export interface LightCosts {
  /** Name of its group. */
  readonly group: string;
  /** Name of the chain that it follows. */
  readonly chain: string;
  /** Of all that it was given. */
  readonly bytes: number;
  readonly signatures: number;
  /** Height that it has come to. */
  readonly height: number;
  /** Longest time from waking up to the chain's head; −1 where it never came there. */
  readonly catchUpUs: number;
  /** Inputs that it refused. */
  readonly refused: number;
}

type Tally = { -readonly [Field in keyof LightCosts]: LightCosts[Field] };

/** What a client's days are like. */
interface Habit {
  readonly client: LightClientScenario;
  readonly tally: Tally;
  startedUs: number;
  /** The last day on which it came to the chain's head. */
  caughtUpDay: number;
}

/** Takes the figures of light clients from what they tell of themselves. */
export class LightFigures implements Watcher {
  readonly #byNode = new Map<number, Habit>();
  readonly #heightOf: (chain: string) => number;

  /** @param heightOf the highest final block of a chain so far */
  constructor(scenario: Scenario, heightOf: (chain: string) => number) {
    this.#heightOf = heightOf;
    for (const [place, { first, count }] of numberNodes(scenario).lightClients.entries()) {
      const client = scenario.lightClients[place] as LightClientScenario;
      for (let node = first; node < first + count; node++) {
        const tally = {
          group: client.name,
          chain: client.chain,
          bytes: 0,
          signatures: 0,
          height: 0,
          catchUpUs: -1,
          refused: 0,
        };
        this.#byNode.set(node, { client, tally, startedUs: 0, caughtUpDay: -1 });
      }
    }
  }

  onStart(node: number, atUs: number): void {
    const habit = this.#byNode.get(node);
    if (habit === undefined) return;
    habit.startedUs = atUs;
    habit.caughtUpDay = -1;
  }

  onObserve(node: number, atUs: number, seen: Observation): void {
    const habit = this.#byNode.get(node);
    if (habit === undefined) return;
    if (seen.kind === "rejected") habit.tally.refused++;
    else if (seen.kind === "followed") this.#onFollowed(habit, atUs, seen);
  }

  #onFollowed(habit: Habit, atUs: number, { bytes, signatures, height }: Followed): void {
    const { client, tally } = habit;
    tally.bytes = bytes;
    tally.signatures = signatures;
    tally.height = height;
    // A day is the time from one waking to the next; who never sleeps has only one.
    const dayUs = client.asleepUs === 0 ? Number.MAX_SAFE_INTEGER : client.awakeUs + client.asleepUs;
    const day = Math.floor((atUs - habit.startedUs) / dayUs);
    // A block that became final while the answer was on its way does not count.
    if (day === habit.caughtUpDay || height < this.#heightOf(client.chain) - 1) return;
    habit.caughtUpDay = day;
    tally.catchUpUs = Math.max(tally.catchUpUs, atUs - habit.startedUs - day * dayUs);
  }

  /** @returns the costs of each client, in order of node */
  costs(): LightCosts[] {
    return [...this.#byNode.values()].map(({ tally }) => tally);
  }
}
