import { assertNever } from "../../protocol/core/assert.ts";
import type { Observation } from "../../protocol/core/observation.ts";
import type { RunDigest } from "../kernel/digest.ts";

/** First words of the host's records; negative, so that they differ from an event's time. */
const Tag = { emission: -1, drop: -2, observation: -3, crash: -4, start: -5, fault: -6, sleep: -7, death: -8 } as const;

/** Codes of the observation kinds. */
const Observed = {
  finalized: 0,
  view: 1,
  prepared: 2,
  evidence: 3,
  rejected: 4,
  mode: 5,
  followed: 6,
  relayed: 7,
  spending: 8,
} as const;

/** Writes what the host does into the run's digest. */
export class RunRecords {
  private readonly digest: RunDigest;

  constructor(digest: RunDigest) {
    this.digest = digest;
  }

  /** @param content see WireFacts */
  emission(src: number, readyNs: number, content: Uint8Array): void {
    const { digest } = this;
    digest.number(Tag.emission);
    digest.number(src);
    digest.number(readyNs);
    digest.data(content);
  }

  drop(src: number, dst: number, atUs: number, outcome: number): void {
    this.numbers(Tag.drop, src, dst, atUs);
    this.digest.number(outcome);
  }

  crash(node: number, atUs: number, lostWrites: number, tornWrites: number): void {
    this.numbers(Tag.crash, node, atUs, lostWrites);
    this.digest.number(tornWrites);
  }

  start(node: number, atUs: number): void {
    this.digest.number(Tag.start);
    this.digest.number(node);
    this.digest.number(atUs);
  }

  sleep(node: number, atUs: number, delayUs: number): void {
    this.numbers(Tag.sleep, node, atUs, delayUs);
  }

  death(node: number, atUs: number): void {
    this.digest.number(Tag.death);
    this.digest.number(node);
    this.digest.number(atUs);
  }

  fault(fault: number, atUs: number, begins: boolean): void {
    this.numbers(Tag.fault, fault, atUs, begins ? 1 : 0);
  }

  observation(node: number, atUs: number, observation: Observation): void {
    this.numbers(Tag.observation, node, atUs, Observed[observation.kind]);
    const { digest } = this;
    switch (observation.kind) {
      case "finalized":
        digest.number(observation.height);
        digest.number(observation.view);
        digest.text(observation.blockHash);
        digest.text(observation.by);
        return;
      case "view":
        digest.number(observation.height);
        digest.number(observation.view);
        return;
      case "prepared":
        digest.number(observation.height);
        digest.number(observation.view);
        digest.text(observation.blockHash);
        return;
      case "evidence":
        digest.number(observation.culprit);
        return;
      case "rejected":
        digest.text(observation.reason);
        return;
      case "mode":
        digest.text(observation.mode);
        return;
      case "followed":
        this.numbers(observation.chainId, observation.height, observation.bytes, observation.signatures);
        digest.text(observation.blockHash);
        return;
      case "spending":
        digest.text(observation.step);
        digest.text(observation.id);
        return;
      case "relayed":
        digest.text(observation.step);
        digest.number(observation.chainId);
        digest.text(observation.lockId);
        return;
      default:
        assertNever(observation);
    }
  }

  private numbers(tag: number, one: number, two: number, three: number): void {
    const { digest } = this;
    digest.number(tag);
    digest.number(one);
    digest.number(two);
    digest.number(three);
  }
}
