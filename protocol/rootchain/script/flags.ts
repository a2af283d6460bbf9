/** Rules that may be switched on, as bits of one number. Source: Bitcoin, script verification flags. */
export const ScriptFlag = {
  /** A script hash is paid by the script and what satisfies it (BIP 16). */
  P2SH: 1 << 0,
  /** Signatures and public keys are in one of the scheme's defined encodings. */
  STRICTENC: 1 << 1,
  /** Signatures are in the scheme's canonical encoding (BIP 66). */
  DERSIG: 1 << 2,
  /** Of two signatures that anybody can turn into each other the lower is valid. */
  LOW_S: 1 << 3,
  /** The superfluous item that CHECKMULTISIG takes is empty (BIP 147). */
  NULLDUMMY: 1 << 4,
  /** Unlocking scripts only push. */
  SIGPUSHONLY: 1 << 5,
  /** Pushes and numbers are as short as possible. */
  MINIMALDATA: 1 << 6,
  /** Operations without effect that an upgrade may use fail. */
  DISCOURAGE_UPGRADABLE_NOPS: 1 << 7,
  /** Exactly one item is left. */
  CLEANSTACK: 1 << 8,
  /** BIP 65. */
  CHECKLOCKTIMEVERIFY: 1 << 9,
  /** BIP 112. */
  CHECKSEQUENCEVERIFY: 1 << 10,
  /** IF and NOTIF take an empty item or a single 1. Bitcoin has this rule in witness programs only. */
  MINIMALIF: 1 << 11,
  /** Signatures that do not hold are empty (BIP 146). */
  NULLFAIL: 1 << 12,
  /** CODESEPARATOR, and a signature in the script that it signs, fail. */
  CONST_SCRIPTCODE: 1 << 13,
} as const;

const ALL_FLAGS = (1 << 14) - 1;

/** The rules of the rootchain's blocks: nobody but the signers can alter a valid unlocking script. */
export const BLOCK_SCRIPT_FLAGS = ALL_FLAGS & ~ScriptFlag.DISCOURAGE_UPGRADABLE_NOPS;

/** The rules under which a node takes a pending transaction: those of blocks, and nothing that an upgrade may redefine. */
export const MEMPOOL_SCRIPT_FLAGS = ALL_FLAGS;
