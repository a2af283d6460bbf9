/** Why a script refuses; each is one of Bitcoin's script errors by a name in words. */
export type ScriptFault =
  // The result.
  | "false-result"
  | "clean-stack"
  // Limits.
  | "script-size"
  | "push-size"
  | "operation-count"
  | "stack-size"
  | "signature-count"
  | "public-key-count"
  // Failed verifications.
  | "verify"
  | "equal-verify"
  | "number-equal-verify"
  | "check-signature-verify"
  | "check-multisignature-verify"
  | "return"
  // What cannot be executed.
  | "bad-opcode"
  | "disabled-opcode"
  | "stack-operation"
  | "alternate-stack-operation"
  | "unbalanced-conditional"
  | "number"
  // Lock times.
  | "negative-lock-time"
  | "unsatisfied-lock-time"
  // Encodings.
  | "minimal-data"
  | "minimal-if"
  | "push-only"
  | "signature-encoding"
  | "signature-hash-type"
  | "signature-high-s"
  | "public-key-encoding"
  | "null-dummy"
  | "null-fail"
  | "code-separator"
  | "find-and-delete"
  // Kept for later upgrades.
  | "discouraged-nop";
