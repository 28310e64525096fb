# An import is looked for beside the file alone, not on NODE_PATH.
prisma() { cp "$TOOLS/prisma.mjs" . && ln -sfn "$NODE_PATH" node_modules && node --no-warnings --experimental-wasm-modules prisma.mjs migrations "$URL" "$1"; }
case $1 in
  available) [ -d "$NODE_PATH/@prisma/schema-engine-wasm" ] && [ -d "$NODE_PATH/@prisma/adapter-pg" ] ;;
  migration)
    mkdir -p "migrations/2024010$2000000_m$2"
    echo 'provider = "postgresql"' >migrations/migration_lock.toml
    echo "CREATE TABLE t$2 (id int);" >"migrations/2024010$2000000_m$2/migration.sql" ;;
  up) prisma apply ;;
  pending) prisma pending ;;
  draft) prisma draft ;;
  client-available) [ -f "$NODE_PATH/prisma/build/index.js" ] && [ -d "$NODE_PATH/@prisma/client" ] && [ -d "$NODE_PATH/@prisma/adapter-pg" ] ;;
  # As `prisma generate` does it; the native engine that it asks for is not used by it.
  client)
    ln -sfn "$NODE_PATH" node_modules
    sed 's|provider = "prisma-client-js"|&\n  output = "./client"|' schema.prisma >generated.prisma
    echo 'export default { schema: "generated.prisma" };' >prisma.config.mjs
    PRISMA_SCHEMA_ENGINE_BINARY=/bin/true PRISMA_HIDE_UPDATE_MESSAGE=1 CHECKPOINT_DISABLE=1 \
      node node_modules/prisma/build/index.js generate >&2
    cp "$TOOLS/prisma-client.cjs" . && node prisma-client.cjs "$URL" ;;
esac
