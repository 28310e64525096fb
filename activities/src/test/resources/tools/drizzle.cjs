// up, or what is pending: the migrator itself asks whether the newest created_at is older than a migration's.
const { drizzle } = require("drizzle-orm/node-postgres");
const { migrate } = require("drizzle-orm/node-postgres/migrator");
const { readMigrationFiles } = require("drizzle-orm/migrator");
const { Client } = require("pg");
(async () => {
  const client = new Client({ connectionString: process.env.URL });
  await client.connect();
  const config = { migrationsFolder: "drizzle" };
  if (process.argv[2] === "up") {
    await migrate(drizzle(client), config);
  } else {
    const { rows } = await client.query("SELECT hash, created_at FROM drizzle.__drizzle_migrations ORDER BY created_at DESC");
    for (const { hash, folderMillis } of readMigrationFiles(config)) {
      if (Number(rows[0].created_at) < folderMillis) console.log(folderMillis);
      else if (!rows.some((row) => row.hash === hash)) throw new Error(`applied with another hash: ${folderMillis}`);
    }
  }
  await client.end();
})();
