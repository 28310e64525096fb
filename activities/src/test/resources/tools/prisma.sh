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
esac
