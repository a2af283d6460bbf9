import type {
  Draft,
  LedgerDraft,
  LedgerRules,
  LedgerState,
  Refusal,
  TransactionPool,
} from "../consensus/ledger-rules.ts";
import type { AuthenticatedMap } from "../crypto/authenticated-map.ts";
import { Accounts, applyTransfer, transferFault } from "./accounts.ts";
import { Mempool } from "./mempool.ts";
import type { LedgerTransaction } from "./transaction.ts";

class AccountDraft implements LedgerDraft {
  #accounts: Accounts;
  #fees = 0n;
  readonly #draft: Draft;

  constructor(ledger: LedgerState, draft: Draft) {
    this.#accounts = new Accounts(ledger.entries);
    this.#draft = draft;
  }

  get entries(): AuthenticatedMap {
    return this.#accounts.map;
  }

  execute(transaction: LedgerTransaction): Refusal | null {
    const { crypto, rotation } = this.#draft;
    if (transaction.kind !== "transfer") return "transaction of another kind of chain";
    if (transaction.chainId !== rotation.parameters.chainId) return "transfer of another chain";
    const fault = transferFault(this.#accounts, transaction);
    if (fault !== null) return fault;
    if (!crypto.verify(transaction, transaction.from)) return "transfer with a bad signature";
    this.#accounts = applyTransfer(this.#accounts, transaction);
    this.#fees += transaction.fee;
    return null;
  }

  confiscate(bond: bigint): void {
    this.#accounts = this.#accounts.burn(bond);
  }

  close(): void {
    const { rotation, proposer } = this.#draft;
    this.#accounts = this.#accounts.credit(rotation.registry.addressOf(proposer), this.#fees);
  }
}

/** The plainest ledger that consensus can run over: transfers between accounts, fees to the proposer. */
export const accountRules: LedgerRules = {
  commitsExecution: false,
  begin: (ledger: LedgerState, draft: Draft): LedgerDraft => new AccountDraft(ledger, draft),
  createPool: (): TransactionPool => new Mempool(),
};
