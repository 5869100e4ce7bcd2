/** A command line needs more work than its budget; the rest is not looked at. */
export class OverBudget extends Error {
  override readonly name = 'OverBudget';
}

/** Work that one command line may cause, in characters read by regular expressions. */
export class Budget {
  constructor(private left: number) {}

  /** @throws OverBudget */
  spend(work: number): void {
    this.left -= work;
    if (this.left < 0) throw new OverBudget('over budget');
  }
}
