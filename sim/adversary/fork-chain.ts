import type { Certificate } from "../../protocol/consensus/certificate.ts";
import { CertifiedBlock, RangeRequest } from "../../protocol/consensus/messages.ts";
import { Sync } from "../../protocol/consensus/sync.ts";
import type { PeerId } from "../../protocol/core/ids.ts";
import type { Context, Message } from "../../protocol/core/machine.ts";
import type { Observation } from "../../protocol/core/observation.ts";
import type { Block } from "../../protocol/ledger/block.ts";
import { LightServer } from "../../protocol/node/light-server.ts";
import type { Misconduct } from "./byzantine-node.ts";
import type { SecondHistory } from "./second-history.ts";
import type { Member } from "./setting.ts";

/** Shows a second history of its chain to every other one who asks; another node of the gang to the others. */
export class ForkChain implements Misconduct {
  bites = 0;
  readonly #member: Member;
  readonly #second: SecondHistory;
  readonly #gang: ReadonlySet<PeerId>;
  readonly #light: LightServer;
  readonly #sync: Sync;

  /** @param gang who are to agree among themselves */
  constructor(member: Member, second: SecondHistory, gang: ReadonlySet<PeerId>) {
    this.#member = member;
    this.#second = second;
    this.#gang = gang;
    this.#light = new LightServer(second);
    this.#sync = new Sync(second);
  }

  notice(context: Context, observation: Observation): void {
    if (observation.kind !== "finalized") return;
    const { height } = observation;
    const [block, certificate] = [observation.block as Block, observation.certificate as Certificate];
    const after = this.#member.state();
    if (after?.height === height) this.#second.onFinal(context, { block, certificate, after });
  }

  #isFooled(peer: PeerId): boolean {
    if (this.#second.forkHeight === null || this.#gang.has(peer)) return false;
    return (peer + this.#member.node) % 2 === 1;
  }

  receive(context: Context, from: PeerId, message: Message): boolean {
    if (!this.#isFooled(from)) return false;
    const isRange = message instanceof RangeRequest;
    if (isRange) this.#sync.onRequest(context, from, message);
    if (!isRange && !this.#light.onMessage(context, from, message)) return false;
    this.bites++;
    return true;
  }

  intercept(context: Context, to: readonly PeerId[], message: Message): boolean {
    if (!(message instanceof CertifiedBlock)) return false;
    const fooled = to.filter((peer) => this.#isFooled(peer));
    const second = this.#second.at(message.block.header.height);
    if (fooled.length === 0 || second === undefined) return false;
    const others = to.filter((peer) => !fooled.includes(peer));
    if (others.length > 0) context.broadcast(others, message);
    context.broadcast(fooled, second);
    this.bites += fooled.length;
    return true;
  }
}
