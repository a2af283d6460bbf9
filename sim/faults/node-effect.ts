import type { FaultEffect, Setting } from "./fault-effect.ts";

/** What befalls each of some nodes by itself. */
export abstract class NodeEffect implements FaultEffect {
  protected readonly setting: Setting;
  protected readonly nodes: readonly number[];
  /** Those that it ails now. */
  protected readonly ailing = new Set<number>();
  /** Whether what it has done lasts for ever. */
  protected frozen = false;

  constructor(setting: Setting, nodes: readonly number[]) {
    this.setting = setting;
    this.nodes = nodes;
  }

  protected abstract strike(node: number): void;
  protected abstract cure(node: number): void;
  abstract get bites(): number;

  begin(): void {
    for (const node of this.nodes) this.ail(node);
  }

  heal(): void {
    for (const node of this.nodes) this.relieve(node);
  }

  spare(core: ReadonlySet<number>): void {
    this.frozen = true;
    for (const node of this.nodes) if (core.has(node)) this.relieve(node);
  }

  protected ail(node: number): void {
    this.ailing.add(node);
    this.strike(node);
  }

  protected relieve(node: number): void {
    if (this.ailing.delete(node)) this.cure(node);
  }
}
