typeorm() { node "$NODE_PATH/typeorm/cli.js" "$@" -d source.cjs; }
case $1 in
  available) node -e 'require.resolve("typeorm"), require("pg")' ;;
  migration)
    mkdir -p migrations
    echo 'module.exports = new (require("typeorm").DataSource)({ type: "postgres", url: process.env.URL, migrations: ["migrations/*.cjs"] });' >source.cjs
    echo "exports.M = class M$2170000000000$2 { name = 'M$2170000000000$2'; up(q) { return q.query('CREATE TABLE t$2 (id int)'); } down(q) { return q.query('DROP TABLE t$2'); } };" \
      >"migrations/m$2.cjs" ;;
  up) typeorm migration:run ;;
  pending) { typeorm migration:show || [ $? = 1 ]; } | sed -n 's/^\[ \] *\([0-9]* \)*//p' ;;
esac
