import type { RuleExamples } from './rule-examples.ts';

export const DATABASES_EXAMPLES: RuleExamples = {
  'databases.framework': {
    fires: [
      'rails db:drop',
      'rails db:reset',
      'rake db:drop',
      'bundle exec rake db:reset',
      'php artisan migrate:fresh',
      'python manage.py flush',
      'npx sequelize db:drop',
      'mix ecto.drop',
    ],
    silent: [
      "python -c 'import os; print(os.getuid())'",
      'npm view x',
      'docker run --rm -v $(pwd):/app -w /app node:18 npm test',
      'npm install',
    ],
  },
  'databases.mongo': {
    fires: ["mongo prod --eval 'db.dropDatabase()'", "mongosh --eval 'db.users.deleteMany({})'"],
    silent: ["mongosh --eval 'db.x.find()'", "mongosh --eval 'db.users.find()'"],
  },
  'databases.redis': {
    fires: [
      'redis-cli -n 1 flushdb',
      'redis-cli CONFIG SET dir /x',
      'redis-cli shutdown',
      "redis-cli keys '*' | xargs redis-cli del",
      'redis-cli DEBUG SEGFAULT',
    ],
    silent: ['redis-cli GET x', 'redis-cli ping', 'redis-cli --scan'],
  },
  'databases.sql-destroys': {
    fires: [
      "psql -c 'DROP TABLE users'",
      "mysql -e 'DROP TABLE users;'",
      "echo 'DROP DATABASE x' | mysql",
      "mysql <<< 'DROP DATABASE x'",
      'psql <<EOF\nDROP TABLE users;\nEOF',
      "sqlite3 db.sqlite 'DROP TABLE users'",
      "cqlsh -e 'DROP KEYSPACE x'",
      "psql -c 'DELETE FROM users'",
    ],
    silent: [
      "sqlite3 -readonly app.db 'DROP TABLE t'",
      "duckdb -readonly app.db 'DROP TABLE t'",
      "psql -c 'SELECT 1'",
      'bq ls',
      'psql -d db -f schema.sql',
      'mysql -u root -p db < dump.sql',
    ],
  },
  'databases.sql-grants': {
    fires: ["psql -c 'GRANT ALL ON DATABASE x TO y'"],
    silent: ["psql -c 'SELECT 1'", 'bq ls', 'psql -d db -f schema.sql', 'mysql -u root -p db < dump.sql'],
  },
  'databases.sql-runs-program': {
    fires: [
      'psql -c "SELECT pg_read_file(\'/etc/passwd\')"',
      "sudo mysql -e '\\! /bin/sh'",
      "sudo sqlite3 /dev/null '.shell /bin/sh'",
    ],
    silent: ["psql -c 'SELECT 1'", 'bq ls', 'psql -d db -f schema.sql', 'mysql -u root -p db < dump.sql'],
  },
  'databases.tool': {
    fires: [
      `hbase shell <<< "truncate 'users'"`,
      'dropdb prod',
      'dropuser bob',
      'mysqladmin -u root drop prod',
      'flyway clean',
      'alembic downgrade base',
      'dotnet ef database drop -f',
    ],
    silent: ['dropdb --help', 'php artisan migrate', 'python manage.py migrate', 'npx prisma migrate dev'],
  },
};
