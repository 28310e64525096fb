pgm() { DATABASE_URL=$URL node "$NODE_PATH/node-pg-migrate/bin/node-pg-migrate.js" -m migrations "$@"; }
case $1 in
  available) node -e 'require.resolve("node-pg-migrate"), require("pg")' ;;
  migration)
    mkdir -p migrations
    printf -- '-- Up Migration\nCREATE TABLE t%s (id int);\n-- Down Migration\nDROP TABLE t%s;\n' "$2" "$2" >"migrations/170000000000$2_m$2.sql" ;;
  up) pgm up ;;
  pending) pgm up --dry-run | sed -n 's/^> - //p' ;;
esac
