import { BlockTally, bridgeClose, bridgeHandlers } from "../bridge/index.ts";
import type {
  Draft,
  LedgerDraft,
  LedgerRules,
  LedgerState,
  Refusal,
  TransactionPool,
} from "../consensus/ledger-rules.ts";
import { maxBlockBytesAt } from "../consensus/parameters.ts";
import { assert } from "../core/assert.ts";
import type { AuthenticatedMap } from "../crypto/authenticated-map.ts";
import type { EvidenceReport, LedgerTransaction } from "../ledger/transaction.ts";
import { type Application, applyTransaction } from "./apply.ts";
import { MAX_BLOCK_CHECKS } from "./limits.ts";
import { RootPool } from "./mempool.ts";
import { DEFAULT_ROOT_PARAMETERS, type RootParameters } from "./parameters.ts";
import { closeRewards } from "./rewards.ts";
import { BLOCK_SCRIPT_FLAGS, MEMPOOL_SCRIPT_FLAGS } from "./script/index.ts";
import { stakingHandlers } from "./staking.ts";
import { Workspace } from "./workspace.ts";

class RootDraft implements LedgerDraft {
  readonly #workspace: Workspace;
  readonly #parameters: RootParameters;
  readonly #application: Application;
  readonly #tally: BlockTally;
  /** Signature checks that the block's scripts may still ask for. */
  #checksLeft = MAX_BLOCK_CHECKS;

  constructor(workspace: Workspace, parameters: RootParameters, application: Application) {
    this.#workspace = workspace;
    this.#parameters = parameters;
    this.#application = application;
    this.#tally = new BlockTally(maxBlockBytesAt(workspace.rotation.parameters, workspace.height));
  }

  get entries(): AuthenticatedMap {
    return this.#workspace.entries;
  }

  execute(transaction: LedgerTransaction): Refusal | null {
    if (transaction.kind !== "utxo") return "transaction of another kind of chain";
    const workspace = this.#workspace;
    const refusal = this.#tally.refusal(workspace, transaction);
    if (refusal !== null) return refusal;
    const mark = workspace.mark();
    const applied = applyTransaction(workspace, transaction, this.#application);
    if (typeof applied === "string") return applied;
    if (applied.checks > this.#checksLeft) {
      workspace.restore(mark);
      return "block with too many signature checks";
    }
    this.#checksLeft -= applied.checks;
    workspace.reward(applied.fee);
    this.#tally.note(workspace, transaction);
    return null;
  }

  confiscate(bond: bigint, { culprit }: EvidenceReport): void {
    const taken = this.#workspace.takeBond(culprit);
    assert(taken === bond, "a delegate's bond is the output that holds it");
    this.#workspace.burn(taken);
  }

  close(): void {
    bridgeClose(this.#workspace, this.#parameters.bridge);
    closeRewards(this.#workspace, this.#parameters);
  }
}

/** The rootchain's ledger: outputs under scripts, staking, rewards, and all that it knows about subchains (R1 … R6). */
export class RootRules implements LedgerRules {
  readonly commitsExecution = false;
  readonly parameters: RootParameters;
  readonly #inBlocks: Application;
  readonly #inPools: Application;

  constructor(parameters: RootParameters = DEFAULT_ROOT_PARAMETERS) {
    this.parameters = parameters;
    const handlers = { ...stakingHandlers(parameters), ...bridgeHandlers(parameters.bridge) };
    this.#inBlocks = { handlers, flags: BLOCK_SCRIPT_FLAGS };
    this.#inPools = { handlers, flags: MEMPOOL_SCRIPT_FLAGS };
  }

  begin(ledger: LedgerState, draft: Draft): LedgerDraft {
    return new RootDraft(new Workspace(ledger.entries, draft), this.parameters, this.#inBlocks);
  }

  createPool(): TransactionPool {
    return new RootPool(this.parameters, this.#inPools);
  }
}
