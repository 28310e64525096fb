knex() { node "$NODE_PATH/knex/bin/cli.js" --knexfile knexfile.cjs "$@"; }
case $1 in
  available) node -e 'require("knex"), require("pg")' ;;
  migration)
    mkdir -p migrations
    echo 'module.exports = { client: "pg", connection: process.env.URL, migrations: { loadExtensions: [".cjs"] } };' >knexfile.cjs
    echo "exports.up = (knex) => knex.raw('CREATE TABLE t$2 (id int)'); exports.down = (knex) => knex.raw('DROP TABLE t$2');" \
      >"migrations/2024010$2000000_m$2.cjs" ;;
  up) knex migrate:latest ;;
  pending) knex migrate:list | sed -n '/Pending/,$p' | grep -o '[0-9_a-z]*\.cjs' || true ;;
esac
