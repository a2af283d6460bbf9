/** A fault at work. */
export interface FaultEffect {
  begin(): void;
  heal(): void;
  /** How often it has made a difference so far; 0 means that the run says nothing about it. */
  readonly bites: number;
}
