// prisma.mjs FOLDER URL apply|pending|draft: the schema engine that is behind `prisma migrate deploy` and `status`.
import fs from "node:fs";
import path from "node:path";
import { SchemaEngine } from "@prisma/schema-engine-wasm";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
const [folder, connectionString, command] = process.argv.slice(2);
const read = (file) => fs.readFileSync(path.join(folder, file), "utf8");
const names = fs.readdirSync(folder).filter((name) => name !== "migration_lock.toml").sort();
const migrationsList = {
  baseDir: path.resolve(folder),
  lockfile: { path: "migration_lock.toml", content: read("migration_lock.toml") },
  shadowDbInitScript: "",
  migrationDirectories: names.map((name) => ({
    path: name,
    migrationFile: { path: "migration.sql", content: { tag: "ok", value: read(`${name}/migration.sql`) } },
  })),
};
const filters = { externalTables: [], externalEnums: [] };
// draft: the SQL from previous.prisma, or from nothing, to the schema.prisma beside the folder.
const schema = command === "draft" ? read("../schema.prisma") : 'datasource db {\n provider = "postgresql"\n}\n';
const engine = await SchemaEngine.new(
  { datamodels: [["schema.prisma", schema]] },
  () => {},
  bindMigrationAwareSqlAdapterFactory(new PrismaPg({ connectionString })));
if (command === "apply") {
  await engine.applyMigrations({ migrationsList, filters });
} else if (command === "draft") {
  const models = (file) => ({ tag: "schemaDatamodel", files: [{ path: file, content: read(`../${file}`) }] });
  const from = fs.existsSync("previous.prisma") ? models("previous.prisma") : { tag: "empty" };
  const made = await engine.diff({ from, to: models("schema.prisma"), script: true, exitCode: null, filters });
  console.log(made.stdout);
} else if (command.startsWith("mark:")) {
  await engine.markMigrationApplied({ migrationName: command.slice(5), migrationsList });
} else {
  const found = await engine.diagnoseMigrationHistory({ migrationsList, optInToShadowDatabase: false, filters });
  const { history, editedMigrationNames, failedMigrationNames } = found;
  if (editedMigrationNames.length || failedMigrationNames.length) throw new Error(JSON.stringify(found));
  if (history) {
    if (history.diagnostic !== "databaseIsBehind") throw new Error(JSON.stringify(found));
    history.unappliedMigrationNames.forEach((name) => console.log(name));
  }
}
process.exit(0);
