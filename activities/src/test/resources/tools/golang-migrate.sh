# It has no list of what is pending: what is left in the folder after the version that it tells.
case $1 in
  available) command -v migrate ;;
  migration)
    mkdir -p migrations
    echo "CREATE TABLE t$2 (id int);" >"migrations/$2_m.up.sql"
    echo "DROP TABLE t$2;" >"migrations/$2_m.down.sql" ;;
  up) migrate -path migrations -database "$URL?sslmode=disable" up ;;
  pending)
    at=$(migrate -path migrations -database "$URL?sslmode=disable" version 2>&1)
    case $at in *[!0-9]*) echo "$at" >&2; exit 1 ;; esac
    for file in migrations/*.up.sql; do
      n=${file#migrations/}; n=${n%%_*}
      [ "$n" -le "$at" ] || echo "$n"
    done ;;
esac
