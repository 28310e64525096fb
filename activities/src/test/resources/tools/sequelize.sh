sequelize() { node "$NODE_PATH/sequelize-cli/lib/sequelize" --url "$URL" --migrations-path "$PWD/migrations" "$@"; }
case $1 in
  available) [ -d "$NODE_PATH/sequelize-cli" ] && node -e 'require.resolve("sequelize"), require("pg")' ;;
  migration)
    mkdir -p migrations
    echo "module.exports = { up: (q) => q.sequelize.query('CREATE TABLE t$2 (id int)'), down: (q) => q.sequelize.query('DROP TABLE t$2') };" \
      >"migrations/2024010$2000000-m$2.js" ;;
  up) sequelize db:migrate ;;
  pending) sequelize db:migrate:status | sed -n 's/^down //p' ;;
esac
