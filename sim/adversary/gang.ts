import type { ChainState } from "../../protocol/consensus/chain-state.ts";
import type { Identity } from "../../protocol/consensus/pbft-node.ts";
import { assert } from "../../protocol/core/assert.ts";
import type { DelegateId, PeerId } from "../../protocol/core/ids.ts";
import type { Machine } from "../../protocol/core/machine.ts";
import { ROOT_CHAIN } from "../../protocol/subchain/specification.ts";
import type { Adversary, Strategy } from "../scenario/scenario.ts";
import { ByzantineNode, type Misconduct } from "./byzantine-node.ts";
import { CheatRelay } from "./cheat-relay.ts";
import { DoubleSpend } from "./double-spend.ts";
import { DoubleVote } from "./double-vote.ts";
import { type Conspiracy, Equivocate } from "./equivocate.ts";
import { ForkChain } from "./fork-chain.ts";
import { Fortune } from "./fortune.ts";
import { GoSilent } from "./go-silent.ts";
import { LongRange } from "./long-range.ts";
import { QuotaSpam } from "./quota-spam.ts";
import { QuotaSquat } from "./quota-squat.ts";
import { RogueRules } from "./rogue-rules.ts";
import { SecondHistory } from "./second-history.ts";
import type { Member, Setting, Wealth } from "./setting.ts";
import { Silent } from "./silent.ts";
import { VoteBuyer } from "./vote-buyer.ts";

/** Strategies whose nodes keep all rules of consensus: they harm by what they send beside it. */
const HONEST_IN_CONSENSUS: ReadonlySet<Strategy> = new Set([
  "quota-spam",
  "quota-squat",
  "cheat-relay",
  "double-spend",
  "vote-buyer",
  "long-range",
]);

const POOR: Wealth = { coins: [], accounts: [] };

/** The nodes of one adversary and what they did. */
export class Gang {
  readonly name: string;
  readonly nodes: readonly number[];
  readonly #adversary: Adversary;
  readonly #setting: Setting | null;
  readonly #fortune: Fortune | null;
  readonly #members: Misconduct[] = [];
  readonly #conspiracy: Conspiracy = new Map();
  /** Keys in the gang's hands, by id. */
  readonly #keys = new Map<DelegateId, Identity>();
  /** The chain's genesis, and what the gang makes of it. */
  #genesis: { readonly real: ChainState; readonly own: ChainState } | null = null;
  #rules: RogueRules | null = null;
  #second: SecondHistory | null = null;

  /** @param setting null where the strategy needs to know nothing but its nodes' own chain */
  constructor(adversary: Adversary, nodes: readonly number[], setting: Setting | null = null) {
    this.name = adversary.name;
    this.nodes = nodes;
    this.#adversary = adversary;
    this.#setting = setting;
    const { name, strategy } = adversary;
    this.#fortune = setting === null ? null : new Fortune(setting, { name, strategy, nodes });
  }

  /** Whether its nodes break rules of consensus, so that nothing can be promised of too many of them. */
  get isByzantine(): boolean {
    return !HONEST_IN_CONSENSUS.has(this.#adversary.strategy);
  }

  /** What its accomplices own at the start. */
  get wealth(): Wealth {
    return this.#fortune?.wealth ?? POOR;
  }

  /** How often the strategy altered something, over all its nodes. */
  get bites(): number {
    assert(this.nodes.length > 0, "an adversary has nodes");
    return this.#members.reduce((sum, each) => sum + each.bites, this.#rules?.bites ?? 0);
  }

  /** @returns what a node of the gang takes for its chain's genesis: the same object for all of them */
  genesisFor(genesis: ChainState): ChainState {
    if (this.#genesis?.real !== genesis) this.#genesis = { real: genesis, own: this.#ownGenesis(genesis) };
    return this.#genesis.own;
  }

  #ownGenesis(genesis: ChainState): ChainState {
    const { strategy, fromUs } = this.#adversary;
    if (strategy === "fork-chain") this.#second = new SecondHistory(genesis, this.#keys, fromUs);
    if (strategy !== "mint" && strategy !== "forge-state") return genesis;
    const { backend, chains } = this.#needed();
    const accomplice = this.#accomplice();
    const { chainId } = genesis.rotation.parameters;
    const native = chains.find(({ id }) => id === chainId)?.nativeToken ?? ROOT_CHAIN;
    this.#rules = new RogueRules(genesis.rules, {
      kind: strategy,
      accomplice: accomplice.keyPair,
      backend,
      lootScript: accomplice.script,
      rootChainId: ROOT_CHAIN,
      token: native,
      fromUs,
    });
    return { ...genesis, rules: this.#rules };
  }

  #needed(): Setting {
    assert(this.#setting !== null, "this strategy needs to know the run");
    return this.#setting;
  }

  #accomplice(purpose = "accomplice") {
    assert(this.#fortune !== null, "this strategy needs to know the run");
    return this.#fortune.holder(purpose);
  }

  /** Puts a node's machine under the adversary's strategy. */
  corrupt(machine: Machine, member: Member): ByzantineNode {
    if (member.identity !== null) this.#keys.set(member.identity.id, member.identity);
    const misconduct = this.#misconductOf(member);
    this.#members.push(misconduct);
    return new ByzantineNode(machine, misconduct, this.#adversary.fromUs);
  }

  #misconductOf(member: Member): Misconduct {
    const { strategy } = this.#adversary;
    switch (strategy) {
      case "silent":
        return new Silent();
      case "go-silent":
        return new GoSilent();
      case "double-vote":
        return new DoubleVote(identityOf(member));
      case "equivocate":
        return new Equivocate(identityOf(member), () => stateOf(member), this.#conspirators());
      case "mint":
      case "forge-state":
        // The rules that its genesis came with do it all.
        return { bites: 0 };
      case "fork-chain":
        assert(this.#second !== null, "a gang gets its genesis before its machines");
        return new ForkChain(member, this.#second, new Set(this.nodes as PeerId[]));
      case "cheat-relay":
        return new CheatRelay();
      case "long-range":
        return new LongRange(member, () => this.#oldKeys());
      default:
        return this.#spending(strategy, member);
    }
  }

  #spending(strategy: "quota-spam" | "quota-squat" | "double-spend" | "vote-buyer", member: Member): Misconduct {
    const setting = this.#needed();
    const fortune = this.#fortune as Fortune;
    const isFirst = member.node === this.nodes[0];
    switch (strategy) {
      case "quota-spam":
        return new QuotaSpam(setting, member, isFirst ? fortune.spammers : []);
      case "quota-squat":
        return new QuotaSquat(setting, member, isFirst ? fortune.ownerAt(member.node) : null);
      case "vote-buyer":
        return new VoteBuyer(setting, member, fortune.ownerAt(member.node));
      case "double-spend":
        return new DoubleSpend(setting, fortune.ownerAt(member.node), [
          this.#accomplice("receiver/0"),
          this.#accomplice("receiver/1"),
        ]);
    }
  }

  #oldKeys() {
    const delegates = this.#genesis?.real.rotation.delegateSet;
    assert(delegates !== undefined, "a gang gets its genesis before its machines");
    const stranger = this.#accomplice().keyPair;
    return { delegates, identities: this.#keys, stranger, firstLightClient: this.#needed().firstLightClient };
  }

  #conspirators(): { conspiracy: Conspiracy; accomplices: ReadonlySet<PeerId> } {
    return { conspiracy: this.#conspiracy, accomplices: new Set(this.nodes as PeerId[]) };
  }
}

function identityOf({ identity }: Member): Identity {
  assert(identity !== null, "whoever votes has a seat");
  return identity;
}

function stateOf(member: Member): ChainState {
  const state = member.state();
  assert(state !== null, "whoever votes holds its chain");
  return state;
}
