import type { ScriptFault } from "./fault.ts";
import { ScriptFlag } from "./flags.ts";
import { decodeNumber } from "./item.ts";
import { MAX_NUMBER_BYTES } from "./limits.ts";
import { ScriptReader } from "./reader.ts";
import type { SignatureScheme } from "./scheme.ts";

const NO_SCRIPT = new ScriptReader(new Uint8Array(0));
const NONE = -1;

/** What one operation does to the machine. */
export type Operation = (machine: ScriptMachine) => ScriptFault | null;

/** The state of an evaluation. The stack outlives a script, all else begins anew with each. */
export class ScriptMachine {
  readonly flags: number;
  readonly scheme: SignatureScheme;
  /** Whether numbers must be as short as possible. */
  readonly isMinimal: boolean;
  /** Items are never altered: they are views of scripts, shared between places of the stack. */
  stack: Uint8Array[] = [];
  alternate: Uint8Array[] = [];
  reader = NO_SCRIPT;
  /** Operations counted so far. */
  operations = 0;
  /** Where the part that signatures cover begins: after the last CODESEPARATOR executed. */
  codeStart = 0;

  // As deep as operations allow, conditions need no stack: what matters is how many are open and which false one came first.
  #conditions = 0;
  #firstFalse = NONE;

  constructor(flags: number, scheme: SignatureScheme) {
    this.flags = flags;
    this.scheme = scheme;
    this.isMinimal = (flags & ScriptFlag.MINIMALDATA) !== 0;
  }

  /** Prepares for a script. */
  begin(script: Uint8Array): void {
    this.reader = new ScriptReader(script);
    if (this.alternate.length > 0) this.alternate = [];
    this.operations = 0;
    this.codeStart = 0;
    this.#conditions = 0;
    this.#firstFalse = NONE;
  }

  /** @returns the item `depth` places below the top, which is there */
  item(depth: number): Uint8Array {
    return this.stack[this.stack.length - 1 - depth] as Uint8Array;
  }

  /** @returns the item `depth` places below the top as a number, null where it is none */
  number(depth: number): number | null {
    return decodeNumber(this.item(depth), MAX_NUMBER_BYTES, this.isMinimal);
  }

  /** Takes `count` items off, which are there. */
  drop(count: number): void {
    for (let i = 0; i < count; i++) this.stack.pop();
  }

  /** Whether no open condition is false. */
  get executing(): boolean {
    return this.#firstFalse === NONE;
  }

  get openConditions(): number {
    return this.#conditions;
  }

  openCondition(holds: boolean): void {
    if (!holds && this.#firstFalse === NONE) this.#firstFalse = this.#conditions;
    this.#conditions++;
  }

  /** Turns the innermost condition, which is there, around. */
  turnCondition(): void {
    const innermost = this.#conditions - 1;
    if (this.#firstFalse === NONE) this.#firstFalse = innermost;
    else if (this.#firstFalse === innermost) this.#firstFalse = NONE;
  }

  /** Ends the innermost condition, which is there. */
  closeCondition(): void {
    this.#conditions--;
    if (this.#firstFalse === this.#conditions) this.#firstFalse = NONE;
  }
}
