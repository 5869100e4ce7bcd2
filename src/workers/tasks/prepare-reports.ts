import type { BlindReport } from '../../blind/documents.ts';
import { dayLayout, type LayoutWords } from '../../blind/layout/day-1.ts';
import { REPORT_INFO, splitReport } from '../../blind/report-bytes.ts';
import { createSealing, type SealingKey } from '../../blind/sealing.ts';
import { createPrio3 } from '../../blind/vdaf/prio3.ts';
import type { AggregatorRole, Vdaf } from '../../blind/vdaf/vdaf.ts';
import { CaroError } from '../../domain/errors.ts';
import { type Database, openReadOnly } from '../../storage/database.ts';

export interface PrepareReportsInput {
  readonly databaseFile: string;
  readonly role: AggregatorRole;
  readonly words: LayoutWords;
  readonly verifyKey: Uint8Array;
  readonly sealingKey: SealingKey;
  /**
   * Stored reports, whose signatures were checked before; `theirs`: at the trustee, the leader's
   * share.
   */
  readonly jobs: readonly { readonly id: number; readonly theirs: Uint8Array | null }[];
}

export interface PreparedReport {
  /** Code of a refused report; then the rest is null. */
  readonly code: string | null;
  readonly share: Uint8Array | null;
  readonly message: Uint8Array | null;
  readonly output: Uint8Array | null;
}

/**
 * First step of the leader, or both steps of the trustee, for a batch of reports. One result for
 * each; a report that does not verify has a code.
 */
export async function prepareReports(input: PrepareReportsInput): Promise<readonly PreparedReport[]> {
  const vdaf = vdafFor(input.words);
  const results: PreparedReport[] = [];
  const database = openReadOnly(input.databaseFile);
  try {
    for (const job of input.jobs)
      results.push(await prepared(vdaf, input, job, payloadOf(database, job.id)).catch(failed));
  } finally {
    database.close();
  }
  return results;
}

/** Null if the report was prepared meanwhile; then nobody takes the result. */
const payloadOf = (database: Database, id: number): Buffer | null => {
  const read = database.prepare("SELECT json_extract(document, '$.payload') FROM blind_report WHERE id = ?").pluck();
  const payload = read.get(id) as string | null | undefined;
  return payload == null ? null : Buffer.from(payload, 'base64');
};

const sealing = createSealing();
let known: { readonly words: string; readonly vdaf: Vdaf } | undefined;

/** The threads of a day prepare the reports of one task. */
function vdafFor(words: LayoutWords): Vdaf {
  const text = JSON.stringify(words);
  if (known?.words !== text) known = { words: text, vdaf: createPrio3(dayLayout(words)) };
  return known.vdaf;
}

async function prepared(
  vdaf: Vdaf,
  { role, verifyKey, sealingKey }: PrepareReportsInput,
  { theirs }: PrepareReportsInput['jobs'][number],
  payload: Buffer | null,
): Promise<PreparedReport> {
  if (!payload) throw new CaroError('blind_share_invalid', 'expected a report that is not prepared yet');
  const { head, box } = splitReport(payload);
  const { nonce, publicShare: encoded } = JSON.parse(head) as BlindReport;
  const publicShare = Buffer.from(encoded, 'base64');
  const { state, preparationShare } = await vdaf.prepare({
    verifyKey,
    role,
    nonce: Buffer.from(nonce, 'base64'),
    publicShare,
    inputShare: await sealing.open({ key: sealingKey, info: REPORT_INFO, associatedData: Buffer.from(head), box }),
  });
  if (theirs === null) return { code: null, share: preparationShare, message: null, output: state };
  const message = await vdaf.verify(publicShare, { leader: theirs, trustee: preparationShare });
  return { code: null, share: null, message, output: vdaf.finish(state, message) };
}

/** Any other error is a defect, and no reason to refuse a report. */
function failed(error: unknown): PreparedReport {
  if (!(error instanceof CaroError)) throw error;
  return { code: error.code, share: null, message: null, output: null };
}
