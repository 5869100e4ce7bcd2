import { damageOf } from '../../storage/database.ts';

/** What is wrong with the pages of the database, or null (NFR-303). */
export const checkDatabase = ({ databaseFile }: { readonly databaseFile: string }): string | null =>
  damageOf(databaseFile, 'pages');
