import type {
  Draft,
  LedgerDraft,
  LedgerRules,
  LedgerState,
  Refusal,
  TransactionPool,
} from "../consensus/ledger-rules.ts";
import { assert } from "../core/assert.ts";
import type { AuthenticatedMap } from "../crypto/authenticated-map.ts";
import type { LedgerTransaction } from "../ledger/transaction.ts";
import { closeOn, executeOn } from "./execute.ts";
import type { ExecutionContext } from "./execution-context.ts";
import type { ExecutionExtension } from "./extension.ts";
import { MAX_ROOT_UPDATES_PER_BLOCK } from "./limits.ts";
import { turnOperators } from "./operators.ts";
import { SubchainPool } from "./pool.ts";
import type { ChainSpecification } from "./specification.ts";
import { MapWorkspace } from "./workspace.ts";

class SubchainDraft implements LedgerDraft {
  readonly #draft: Draft;
  readonly #context: ExecutionContext;
  readonly #workspace: MapWorkspace;
  #rootUpdates = 0;

  constructor(rules: SubchainRules, ledger: LedgerState, draft: Draft) {
    const { crypto, height, timeUs } = draft;
    this.#draft = draft;
    this.#context = { crypto, height, timeUs, specification: rules.specification, extensions: rules.extensions };
    this.#workspace = new MapWorkspace(ledger.entries);
  }

  get entries(): AuthenticatedMap {
    return this.#workspace.map;
  }

  execute(transaction: LedgerTransaction): Refusal | null {
    const isUpdate = transaction.kind === "root-update";
    if (isUpdate && this.#rootUpdates === MAX_ROOT_UPDATES_PER_BLOCK) return "too many root updates in one block";
    const before = this.#workspace.map;
    const refusal = executeOn(this.#context, this.#workspace, transaction);
    if (refusal !== null) {
      this.#workspace.map = before;
      return refusal;
    }
    if (isUpdate) this.#rootUpdates++;
    return null;
  }

  /** Bonds lie on the rootchain, where the same evidence takes them; here it costs the seat. */
  confiscate(): void {}

  close(): void {
    const draft = this.#draft;
    const { registry, committee } = draft.rotation;
    const members = committee.members.map((id) => registry.addressOf(id));
    const payees = { committee: members, proposer: registry.addressOf(draft.proposer) };
    assert(closeOn(this.#context, this.#workspace, payees) === null, "the native token's supply fits one balance");
    draft.rotation = turnOperators(this.#workspace, draft.rotation, this.#context.height);
  }
}

/** The ledger of a subchain: accounts, permissions, tokens, and its side of the bridge. Stateless, shared by all nodes. */
export class SubchainRules implements LedgerRules {
  /** Each transaction's effect is committed to, so that the rootchain can judge one of them alone (S8). */
  readonly commitsExecution = true;
  readonly specification: ChainSpecification;
  readonly extensions: ReadonlyMap<number, ExecutionExtension>;

  /** @param extensions what the chain understands beyond the native kinds (S7) */
  constructor(specification: ChainSpecification, extensions: readonly ExecutionExtension[] = []) {
    this.specification = specification;
    this.extensions = new Map(extensions.map((extension) => [extension.code, extension]));
    assert(this.extensions.size === extensions.length, "no two extensions share a code");
  }

  begin(ledger: LedgerState, draft: Draft): LedgerDraft {
    assert(draft.rotation.parameters.chainId === this.specification.parameters.chainId, "a ledger runs its own chain");
    return new SubchainDraft(this, ledger, draft);
  }

  createPool(): TransactionPool {
    return new SubchainPool(this);
  }
}
