import { Opcode } from "./opcode.ts";

const { PUSHDATA1, PUSHDATA2, PUSHDATA4 } = Opcode;
const LAST_PUSH = Opcode["16"];
const SIGNED_BYTE_NEGATIVE_ONE = 0x81;

/** Reads a script operation by operation. */
export class ScriptReader {
  readonly script: Uint8Array;
  /** Where the next operation begins. */
  at = 0;
  /** The operation read last. */
  opcode = 0;
  /** Where the bytes that it pushes begin and end; equal where it carries none. */
  dataStart = 0;
  dataEnd = 0;

  constructor(script: Uint8Array) {
    this.script = script;
  }

  get atEnd(): boolean {
    return this.at >= this.script.length;
  }

  /** @returns false at the end, and where a push goes beyond it */
  next(): boolean {
    const { script, at } = this;
    if (at >= script.length) return false;
    const opcode = script[at] as number;
    this.opcode = opcode;
    const dataStart = at + 1 + lengthBytes(opcode);
    if (dataStart > script.length) return false;
    const dataEnd = dataStart + dataLength(script, at, opcode);
    if (dataEnd > script.length) return false;
    this.dataStart = dataStart;
    this.dataEnd = dataEnd;
    this.at = dataEnd;
    return true;
  }

  /** @returns a view of the bytes that the operation pushes */
  data(): Uint8Array {
    return this.script.subarray(this.dataStart, this.dataEnd);
  }

  /** @returns whether the operation is the shortest that pushes these bytes; only for those up to PUSHDATA4 */
  isMinimalPush(): boolean {
    const { opcode, dataStart } = this;
    const length = this.dataEnd - dataStart;
    if (length === 0) return opcode === Opcode["0"];
    if (length === 1) {
      const byte = this.script[dataStart] as number;
      const hasOpcode = (byte >= 1 && byte <= 16) || byte === SIGNED_BYTE_NEGATIVE_ONE;
      return !hasOpcode && opcode === 1;
    }
    if (length < PUSHDATA1) return opcode === length;
    if (length <= 0xff) return opcode === PUSHDATA1;
    return length > 0xffff || opcode === PUSHDATA2;
  }
}

/** Bytes of the length that follows an operation. */
function lengthBytes(opcode: number): number {
  if (opcode < PUSHDATA1 || opcode > PUSHDATA4) return 0;
  return 1 << (opcode - PUSHDATA1);
}

/** Bytes that an operation pushes; its length is known to be within the script. */
function dataLength(script: Uint8Array, at: number, opcode: number): number {
  if (opcode < PUSHDATA1) return opcode;
  if (opcode > PUSHDATA4) return 0;
  let length = 0;
  for (let i = lengthBytes(opcode); i > 0; i--) length = length * 256 + (script[at + i] as number);
  return length;
}

/** @returns whether a script parses and does nothing but push */
export function isPushOnly(script: Uint8Array): boolean {
  const reader = new ScriptReader(script);
  while (!reader.atEnd) {
    if (!reader.next() || reader.opcode > LAST_PUSH) return false;
  }
  return true;
}

/** Bytes of a locking script that pays to a script's hash. */
const PAY_TO_SCRIPT_BYTES = 23;

/** @returns whether a locking script is HASH160 <20 bytes> EQUAL, byte for byte (BIP 16) */
export function isPayToScript(script: Uint8Array): boolean {
  return (
    script.length === PAY_TO_SCRIPT_BYTES &&
    script[0] === Opcode.HASH160 &&
    script[1] === 20 &&
    script[22] === Opcode.EQUAL
  );
}
