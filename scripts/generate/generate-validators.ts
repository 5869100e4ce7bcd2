/**
 * Turns the JSON Schemas of everything that comes from outside into plain functions
 * (`src/generated/*.js`), so that the service needs no schema compiler at run time. Run by `npm run
 * build`; by hand: `npx tsx scripts/generate/generate-validators.ts`.
 */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import standaloneCode from 'ajv/dist/standalone';
import { SUBSCRIBE_SCHEMA } from '../../src/admin/topics.ts';
import {
  DRAFT_SCHEMA,
  OFFER_SCHEMA,
  RECEIPT_SCHEMA,
  REPORT_SCHEMA,
  TASK_ENVELOPE,
  TASK_SCHEMA,
} from '../../src/blind/schemas.ts';
import { REQUESTS } from '../../src/bus/requests.ts';
import { CONFIGURATION_SCHEMA, MANAGED_SCHEMA } from '../../src/config/schema.ts';
import { ADVISORY_SCHEMA } from '../../src/domain/advisories/advisory.ts';
import { RELEASE_SCHEMA } from '../../src/domain/blind/release.ts';
import { REVOCATION_SCHEMA, ROTATION_SCHEMA } from '../../src/domain/identity/key-statement-schemas.ts';
import { PASS_CONTENT_SCHEMA, PASS_ENVELOPE, PASS_SCHEMA } from '../../src/domain/organisation/relay-pass.ts';
import {
  DELTA_SCHEMA,
  ENDORSEMENT_SCHEMA,
  HEAD_ENVELOPE,
  HEAD_SCHEMA,
  MEMBER_SCHEMA,
  PROOF_SCHEMA,
  REQUEST_ENVELOPE,
  REQUEST_SCHEMA,
} from '../../src/domain/organisation/roster-schemas.ts';
import { KEY_BOOK_SCHEMA, OWN_STATEMENTS_SCHEMA } from '../../src/keys/key-schemas.ts';
import {
  messageBodySchemas,
  PAYLOAD_SCHEMA,
  RELAY_PAYLOAD_SCHEMA,
  SUMMARY_SCHEMA,
} from '../../src/mesh/protocol/message-schemas.ts';
import { RISK_FAMILIES } from '../../src/risk/rule.ts';
import { FAMILIES } from '../../src/shell/catalogue/catalogue.ts';
import { shareSchemas } from './shared-schemas.ts';
import { writeRecord } from './validator-record.ts';

const OUT = join('src', 'generated');

interface Source {
  readonly schema: object;
  /** What valid data is, as a TypeScript type. */
  readonly type: string;
}

/** Name of the exported function → what it checks. */
const CONFIGURATION: Readonly<Record<string, Source>> = {
  validateConfiguration: { schema: CONFIGURATION_SCHEMA, type: 'OwnerSettings' },
  validateManaged: { schema: MANAGED_SCHEMA, type: 'ManagedSettings' },
};

const MESSAGE_BODIES = messageBodySchemas({ families: FAMILIES, ruleFamilies: RISK_FAMILIES });
const MESSAGES: Readonly<Record<string, Source>> = {
  validateMessagePayload: {
    schema: PAYLOAD_SCHEMA,
    type: 'MessageHeader & { readonly type: string; readonly body: object }',
  },
  validateAdvisory: { schema: ADVISORY_SCHEMA, type: 'Advisory' },
  validateRelayPayload: {
    schema: RELAY_PAYLOAD_SCHEMA,
    type: 'RelayHeader & { readonly type: string; readonly body: object }',
  },
  validateSummaryDocument: { schema: SUMMARY_SCHEMA, type: 'NodeSummary' },
  ...Object.fromEntries(
    Object.entries(MESSAGE_BODIES).map(([kind, schema]) => [
      messageValidatorName(kind),
      { schema, type: `MessageBodies['${kind}']` },
    ]),
  ),
};
const STATEMENTS: Readonly<Record<string, Source>> = {
  validateRotationStatement: { schema: ROTATION_SCHEMA, type: 'RotationStatement' },
  validateRevocationStatement: { schema: REVOCATION_SCHEMA, type: 'RevocationStatement' },
};

/** Files of this node about keys. */
const KEYS: Readonly<Record<string, Source>> = {
  validateKeyBook: { schema: KEY_BOOK_SCHEMA, type: 'KeyBook' },
  validateOwnStatements: { schema: OWN_STATEMENTS_SCHEMA, type: 'OwnStatements' },
};

/** Documents of blind totals. */
const BLIND: Readonly<Record<string, Source>> = {
  validateRelease: { schema: RELEASE_SCHEMA, type: 'ReleaseEntry' },
  validateBlindTask: { schema: TASK_SCHEMA, type: 'BlindTask' },
  validateBlindTaskEnvelope: { schema: TASK_ENVELOPE, type: 'DualEnvelope' },
  validateBlindDraft: { schema: DRAFT_SCHEMA, type: 'BlindDraft' },
  validateBlindOffer: { schema: OFFER_SCHEMA, type: 'BlindOffer' },
  validateBlindReport: { schema: REPORT_SCHEMA, type: 'BlindReport' },
  validateBlindReceipt: { schema: RECEIPT_SCHEMA, type: 'BlindReceipt' },
};

/** Documents of a roster. */
const ROSTER: Readonly<Record<string, Source>> = {
  validateRosterHead: { schema: HEAD_SCHEMA, type: 'RosterHead' },
  validateRosterEnvelope: { schema: HEAD_ENVELOPE, type: 'Envelope' },
  validateEndorsement: { schema: ENDORSEMENT_SCHEMA, type: 'Endorsement' },
  validateJoinRequest: { schema: REQUEST_SCHEMA, type: 'JoinRequest' },
  validateJoinRequestEnvelope: { schema: REQUEST_ENVELOPE, type: 'Envelope' },
  validateMember: { schema: MEMBER_SCHEMA, type: 'Member' },
  validateMemberProof: { schema: PROOF_SCHEMA, type: 'MemberProof' },
  validateRosterDelta: { schema: DELTA_SCHEMA, type: 'RosterDelta' },
  validateRelayPass: { schema: PASS_SCHEMA, type: 'RelayPass' },
  validateRelayPassEnvelope: { schema: PASS_ENVELOPE, type: 'Envelope' },
  validateRelayPassContent: { schema: PASS_CONTENT_SCHEMA, type: 'PassContent' },
};

/** `summary-ack` → `validateSummaryAck` */
function functionName(type: string): string {
  const words = type.split('-').map((part) => part.charAt(0).toUpperCase() + part.slice(1));
  return `validate${words.join('')}`;
}

function messageValidatorName(type: string): string {
  return `${functionName(type)}Message`;
}

const VALIDATOR_IMPORT = "import type { Validator } from '../domain/encoding/validator.ts';\n\n";
const CONFIGURATION_IMPORTS = `import type { OwnerSettings } from '../config/loader.ts';
import type { ManagedSettings } from '../config/managed/managed-settings.ts';
`;
const MESSAGE_IMPORTS = `import type {
  MessageBodies,
  MessageHeader,
  MessageType,
  RelayHeader,
} from '../mesh/protocol/messages.ts';
import type { Advisory } from '../domain/advisories/advisory.ts';
import type { NodeSummary } from '../domain/summaries/summary.ts';
`;
const STATEMENT_IMPORTS =
  "import type { RevocationStatement, RotationStatement } from '../domain/identity/key-statement.ts';\n";
const KEY_IMPORTS = `import type { OwnStatements } from '../keys/own-rotation.ts';
import type { KeyBook } from '../keys/key-book.ts';
`;
const BLIND_IMPORTS = `import type { ReleaseEntry } from '../domain/blind/release.ts';
import type { BlindDraft, BlindOffer, BlindReceipt, BlindReport, BlindTask } from '../blind/documents.ts';
import type { DualEnvelope } from '../domain/identity/signed-envelope.ts';
`;

const ROSTER_IMPORTS = `import type { Envelope } from '../domain/identity/signed-envelope.ts';
import type { PassContent, RelayPass } from '../domain/organisation/relay-pass.ts';
import type { Endorsement, JoinRequest, Member, MemberProof, RosterDelta, RosterHead } from '../domain/organisation/roster.ts';
`;

function write(file: string, imports: string, sources: Readonly<Record<string, Source>>): void {
  const ajv = new Ajv({
    allErrors: true,
    useDefaults: true,
    strict: true,
    allowUnionTypes: true,
    code: { source: true, optimize: true },
  });
  for (const [name, { schema }] of Object.entries(sources)) ajv.addSchema(schema, name);
  emit(file, imports, sources, ajv);
}

/** Request bodies: a record of checks, since they are looked up by kind. */
function writeBodies(): void {
  const rows = Object.entries(REQUESTS).flatMap(([kind, row]) => ('body' in row ? [[kind, row.body] as const] : []));
  const ajv = new Ajv({ useDefaults: true, strict: true, code: { source: true, optimize: true } });
  ajv.addSchema(SUBSCRIBE_SCHEMA, 'validateSubscribe');
  writeRecord(ajv, {
    file: 'body-validators',
    record: 'bodyValidators',
    schemas: Object.fromEntries(rows),
    others: ['validateSubscribe'],
    types: `import type { Topic } from '../admin/topics.ts';
import type { Messages } from '../bus/messages.ts';
import type { ExposedKind } from '../bus/requests.ts';
${VALIDATOR_IMPORT}export const bodyValidators: { readonly [K in ExposedKind]: Validator<Messages[K]> };
export const validateSubscribe: Validator<{ readonly topics: readonly Topic[] }>;
`,
  });
}

/**
 * For what peers send: one check for each part that occurs more than once, and no texts; code and
 * place of an error are enough.
 */
function writeShared(file: string, imports: string, sources: Readonly<Record<string, Source>>): void {
  const ajv = new Ajv({ messages: false, inlineRefs: false, strict: true, code: { source: true, optimize: true } });
  const own = Object.entries(sources).map(
    ([name, { schema }]) => [name, schema as Readonly<Record<string, unknown>>] as const,
  );
  const { schemas, definitions } = shareSchemas(Object.fromEntries(own));
  ajv.addSchema(definitions);
  for (const [name, schema] of Object.entries(schemas)) ajv.addSchema(schema, name);
  emit(file, imports, sources, ajv);
}

function emit(file: string, imports: string, sources: Readonly<Record<string, Source>>, ajv: Ajv): void {
  const names = Object.keys(sources);
  const code = standaloneCode(ajv, Object.fromEntries(names.map((name) => [name, name])));
  const types = Object.entries(sources).map(([name, { type }]) => `export const ${name}: Validator<${type}>;\n`);
  writeFileSync(join(OUT, `${file}.js`), `${code}\n`);
  writeFileSync(join(OUT, `${file}.d.ts`), imports + VALIDATOR_IMPORT + types.join(''));
}

/** Adds a table of the validators of all message bodies by message type. */
function appendMessageTable(file: string): void {
  const rows = Object.keys(MESSAGE_BODIES).map((type) => `'${type}': exports.${messageValidatorName(type)}`);
  appendFileSync(join(OUT, `${file}.js`), `exports.MESSAGE_VALIDATORS = { ${rows.join(', ')} };\n`);
  appendFileSync(
    join(OUT, `${file}.d.ts`),
    'export const MESSAGE_VALIDATORS: { readonly [T in MessageType]: Validator<MessageBodies[T]> };\n',
  );
}

/**
 * Several files, because each is loaded with its first use; only a configuration is checked for all
 * of its errors at once.
 */
export function generateValidators(): Promise<void> {
  mkdirSync(OUT, { recursive: true });
  write('configuration-validators', CONFIGURATION_IMPORTS, CONFIGURATION);
  writeBodies();
  writeShared('message-validators', MESSAGE_IMPORTS, MESSAGES);
  appendMessageTable('message-validators');
  writeShared('statement-validators', STATEMENT_IMPORTS, STATEMENTS);
  writeShared('key-validators', KEY_IMPORTS, KEYS);
  writeShared('blind-validators', BLIND_IMPORTS, BLIND);
  writeShared('roster-validators', ROSTER_IMPORTS, ROSTER);
  return Promise.resolve();
}

if (require.main === module) void generateValidators();
