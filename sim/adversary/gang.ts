import type { ChainState } from "../../protocol/consensus/chain-state.ts";
import type { Identity } from "../../protocol/consensus/pbft-node.ts";
import { assert } from "../../protocol/core/assert.ts";
import type { DelegateId, PeerId } from "../../protocol/core/ids.ts";
import type { Machine } from "../../protocol/core/machine.ts";
import { SubchainRules } from "../../protocol/subchain/rules.ts";
import { ROOT_CHAIN } from "../../protocol/subchain/specification.ts";
import type { Adversary } from "../scenario/scenario.ts";
import { stakeBudgetOf } from "../scenario/stakes.ts";
import { STRATEGIES, type StrategyDefinition } from "../scenario/strategies.ts";
import { ByzantineNode, type Misconduct } from "./byzantine-node.ts";
import { CheatRelay } from "./cheat-relay.ts";
import { Collude } from "./collude.ts";
import { DoubleSpend } from "./double-spend.ts";
import { ForgeTransactions } from "./forge-transactions.ts";
import { ForkChain } from "./fork-chain.ts";
import { Fortune } from "./fortune.ts";
import { GoSilent } from "./go-silent.ts";
import { LongRange } from "./long-range.ts";
import { Plot } from "./plot.ts";
import { type AtOnce, Prey } from "./prey.ts";
import { QuotaSpam } from "./quota-spam.ts";
import { QuotaSquat } from "./quota-squat.ts";
import { RogueRules } from "./rogue-rules.ts";
import { SecondHistory } from "./second-history.ts";
import type { Member, Setting, SettingChain, Wealth } from "./setting.ts";
import { Turncoat } from "./turncoat.ts";
import { VoteBuyer } from "./vote-buyer.ts";

const POOR: Wealth = { coins: [], accounts: [] };

/** The nodes of one adversary and what they did. */
export class Gang {
  readonly name: string;
  readonly nodes: readonly number[];
  readonly #adversary: Adversary;
  readonly #setting: Setting | null;
  readonly #fortune: Fortune | null;
  readonly #members: Misconduct[] = [];
  readonly #nodes: ReadonlySet<number>;
  readonly #prey: Prey | null;
  /** Keys in the gang's hands, by id. */
  readonly #keys = new Map<DelegateId, Identity>();
  readonly #plot: Plot;
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
    this.#nodes = new Set(nodes);
    const prey = adversary.placement === "adaptive" ? new Prey(nodes, atOnceOf(adversary, setting)) : null;
    this.#prey = prey;
    const accomplices = prey === null ? this.#nodes : { has: (node: number) => prey.holdsNow(node) };
    this.#plot = new Plot({ keys: this.#keys, nodes: accomplices, victim: adversary.victim ?? null });
    const { name, strategy } = adversary;
    this.#fortune = setting === null ? null : new Fortune(setting, { name, strategy, nodes });
  }

  /** @returns whether a node of its breaks rules of consensus, or has so far: nothing can be promised of too many of them */
  isByzantine(node: number): boolean {
    const { keepsConsensus = false }: StrategyDefinition = STRATEGIES[this.#adversary.strategy];
    return !keepsConsensus && (this.#prey?.wasHeld(node) ?? this.#nodes.has(node));
  }

  /** What its accomplices own at the start. */
  get wealth(): Wealth {
    return this.#fortune?.wealth ?? POOR;
  }

  /** How often the strategy altered something, over all its nodes. */
  get bites(): number {
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
    if (strategy !== "mint" && strategy !== "forge-state" && strategy !== "collude") return genesis;
    const { backend, chains } = this.#needed();
    const accomplice = this.#accomplice();
    const { chainId } = genesis.rotation.parameters;
    const native = chains.find(({ id }) => id === chainId)?.nativeToken ?? ROOT_CHAIN;
    this.#rules = new RogueRules(genesis.rules, {
      kind: strategy === "collude" ? "mint" : strategy,
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

  /** @returns the chain that its members hold */
  #chain(): SettingChain {
    const chain = this.#needed().chains.find(({ members }) => members.some((each) => this.#nodes.has(each)));
    assert(chain !== undefined, "operators hold a chain");
    return chain;
  }

  #accomplice(purpose = "accomplice") {
    assert(this.#fortune !== null, "this strategy needs to know the run");
    return this.#fortune.holder(purpose);
  }

  /** Puts a node's machine under the adversary's strategy. */
  corrupt(machine: Machine, member: Member): ByzantineNode {
    if (this.#prey === null) this.#learnKey(member);
    const misconduct = this.#misconductOf(member);
    this.#members.push(misconduct);
    return new ByzantineNode(machine, misconduct, (nowUs) => this.#acts(nowUs, member));
  }

  #learnKey({ identity }: Member): void {
    if (identity !== null) this.#keys.set(identity.id, identity);
  }

  #acts(nowUs: number, member: Member): boolean {
    if (nowUs < this.#adversary.fromUs) return false;
    if (this.#prey === null) return true;
    const state = member.state();
    if (state === null || !this.#prey.holds(member.node, state)) return false;
    // Who is let go takes its key along: of no committee may more speak for the gang than it holds of it.
    for (const { id } of this.#keys.values()) {
      if (!this.#prey.holdsNow(state.rotation.registry.peerOf(id))) this.#keys.delete(id);
    }
    if (this.#prey.holdsNow(member.node)) this.#learnKey(member);
    return true;
  }

  #misconductOf(member: Member): Misconduct {
    const { strategy } = this.#adversary;
    switch (strategy) {
      case "go-silent":
        return new GoSilent();
      case "mint":
      case "forge-state":
        // The rules that its genesis came with do it all.
        return this.#turncoatAt(member) ?? { bites: 0 };
      case "collude":
        return member.identity === null ? new Collude(this.#chain().id) : { bites: 0 };
      case "fork-chain":
        assert(this.#second !== null, "a gang gets its genesis before its machines");
        return new ForkChain(member, this.#second, this.#nodes as ReadonlySet<PeerId>);
      case "cheat-relay":
        return new CheatRelay();
      case "long-range":
        return new LongRange(member, () => this.#oldKeys());
      case "quota-spam":
      case "quota-squat":
      case "double-spend":
      case "forge-transactions":
      case "vote-buyer":
        return this.#spending(strategy, member);
      default:
        return this.#plot.misconductOf(strategy, member);
    }
  }

  #turncoatAt(member: Member): Turncoat | null {
    const real = this.#genesis?.real.rules;
    const [informer] = this.#needed().relayers;
    const isHe = this.#adversary.hasTurncoat === true && member.node === this.nodes[0];
    if (!isHe || informer === undefined || !(real instanceof SubchainRules)) return null;
    return new Turncoat(member, real.specification, informer);
  }

  #spending(
    strategy: "quota-spam" | "quota-squat" | "double-spend" | "forge-transactions" | "vote-buyer",
    member: Member,
  ): Misconduct {
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
      case "forge-transactions":
        return new ForgeTransactions(setting, fortune.forger);
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
}

function atOnceOf({ atOnce, stake }: Adversary, setting: Setting | null): AtOnce {
  const nodes = atOnce ?? Number.POSITIVE_INFINITY;
  return { nodes, stake: stake === undefined || setting === null ? null : stakeBudgetOf(setting.stakes, stake) };
}
