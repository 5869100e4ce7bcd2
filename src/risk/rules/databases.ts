/** Databases: statements given to a client, and tools that drop, reset or flush data. */
import { inFamily, type StepRule, type Verdict } from '../rule.ts';
import { pipedText, type Step } from '../step.ts';

const CLIENTS =
  'psql pgcli mysql mycli sqlite3 litecli cqlsh clickhouse cockroach duckdb sqlplus sqlcmd isql usql dolt turso trino presto hive beeline impala-shell snowsql osql bteq spark-sql ysqlsh databricks bq wp drush drizzle-kit prisma heroku db2 pgloader cypher-shell influx';

/**
 * The SQL in a client's words: values of -c, -e and -q, operands, a here-document, piped `echo`
 * output.
 */
const statements = (step: Step): string => {
  // Option names are removed: `--execute` would start an SQL comment.
  const words = step.args.map((arg) => arg.replace(/^--?[\w-]+=?/, ''));
  return `${words.join('\n;')} ;\n ${pipedText(step.invocation)} ; ${step.invocation.code?.language === 'sql' ? step.invocation.code.text : ''}`;
};

/** Removes comments and the content of string literals. Identifiers keep their quotes. */
const withoutLiterals = (sql: string): string =>
  sql.replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, ' ').replace(/'(?:[^']|'')*'/g, "''");

const DROP =
  /\bdrop\s+(?:database|schema|keyspace|table|user|role|tablespace|index|view|materialized\s+view|sequence|function|procedure|extension|type|trigger|owned|column|partition|constraint|measurement|series|bucket|retention|collection|warehouse|stage|stream|policy|publication|subscription|server|login)\b/i;
const TRUNCATE = /\btruncate\s+(?:table\s+|only\s+)?["`[\w]/i;
const UNBOUND = /\b(?:delete\s+from|update)\s+["`\w.[\]]+(?:\s+(?:as\s+)?\w+)?(?:\s+set\s+[^;]*?)?\s*(?:;|$)/i;
const ALTER =
  /\balter\s+table\b[^;]*\bdrop\b|\bdetach\s+(?:delete\s+)?\w+|\bmatch\b[^;]*\bdetach\s+delete\b|\bmatch\s*\([^)]*\)\s*delete\b/i;
const RUNS_PROGRAM =
  /\bcopy\b[^;]*\b(?:from|to)\s+program\b|\bxp_cmdshell\b|\bsys_exec\b|\binto\s+(?:out|dump)file\b|\bload_file\s*\(|\bpg_read_(?:binary_)?file\s*\(|\bpg_ls_dir\s*\(|\blo_(?:import|export)\s*\(|\bcreate\s+(?:or\s+replace\s+)?function\b[^;]*(?:libc|plpythonu|plsh)|\\!\s*\S|\.(?:shell|system)\s/i;
const GRANTS =
  /\bgrant\s+all\b|\bwith\s+grant\s+option\b|\balter\s+(?:user|role)\b[^;]*\bsuperuser\b|\bcreate\s+(?:user|role)\b[^;]*\bsuperuser\b|\breset\s+master\b|\bpurge\s+binary\s+logs\b|\bset\s+global\b/i;

const affectsAllRows = (sql: string): boolean => {
  if (/^\s*(?:explain|describe)\b/i.test(sql)) return false;
  return sql.split(';').some((part) => {
    const text = part.trim();
    if (!/\b(?:delete\s+from|update\s+["`\w.]+\s+set)\b/i.test(text)) return false;
    return !/\bwhere\b/i.test(text) || /\bwhere\s+(?:1\s*=\s*1|true|1|'[^']*'\s*=\s*'[^']*')\s*$/i.test(text);
  });
};

const sqlLevel = (step: Step): Verdict => {
  if (step.some(/^--?read-?only$/)) return false;
  const sql = withoutLiterals(statements(step));
  const level = isForTests(step) ? 'moderate' : 'high';
  if (
    DROP.test(sql) ||
    TRUNCATE.test(sql) ||
    ALTER.test(sql) ||
    affectsAllRows(sql) ||
    (UNBOUND.test(sql) && !/\bwhere\b/i.test(sql))
  )
    return level;
  return false;
};

/** A database on this machine that says in its name that it is no other. */
const TEST_DATABASE = /^(?:[\w-]+[_-])?(?:tests?|testing|dev|development|scratch|sandbox|ci)$/i;
const isForTests = (step: Step): boolean =>
  [step.value('-d', '--dbname', '-D', '--database') ?? '', ...step.operands].some((name) => TEST_DATABASE.test(name)) &&
  /^(?:localhost|127\.0\.0\.1|::1|\/.*)?$/.test(step.value('-h', '--host') ?? '') &&
  !step.invocation.remote;

const MONGO =
  /\.(?:dropDatabase|drop|dropIndexes?|dropUser|dropAllUsersFromDatabase|dropRole|shutdownServer|remove|deleteMany|dropAllRolesFromDatabase)\s*\(/;
const mongo = (step: Step): Verdict => {
  const text = `${statements(step)} ${step.code}`;
  if (
    /\.(?:remove|deleteMany|deleteOne|findOneAndDelete)\s*\(\s*\{\s*["'\w$]/.test(text) &&
    !/\.(?:drop\w*|shutdownServer)\s*\(/.test(text)
  )
    return 'moderate';
  return (
    MONGO.test(text) ||
    /\{\s*["']?dropDatabase["']?\s*:/.test(text) ||
    (/^(?:mongorestore|mongoimport)$/.test(step.tool) && step.flag('--drop'))
  );
};

const REDIS = /^(?:flushall|flushdb|shutdown|debug|swapdb|failover|bgrewriteaof|slaveof|replicaof)$/i;
const redis = (step: Step): Verdict => {
  const words = [...step.operands, ...statements(step).split(/[\s;"']+/)];
  if (words.some((word, at) => REDIS.test(word) && (!/^(?:debug|shutdown)$/i.test(word) || at < 8)))
    return words.some((word) => /^(?:bgrewriteaof)$/i.test(word)) ? 'moderate' : 'high';
  const [first = '', second = ''] = words
    .filter((word) => /^[a-z]+$/i.test(word) && !/^(?:n|h|p|a)$/.test(word))
    .slice(-4);
  const line = words.join(' ');
  if (/\bconfig\s+(?:set|rewrite|resetstat)\b/i.test(line))
    return /\b(?:dir|dbfilename|requirepass|protected-mode|maxmemory-policy|appendonly|save)\b/i.test(line)
      ? 'high'
      : 'moderate';
  if (
    /\b(?:script|function)\s+(?:flush|kill)\b|\bacl\s+deluser\b|\bcluster\s+(?:reset|flushslots|forget|failover)\b|\bxgroup\s+destroy\b|\bclient\s+kill\b|\bmodule\s+(?:load|unload)\b/i.test(
      line,
    )
  )
    return 'high';
  if (/\b(?:del|unlink)\b/i.test(line)) return step.invocation.openArguments || /\*/.test(line) ? 'high' : 'moderate';
  return /^eval$/i.test(first) && /del|flush/i.test(second) ? 'high' : false;
};

/** Commands of the HBase shell, on its standard input. */
const HBASE =
  /(?:^|[;\n])\s{0,8}(?:drop|drop_all|drop_namespace|truncate|truncate_preserve|disable_all|delete_snapshot|delete_all_snapshot|deleteall)\s*\(?\s*['"]/;

const DATABASE_TOOLS: Readonly<Record<string, (s: Step) => Verdict>> = {
  dropdb: () => true,
  dropuser: () => true,
  pg_dropcluster: () => true,
  'memcached-tool': (s) => s.operands.includes('flush'),
  mysqladmin: (s) =>
    s.operands.some((word) => /^(?:drop|shutdown|kill)$/.test(word)) ||
    (s.operands.includes('flush-privileges') ? 'moderate' : false),
  pg_ctl: (s) =>
    s.sub('stop')
      ? /^(?:i|immediate)$/.test(s.value('-m', '--mode') ?? '')
        ? 'high'
        : 'moderate'
      : s.sub('kill')
        ? 'high'
        : s.sub('promote')
          ? 'moderate'
          : false,
  pg_restore: (s) => s.flag('-c', '--clean'),
  pg_resetwal: () => true,
  initdb: () => 'moderate',
  vacuumdb: () => false,
  nodetool: (s) =>
    s.sub(
      'decommission|removenode|assassinate|clearsnapshot|drain|stopdaemon|disablegossip|disablebinary|truncatehints',
    ) && (s.sub('drain|disablegossip|disablebinary') ? 'moderate' : 'high'),
  influx: (s) =>
    s.sub('delete') ||
    s.operands.slice(0, 3).includes('delete') ||
    /\bdrop\b|\bdelete\b/i.test(s.value('-execute', '--execute') ?? ''),
  flyway: (s) =>
    s.operands.includes('clean') ||
    (s.operands.includes('undo') ? 'high' : s.operands.includes('repair') ? 'moderate' : false),
  liquibase: (s) =>
    s.operands.some((word) => /^(?:dropAll|drop-all|rollback\w*|rollback-.*|clearCheckSums)$/.test(word)) && 'high',
  migrate: (s) => s.operands.some((word) => /^(?:drop|down|force)$/.test(word)),
  goose: (s) =>
    s.operands.some((word) => /^(?:reset|down|down-to)$/.test(word)) &&
    (s.operands.includes('reset') ? 'high' : 'moderate'),
  dbmate: (s) =>
    s.operands.some((word) => /^(?:drop|down|rollback)$/.test(word)) &&
    (s.operands.includes('drop') ? 'high' : 'moderate'),
  alembic: (s) => s.sub('downgrade') && (s.operands.includes('base') ? 'high' : 'moderate'),
  knex: (s) => s.sub('migrate:rollback|migrate:down') && (s.flag('--all') ? 'high' : 'moderate'),
  sequelize: (s) => s.operands.some((word) => /^db:(?:drop|migrate:undo(?::all)?|seed:undo:all)$/.test(word)),
  typeorm: (s) =>
    s.operands.some((word) => /^(?:schema:drop|migration:revert|schema:sync)$/.test(word)) &&
    (s.operands.includes('schema:drop') ? 'high' : 'moderate'),
  prisma: (s) =>
    s.sub('migrate', 'reset') ||
    (s.sub('db', 'push')
      ? s.flag('--force-reset', '--accept-data-loss')
        ? 'high'
        : 'moderate'
      : s.sub('db', 'execute')
        ? 'moderate'
        : false),
  'drizzle-kit': (s) => s.sub('drop') || (s.sub('push') && s.flag('--force') ? 'high' : false),
  diesel: (s) => s.sub('database', 'reset|drop') || (s.sub('migration', 'revert|redo') ? 'moderate' : false),
  sqlx: (s) => s.sub('database', 'drop|reset') || s.sub('db', 'drop|reset'),
  artisan: (s) =>
    s.operands.some((word) => /^(?:migrate:(?:fresh|refresh|reset)|db:wipe)$/.test(word)) ||
    (s.operands.includes('migrate:rollback') ? 'moderate' : false),
  wp: (s) =>
    s.sub('db', 'reset|drop|clean') ||
    s.sub('site', 'delete|empty') ||
    s.sub('plugin|theme|user|post', 'delete|uninstall')
      ? s.sub('plugin|theme|user|post')
        ? 'moderate'
        : 'high'
      : false,
  drush: (s) =>
    s.operands.some((word) =>
      /^(?:sql[:-]drop|site[:-]install|si|sql[:-]create|pm[:-]uninstall|entity:delete)$/.test(word),
    ) && 'high',
  hbase: (s) => s.sub('shell') && HBASE.test(pipedText(s.invocation)),
  'neo4j-admin': (s) =>
    s.operands.some((word) => /^(?:load|restore|import|copy)$/.test(word)) &&
    s.some(/--(?:force|overwrite-destination)/),
  cockroach: (s) => s.sub('node', 'decommission|drain') || s.sub('quit'),
  supabase: () => false,
  pscale: (s) => s.operands.some((word) => /^(?:delete|destroy)$/.test(word)),
  turso: (s) => s.operands.some((word) => /^(?:destroy|delete|invalidate)$/.test(word)),
  dotnet: (s) =>
    s.sub('ef', 'database', 'drop') ||
    (s.sub('ef', 'migrations', 'remove') || s.sub('ef', 'database', 'update', '0') ? 'moderate' : false),
  meteor: (s) => s.sub('reset'),
  edgedb: (s) => s.sub('database', 'drop|wipe') || s.sub('instance', 'destroy'),
};

const FRAMEWORK =
  /^(?:db:(?:drop|reset|schema:load|structure:load|setup|purge|truncate_all|migrate:reset|seed:replant|environment:set|wipe|fixtures:load)(?::.*)?|ecto\.(?:drop|reset|rollback)|(?:app:)?db:(?:drop|reset).*|doctrine:(?:database|schema|fixtures):(?:drop|load)|doctrine:(?:mongodb:)?schema:drop|d:d:d|d:s:d|sqlflush|flush|reset_db|reset_schema|migrate:(?:fresh|refresh|reset)|tmp:clear_all|db:rollback)$/;
/** The environment of the tests, whose database is made again by each run. */
const TEST_ENVIRONMENT = /^(?:(?:RAILS|RACK|NODE|APP|MIX|FLASK|DJANGO)_ENV=|--env(?:ironment)?=)(?:tests?|testing|ci)$/;
const framework = (step: Step): Verdict => {
  const { assignments } = step.invocation;
  const isTest =
    step.some(TEST_ENVIRONMENT) ||
    assignments.some(({ name, value }) => TEST_ENVIRONMENT.test(`${name}=${value?.text ?? ''}`));
  return frameworkLevel(step) !== false && isTest ? 'moderate' : frameworkLevel(step);
};
const frameworkLevel = (step: Step): Verdict => {
  const word = step.args.find((arg) => FRAMEWORK.test(arg));
  if (step.tool === 'rails' && step.sub('destroy|d')) return 'moderate';
  if (/\b(?:destroy_all|delete_all|drop_database|execute\(.*(?:drop|truncate))\b/i.test(step.args.join(' ')))
    return 'high';
  if (step.some(/^(?:flyway:clean|flywayClean|liquibase:dropAll|dropAll)$/)) return 'high';
  if (step.tool === 'manage.py') return step.some(/^(?:flush|sqlflush|reset_db|reset_schema|dropdb)$/);
  if (step.tool === 'python' || step.tool === 'django-admin') {
    if (step.tool === 'python' && !step.args.some((arg) => /manage\.py$/.test(arg))) return false;
    if (step.args.some((arg) => /^(?:flush|sqlflush|reset_db|reset_schema|dropdb)$/.test(arg))) return 'high';
    return step.args.includes('migrate') && step.args.includes('zero') ? 'high' : false;
  }
  if (word === undefined) return false;
  return /^db:(?:setup|rollback|fixtures:load)|ecto\.rollback|tmp:/.test(word) ? 'moderate' : 'high';
};

export const DATABASE_RULES: readonly StepRule[] = inFamily('databases', [
  {
    id: 'databases.sql-destroys',
    level: 'high',
    tools: CLIENTS,
    when: sqlLevel,
    technique: 'T1485',
    reason: 'Drops or empties tables or databases, or changes every row.',
    safer: 'Make a backup, use a transaction, and add a WHERE.',
  },
  {
    id: 'databases.sql-runs-program',
    level: 'high',
    tools: CLIENTS,
    when: (s: Step) =>
      RUNS_PROGRAM.test(withoutLiterals(statements(s))) ||
      (/into\s+outfile|load_file|program/i.test(statements(s)) &&
        /\bcopy\b|\bselect\b/i.test(statements(s)) &&
        RUNS_PROGRAM.test(statements(s))),
    technique: 'T1505.001',
    reason: 'Makes the database server run a program or access files.',
    safer: 'Do it outside the database.',
  },
  {
    id: 'databases.sql-grants',
    level: 'moderate',
    tools: CLIENTS,
    when: (s: Step) => GRANTS.test(withoutLiterals(statements(s))),
    technique: 'T1098',
    reason: 'Gives an account broad rights, or changes a setting of the whole server.',
    safer: 'Grant only what is needed, on one schema.',
  },
  {
    id: 'databases.mongo',
    level: 'high',
    tools: 'mongo mongosh mongos mongod mongorestore mongoimport',
    when: mongo,
    technique: 'T1485',
    reason: 'Drops or empties collections or databases.',
    safer: 'Make a dump, and use a filter.',
  },
  {
    id: 'databases.redis',
    level: 'high',
    tools: 'redis-cli',
    when: redis,
    technique: 'T1485',
    reason: 'Empties, stops or reconfigures the database.',
    safer: 'Delete single keys that you find with SCAN.',
  },
  {
    id: 'databases.tool',
    level: 'high',
    tools: Object.keys(DATABASE_TOOLS).join(' '),
    when: (s: Step) => (s.flag('--help', '--dry-run', '--pretend') ? false : (DATABASE_TOOLS[s.tool]?.(s) ?? false)),
    technique: 'T1485',
    reason: 'Drops, resets or rolls back a database.',
    safer: 'Make a backup, and check that it is the right database.',
  },
  {
    id: 'databases.framework',
    level: 'high',
    tools:
      'rails rake mix symfony manage.py gitlab-rails mvn gradle sbt bundle python django-admin php artisan npx yarn pnpm npm bin/rails console adonis',
    when: framework,
    technique: 'T1485',
    reason: 'Drops or rebuilds the application’s database.',
    safer: 'Check which environment it runs in, and make a backup.',
  },
]);
