// prisma-client.cjs URL: what an application does with the client that Prisma generates of the models: the first row of each
// model, with every column, and a row whose key a sequence gives, which is taken back.
const { PrismaPg } = require("@prisma/adapter-pg");
const { PrismaClient, Prisma } = require("./client");
const client = new PrismaClient({ adapter: new PrismaPg({ connectionString: process.argv[2] }) });
async function main() {
  for (const model of Object.values(Prisma.ModelName)) {
    const first = await client[model[0].toLowerCase() + model.slice(1)].findFirst();
    console.log(model, first === null ? "none" : Object.keys(first).join(","));
  }
  const taken = new Error("taken back");
  await client
    .$transaction(async (tx) => {
      const user = await tx.user.create({ data: { username: "from prisma", email: "prisma@example.invalid" } });
      console.log("created", user.status);
      throw taken;
    })
    .catch((error) => { if (error !== taken) throw error; });
}
main().then(() => process.exit(0), (error) => { console.error(error.message); process.exit(1); });
