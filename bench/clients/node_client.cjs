// What node-postgres notices when the tables under it change: usage: node_client.cjs URL
//
// Prepares its statements (named queries), says "ready", waits for a line, runs them again and says
// what happened: one line per case, its name and the SQLSTATE, or "ok".
const { Client } = require("pg");

const statements = {
  star: "SELECT * FROM users WHERE id = $1",
  columns: "SELECT id, name FROM users WHERE id = $1",
  value: "SELECT name FROM users WHERE id = $1",
  update: "UPDATE users SET name = name WHERE id = $1",
};

const query = (client, name) => client.query({ name, text: statements[name], values: [1] });

async function attempt(label, work) {
  try {
    await work();
    console.log(label, "ok");
  } catch (e) {
    console.log(label, e.code);
  }
}

async function inTransaction(client, name) {
  await client.query("BEGIN");
  try {
    await query(client, name);
    await client.query("COMMIT");
  } catch (e) {
    await client.query("ROLLBACK");
    throw e;
  }
}

async function main() {
  // A connection for each case: an error on one makes some drivers forget all that it prepared.
  const cases = [];
  for (const name of Object.keys(statements)) {
    for (const mode of ["", "-transaction"]) {
      const client = new Client({ connectionString: process.argv[2] });
      await client.connect();
      for (let i = 0; i < 7; i++) await query(client, name);
      cases.push({ name, mode, client });
    }
  }
  console.log("ready");
  await new Promise((resolve) => process.stdin.once("data", resolve));
  for (const { name, mode, client } of cases) {
    for (const again of ["", "-again"]) {
      await attempt(name + mode + again, () =>
        mode ? inTransaction(client, name) : query(client, name));
    }
    await client.end();
  }
  process.exit(0);
}

main();
