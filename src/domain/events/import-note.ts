/** Shells and programs whose history can be imported. */
export const IMPORT_SOURCES = ['bash', 'zsh', 'fish', 'atuin'] as const;
export type ImportSource = (typeof IMPORT_SOURCES)[number];

/** What `caro import` leaves in the spool for the audit log: numbers and closed words only. */
export interface ImportNote {
  /** 12 hex digits, unique to this import, so that it is recorded only once. */
  readonly id: string;
  readonly source: ImportSource;
  /** Commands that were handed over, and those left out because they were imported or recorded. */
  readonly count: number;
  readonly skipped: number;
}

const NAME = /^import\.([0-9a-f]{12})\.note$/;

export const importNoteName = (id: string): string => `import.${id}.note`;
export const isImportNoteName = (name: string): boolean => NAME.test(name);

export const encodeImportNote = ({ id, source, count, skipped }: ImportNote): string =>
  JSON.stringify({ id, source, count, skipped });

/** Strict: undefined for anything but what `encodeImportNote` writes. */
export function decodeImportNote(text: string): ImportNote | undefined {
  const [, id = '', source = '', count = '', skipped = ''] =
    /^\{"id":"([0-9a-f]{12})","source":"([a-z]+)","count":(\d{1,9}),"skipped":(\d{1,9})\}$/.exec(text) ?? [];
  const known = IMPORT_SOURCES.find((name) => name === source);
  if (known === undefined) return undefined;
  const note = { id, source: known, count: Number(count), skipped: Number(skipped) };
  return encodeImportNote(note) === text ? note : undefined;
}
