import type { BridgeWorkspace, Effect } from "../bridge/workspace-port.ts";
import type { Refusal } from "../consensus/ledger-rules.ts";
import type { DelegateId, Hash } from "../core/ids.ts";
import type { OutputEntry } from "./entries.ts";
import { MAX_AMOUNT, MAX_TRANSACTION_CHECKS } from "./limits.ts";
import { isFinal, isOldEnough } from "./lock-time.ts";
import type { Payload } from "./payload.ts";
import { countSpendingChecks, MAX_SCRIPT_BYTES } from "./script/index.ts";
import { scriptRefusal } from "./signature-scheme.ts";
import { type Input, MAX_INPUTS, type UtxoTransaction } from "./transaction.ts";
import type { Workspace } from "./workspace.ts";

/** What a payload does, by its kind; a handler may leave the workspace half changed when it refuses. */
export type PayloadHandlers<Space extends BridgeWorkspace = Workspace> = {
  readonly [Kind in Payload["kind"]]: (
    workspace: Space,
    transaction: UtxoTransaction,
    payload: Extract<Payload, { kind: Kind }>,
  ) => Effect | string;
};

/** How transactions are applied: the same for blocks and pools but for the flags. */
export interface Application {
  readonly handlers: PayloadHandlers;
  /** Bits of `ScriptFlag`. */
  readonly flags: number;
}

/** What a transaction did: its fee is in nobody's hands yet. */
export interface Applied {
  readonly fee: bigint;
  /** Signature checks that its scripts asked for at most. */
  readonly checks: number;
}

/** Highest version that has a meaning: relative lock times came with it. */
const MAX_VERSION = 2;
/** Kinds that spend outputs by their very nature; all others may go without inputs. */
const SPENDING_KINDS: readonly Payload["kind"][] = ["vote", "unbond", "register-delegate", "register-subchain", "lock"];

function needsInputs({ payload }: UtxoTransaction): boolean {
  return payload === null || SPENDING_KINDS.includes(payload.kind);
}

function outputRefusal({ outputs, payload }: UtxoTransaction): Refusal | null {
  if (outputs.length > MAX_INPUTS) return "too many outputs";
  if (outputs.length === 0 && payload === null) return "transaction without an output";
  let sum = 0n;
  for (const { amount, lockingScript } of outputs) {
    if (amount < 0n || lockingScript.length > MAX_SCRIPT_BYTES) return "output out of bounds";
    sum += amount;
  }
  return sum > MAX_AMOUNT ? "outputs overflow" : null;
}

/** @returns what is wrong with a transaction whatever the state of the chain, or null */
export function formRefusal(transaction: UtxoTransaction, chainId: number): Refusal | null {
  const { version, inputs, spentKeys } = transaction;
  if (transaction.chainId !== chainId) return "transaction of another chain";
  if (version < 1 || version > MAX_VERSION) return "transaction of another version";
  if (inputs.length > MAX_INPUTS) return "too many inputs";
  if (inputs.length === 0 && needsInputs(transaction)) return "transaction without an input";
  if (inputs.length > 1 && new Set(spentKeys).size < inputs.length) return "input spent twice in one transaction";
  if (inputs.some(({ unlockingScript }) => unlockingScript.length > MAX_SCRIPT_BYTES)) return "script too long";
  return outputRefusal(transaction);
}

/** @returns why an output may not be spent by this transaction, whatever its script says */
function roleRefusal({ role }: OutputEntry, payload: Payload | null, height: number): Refusal | null {
  switch (role.kind) {
    case "plain":
      return null;
    case "vote":
    case "bond":
      return payload?.kind === "unbond" ? null : "stake that is not unbonded";
    case "operator-bond":
      return "bond of an operator";
    case "maturing":
      return height < role.height ? "stake that is not mature" : null;
  }
}

/** A bond that has matured and is spent no longer answers for anything. */
function releaseStanding(workspace: Workspace, delegate: DelegateId): void {
  const { rotation } = workspace;
  const standing = rotation.standings[delegate];
  if (standing !== undefined) workspace.rotation = rotation.withStanding(delegate, { ...standing, bond: 0n });
}

function spend(workspace: Workspace, transaction: UtxoTransaction): OutputEntry[] | Refusal {
  const { inputs, spentKeys, version, payload } = transaction;
  const spent: OutputEntry[] = [];
  for (let index = 0; index < inputs.length; index++) {
    const key = spentKeys[index] as Hash;
    const entry = workspace.outputAt(key);
    if (entry === null) return "input that is spent, or never was";
    const refusal = roleRefusal(entry, payload, workspace.height);
    if (refusal !== null) return refusal;
    if (!isOldEnough(version, inputs[index] as Input, entry, workspace)) return "input before its relative lock time";
    const { role } = entry;
    if (role.kind === "maturing" && role.delegate !== null) releaseStanding(workspace, role.delegate);
    workspace.delete(key);
    spent.push(entry);
  }
  return spent;
}

function checksOf({ inputs }: UtxoTransaction, spent: readonly OutputEntry[]): number {
  let checks = 0;
  for (let index = 0; index < inputs.length; index++) {
    const unlocking = inputs[index]?.unlockingScript as Uint8Array;
    checks += countSpendingChecks({ unlocking, locking: spent[index]?.lockingScript as Uint8Array });
  }
  return checks;
}

const NO_EFFECT: Effect = { released: 0n, absorbed: 0n };

function payloadEffect(handlers: PayloadHandlers, workspace: Workspace, transaction: UtxoTransaction): Effect | string {
  const { payload } = transaction;
  if (payload === null) return NO_EFFECT;
  // The table gives each kind its own handler, which the compiler cannot see through the union.
  const handler = handlers[payload.kind] as (...of: [Workspace, UtxoTransaction, Payload]) => Effect | string;
  return handler(workspace, transaction, payload);
}

/** @returns the fee, negative when more comes out than goes in */
function balance({ outputs }: UtxoTransaction, spent: readonly OutputEntry[], effect: Effect): bigint {
  let rest = effect.released - effect.absorbed;
  for (const { amount } of spent) rest += amount;
  for (const { amount } of outputs) rest -= amount;
  return rest;
}

function attempt(
  workspace: Workspace,
  transaction: UtxoTransaction,
  { handlers, flags }: Application,
): Applied | Refusal {
  const refused = formRefusal(transaction, workspace.chainId);
  if (refused !== null) return refused;
  if (!isFinal(transaction, workspace)) return "transaction before its lock time";
  const spent = spend(workspace, transaction);
  if (typeof spent === "string") return spent;
  const checks = checksOf(transaction, spent);
  if (checks > MAX_TRANSACTION_CHECKS) return "transaction with too many signature checks";
  // Only an input makes the names of a transaction's outputs new for sure.
  const isNamedAnew = spent.length > 0 || transaction.createdKeys.every((key) => workspace.get(key) === undefined);
  if (!isNamedAnew) return "outputs that exist already";
  workspace.begin(transaction);
  workspace.spent = spent;
  const effect = payloadEffect(handlers, workspace, transaction);
  if (typeof effect === "string") return effect;
  const fee = balance(transaction, spent, effect);
  if (fee < 0n) return "more comes out than goes in";
  // Signatures cost most, so they come last.
  return scriptRefusal(workspace.crypto, transaction, spent, flags) ?? { fee, checks };
}

/**
 * Carries a transaction out (R1): inputs + given out = outputs + taken in + fee.
 *
 * @returns its fee, or why it is refused, with nothing changed
 */
export function applyTransaction(
  workspace: Workspace,
  transaction: UtxoTransaction,
  application: Application,
): Applied | Refusal {
  const mark = workspace.mark();
  const result = attempt(workspace, transaction, application);
  if (typeof result === "string") workspace.restore(mark);
  return result;
}
