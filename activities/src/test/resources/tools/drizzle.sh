# drizzle-kit writes the folder, drizzle-orm applies it.
drizzle() { node "$TOOLS/drizzle.cjs" "$1"; }
case $1 in
  available) node -e 'require.resolve("drizzle-orm"), require("pg")' ;;
  migration)
    mkdir -p drizzle/meta
    echo "CREATE TABLE t$2 (id int);" >"drizzle/000$2_m.sql"
    entries=$(for file in drizzle/*.sql; do n=${file#drizzle/000}; n=${n%%_*}
      echo "{\"idx\": $((n - 1)), \"version\": \"7\", \"when\": 170000000000$n, \"tag\": \"000${n}_m\", \"breakpoints\": true}"; done | paste -sd,)
    echo "{\"version\": \"7\", \"dialect\": \"postgresql\", \"entries\": [$entries]}" >drizzle/meta/_journal.json ;;
  up) drizzle up ;;
  pending) drizzle pending ;;
esac
