import { readFileSync } from 'node:fs';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { callAdmin } from '../../admin/client.ts';
import { verifyChain } from '../../audit/chain.ts';
import { decodeAuditExport } from '../../audit/export.ts';
import { logProof } from '../../audit/log-proof.ts';
import { checkTree, type TreeVerification, withTree } from '../../audit/tree-check.ts';
import { AUDIT_TYPES, type AuditRecord, type AuditVerification } from '../../domain/audit/audit-record.ts';
import { CaroError } from '../../domain/errors.ts';
import { parseNodeId } from '../../domain/identity/node-id.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import { readIdentity } from '../../identity/identity.ts';
import type { Context } from '../context.ts';
import { parseCount } from '../input/options.ts';
import { openAuditLog } from '../offline-log.ts';
import { localTime, paint, say, sayJson } from '../output/output.ts';
import { newestOf } from '../output/pages.ts';
import { sayTable } from '../output/table.ts';
import { addExport } from './audit-export.ts';
import { isFolder, verifyTiles } from './audit-tiles.ts';
import { addWitness } from './audit-witness.ts';

export function addAudit(program: Command, context: Context): void {
  const audit = program.command('audit').description('the tamper-evident log of queries, answers and changes');
  addList(audit, context);
  addVerify(audit, context);
  addExport(audit, context);
  addWitness(audit, context);
}

function addList(audit: Command, context: Context): void {
  audit
    .command('list')
    .description('print records, newest last')
    .option('--limit <count>', 'print only this many of the newest', parseCount, 50)
    .addOption(new Option('--type <type>', 'print only records of this type').choices(AUDIT_TYPES))
    .option('--json', 'print JSON lines')
    .action(async (options: { readonly limit: number; readonly type?: string; readonly json?: true }) => {
      const { socket } = context.places();
      const filter = options.type === undefined ? {} : { type: options.type };
      const records = await newestOf(
        (page) => callAdmin(socket, 'audit.list', { ...filter, ...page }),
        ({ seq }) => seq,
        options.limit,
      );
      if (options.json) for (const record of records) sayJson(context, record);
      else if (records.length === 0) say(context, 'No records match.');
      else await sayRecords(context, records);
    });
}

async function sayRecords(context: Context, records: readonly AuditRecord[]): Promise<void> {
  await sayTable(
    context,
    [
      { title: 'SEQ', align: 'right', text: (record) => String(record.seq) },
      { title: 'TIME', text: (record) => localTime(record.time) },
      { title: 'TYPE', text: (record) => record.type },
      { title: 'PEER', text: (record) => record.peer ?? '-' },
      { title: 'DETAILS', text: (record) => JSON.stringify(record.details) },
    ],
    records,
  );
}

/** `tree`: null where the chain is broken already; absent for an export without a tree. */
type Verification = AuditVerification & { readonly tree?: TreeVerification | null };

interface VerifyOptions {
  readonly file?: string;
  readonly id?: Uint8Array;
  readonly json?: true;
}

function addVerify(audit: Command, context: Context): void {
  audit
    .command('verify')
    .description('check every hash, link and signature, without trusting the service')
    .option(
      '--file <export>',
      'check an exported log (a file, or a directory of tiles) instead of the database of this node',
    )
    .option('--id <node>', 'node that the log must belong to (default: this node)', parseId)
    .option('--json', 'print one JSON object')
    .action((options: VerifyOptions) => {
      const verification = verificationOf(context, options);
      if (!verification.ok) context.failed();
      if (options.json) sayJson(context, verification);
      else sayVerification(context, verification);
    });
}

/**
 * A log of another node is checked against that node's key. The caller MUST name the key, because
 * an export cannot prove its own origin.
 */
function verificationOf(context: Context, { file, id }: VerifyOptions): Verification {
  const publicKey = id ?? readIdentity(context.places().identityKey).publicKey;
  const proof = logProof(publicKey);
  if (file !== undefined && isFolder(file)) return verifyTiles(context, file, publicKey);
  if (file !== undefined) {
    const { records, checkpoints } = decodeAuditExport(readExport(file));
    return verifyChain(records, checkpoints, proof);
  }
  const log = openAuditLog(context.places().database);
  try {
    const check = checkTree(log.tree);
    const chain = verifyChain(check.compared(log.records()), log.checkpoints(), proof);
    const { fault: treeFault, tree } = chain.ok ? check.result() : { fault: null, tree: null };
    const verification = withTree(chain, treeFault);
    const fault = verification.ok ? log.headFault(context.places().auditHead) : null;
    return { ...(fault === null ? verification : withoutHead(verification, HEAD_FAULTS[fault])), tree };
  } catch (error) {
    throw new CaroError(
      'audit_broken',
      'expected audit records in the database, got damaged rows; run: caro db check',
      {
        cause: error,
      },
    );
  } finally {
    log.close();
  }
}

const HEAD_FAULTS = {
  'rolled back': 'records are missing from here on: the newest known one (audit-head.json) is not in the log',
  missing:
    'records may be missing from here on: the log was sealed, and the file with its newest head (audit-head.json) is gone',
} as const;

const withoutHead = (verification: AuditVerification, reason: string): AuditVerification => ({
  ...verification,
  ok: false,
  firstBad: { seq: verification.records + 1, reason },
});

function sayVerification(context: Context, { ok, records, checkpoints, firstBad, tree }: Verification): void {
  if (ok) {
    say(context, `${paint(context, 'green', 'verified')}: ${records} records, ${checkpoints} signed checkpoints`);
    for (const { witness, size, time } of tree?.cosigned ?? [])
      say(context, `cosigned: ${size} records, ${localTime(isoTime(time * 1_000))}, by ${witness}`);
  } else {
    const where = firstBad === null ? 'the log does not verify' : `record ${firstBad.seq}: ${firstBad.reason}`;
    say(context, `${paint(context, 'red', 'NOT VERIFIED')}: ${where}; ${records} records before it are valid`);
  }
}

/** Reads an export in `jsonl` or `json` as JSON lines. */
function readExport(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw new CaroError('not_found', `${file}: expected an exported audit log, got ${code}`, { cause: error });
  }
  if (!text.trimStart().startsWith('[')) return text;
  try {
    return (JSON.parse(text) as unknown[]).map((line) => JSON.stringify(line)).join('\n');
  } catch (error) {
    throw new CaroError('usage', `${file}: expected an exported audit log, got invalid JSON`, { cause: error });
  }
}

function parseId(text: string): Uint8Array {
  const key = parseNodeId(text);
  if (!key) throw new InvalidArgumentError('Expected a node id (caro:ed25519:…) as printed by: caro identity show');
  return key;
}
